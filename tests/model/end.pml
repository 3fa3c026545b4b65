/*
 * The end of a machine, and the next one after a reset: that every thread lets go of it, that the
 * first end counts, and that nobody touches a machine which is gone. Checked by spin, exhaustively.
 *
 *   owner     guest_run and guest_wait in vmm/main.c with vm_start, vm_join and vm_destroy in
 *             vmm/machine/vm.c, and vm_hold and vm_let_go in vmm/guest/hold.c, for a request to save
 *   hart      vcpu_main and vcpu_run: it powers off, resets, dies (crash_report), asks to be saved
 *             (saving_ask_by_hart), or writes to somebody who does not read
 *   debugger  its thread: it ends the machine, resets it (debugger_reset) or has it saved
 *             (saving_ask_by_debugger), and lets go of it (vm_check, debugger_end)
 *   console   the reader's thread of vmm/device/console.c: Ctrl-A x, at any time
 *
 * vmm/guest/ending.c has end_once, which all ends go through. A kick is handled when the thread is in
 * user mode: then it interrupts no system call that begins later, but KVM_RUN. A wait for a condition
 * is one step with the release of its lock. As long as the machine has not ended nothing relies on the
 * limit of the owner's waits for a signal.
 *
 * Correct, duet ends in every run. To see it fail, define one of:
 *
 *   ONE_KICK        the owner does not kick again
 *   NO_COMPARE      end_once writes over an earlier end
 *   NO_LET_GO       the owner leaves harts held that have asked to be saved just before the end
 *   EARLY_TELL      it tells the debugger that nothing will be saved any more while harts are there,
 *                   and not when all have left
 *   NO_DEBUGGER_END the machine is destroyed without debugger_end
 */
#ifndef HARTS
#define HARTS 1
#endif
#ifndef RESETS
#define RESETS 0
#endif
#ifndef SAVES
#define SAVES 1
#endif

mtype = { RUNS, OFF, QUIT, GUEST_DIED, RESET };

bool exists = false;       /* the machine; each thread that uses it looks */
mtype how = RUNS;          /* ending.how */
mtype first = RUNS;        /* what the first end was: nobody's but the assertions' */
bool guest_died = false;   /* ending.died */
bool owner_signal = false; /* pending */
bool left[HARTS] = false;
bool pending[HARTS] = false, immediate_exit[HARTS] = false;
bool hold[HARTS] = false, out[HARTS] = false;
bool save_asked = false, saving = false; /* the debugger waits for `done` */
bool has_machine = false, vm_over = false, closed = false; /* the debugger's, under its lock */
bool console_stop = false, console_is_gone = true;
byte saves = 0, resets = 0;

/* end_once: a thread that ends the machine. */
inline vm_end(way)
{
    assert(exists);
    if
    :: atomic { how == RUNS -> how = way; first = way } vm_kick(); owner_signal = true
#ifndef NO_COMPARE
    :: how != RUNS
#else
    :: how != RUNS -> how = way
#endif
    fi
}

inline vm_kick()
{
    d_step {
        i = 0;
        do
        :: i < HARTS -> pending[i] = true; i++
        :: else -> i = 0; break
        od
    }
}

inline kicked_serve()
{
    immediate_exit[self] = false;
    atomic { /* hold_vcpu_kicked */
        if
        :: hold[self] -> out[self] = true; !hold[self]; out[self] = false
        :: else
        fi
    }
}

proctype hart(byte self)
{
    byte i = 0;
    bool is_first;

    do
    :: how != RUNS -> break
    :: else ->
        if
        :: atomic { pending[self] -> pending[self] = false; immediate_exit[self] = true } /* the handler */
        :: atomic { immediate_exit[self] -> skip }
           kicked_serve()
        :: atomic { !immediate_exit[self] && !pending[self] -> skip } /* in the guest */
           if
           :: atomic { pending[self] -> pending[self] = false }
              kicked_serve()
           :: vm_end(OFF)
           :: resets < RESETS -> vm_end(RESET)
           :: atomic { how == RUNS && !guest_died -> guest_died = true } /* begin() in crash.c */
              vm_end(GUEST_DIED)
           :: atomic { saves < SAVES -> saves++ } /* saving_ask_by_hart */
              hold[self] = true;
              immediate_exit[self] = true;
              save_asked = true;
              owner_signal = true
           :: /* a write that nobody reads; a kick that came before it began is lost */
              if
              :: atomic { pending[self] -> pending[self] = false; immediate_exit[self] = true }
              :: true
              fi;
              atomic { pending[self] -> pending[self] = false; immediate_exit[self] = true }
           fi
        fi
    od;
    assert(exists);
    left[self] = true;
    owner_signal = true
}

