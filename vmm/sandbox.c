/*
 * The sandbox. The filters are a few instructions of classic BPF put together here, and not by
 * libseccomp, for two reasons, measured with Linux 6.12: KVM_RUN has to be allowed after five
 * instructions, since each adds 50 to every hypercall; and a filter has to begin with an argument's
 * load, or the kernel walks all of it once for each system call there is, which makes the start of
 * duet up to 700,000 instructions longer. Each instruction of a filter adds 500 to that.
 */
#include "vmm/sandbox.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/kvm.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/options.h"
#include "vmm/terminal.h"

#define NOBODY                                                                                     \
    65534 /* user and group: Debian's nobody and nogroup, and the kernel's overflow ids */

#define CALL         SANDBOX_CALL
#define CALL_NO_EXEC SANDBOX_CALL_NO_EXEC
#define IOCTL        SANDBOX_IOCTL

/* For every thread: locks, messages, its end and that of the process, kicks, abort(). */
const struct sandbox_group sandbox_every_thread =
    SANDBOX_GROUP(CALL(write), CALL(futex), CALL(rt_sigreturn), CALL(rt_sigprocmask), CALL(getpid),
                  CALL(gettid), CALL(tgkill), CALL(exit), CALL(exit_group), CALL(sched_yield),
                  CALL(madvise), CALL(munmap), CALL(restart_syscall), CALL(clock_gettime));

/* For a system call that is not allowed: the terminal still gets its settings back. */
const struct sandbox_group sandbox_terminal = SANDBOX_GROUP(IOCTL(TCSETS));

/* The terminal's settings, to make it raw. */
const struct sandbox_group sandbox_terminal_raw =
    SANDBOX_GROUP(IOCTL(TCGETS), IOCTL(TCSETSW), IOCTL(TCSETSF));

/* Lowering and raising the guest's external interrupt. */
const struct sandbox_group sandbox_interrupt = SANDBOX_GROUP(IOCTL(KVM_INTERRUPT));

/* Waiting for a file descriptor. */
const struct sandbox_group sandbox_poll = SANDBOX_GROUP(CALL(ppoll), CALL(read));

/* Memory for malloc and stacks; never to be executed. */
const struct sandbox_group sandbox_memory =
    SANDBOX_GROUP(CALL_NO_EXEC(mmap), CALL_NO_EXEC(mprotect), CALL(mremap), CALL(brk));

/* The registers of a vCPU, and its breakpoints. */
static const struct sandbox_group registers =
    SANDBOX_GROUP(IOCTL(KVM_GET_ONE_REG), IOCTL(KVM_SET_ONE_REG), IOCTL(KVM_GET_MP_STATE),
                  IOCTL(KVM_SET_GUEST_DEBUG));

/* Reading files that are open: the guest's ELF file, for the report on its death; counters. */
const struct sandbox_group sandbox_file = SANDBOX_GROUP(CALL(pread64), CALL(lseek), CALL(fstat));

/* Hypercalls: random bytes. */
static const struct sandbox_group hypercalls = SANDBOX_GROUP(CALL(getrandom));

/* The line to gdb, whose breakpoints change code. */
static const struct sandbox_group gdb =
    SANDBOX_GROUP(CALL(epoll_pwait), CALL(epoll_ctl), CALL(accept4), CALL(sendto), CALL(close),
                  CALL(riscv_flush_icache));

/* A VM is built and taken down, also for a reset. */
static const struct sandbox_group machine = SANDBOX_GROUP(
    IOCTL(KVM_GET_API_VERSION), IOCTL(KVM_CHECK_EXTENSION), IOCTL(KVM_CREATE_VM),
    IOCTL(KVM_SET_USER_MEMORY_REGION), IOCTL(KVM_GET_VCPU_MMAP_SIZE), IOCTL(KVM_CREATE_VCPU),
    IOCTL(KVM_SET_MP_STATE), IOCTL(KVM_IOEVENTFD), IOCTL(KVM_GET_STATS_FD), CALL(eventfd2),
    CALL(close), CALL(fcntl), CALL(epoll_ctl));

/* Threads are started, and get their filters. */
static const struct sandbox_group threads =
    SANDBOX_GROUP(CALL(clone3), CALL(clone), CALL(set_robust_list), CALL(rseq), CALL(sigaltstack),
                  CALL(sched_getaffinity), CALL(seccomp), CALL(prlimit64));

