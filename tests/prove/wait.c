/*
 * A process of toyos's waits for a child: whichever of two ends, before or meanwhile, is taken and
 * free, and its status told, at any address; if it cannot be told, it is still there.
 *
 * Bounds: two children, and one sleep in which they end, or none does. Each way in which they end
 * is run by itself, so that CBMC knows the list.
 */
#include "tests/prove/process.h"

#define sched_leave() ((void)0)

#include "toyos/kernel/proc/proc.c"

/* with: */

/* When a child ends. */
enum end { ENDED, IN_SLEEP, NEVER, ENDS };

static enum end end[CHILDREN];
static unsigned sleeps;

uint64_t
console_poll(void)
{
    prove_check(!is_locked, "Ctrl-C takes the lock of the processes");
    return prove_bool("the console has no interrupt") ? prove_below("when", TIMER_NEVER)
                                                      : TIMER_NEVER;
}

bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    (void)deadline;
    prove_check(queue == &process.changed && lock == &proc_lock && is_locked,
                "it sleeps until a child ends");
    for (unsigned i = 0; i < CHILDREN; i++) {
        prove_check(!child[i].is_zombie, "while none has ended");
        if (end[i] == IN_SLEEP)
            child[i].is_zombie = true;
    }
    return sleeps++ == 0 && prove_bool("it is alive");
}

static void
check_wait(enum end first, enum end second)
{
    int64_t result;

    end[0] = first;
    end[1] = second;
    any_process();
    for (unsigned i = 0; i < CHILDREN; i++) {
        child[i].exit_status = (int)prove_u32("status");
        child[i].is_zombie = end[i] == ENDED;
    }
    process.children = &child[0];
    result = sys_wait(arg);
    prove_check(!is_locked, "the lock is let go");
    for (unsigned i = 0; i < CHILDREN; i++) {
        bool is_taken = result == FIRST_PID + (int)i;

        prove_check(is_in(process.children, &child[i]) == !is_taken &&
                        is_in(free_procs, &child[i]) == is_taken && (child[i].pid == 0) == is_taken,
                    "one that is taken is free, and no other");
        if (is_taken)
            prove_check(child[i].is_zombie &&
                            (arg[0] ? is_told && (int)told == child[i].exit_status : !is_told),
                        "it has ended, and its status is told if that was asked for");
        else if (result == -EINTR)
            prove_check(sleeps > 0 && !child[i].is_zombie, "it is killed before one has ended");
    }
    prove_check(result == FIRST_PID || result == FIRST_PID + 1 || result == -EINTR ||
                    (result == -EFAULT && arg[0] && !is_told),
                "a child, or why not");
}

PROVE(sys_wait, 4, FULL)
{
    enum end first = (enum end)prove_below("when the first ends", ENDS);
    enum end second = (enum end)prove_below("when the second ends", ENDS);

    for (enum end i = 0; i < ENDS; i++)
        for (enum end j = 0; j < ENDS; j++)
            if (first == i && second == j)
                check_wait(i, j);
}

PROVE(sys_wait_alone, 2, LONG)
{
    arg[0] = prove_u64("address");
    prove_check(sys_wait(arg) == -ECHILD && sleeps == 0 && !is_locked,
                "without children it does not wait");
}
