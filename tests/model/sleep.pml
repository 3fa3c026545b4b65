/*
 * How threads of toyos sleep and are woken: that no wakeup is lost, that no thread runs on two harts,
 * and that one which a deadline or a kill has woken is in no queue any more. Checked by spin,
 * exhaustively.
 *
 *   thread   0 sleeps (wait_sleep) until it is woken, killed, or its deadline is over; 2 sleeps
 *            unkillable (wait_unkillable); 1 wakes them, and then keeps its hart busy. sleep_in and
 *            wait_wake_first in toyos/kernel/sched/wait.c; sched_wake, sched_yield, sched_exit,
 *            sched_switch_away, enter and finish_switch in sched.c
 *   idle     a hart's own context: sched_run
 *   outside  another hart, which kills thread 0 (sched_kill) or finds its deadline over
 *            (wait_wake_due), and leaves what it has made ready in its queue
 *
 * A context switch is one step: the old thread's registers are saved and the new one's are there. What
 * is done under the lock of a queue alone is one step. There is no timer: a thread that is ready while
 * its hart is busy has to be fetched by an idle one.
 *
 * Correct, all threads end in every run. To see it fail, define one of:
 *
 *   RELEASE_EARLY  sleep_in lets go of the caller's lock before the thread is in the queue
 *   NO_OVERLAP     sleep_in lets go of the queue's lock before it has the thread's
 *   IDLE_LATE      an idle hart says that it is idle after it has looked for threads
 *   PUSH_EARLY     a thread that yields is in the queue before its hart has left its stack
 *   KILL_LATE      sched_kill wakes the thread before it says that it is killed
 *   NO_DEQUEUE     a thread that a deadline or a kill has woken stays in the queue
 */
#define HARTS   2
#define OUTSIDE HARTS /* the number of the other hart's queue */
#define NONE    9
#ifndef THREADS
#define THREADS 2 /* 3: with the unkillable one */
#endif

mtype = { READY, RUNNING, SLEEPING, FREE };
mtype = { FLAG, KILL, DEADLINE };

mtype state[THREADS] = READY;
bool thread_lock[THREADS] = false;
bool is_waiting[THREADS] = false; /* unkillable */
bool is_killed = false, is_over = false; /* thread 0's */
bool has_deadline = false;        /* the other hart watches it */
bool on_stack[THREADS] = false;
byte entered[THREADS] = NONE;     /* the hart that has switched to the thread, and not begun to run it */
bool idle_entered[HARTS] = false;
byte previous[HARTS] = NONE;
bool is_idle[HARTS] = false;
bool interrupted[HARTS] = false;
chan ready[3] = [THREADS] of { byte };

bool lock_held = false;           /* the caller's, and what it guards: */
bool flag = false, flag_of_0 = false;
bool queue_lock = false;
chan queue = [THREADS] of { byte };
byte ended = 0;
mtype reason;

inline take(lock) { atomic { !lock -> lock = true } }

/* sched_share */
inline leave(from)
{
    if
    :: len(ready[from]) > 0 ->
        if
        :: atomic { is_idle[0] -> is_idle[0] = false; interrupted[0] = true }
        :: atomic { !is_idle[0] && is_idle[1] -> is_idle[1] = false; interrupted[1] = true }
        :: atomic { !is_idle[0] && !is_idle[1] }
        fi
    :: else
    fi
}

/* take_ready: the hart's own queue, or another */
inline take_ready(hart, next)
{
    next = NONE;
    if
    :: atomic { len(ready[hart]) > 0 -> ready[hart] ? next }
    :: atomic { len(ready[hart]) == 0 ->
           if
           :: len(ready[1 - hart]) > 0 -> ready[1 - hart] ? next
           :: len(ready[OUTSIDE]) > 0 -> ready[OUTSIDE] ? next
           :: else
           fi
       }
    fi
}

/* sched_wake; the caller says into which hart's queue */
inline sched_wake(which, on)
{
    take(thread_lock[which]);
    if
    :: state[which] == SLEEPING && !(is_waiting[which] && queue ?? [eval(which)]) ->
        state[which] = READY;
        ready[on] ! which
    :: else
    fi;
    thread_lock[which] = false
}

inline enter(hart, next)
{
    take(thread_lock[next]);
    state[next] = RUNNING;
    thread_lock[next] = false
}

inline finish_switch(hart)
{
    if
    :: previous[hart] != NONE ->
        atomic { before = previous[hart]; previous[hart] = NONE };
#ifndef PUSH_EARLY
        if
        :: state[before] == READY -> ready[hart] ! before
        :: else
        fi;
#endif
        atomic { thread_lock[before] = false; before = NONE }
    :: else
    fi
}