/* Signals are waited for. One of them may end the process as if it had not been blocked. */
static const struct sandbox_group signals =
    SANDBOX_GROUP(CALL(rt_sigtimedwait), CALL(rt_sigaction), CALL(kill));

/* Whether this process may set the terminal. */
static const struct sandbox_group foreground = SANDBOX_GROUP(IOCTL(TIOCGPGRP), CALL(getpgid));

/* All that the other threads may do, those of devices too: it starts them again after a reset. */
const struct sandbox_kind sandbox_owner = {
    "main",
    {&sandbox_every_thread, &sandbox_terminal, &sandbox_memory, &sandbox_interrupt, &registers,
     &sandbox_file, &sandbox_poll, &machine, &threads, &signals, &gdb, &hypercalls, &foreground},
};
const struct sandbox_kind sandbox_vcpu = {
    "vCPU",
    {&sandbox_every_thread, &sandbox_interrupt, &sandbox_poll, &hypercalls, &registers,
     &sandbox_terminal, &sandbox_memory, &sandbox_file},
};
const struct sandbox_kind sandbox_debugger = {
    "debugger",
    {&gdb, &sandbox_poll, &sandbox_every_thread, &registers, &sandbox_interrupt, &sandbox_terminal,
     &sandbox_memory, &sandbox_file},
};

/* The groups that devices need besides, each once. */
static struct more {
    const struct sandbox_group *group[SANDBOX_GROUPS_MAX];
} owner_more, vcpu_more;

const char *(*sandbox_call_name)(void);

static bool active;
static _Thread_local const char *thread_name = "main";

static const char *const syscall_name[] = {
#include "syscall_names.h"
};

/* A system call that no rule allows. Where SIGSYS is blocked, as in the C library's fork(), the
 * kernel kills the process without this handler. Only what a signal handler may do is allowed
 * here. */
static void
violation_handler(int signo, siginfo_t *info, void *context)
{
    unsigned number = (unsigned)info->si_syscall;
    const char *name =
        number < sizeof(syscall_name) / sizeof(syscall_name[0]) && syscall_name[number]
            ? syscall_name[number]
            : "(unknown)";
    const char *call = sandbox_call_name ? sandbox_call_name() : NULL;
    uint64_t second = ((const ucontext_t *)context)->uc_mcontext.__gregs[REG_A0 + 1];
    char line[512];
    int len;

    (void)signo;
    /* snprintf() of strings and integers allocates nothing */
    len = snprintf(line, sizeof(line),
                   "duet: sandbox: the %s thread made the system call %s (%u; a1 = 0x%llx)%s%s, "
                   "which it has no use for: ended. ",
                   thread_name, name, number, (unsigned long long)second,
                   call ? " in the hypercall " : "", call ? call : "");
    if (call)
        len += snprintf(line + len, sizeof(line) - (size_t)len,
                        "If hc_%s() is yours: print with say() (vmm/log.h) instead of printf(); "
                        "--sandbox=off runs without the sandbox. If not: ",
                        call);
    len += snprintf(line + len, sizeof(line) - (size_t)len,
                    "%shis is a bug in duet, or an attack on it\n", call ? "t" : "T");
    terminal_restore();
    if (write(STDERR_FILENO, line, (size_t)len) < 0)
        _exit(STATUS_FAILED);
    _exit(STATUS_FAILED);
}

struct program {
    unsigned len;
    struct sock_filter code[256]; /* the largest distance of a jump */
};

/* The target of the jump: the end of the program, once its length is known. */
#define TO_ALLOW 0xff

static void
emit(struct program *program, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    program->code[program->len++] = (struct sock_filter){code, if_true, if_false, k};
}

#define LOAD(field)   BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field), 0, 0
#define IF(test)      BPF_JMP | (test) | BPF_K
#define RETURN(value) BPF_RET | BPF_K, value, 0, 0

/* The rules of these groups that have this check become one comparison each. */
static void
emit_groups(struct program *program, const struct sandbox_group *const group[], unsigned check)
{
    for (unsigned g = 0; g < SANDBOX_GROUPS_MAX && group[g]; g++)
        for (unsigned r = 0; r < group[g]->count; r++) {
            const struct sandbox_rule *rule = &group[g]->rule[r];

            if (rule->check == check)
                emit(program, IF(BPF_JEQ), check == SANDBOX_REQUEST ? rule->request : rule->number,
                     TO_ALLOW, 0);
        }
}

