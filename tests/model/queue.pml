/*
 * A queue between a guest and the VMM, with its doorbell and its event: that nothing is forgotten and
 * nothing is done twice, in whatever order the steps come. Checked by spin, exhaustively.
 *
 * Three processes, as in common/ring.c, vmm/device/queue.c with disk_io.c, vmm/device/event.c, and
 * toyos/kernel/dev/queue_duet.c with block_duet.c:
 *
 *   guest    a hart: puts requests, rings, sleeps in wfi; its interrupt handler takes completions
 *   thread   the disks' thread: takes requests, completes them, sets the event
 *   host     KVM's part: carries the event's level to the guest as an interrupt
 *
 * A store may become visible late (RVWMO): `tail` and `wake` are written to a store buffer of the
 * process's first, from which the process itself reads, and which reaches memory at any time, or at a
 * fence. This is the reordering that the fences in ring.c are there for; that entries are written
 * before `tail` is release and acquire alone, and not modelled: an entry is its number.
 *
 * Correct, the model ends with all REQUESTS completed, in every run. To see it fail, define one of:
 *
 *   NO_FENCE_PUBLISH  ring_publish without its fence
 *   NO_FENCE_SLEEP    ring_sleep without its fence
 *   NO_RECHECK        ring_sleep does not look at tail again
 *   NO_LOCK           the level is set outside the lock under which it was found
 *   NO_REEVALUATE     event_select does not look at the causes again
 */
#ifndef REQUESTS
#define REQUESTS 3
#endif
#define SIZE 2 /* of the queue: so the guest has to wait for places */

/* Memory that both see; and what a process has stored that is not there yet. -1: nothing. */
int request_tail = 0, request_wake = 0, completion_tail = 0, completion_wake = 0;
int late_request_tail = -1, late_completion_wake = -1; /* the guest's */
int late_completion_tail = -1, late_request_wake = -1; /* the thread's */

bool doorbell = false; /* the eventfd */
bool pending = false;  /* the event, under the lock */
bool line = false;     /* the interrupt, as the guest's hart sees it */
bool lock_held = false;
bool over = false;

byte served = 0; /* how many requests the thread has completed: each once */

inline flush_guest()
{
    d_step {
        if
        :: late_request_tail >= 0 -> request_tail = late_request_tail; late_request_tail = -1
        :: else
        fi;
        if
        :: late_completion_wake >= 0 -> completion_wake = late_completion_wake; late_completion_wake = -1
        :: else
        fi
    }
}

inline flush_thread()
{
    d_step {
        if
        :: late_completion_tail >= 0 -> completion_tail = late_completion_tail; late_completion_tail = -1
        :: else
        fi;
        if
        :: late_request_wake >= 0 -> request_wake = late_request_wake; late_request_wake = -1
        :: else
        fi
    }
}

inline acquire()
{
    atomic { !lock_held -> lock_held = true }
}

inline release()
{
    lock_held = false
}

/* The store buffers drain in their own time. */
active proctype memory()
{
    do
    :: atomic { late_request_tail >= 0 -> request_tail = late_request_tail; late_request_tail = -1 }
    :: atomic { late_completion_wake >= 0 -> completion_wake = late_completion_wake; late_completion_wake = -1 }
    :: atomic { late_completion_tail >= 0 -> completion_tail = late_completion_tail; late_completion_tail = -1 }
    :: atomic { late_request_wake >= 0 -> request_wake = late_request_wake; late_request_wake = -1 }
    :: over -> break
    od
}

/* disks_main. The lock orders what is done under it: it drains the buffer, as its release does. */
active proctype thread()
{
    int taken = 0, put = 0, seen, wake, work;
    bool level, sleeps;

    do
    :: true ->
        /* requests_take; each completes at once */
        seen = request_tail;
        work = seen - taken;
        assert(work >= 0 && work <= SIZE);
        do
        :: taken < seen -> taken++; put++; served++
        :: else -> break
        od;
        if
        :: work > 0 ->
            /* publish: ring_publish */
            acquire();
            late_completion_tail = put;
#ifndef NO_FENCE_PUBLISH
            flush_thread();
#endif
            wake = completion_wake;
            if
            :: wake >= put - work && wake < put ->
                level = put > completion_wake;
#ifdef NO_LOCK
                release();
#endif
                pending = level;
#ifdef NO_LOCK
                acquire()
#endif
            :: else
            fi;
            release();
#ifndef NO_FENCE_PUBLISH
            flush_thread()
#endif
        :: else ->
            /* may_sleep: ring_sleep */
            late_request_wake = taken;
#ifndef NO_FENCE_SLEEP
            flush_thread();
#endif
            sleeps = true;
#ifndef NO_RECHECK
            sleeps = request_tail == taken;
#endif
            if
            :: sleeps ->
end_sleep:      atomic {
                    doorbell || (over) ->
                    doorbell = false;
                    if
                    :: over && request_tail == taken -> break
                    :: else
                    fi
                }
            :: else
            fi
        fi
    od
}

/* The guest. Its interrupts are taken where it waits, as toyos's are. */
active proctype guest()
{
    int asked = 0, taken = 0, seen, wake, before;
    bool level;

    do
    :: taken < REQUESTS ->
        /* submit, as far as there are places: ring_publish */
        before = asked;
        do
        :: asked < REQUESTS && asked - taken < SIZE -> asked++
        :: else -> break
        od;
        if
        :: asked > before ->
            late_request_tail = asked;
#ifndef NO_FENCE_PUBLISH
            flush_guest();
#endif
            wake = request_wake;
            if
            :: wake >= before && wake < asked -> doorbell = true
            :: else
            fi
        :: else
        fi;
        /* wfi, then the handler: poll_all in block_duet.c */
        line -> skip;
handler:
        do
        :: true ->
            seen = completion_tail;
            assert(seen >= taken && seen <= asked && seen <= served);
            taken = seen;
            /* ring_sleep */
            late_completion_wake = taken;
#ifndef NO_FENCE_SLEEP
            flush_guest();
#endif
#ifdef NO_RECHECK
            break;
#endif
            if
            :: completion_tail == taken -> break
            :: else
            fi
        od;
        /* event_select: an exit to duet, so what was stored is seen by it */
        flush_guest();
        acquire();
#ifndef NO_REEVALUATE
        level = completion_tail > completion_wake || late_completion_tail > completion_wake;
#else
        level = false;
#endif
#ifdef NO_LOCK
        release();
#endif
        pending = level;
#ifndef NO_LOCK
        release()
#endif
    :: else -> break
    od;
    assert(served == REQUESTS);
    over = true
}

/* KVM: the line follows the level that it was told last. */
active proctype host()
{
    do
    :: atomic { line != pending -> line = pending }
    :: over -> break
    od
}