/* sched_switch_away, with the thread's lock, and its state set */
inline switch_away()
{
#ifdef PUSH_EARLY
    if
    :: state[self] == READY -> ready[hart] ! self
    :: else
    fi;
#endif
    take_ready(hart, next);
    if
    :: next == NONE && state[self] == READY -> state[self] = RUNNING; thread_lock[self] = false
    :: else ->
        previous[hart] = self;
        if
        :: next != NONE ->
            enter(hart, next);
            atomic {
                on_stack[self] = false;
                assert(!on_stack[next]);
                on_stack[next] = true;
                entered[next] = hart;
                next = NONE
            }
        :: else -> atomic { on_stack[self] = false; idle_entered[hart] = true }
        fi;
        if
        :: state[self] == FREE
        :: else ->
            atomic { entered[self] != NONE -> hart = entered[self]; entered[self] = NONE };
            finish_switch(hart)
        fi
    fi
}

/* sleep_in, in one queue and with one lock */
inline sleep_in(waits)
{
#ifdef RELEASE_EARLY
    lock_held = false;
#endif
    take(queue_lock);
    queue ! self;
#ifndef RELEASE_EARLY
    lock_held = false;
#endif
#ifdef NO_OVERLAP
    queue_lock = false;
#endif
    take(thread_lock[self]);
#ifndef NO_OVERLAP
    queue_lock = false;
#endif
    if
    :: !waits && is_killed -> thread_lock[self] = false
    :: else ->
        state[self] = SLEEPING;
        is_waiting[self] = waits;
        if
        :: self == 0 && reason == DEADLINE -> has_deadline = true
        :: else
        fi;
        switch_away();
        if
        :: self == 0 -> has_deadline = false
        :: else
        fi
    fi;
#ifndef NO_DEQUEUE
    if
    :: queue ?? [eval(self)] ->
        atomic {
            !queue_lock ->
            if
            :: queue ?? [eval(self)] -> queue ?? eval(self)
            :: else
            fi
        }
    :: else
    fi;
#endif
    take(lock_held)
}

inline wake_all()
{
    take(queue_lock);
    do
    :: atomic { nempty(queue) -> queue ? woken }
       sched_wake(woken, hart)
    :: empty(queue) -> break
    od;
    atomic { woken = NONE; queue_lock = false }
}

inline yield()
{
    take(thread_lock[self]);
    state[self] = READY;
    switch_away()
}

proctype thread(byte self)
{
    byte hart = NONE, next = NONE, before = NONE, woken = NONE;

    atomic { entered[self] != NONE -> hart = entered[self]; entered[self] = NONE };
    finish_switch(hart);
    leave(hart);
    if
    :: self == 0 ->
        take(lock_held);
        do
        :: !flag_of_0 && !is_killed && !is_over -> sleep_in(false)
        :: else -> break
        od;
        lock_held = false
    :: self == 2 ->
        take(lock_held);
        do
        :: !flag -> sleep_in(true)
        :: else -> break
        od;
        lock_held = false
    :: self == 1 ->
        yield();
        take(lock_held);
        atomic {
            if
            :: reason == FLAG -> flag_of_0 = true
            :: else
            fi;
            flag = true
        };
        wake_all();
        lock_held = false;
        leave(hart);
        ended == THREADS - 1 /* in user mode */
    fi;
    assert(!(queue ?? [eval(self)]));
    ended++;
    take(thread_lock[self]); /* sched_exit */
    state[self] = FREE;
    switch_away()
}

proctype idle(byte hart)
{
    byte next = NONE, before = NONE;

    do
    :: ended == THREADS -> break
    :: else ->
#ifndef IDLE_LATE
        is_idle[hart] = true;
#endif
        take_ready(hart, next);
#ifdef IDLE_LATE
        is_idle[hart] = true;
#endif
        if
        :: next == NONE -> interrupted[hart] || ended == THREADS
        :: else
        fi;
        is_idle[hart] = false;
        if
        :: next == NONE -> interrupted[hart] = false
        :: else ->
            leave(hart);
            enter(hart, next);
            atomic { assert(!on_stack[next]); on_stack[next] = true; entered[next] = hart; next = NONE };
            atomic { idle_entered[hart] -> idle_entered[hart] = false };
            finish_switch(hart)
        fi
    od
}

/* The other hart. */
proctype outside()
{
    if
    :: reason == KILL ->
#ifndef KILL_LATE
        is_killed = true;
#endif
        take(thread_lock[0]);
        if
        :: state[0] == SLEEPING && !is_waiting[0] -> state[0] = READY; ready[OUTSIDE] ! 0
        :: else
        fi;
        thread_lock[0] = false;
#ifdef KILL_LATE
        is_killed = true;
#endif
        leave(OUTSIDE)
    :: reason == DEADLINE ->
        is_over = true; /* time goes on */
        do
        :: atomic { has_deadline -> has_deadline = false }
           sched_wake(0, OUTSIDE);
           leave(OUTSIDE)
        :: state[0] == FREE -> break
        od
    :: reason == FLAG
    fi
}

init {
    atomic {
        if
        :: reason = FLAG
        :: reason = KILL
        :: reason = DEADLINE
        fi;
        ready[0] ! 0;
        ready[0] ! 1;
        run thread(0);
        run thread(1);
#if THREADS == 3
        ready[0] ! 2;
        run thread(2);
#endif
        run idle(0);
        run idle(1);
        run outside()
    }
}