static void
emit_rules(struct program *program, const struct sandbox_kind *kind, unsigned check)
{
    emit_groups(program, kind->group, check);
    if (kind == &sandbox_owner)
        emit_groups(program, owner_more.group, check);
    if (kind == &sandbox_vcpu)
        emit_groups(program, vcpu_more.group, check);
}

static void
filter_build(struct program *program, const struct sandbox_kind *kind)
{
    unsigned no_exec;

    program->len = 0;
    /* KVM_RUN comes first. ioctl has the same number on all RISC-V, so the check of the
     * architecture can wait. All filters begin with an argument: see the top of the file. */
    emit(program, LOAD(args[1]));
    emit(program, IF(BPF_JEQ), KVM_RUN, 0, 2);
    emit(program, LOAD(nr));
    emit(program, IF(BPF_JEQ), __NR_ioctl, TO_ALLOW, 0);
    emit(program, LOAD(arch));
    emit(program, IF(BPF_JEQ), AUDIT_ARCH_RISCV64, 1, 0);
    emit(program, RETURN(SECCOMP_RET_KILL_PROCESS));
    emit(program, LOAD(nr));
    emit_rules(program, kind, SANDBOX_ANY);
    /* The remaining rules: ioctl, and calls that must not make memory executable. */
    no_exec = program->len;
    emit(program, IF(BPF_JEQ), __NR_ioctl, 0, 0);
    emit(program, LOAD(args[1]));
    emit_rules(program, kind, SANDBOX_REQUEST);
    emit(program, RETURN(SECCOMP_RET_TRAP));
    program->code[no_exec].jf = (uint8_t)(program->len - no_exec - 1);
    no_exec = program->len;
    emit_rules(program, kind, SANDBOX_NO_EXEC);
    emit(program, RETURN(SECCOMP_RET_TRAP));
    for (unsigned i = no_exec; i < program->len - 1; i++)
        program->code[i].jt = (uint8_t)(program->len - i - 1);
    emit(program, LOAD(args[2]));
    emit(program, IF(BPF_JSET), PROT_EXEC, 0, TO_ALLOW);
    emit(program, RETURN(SECCOMP_RET_TRAP));
    emit(program, RETURN(SECCOMP_RET_ALLOW));
    for (unsigned i = 0; i < program->len; i++) {
        struct sock_filter *code = &program->code[i];
        uint8_t distance = (uint8_t)(program->len - i - 2);

        if (BPF_CLASS(code->code) == BPF_JMP && code->jt == TO_ALLOW)
            code->jt = distance;
        if (BPF_CLASS(code->code) == BPF_JMP && code->jf == TO_ALLOW)
            code->jf = distance;
    }
}

/* Unless the group is in the filter already, or in the kind itself. */
static void
group_add(struct more *more, const struct sandbox_kind *kind, const struct sandbox_group *group)
{
    unsigned at = 0;

    for (unsigned i = 0; i < SANDBOX_GROUPS_MAX; i++)
        if (kind->group[i] == group)
            return;
    while (more->group[at] && more->group[at] != group)
        at++;
    if (at == SANDBOX_GROUPS_MAX - 1)
        abort(); /* SANDBOX_GROUPS_MAX must become larger */
    more->group[at] = group;
}

void
sandbox_allow(const struct sandbox_kind *thread, const struct sandbox_group *vcpu_calls,
              const struct sandbox_group *owner_calls)
{
    for (unsigned i = 0; thread && i < SANDBOX_GROUPS_MAX && thread->group[i]; i++)
        group_add(&owner_more, &sandbox_owner, thread->group[i]);
    if (vcpu_calls) {
        group_add(&vcpu_more, &sandbox_vcpu, vcpu_calls);
        group_add(&owner_more, &sandbox_owner, vcpu_calls);
    }
    if (owner_calls)
        group_add(&owner_more, &sandbox_owner, owner_calls);
}

