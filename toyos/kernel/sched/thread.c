/* The table of threads. */
#include "toyos/kernel/sched/thread.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/mm/kernel_map.h"
#include "toyos/kernel/sched/sched.h"

static struct thread threads[THREADS];

void
thread_init(void)
{
    for (unsigned i = 0; i < THREADS; i++) {
        threads[i].lock = (struct lock)LOCK_INIT("thread");
        threads[i].stack_top = kernel_map_stack();
    }
}

/* Claims a free slot. A thread that has just ended holds its lock until it has left its stack. */
static bool
claim(struct thread *thread)
{
    bool is_free = false;

    if (thread->state != THREAD_FREE) /* without the lock this is only a hint */
        return false;
    lock_acquire(&thread->lock);
    if (thread->state == THREAD_FREE) {
        thread->state = THREAD_NEW;
        is_free = true;
    }
    lock_release(&thread->lock);
    return is_free;
}

struct thread *
thread_alloc(struct proc *proc, void (*begin)(void))
{
    for (unsigned i = 0; i < THREADS; i++) {
        struct thread *thread = &threads[i];
        if (!claim(thread))
            continue;
        thread->hart = NULL;
        thread->is_killed = false;
        thread->is_waiting = false;
        thread->proc = proc;
        thread->fpu.is_used = false;
        thread->run_time = 0;
        thread->frame = (struct trap_frame *)(thread->stack_top - TF_SIZE);
        thread->context = (struct context){.ra = (uint64_t)begin, .sp = (uint64_t)thread->frame};
        return thread;
    }
    return NULL;
}

void
thread_free(struct thread *thread)
{
    lock_acquire(&thread->lock);
    thread->proc = NULL;
    thread->state = THREAD_FREE;
    lock_release(&thread->lock);
}

/* The entry points of kernel threads. They are constant once the threads have started. */
static void (*kernel_run[THREADS])(void);

static void
begin_kernel(void)
{
    sched_begin();
    kernel_run[thread_this() - threads]();
    panic("a thread of the kernel's has returned");
}

void
thread_start_kernel(void (*run)(void))
{
    struct thread *thread = thread_alloc(NULL, begin_kernel);

    if (!thread)
        panic("no thread for the kernel");
    kernel_run[thread - threads] = run;
    sched_start(thread);
}

uint64_t
thread_run_time(const struct proc *proc)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < THREADS; i++)
        if (threads[i].proc == proc && threads[i].state != THREAD_FREE)
            sum += threads[i].run_time;
    return sum;
}

void
thread_each(const struct proc *proc, void (*each)(struct thread *thread))
{
    for (unsigned i = 0; i < THREADS; i++)
        if (threads[i].proc == proc && threads[i].state != THREAD_FREE)
            each(&threads[i]);
}
