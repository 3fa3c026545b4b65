/*
 * How the debugger stops the harts and lets them go on: that all are out of the guest when it looks at
 * them, that nothing which a hart reports is forgotten, and that nobody waits for ever. Checked by
 * spin, exhaustively.
 *
 *   hart      a vCPU's thread: park, event_tell and their callers in vmm/debug/debugger_vcpu.c
 *   debugger  its thread: harts_stop, harts_go, hart_release, harts_serve, ebreak_serve, solo_begin
 *             and harts_detach in debugger_run.c, debugger_thread.c; and the person at gdb, who has
 *             the guest go on COMMANDS times, stops it or waits for it to stop, and leaves
 *   owner     the end of the machine, at any time, and debugger_end in debugger.c
 *
 * kick.pml has shown that a kick brings a hart out of the guest: here it is a flag, which KVM_RUN
 * clears. What is done under the debugger's lock is one step, up to where it waits. A hart comes to an
 * EBREAK, while there are any in memory, EBREAKS times; whose EBREAK it is, is left to chance.
 *
 * Correct, no hart is in the guest while breakpoints are put into its memory or taken out, or while
 * its registers are read; and every run ends. To see it fail, define one of:
 *
 *   KICK_FIRST      harts_stop kicks before it has said that the harts are to be held
 *   NO_SECOND_LOOK  a hart that was let go does not look whether it is to be held again
 *   NO_HOLD         a hart that reports an event does not hold itself
 *   WAKE_FIRST      a hart wakes the debugger's thread before it has written down its event
 *   NO_LEAVING      a hart that leaves for good does not say so, and the end wakes nobody
 */
#ifndef HARTS
#define HARTS 1
#endif
#ifndef COMMANDS
#define COMMANDS 1
#endif
#ifndef EBREAKS
#define EBREAKS 2
#endif

mtype = { NOTHING, EBREAK, DIED };

/* Under the lock. */
bool hold[HARTS] = true; /* debugger_begin */
bool parked[HARTS] = false;
bool left[HARTS] = false;
mtype event[HARTS] = NOTHING;
bool vm_over = false, let_go = false;
bool debugger_waits = false; /* for `changed` */

byte go[HARTS] = 0; /* the semaphore */
bool kicked[HARTS] = false;
bool in_guest[HARTS] = false;
bool planted = false; /* there are EBREAKs in memory */
bool woken = false;   /* the eventfd of gdb's line */
bool ended = false, detached = false, died = false;
byte ebreaks = 0, gone = 0;

inline vm_kick()
{
    d_step {
        i = 0;
        do
        :: i < HARTS -> kicked[i] = true; i++
        :: else -> i = 0; break
        od
    }
}

/* Begins with the lock held. In sem_wait() a kick is enough after an end: the owner repeats it. */
inline park()
{
    parked[self] = true;
    debugger_waits = false;
    do
    :: hold[self] && !ended ->
        atomic {
            if
            :: go[self] > 0 -> go[self]--
            :: ended
            fi
        }
#ifdef NO_SECOND_LOOK
        break
#endif
    :: else -> break
    od;
    parked[self] = false
}

inline event_tell(what)
{
#ifdef WAKE_FIRST
    woken = true;
#endif
    atomic {
        event[self] = what;
#ifndef NO_HOLD
        hold[self] = true;
#endif
#ifndef WAKE_FIRST
        woken = true;
#endif
        park();
        assert(event[self] == NOTHING || ended)
    }
}

inline debugger_vcpu_pause()
{
    atomic {
        if
        :: hold[self] -> park()
        :: else
        fi
    }
}

proctype hart(byte self)
{
    byte i;

    debugger_vcpu_pause();
    do
    :: ended -> break
    :: else ->
        if
        :: atomic { kicked[self] -> kicked[self] = false }
           debugger_vcpu_pause()
        :: atomic { !kicked[self] -> in_guest[self] = true }
           if
           :: atomic { kicked[self] -> kicked[self] = false; in_guest[self] = false }
              debugger_vcpu_pause()
           :: atomic { planted && ebreaks < EBREAKS -> ebreaks++; in_guest[self] = false }
              event_tell(EBREAK)
           :: atomic { !died -> died = true; in_guest[self] = false }
              event_tell(DIED);
              ended = true;
              vm_kick()
           fi
        fi
    od;
#ifndef NO_LEAVING
    atomic { left[self] = true; debugger_waits = false };
#endif
    gone++
}

inline nobody_is_in()
{
    d_step {
        i = 0;
        do
        :: i < HARTS -> assert(!in_guest[i]); i++
        :: else -> i = 0; break
        od
    }
}