void
sandbox_thread(const struct sandbox_kind *kind)
{
    struct program program;
    struct sock_fprog fprog = {.filter = program.code};

    static bool owner_done; /* that thread serves VM after VM */
    sigset_t violation;

    if (!active || (kind == &sandbox_owner && owner_done))
        return;
    owner_done |= kind == &sandbox_owner;
    sigemptyset(&violation);
    sigaddset(&violation, SIGSYS);
    pthread_sigmask(SIG_UNBLOCK, &violation, NULL);
    thread_name = kind->name;
    filter_build(&program, kind);
    fprog.len = (unsigned short)program.len;
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog) == 0)
        return;
    fail_errno("cannot filter the system calls of the %s thread; --sandbox=off runs without",
               thread_name);
    _exit(STATUS_FAILED);
}

/* Takes away all paths, and whatever else this kernel's Landlock can restrict; unless `folder_fd`
 * is -1, files may be made in that folder. */
static int
landlock_enter(int folder_fd)
{
    struct landlock_path_beneath_attr folder = {
        .allowed_access = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_READ_FILE |
                          LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE,
        .parent_fd = folder_fd,
    };

    long version = syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr attr = {
        /* Version 1 has all rights up to MAKE_SYM. */
        .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1,
    };
    int ruleset, failed;

    if (version < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) {
        say("this kernel has no Landlock: only the system-call filter keeps duet from files");
        return 0;
    }
    if (version >= 2)
        attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3) {
        attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
        folder.allowed_access |= LANDLOCK_ACCESS_FS_TRUNCATE; /* a new file gets its length */
    }
    if (version >= 4)
        attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
    if (version >= 5)
        attr.handled_access_fs |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
    if (version >= 6)
        attr.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
    /* An older kernel accepts a longer structure if the bytes that it does not know are 0. */
    ruleset = (int)syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return fail_errno("landlock_create_ruleset; --sandbox=off runs without");
    if (folder_fd >= 0 &&
        syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &folder, 0)) {
        close(ruleset);
        return fail_errno("landlock_add_rule; --sandbox=off runs without");
    }
    failed = (int)syscall(__NR_landlock_restrict_self, ruleset, 0);
    if (failed)
        fail_errno("landlock_restrict_self; --sandbox=off runs without");
    close(ruleset);
    return failed ? -1 : 0;
}

/* Root becomes nobody, unless there is no other user to become: a user namespace may hold this user
 * alone (unshare -r, rootless containers), and root in a container may lack the privilege. The rest
 * of the sandbox is as strict without it. */
static int
user_drop(void)
{
    if (geteuid() != 0)
        return 0;
    if (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
        setresuid(NOBODY, NOBODY, NOBODY) == 0)
        return 0;
    if (errno != EINVAL && errno != EPERM)
        return fail_errno("cannot become user %d; --sandbox=off runs without", NOBODY);
    say("stays root, for there is no other user to become here; the rest of the sandbox holds");
    return 0;
}

static int
privileges_drop(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    if (user_drop())
        return -1;
    if (syscall(__NR_capset, &header, none))
        return fail_errno("capset");
    return 0;
}

int
sandbox_process(const struct options *options)
{
    const struct rlimit nothing = {0};
    struct sigaction action = {.sa_sigaction = violation_handler, .sa_flags = SA_SIGINFO};

    if (!options->sandbox) {
        say("--sandbox=off: a guest that breaks out of duet can do all that you can");
        return 0;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return fail_errno("PR_SET_NO_NEW_PRIVS");
    /* The guest's memory may hold secrets: there is no core file, and the user's other processes
     * cannot read it. */
    if (setrlimit(RLIMIT_CORE, &nothing) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return fail_errno("cannot switch core files off");
    if (landlock_enter(-1) || privileges_drop())
        return -1;
    sigaction(SIGSYS, &action, NULL);
    active = true;
    return 0;
}

int
sandbox_helper(int folder_fd, const struct sandbox_kind *kind)
{
    const struct rlimit nothing = {0};
    struct sigaction action = {.sa_sigaction = violation_handler, .sa_flags = SA_SIGINFO};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || setrlimit(RLIMIT_CORE, &nothing) ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return fail_errno("cannot confine duet's process for files");
    if (landlock_enter(folder_fd))
        return -1;
    sigaction(SIGSYS, &action, NULL);
    active = true;
    sandbox_thread(kind);
    return 0;
}
