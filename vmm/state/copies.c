/* Copies of a machine, and the process that makes them. */
#include "vmm/state/copies.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/sbi.h"
#include "vmm/control/control.h"
#include "vmm/device/console_lines.h"
#include "vmm/device/disk_file.h"
#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/options.h"
#include "vmm/passing.h"
#include "vmm/sandbox.h"
#include "vmm/state/core.h"
#include "vmm/state/ram.h"
#include "vmm/state/save.h"
#include "vmm/trace/trace.h"

/* What nobody may do to the file that copies are made of: with less, duet could take RAM away from
 * below a copy. */
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* What duet sends. What comes back to MAKE is an errno, and to WAIT a status, once all have ended;
 * to SIGNAL nothing does. */
struct order {
    enum { ORDER_MAKE, ORDER_SIGNAL, ORDER_WAIT } what;
    unsigned count; /* of copies */
    unsigned hart;  /* that asks for them */
    int signo;
};

/* duet's own. */
static struct {
    int socket;          /* to the copier; -1: none */
    int null;            /* stdin of the copies */
    int file;            /* what the original's RAM is mapped from; -1: none of ours */
    unsigned made, left; /* copies, and how many more there may be */
    bool asked;          /* by a signal, to end */
} copies = {.socket = -1, .null = -1, .file = -1};

/* The copier's own. */
static struct {
    int socket;
    unsigned max, made, running;
    pid_t pid[COPIES_MAX]; /* 0: it has ended, or there is none yet */
    int status;            /* the first that was not 0 */
    bool waits;            /* duet waits for all to end */
    sigset_t copy_mask;    /* what a copy has blocked */
    sigset_t wait_mask;    /* what the copier has, while it waits: all but SIGCHLD */
} own;

/* The gate is opened by one write(2). */
_Static_assert(COPIES_MAX <= PIPE_BUF, "the gate takes a byte a copy, in one piece");

static const struct sandbox_group owner_calls =
    SANDBOX_GROUP(SANDBOX_CALL(memfd_create), SANDBOX_CALL(sendmsg), SANDBOX_CALL(signalfd4));

int
copies_open(const struct options *options)
{
    if (!options->fork)
        return 0;
    for (unsigned i = 0; i < disk_file_count; i++)
        if (!image_files[i].read_only)
            return fail("--fork: the guest and its copies would all write to %s: add ,ro, or leave "
                        "out --fork",
                        image_files[i].path);
    copies.null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (copies.null < 0)
        return fail_errno("/dev/null");
    copies.left = options->fork;
    sandbox_allow(NULL, NULL, &owner_calls);
    return 0;
}

static void
answer(int word)
{
    if (send(own.socket, &word, sizeof(word), MSG_NOSIGNAL) < 0)
        _exit(STATUS_FAILED); /* duet has ended; that ends the copies, too */
}

/* In a process that `copier` has just made: becomes copy `number`, when that says so by `gate`. */
static void
copy_begin(pid_t copier, unsigned number, int file, unsigned hart, int gate,
           struct snapshot *snapshot)
{
    char byte;