inline hart_release(which)
{
    d_step { event[which] = NOTHING; hold[which] = false };
    go[which]++
}

inline harts_go()
{
    nobody_is_in();
    planted = plants;
    is_stopped = false;
    at = 0;
    do
    :: at < HARTS -> hart_release(at); at++
    :: else -> at = 0; break
    od
}

inline are_harts_out(all)
{
    d_step {
        all = true;
        i = 0;
        do
        :: i < HARTS -> all = all && (parked[i] || left[i]); i++
        :: else -> i = 0; break
        od
    }
}

inline harts_stop(done)
{
#ifdef KICK_FIRST
    vm_kick();
#endif
    atomic {
        d_step {
            i = 0;
            do
            :: i < HARTS -> hold[i] = true; i++
            :: else -> i = 0; break
            od
        };
#ifndef KICK_FIRST
        vm_kick();
#endif
        do
        :: true ->
            are_harts_out(all);
            if
            :: all || ended || vm_over -> break
            :: else
            fi;
            debugger_waits = true;
            !debugger_waits
        od;
        done = !ended && !vm_over;
        d_step {
            i = 0;
            do
            :: i < HARTS ->
                if
                :: event[i] == EBREAK -> event[i] = NOTHING
                :: else
                fi;
                i++
            :: else -> i = 0; break
            od
        }
    }
    solo = -1;
    if
    :: done -> nobody_is_in(); planted = false; is_stopped = true
    :: else
    fi
}

inline harts_serve()
{
    stop = -1;
    pass = -1;
    is_past = false;
    at = 0;
    do
    :: at < HARTS ->
        what = (parked[at] -> event[at] : NOTHING);
        if
        :: what == EBREAK ->
            assert(!in_guest[at] && (parked[at] || ended));
            if
            :: planted && solo == at -> is_past = true
            :: planted && solo != at -> /* for us, or for another */
                if
                :: stop < 0 -> stop = at
                :: pass < 0 -> pass = at
                :: stop >= 0 && pass >= 0
                fi
            :: true -> hart_release(at) /* the guest's own */
            fi
        :: what == DIED && stop < 0 -> stop = at
        :: else
        fi;
        at++
    :: else -> at = 0; break
    od;
    if
    :: stop < 0 && pass < 0 && !is_past
    :: else ->
        harts_stop(done);
        if
        :: !done || stop >= 0 /* gdb is told */
        :: done && stop < 0 && is_past -> harts_go()
        :: done && stop < 0 && !is_past -> /* solo_begin */
            nobody_is_in();
            solo = pass;
            planted = true;
            is_stopped = false;
            hart_release(pass)
        fi
    fi;
    atomic { what = NOTHING; stop = -1; pass = -1; is_past = false; done = false }
}

active proctype debugger()
{
    bool is_stopped = false, all, done, plants = true, is_past, is_patient = false;
    short solo = -1, stop, pass;
    byte i, at, commands = 0;
    mtype what = NOTHING;

    harts_stop(done);
    do
    :: atomic { woken -> woken = false }
       if
       :: vm_over -> break
       :: !vm_over && !is_stopped -> harts_serve()
       :: !vm_over && is_stopped
       fi
    :: is_stopped && commands < COMMANDS && !ended ->
       commands++;
       is_patient = false;
       if
       :: true
       :: true -> is_patient = true
       fi;
       harts_go()
    :: !is_stopped && !is_patient && commands < COMMANDS && !ended -> commands++; harts_stop(done)
    :: is_patient && ebreaks == EBREAKS && event[0] == NOTHING && event[HARTS - 1] == NOTHING ->
       is_patient = false /* nothing is to come any more */
    :: (is_stopped || !is_patient) && commands == COMMANDS && !detached ->
       if
       :: !is_stopped -> harts_stop(done)
       :: else -> done = true
       fi;
       plants = false;
       if
       :: done -> harts_go() /* harts_free */
       :: else
       fi;
       detached = true
    od;
    let_go = true /* vm_check */
}

active proctype owner()
{
    byte i = 0;

    atomic {
        if
        :: died = true /* the guest never dies */
        :: true
        fi;
        do
        :: i < HARTS -> run hart(i); i++
        :: else -> i = 0; break
        od
    };
    if
    :: true
    :: true -> detached || ended /* or nobody would see that somebody waits for ever */
    fi;
    ended = true;
    vm_kick();
    gone == HARTS;
#ifndef NO_LEAVING
    d_step { vm_over = true; debugger_waits = false }
#else
    vm_over = true;
#endif
    woken = true;
    let_go
}
