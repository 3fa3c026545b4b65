/*
 * The end of a thread of toyos's: who waits for it is told, at any address, and the last one gives
 * back what its process has, once; children have no parent then, and who has ended is free.
 *
 * Bounds: two children: each is taken out of the list as the first.
 */
#include "tests/prove/process.h"

static bool is_left;
#define sched_leave() ((void)(is_left = true))

#include "toyos/kernel/proc/proc.c"

/* with: */

static struct proc parent;
static struct thread *const somebody = &one_thread; /* asleep in each queue */
static bool has_children;

static unsigned threads, files_closed, put, destroyed;
static bool has_no_table, changed_woken, parent_woken, others_woken;

int
futex_wake(uint64_t va, unsigned count)
{
    prove_check(is_told && va == arg[0] && count >= THREADS, "all that wait for the word");
    others_woken = true;
    return 0;
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    prove_check(is_locked && most > 0, "with the lock");
    prove_check(queue == &process.changed || queue == &parent.changed, "who waits for its end");
    if (queue == &process.changed)
        changed_woken = true;
    else
        parent_woken = true;
}

void
file_table_close(struct file **files)
{
    prove_check(files == process.files && !is_locked && !is_left, "its files");
    files_closed++;
}

void
inode_put(struct inode *inode)
{
    (void)inode;
    prove_check(!is_locked && !is_left, "before it gives the hart away");
    put++;
}

void
sched_use_table(const uint64_t *root)
{
    has_no_table = !root;
}

void
uvm_destroy(struct uvm *uvm)
{
    prove_check(uvm == &process.uvm && has_no_table && !is_locked, "what no hart uses any more");
    destroyed++;
}

_Noreturn void
panic(const char *format, ...)
{
    (void)format;
    prove_check(init == &process && threads == 1, "only init's end is the machine's");
    exit(0);
}

_Noreturn void
sched_exit(void)
{
    bool is_last = threads == 1, is_freed = is_last && !process.parent;
    bool is_orphaned = is_last && has_children;

    prove_check(!is_locked && others_woken == is_told && told == 0,
                "who waits for it is to find 0");
    prove_check(process.threads == threads - 1 && changed_woken == !is_last,
                "the others know how many are left");
    prove_check(files_closed == is_last && put == 2 * is_last && destroyed == is_last,
                "the last gives back what the process has, once");
    prove_check(process.is_zombie == (is_last && process.parent) &&
                    parent_woken == process.is_zombie,
                "its parent is woken to ask for its status");
    prove_check((process.pid == 0) == is_freed && is_in(free_procs, &process) == is_freed,
                "without one it is free");
    for (unsigned i = 0; i < CHILDREN; i++)
        prove_check(child[i].parent == (is_orphaned ? NULL : &process) &&
                        is_in(free_procs, &child[i]) == (is_orphaned && child[i].is_zombie),
                    "a child has no parent then, and is free if it has ended");
    exit(0);
}

PROVE(sys_thread_exit, 4, FULL)
{
    any_process();
    for (unsigned i = 0; i < CHILDREN; i++)
        child[i].is_zombie = prove_bool("has ended");
    has_children = prove_bool("has children");
    if (has_children)
        process.children = &child[0];
    one_thread.proc = &process;
    process.threads = threads = 1 + (unsigned)prove_below("other threads", THREADS);
    process.changed.first = parent.changed.first = somebody;
    if (prove_bool("has a parent"))
        process.parent = &parent;
    if (prove_bool("is init"))
        init = &process;
    sys_thread_exit(arg);
}