    close(own.socket);
    /* The copier may have ended before this: then there is nobody at the gate. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || read(gate, &byte, 1) != 1 || getppid() != copier)
        _exit(STATUS_FAILED);
    close(gate);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &own.copy_mask, NULL);
    log_copy(number);
    console_lines_begin(number);
    snapshot_close(snapshot);
    if (snapshot_open_fd(snapshot, file, "the copy"))
        _exit(STATUS_FAILED);
    if (hart >= snapshot->cpus) {
        fail("the copy: has no hart %u", hart);
        _exit(STATUS_FAILED);
    }
    snapshot->copy = number;
    snapshot->copy_hart = hart;
}

/* Makes the copies; all or none. Returns 0 or an errno, and true in *is_copy in each copy. */
static int
copies_fork(const struct order *order, int file, struct snapshot *snapshot, bool *is_copy)
{
    static const char go[COPIES_MAX];
    const pid_t copier = getpid();
    unsigned made = 0;
    int gate[2], error = 0, seals;

    if (order->count > own.max - own.made)
        return EPERM;
    seals = fcntl(file, F_GET_SEALS); /* -1 also if there is no file */
    if (seals < 0 || (seals & SEALS) != SEALS)
        return EBADF;
    if (pipe2(gate, O_CLOEXEC))
        return errno;
    while (made < order->count && !error) {
        pid_t pid = fork();

        if (pid == 0) {
            close(gate[1]);
            copy_begin(copier, own.made + made + 1, file, order->hart, gate[0], snapshot);
            *is_copy = true;
            return 0;
        }
        if (pid < 0)
            error = errno;
        else
            own.pid[own.made + made++] = pid;
    }
    close(gate[0]);
    /* In one piece, so that none begins if not all do: it is less than a pipe takes at once. */
    if (!error && write(gate[1], go, made) != (ssize_t)made)
        error = errno;
    close(gate[1]); /* ends those that wait there */
    if (error) {
        memset(&own.pid[own.made], 0, made * sizeof(own.pid[0]));
        return error;
    }
    own.made += made;
    own.running += made;
    return 0;
}

/* Takes an order, and the file that comes with it, or -1. False if duet has ended. */
static bool
order_take(struct order *order, int *file)
{
    return passing_receive(own.socket, order, sizeof(*order), file) == sizeof(*order);
}

/* Says how copies ended that have. */
static void
ends_take(void)
{
    int how;

    for (pid_t pid; (pid = waitpid(-1, &how, WNOHANG)) > 0;) {
        unsigned i = 0;
        int status = WIFEXITED(how) ? WEXITSTATUS(how) : STATUS_FAILED;

        while (i < own.made && own.pid[i] != pid)
            i++;
        if (i == own.made)
            continue; /* it was given up before it was a copy */
        own.pid[i] = 0;
        own.running--;
        if (WIFEXITED(how))
            say("copy %u ended with status %d", i + 1, status);
        else
            say("copy %u was ended by SIG%s", i + 1, sigabbrev_np(WTERMSIG(how)));
        if (own.status == 0)
            own.status = status;
    }
}

static void
copies_kill(int signo)
{
    for (unsigned i = 0; i < own.made; i++)
        if (own.pid[i])
            kill(own.pid[i], signo);
}

static void
child_handler(int signo)
{
    (void)signo; /* its only purpose is to interrupt the wait */
}

/* The copier. It returns in each copy. */
static void
copier_main(struct snapshot *snapshot)
{
    for (bool is_copy = false; !is_copy;) {
        struct pollfd fd = {.fd = own.socket, .events = POLLIN};
        struct order order;
        int file;

        ends_take();
        if (own.waits && own.running == 0) {
            answer(own.status);
            own.waits = false;
        }
        if (ppoll(&fd, 1, NULL, &own.wait_mask) <= 0)
            continue; /* a copy has ended */
        if (!order_take(&order, &file)) {
            copies_kill(SIGKILL);
            _exit(0);
        }
        if (order.what == ORDER_MAKE) {
            int error = copies_fork(&order, file, snapshot, &is_copy);

            if (is_copy)
                return;
            answer(error);
        } else if (order.what == ORDER_SIGNAL) {
            copies_kill(order.signo);
        } else {
            own.waits = true;
        }
        if (file >= 0)
            close(file);
    }
}

/* The copier's process: keeps what a copy needs, and nothing else that somebody waits to be closed.
 * It takes no signal that is meant for duet, and leaves the terminal: duet sends on what the copies
 * are to have. */
static void
copier_begin(unsigned max, struct snapshot *snapshot, struct trace *trace)
{
    if (trace)
        trace_drop(trace);
    save_close();
    core_close();
    control_close();
    own.max = max;
    setsid();
    if (dup2(copies.null, STDIN_FILENO) < 0)
        _exit(STATUS_FAILED);
    close(copies.null);
    signal(SIGCHLD, child_handler);
    sigfillset(&own.wait_mask);
    sigdelset(&own.wait_mask, SIGCHLD);
    copier_main(snapshot);
}

int
copies_begin(const struct options *options, struct snapshot *snapshot, struct trace *trace,
             const sigset_t *signals)
{
    int pair[2];
    sigset_t all, before;
    pid_t child;

    log_whole_lines();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return fail_errno("--fork: socketpair");
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* the copier's, from its first instruction on */
    child = fork();
    if (child != 0)
        sigprocmask(SIG_SETMASK, &before, NULL);
    if (child < 0) {
        close(pair[0]);
        close(pair[1]);
        return fail_errno("--fork: fork");
    }
    if (child == 0) {
        close(pair[0]);
        own.socket = pair[1];
        sigorset(&own.copy_mask, &before, signals);
        copier_begin(options->fork, snapshot, trace);
        return 0;
    }
    close(pair[1]);
    close(copies.null);
    copies.socket = pair[0];
    return 0;
}

/* Gives an order. 0 or an errno. */
static int
order_give(struct order order, int file)
{
    return passing_send(copies.socket, &order, sizeof(order), file) < 0 ? errno : 0;
}

/* The word that the copier answers. False if it has ended. */
static bool
answer_take(int *word)
{
    ssize_t got;

    do
        got = read(copies.socket, word, sizeof(*word));
    while (got < 0 && errno == EINTR);
    return got == sizeof(*word);
}

/* The file that copies are made of; -1 with errno set. */
static int
file_make(const struct guest_mem *mem, const void *head, size_t len)
{
    int file = memfd_create("duet copies", MFD_CLOEXEC | MFD_ALLOW_SEALING), error;

    if (file >= 0 && ram_write(file, mem, head, len) == 0 && fcntl(file, F_ADD_SEALS, SEALS) == 0)
        return file;
    error = errno;
    if (file >= 0)
        close(file);
    errno = error;
    return -1;
}

/* Says why there are no copies, once for each errno: a guest may ask again and again. */
static long
copies_refuse(const char *what, int error)
{
    static bool is_said[256];

    if (error < 0 || error >= (int)sizeof(is_said) || !is_said[error]) {
        errno = error;
        fail_errno("no copies: %s", what);
    }
    if (error >= 0 && error < (int)sizeof(is_said))
        is_said[error] = true;
    return SBI_ERR_FAILED;
}

long
copies_make(unsigned count, unsigned hart, struct guest_mem *mem, const void *head, size_t len)
{
    const struct order order = {.what = ORDER_MAKE, .count = count, .hart = hart};
    int file, error;

    if (count > copies.left)
        return SBI_ERR_DENIED;
    file = file_make(mem, head, len);
    if (file < 0)
        return copies_refuse("the guest's memory", errno);
    error = order_give(order, file);
    if (!error && !answer_take(&error))
        error = EPIPE;
    if (error) {
        close(file);
        return copies_refuse("their processes", error);
    }
    copies.made += count;
    copies.left -= count;
    if (guest_mem_map(mem, file, (int64_t)ram_offset(len))) {
        close(file); /* the copies have it; the original keeps RAM of its own */
        return 0;
    }
    copies_file_close();
    copies.file = file;
    return 0;
}

void
copies_file_close(void)
{
    if (copies.file >= 0)
        close(copies.file);
    copies.file = -1;
}

bool
copies_are_made(void)
{
    return copies.made > 0;
}

void
copies_signal(int signo)
{
    copies.asked = true;
    if (copies.socket >= 0)
        order_give((struct order){.what = ORDER_SIGNAL, .signo = signo}, -1);
}

/* Takes a signal while the copies are waited for. Returns it if it is the second that asks for an
 * end, or 0. */
static int
signal_take(int signals, const sigset_t *end_signals)
{
    struct signalfd_siginfo info;
    int signo;

    if (read(signals, &info, sizeof(info)) != sizeof(info))
        return 0;
    signo = (int)info.ssi_signo;
    if (!sigismember(end_signals, signo))
        return 0;
    if (copies.asked)
        return signo;
    copies_signal(signo);
    return 0;
}

int
copies_wait(const sigset_t *signals, const sigset_t *end_signals, int *ended_by)
{
    int status = 0, fd;

    if (!copies_are_made())
        return 0;
    fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) {
        fail_errno("signalfd");
        return STATUS_FAILED;
    }
    order_give((struct order){.what = ORDER_WAIT}, -1);
    for (;;) {
        struct pollfd fds[2] = {{.fd = copies.socket, .events = POLLIN},
                                {.fd = fd, .events = POLLIN}};

        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents) {
            if (!answer_take(&status)) {
                fail("the process that has made the copies was ended, and the copies with it");
                status = STATUS_FAILED;
            }
            break;
        }
        *ended_by = signal_take(fd, end_signals);
        if (*ended_by)
            break;
    }
    close(fd);
    return status;
}

void
copies_close(void)
{
    if (copies.socket >= 0)
        close(copies.socket);
    copies.socket = -1;
}
