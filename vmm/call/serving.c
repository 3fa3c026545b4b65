/* Which hypercall each vCPU's thread serves, for the report on a handler that does not return. */
#include "vmm/call/serving.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "vmm/call/hypercall.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/terminal.h"

static _Thread_local const struct vcpu *this_vcpu;

void
serving_begin(const struct vcpu *vcpu)
{
    this_vcpu = vcpu;
}

/* Enough for the crash handler, with vector registers in its frame. */
#define SIGNAL_STACK_SIZE (32 << 10)

void
serving_stack_begin(unsigned id)
{
    static char stacks[CPUS_MAX][SIGNAL_STACK_SIZE]; /* unused ones are never touched */
    stack_t stack = {.ss_sp = stacks[id], .ss_size = SIGNAL_STACK_SIZE};

    if (sigaltstack(&stack, NULL))
        fail_errno("no stack for signals, so an overflow of the stack will not be reported");
}

/* The hypercall of the vCPU that has not returned, or NULL. `made` is set to the number of calls
 * that the vCPU has made. */
static const struct hypercall *
call_served(const struct vcpu *vcpu, uint64_t *made)
{
    const struct recent_call *last;

    *made = counter_read(&vcpu->stats.exits[EXIT_HYPERCALL]);
    last = &vcpu->recent.call[(*made - 1) % RECENT_CALLS];
    if (*made == 0 || counter_read(&last->returned))
        return NULL;
    return hypercall_find(counter_read(&last->nr));
}

const char *
serving_name(void)
{
    uint64_t made;
    const struct hypercall *call = this_vcpu ? call_served(this_vcpu, &made) : NULL;

    return call ? call->name : NULL;
}

/* How far around the stack pointer an access is one to the stack: no frame is larger. */
#define FRAME_MAX (1UL << 20)

/* Whether a bad address is on the stack of the code that used it. There the only bad addresses are
 * those in the guard below the stack. */
static bool
is_beyond_stack(unsigned long address, const void *context)
{
#ifdef __riscv
    unsigned long sp = ((const ucontext_t *)context)->uc_mcontext.__gregs[REG_SP];

    return address - (sp - FRAME_MAX) < 2 * FRAME_MAX;
#else
    (void)address, (void)context;
    return false;
#endif
}

/* Only what a signal handler may do is allowed here: snprintf() of strings and integers allocates
 * nothing. */
static void
crash_handler(int signo, siginfo_t *info, void *context)
{
    const char *name = serving_name(), *signal = signo == SIGBUS ? "SIGBUS" : "SIGSEGV";
    unsigned long address = (unsigned long)info->si_addr;
    char line[256];
    int len;

    if (is_beyond_stack(address, context))
        len = snprintf(line, sizeof(line),
                       "duet: %s%s: %s%s%s has used up its thread's stack (endless recursion, or "
                       "large arrays?): `make gdb-vmm` shows where\n",
                       name ? "hypercall " : "a bug in duet", name ? name : "",
                       name ? "its handler hc_" : "a function", name ? name : "", name ? "()" : "");
    else if (name)
        len = snprintf(line, sizeof(line),
                       "duet: hypercall %s: its handler hc_%s() used a bad pointer, 0x%lx%s (%s): "
                       "`make gdb-vmm` shows where\n",
                       name, name, address, address < 4096 ? ", which is near NULL" : "", signal);
    else
        len = snprintf(line, sizeof(line),
                       "duet: a bad pointer, 0x%lx (%s), in no hypercall: this is a bug in duet; "
                       "`make gdb-vmm` shows where\n",
                       address, signal);
    terminal_restore();
    if (write(STDERR_FILENO, line, (size_t)len) < 0)
        _exit(STATUS_FAILED);
    raise(signo); /* the signal has its default action again */
}

void
serving_crash_report(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS};
    struct sigaction action = {.sa_sigaction = crash_handler,
                               .sa_flags = (int)(SA_SIGINFO | SA_RESETHAND | SA_ONSTACK)};
    struct sigaction old;

    for (unsigned i = 0; i < 2; i++)
        /* A sanitizer writes a better report itself. */
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(signals[i], &action, NULL);
}

/* The processor time that a thread has used, in nanoseconds. */
static uint64_t
thread_cpu_ns(pthread_t thread)
{
    struct timespec used;
    clockid_t clock;

    if (pthread_getcpuclockid(thread, &clock) || clock_gettime(clock, &used))
        return 0;
    return (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
}

/* After the end of the machine a handler is stuck that has computed for so long, or was found at so
 * many looks. */
#define STUCK_NS    500000000
#define STUCK_LOOKS 100

void
serving_watch(const struct vm *vm)
{
    /* For each vCPU: the call that it served at the last look, and the call that was reported. */
    static struct {
        uint64_t made, reported, cpu_ns;
    } last[CPUS_MAX];

    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        uint64_t made, cpu_ns;
        const struct hypercall *call = call_served(&vm->vcpu[id], &made);

        if (!call) {
            last[id].made = 0;
            continue;
        }
        cpu_ns = thread_cpu_ns(vm->vcpu[id].thread);
        /* The machine may be busy with other work: a fifth of the time is enough. */
        if (made == last[id].made && made != last[id].reported &&
            cpu_ns - last[id].cpu_ns > SERVING_WATCH_SECONDS * (uint64_t)1000000000 / 5) {
            say("hypercall %s: its handler hc_%s() has run for more than %d s, hart %u waits for "
                "it: `make gdb-vmm` shows where it is",
                call->name, call->name, SERVING_WATCH_SECONDS, id);
            last[id].reported = made;
        }
        if (made != last[id].made) {
            last[id].made = made;
            last[id].cpu_ns = cpu_ns;
        }
    }
}

bool
serving_is_stuck(const struct vm *vm)
{
    /* For each vCPU: the call that it served at the first look that found it there. */
    static struct {
        uint64_t made, cpu_ns;
        unsigned looks;
    } last[CPUS_MAX];

    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        const struct vcpu *vcpu = &vm->vcpu[id];
        uint64_t made, cpu_ns;
        const struct hypercall *call = call_served(vcpu, &made);

        if (!call || atomic_load(&vcpu->left))
            continue;
        cpu_ns = thread_cpu_ns(vcpu->thread);
        if (made != last[id].made) {
            last[id].made = made;
            last[id].cpu_ns = cpu_ns;
            last[id].looks = 0;
        } else if (cpu_ns - last[id].cpu_ns > STUCK_NS || ++last[id].looks == STUCK_LOOKS) {
            say("hypercall %s: its handler hc_%s() does not return, though the machine has ended: "
                "duet ends without it",
                call->name, call->name);
            return true;
        }
    }
    return false;
}