proctype console()
{
    byte i = 0;

    if
    :: console_stop
    :: vm_end(QUIT)
    fi;
    console_is_gone = true
}

active proctype debugger()
{
    byte i = 0;
    bool may_act = true;

    do
    :: closed -> break
    :: has_machine && vm_over -> atomic { vm_over = false; has_machine = false } may_act = true
    :: has_machine && !vm_over && may_act ->
       may_act = false;
       if
       :: true
       :: vm_end(OFF)
       :: resets < RESETS -> vm_end(RESET); vm_over
       :: atomic { saves < SAVES -> saves++; saving = true }
          assert(exists);
          save_asked = true;
          owner_signal = true;
          if
          :: how != RUNS -> saving = false /* looked at before the wait, */
          :: else -> !saving               /* and whenever it is told */
          fi
       fi
    od
}

inline all_left(all)
{
    d_step {
        all = true;
        i = 0;
        do
        :: i < HARTS -> all = all && left[i]; i++
        :: else -> i = 0; break
        od
    }
}

inline let_go()
{
    d_step {
        i = 0;
        do
        :: i < HARTS -> hold[i] = false; i++
        :: else -> i = 0; break
        od
    }
}

/* save_serve, with vm_hold: it kicks again and again those that are not out. */
inline save_serve()
{
    d_step {
        i = 0;
        do
        :: i < HARTS -> hold[i] = true; i++
        :: else -> i = 0; break
        od
    };
    at = 0;
    do
    :: at < HARTS && how == RUNS && !out[at] -> pending[at] = true; (out[at] || how != RUNS || !pending[at])
    :: at < HARTS && out[at] -> at++
    :: at == HARTS || how != RUNS -> at = 0; break
    od;
    saving = false;
    let_go()
}

/* What the owner does again when its wait has come to its limit; and whether that changes anything: else a run
 * in which it only repeats itself would count as one that goes on. */
#define LAST (HARTS - 1)
#ifndef ONE_KICK
#define KICKS  (!left[0] && !pending[0] || !left[LAST] && !pending[LAST])
#define REPEAT vm_kick()
#else
#define KICKS  false
#define REPEAT skip
#endif
#ifndef NO_LET_GO
#define FREES (hold[0] || hold[LAST])
#else
#define FREES false
#endif
#define HELPS (KICKS || FREES)

active proctype owner()
{
    byte i = 0, at = 0;
    bool ended, all;

    do
    :: true ->
        atomic { /* vm_create: all is new */
            how = RUNS; first = RUNS; guest_died = false; exists = true; owner_signal = false;
            save_asked = false; saving = false; console_stop = false; console_is_gone = false;
            do
            :: i < HARTS ->
                left[i] = false; pending[i] = false; immediate_exit[i] = false; hold[i] = false;
                i++
            :: else -> i = 0; break
            od
        };
        has_machine = true; /* debugger_begin */
        atomic {
            do
            :: i < HARTS -> run hart(i); i++
            :: else -> i = 0; break
            od;
            run console()
        };
        do /* guest_wait */
        :: true ->
            all_left(all);
            if
            :: all -> break
            :: else
            fi;
            ended = how != RUNS;
            if
            :: atomic { owner_signal -> owner_signal = false }
            :: ended && HELPS -> REPEAT /* sigtimedwait's limit */
            fi;
            if
            :: ended ->
               skip;
#ifndef NO_LET_GO
                let_go();
#endif
#ifdef EARLY_TELL
                saving = false
#endif
            :: atomic { !ended && save_asked -> save_asked = false }
               save_serve()
            :: !ended && !save_asked
            fi
        od;
#ifndef EARLY_TELL
        saving = false;
#endif
        if /* vm_join's end */
        :: guest_died && how != RESET -> how = GUEST_DIED
        :: else
        fi;
        assert(how == first || guest_died);
#ifndef NO_DEBUGGER_END
        vm_over = true;
        !has_machine; /* debugger_end */
#endif
        console_stop = true; /* devices_destroy */
        console_is_gone;
        exists = false;
        if
        :: how == RESET -> resets++
        :: else -> break
        fi
    od;
    closed = true
}
