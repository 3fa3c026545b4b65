/*
 * The kick that takes a vCPU out of the guest: that whoever wants the vCPU to stay out gets it out, in
 * whatever order the steps come, with one kick. Checked by spin, exhaustively.
 *
 * vmm/guest/ending.c has the kick (vcpu_kick, kick_handler, vcpu_kick_enable, vcpu_kick_disable), and
 * vmm/machine/vcpu.c the loop (vcpu_run, run_failed, kicked_serve). Three want something of it:
 *
 *   ender     vm_end: the thread leaves for good
 *   pauser    vm_pause, vm_resume and pause_vcpu_wait of vmm/guest/pause.c, as control.c calls them
 *   debugger  holds it and lets it go, as in stop.pml, of which this has only as much as it needs
 *
 * A signal is pending until it is handled; that may be at any moment in which the thread runs in user
 * mode and has it unblocked, and at the latest when it comes back from the kernel. KVM_RUN looks at
 * immediate_exit once, as it begins, and for signals before each entry of the guest.
 *
 * The store to `tid` may become visible late (RVWMO), for a plain load follows it: see queue.pml.
 *
 * Correct, no run has the guest going on while somebody believes that it is out of it, and all who
 * wait get on. The guest itself exits EXITS times at the most, so nothing else helps. To see it fail,
 * define one of:
 *
 *   NO_IMMEDIATE_EXIT  the signal's handler does nothing
 *   NO_FENCE           vcpu_kick_enable without its fence
 *   CLEAR_LATE         kicked_serve clears immediate_exit after it has looked who wants something
 *   KICK_FIRST         end_once kicks before it has said that the machine has ended
 *   NO_BLOCK           pause_vcpu_wait with the signal unblocked
 *   NO_SECOND_LOOK     pause_vcpu_wait does not look at immediate_exit before it waits
 */
#ifndef ROUNDS
#define ROUNDS 1 /* in which the vCPU is paused, and held */
#endif
#ifndef EXITS
#define EXITS 1
#endif

bool ended = false;         /* ending.how */
bool pause_wanted = false;
bool paused = false;
bool told = false;          /* the eventfd */
bool hold = false;          /* the debugger's, and its `parked`: under its lock */
bool parked = false;
bool tid = false;           /* as others see it */
bool late_tid = false;      /* stored, and not there yet */
bool kicked_run = false;
bool blocked = true;        /* threads begin with the owner's mask */
bool pending = false;
bool immediate_exit = false;
bool in_kernel = false;
bool in_guest = false;
bool left = false;
bool pauser_is_done = false, debugger_is_done = false;

inline handle()
{
    pending = false;
#ifndef NO_IMMEDIATE_EXIT
    if
    :: kicked_run -> immediate_exit = true
    :: else
    fi
#endif
}

/* The kernel delivers signals to user mode. */
active proctype signals()
{
    do
    :: d_step { pending && !blocked && !in_kernel -> handle() }
    :: left -> break
    od
}

/* The store buffer drains in its own time. */
active proctype memory()
{
    do
    :: d_step { late_tid -> tid = true; late_tid = false }
    :: left -> break
    od
}

inline vcpu_kick(is_there)
{
    is_there = tid;
    if
    :: is_there -> pending = true
    :: else
    fi
}

inline kvm_run(interrupted)
{
    if
    :: atomic { immediate_exit || pending ->
           interrupted = true;
           if
           :: pending -> handle()
           :: else
           fi
       }
    :: atomic { !immediate_exit && !pending -> in_kernel = true; in_guest = true }
       if
       :: atomic { pending -> in_guest = false; in_kernel = false; interrupted = true; handle() }
       :: atomic { exits < EXITS -> exits++; in_guest = false; in_kernel = false; interrupted = false }
       fi
    fi
}

/* debugger_vcpu_pause: the owner kicks again and again once the machine has ended. */
inline debugger_vcpu_pause()
{
    if
    :: atomic { hold -> parked = true }
       atomic { !hold || ended -> parked = false }
    :: atomic { !hold }
    fi
}

inline pause_vcpu_wait(again)
{
    wanted = pause_wanted;
    wanted = wanted && !ended;
    if
    :: !wanted -> paused = false; again = false
    :: else ->
#ifndef NO_BLOCK
        blocked = true;
#endif
        if
        :: atomic { !paused -> paused = true } told = true
        :: else
        fi;
        wanted = pause_wanted;
        wanted = wanted && !ended;
#ifndef NO_SECOND_LOOK
        wanted = wanted && !immediate_exit;
#endif
        if
        :: wanted -> /* ppoll */
            in_kernel = true;
            atomic { pending -> in_kernel = false; handle() }
        :: else
        fi;
        blocked = false;
        again = true
    fi
}

active proctype vcpu()
{
    byte exits = 0;
    bool interrupted = true, wanted, again;

    kicked_run = true;
    blocked = false;
    late_tid = true;
#ifndef NO_FENCE
    atomic {
        if
        :: late_tid -> tid = true; late_tid = false
        :: else
        fi
    }
#endif
    do
    :: interrupted -> /* kicked_serve, and once as vcpu_run begins */
        do
        :: true ->
#ifndef CLEAR_LATE
            immediate_exit = false;
#endif
            debugger_vcpu_pause();
            pause_vcpu_wait(again);
            if
            :: !again -> break
            :: else
            fi
        od;
#ifdef CLEAR_LATE
        immediate_exit = false;
#endif
        interrupted = false
    :: !interrupted ->
        if
        :: ended -> break
        :: else -> kvm_run(interrupted)
        fi
    od;
    atomic { tid = false; late_tid = false; kicked_run = false };
    left = true
}

active proctype ender()
{
    bool is_there;

    if
    :: true
    :: true -> pauser_is_done && debugger_is_done /* or nobody would see that somebody waits for ever */
    fi;
#ifdef KICK_FIRST
    vcpu_kick(is_there);
#endif
    ended = true;
#ifndef KICK_FIRST
    vcpu_kick(is_there)
#endif
}

active proctype pauser()
{
    byte round = 0;
    bool is_there;

    do
    :: round < ROUNDS ->
        round++;
        pause_wanted = true;
        vcpu_kick(is_there);
        do
        :: paused || left -> break
        :: else -> atomic { told || left -> told = false }
        od;
        assert(!in_guest);
        if
        :: true
        :: true -> debugger_is_done || left /* a debugger can stop what is paused */
        fi;
        pause_wanted = false;
        vcpu_kick(is_there)
    :: else -> break
    od;
    pauser_is_done = true
}

active proctype debugger()
{
    byte round = 0;
    bool is_there;

    do
    :: round < ROUNDS ->
        round++;
        hold = true;
        vcpu_kick(is_there);
        parked || left;
        assert(!in_guest);
        hold = false
    :: else -> break
    od;
    debugger_is_done = true
}
