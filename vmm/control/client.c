/* The other end of a control socket. */
#include "vmm/control/client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/control/address.h"
#include "vmm/control/command.h"
#include "vmm/control/control_line.h"
#include "vmm/log.h"
#include "vmm/passing.h"
#include "vmm/terminal.h"

#define STATUS_REFUSED 1
#define STATUS_USAGE   2

/* How long `duet list` waits for a VM: one whose process is stopped never answers. */
#define LIST_PATIENCE_MS 2000

#define CTRL_A 0x01

bool
client_is_command(const char *word)
{
    return strcmp(word, "list") == 0 || command_find(word, false);
}

/* Calls `visit` for each of this user's VMs. How many there are; -1 after saying why not. */
static int
vms_visit(void (*visit)(const char *name))
{
    FILE *list = fopen("/proc/net/unix", "re");
    char line[512], name[CONTROL_NAME_MAX];
    int count = 0;

    if (!list)
        return fail_errno("/proc/net/unix, which names all sockets");
    while (fgets(line, sizeof(line), list))
        if (control_name_find(name, line, geteuid())) {
            visit(name);
            count++;
        }
    fclose(list);
    return count;
}

static void
name_print(const char *name)
{
    fprintf(stderr, " %s", name);
}

/* Connects to a VM. A file descriptor; -1 with errno set. EPERM: it is another user's. */
static int
vm_connect(const char *name)
{
    struct sockaddr_un address;
    socklen_t len = control_address(&address, geteuid(), name), peer_len;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct ucred peer;

    peer_len = sizeof(peer);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address, len) == 0 &&
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) == 0) {
        if (peer.uid == geteuid())
            return fd;
        errno = EPERM;
    }
    close(fd);
    return -1;
}

static int
vm_open(const char *name)
{
    int fd = vm_connect(name);

    if (fd >= 0)
        return fd;
    if (errno != ECONNREFUSED)
        return fail_errno("%s", name);
    fprintf(stderr, "duet: no VM of yours is called %s; there are:", name);
    if (vms_visit(name_print) == 0)
        fprintf(stderr, " none");
    fprintf(stderr, "\n");
    return -1;
}

/* Says a command, and passes a file with it unless `passed_fd` is -1. False if it is not taken. */
static bool
vm_say(int fd, const char *command, const char *argument, int passed_fd)
{
    char line[CONTROL_LINE_MAX];
    int len = snprintf(line, sizeof(line), "%s %s\n", command, argument);

    return len < (int)sizeof(line) && passing_send(fd, line, (size_t)len, passed_fd) == len;
}

/* A byte of the answer; 0 if there is none. */
static char
byte_read(int fd)
{
    char byte = 0;
    ssize_t got;

    do
        got = read(fd, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? byte : 0;
}

/* Reads how a command is answered, and shows how far it is meanwhile. CONTROL_..., or 0 if there is
 * no answer. */
static char
answer_read(int fd, const char *name)
{
    char how, byte;

    while ((how = byte_read(fd)) == CONTROL_PROGRESS) {
        fprintf(stderr, "duet: %s: ", name);
        do {
            byte = byte_read(fd);
            if (byte)
                fputc(byte, stderr);
        } while (byte && byte != '\n');
    }
    return how;
}

/* Says a command, and shows the answer. The exit status. */
static int
vm_command(const char *name, const char *command, const char *argument, int passed_fd)
{
    int fd = vm_open(name);
    char text[4096], how;
    ssize_t got;
    FILE *to;

    if (fd < 0)
        return STATUS_REFUSED;
    how = vm_say(fd, command, argument, passed_fd) ? answer_read(fd, name) : 0;
    to = how == CONTROL_DONE ? stdout : stderr;
    if (!how)
        say("%s has ended, or does not answer", name);
    else if (how != CONTROL_DONE)
        fprintf(stderr, "duet: %s: ", name);
    while (how && (got = read(fd, text, sizeof(text))) > 0)
        fwrite(text, 1, (size_t)got, to);
    close(fd);
    if (fflush(stdout) || ferror(stdout)) {
        fail_errno("the answer cannot be written");
        return STATUS_REFUSED;
    }
    return how == CONTROL_DONE ? 0 : STATUS_REFUSED;
}

/* Connects to where the guest is to go, which the VM itself cannot do in its sandbox. */
static int
migrate(const char *name, const char *address)
{
    int fd = address_connect(address), status;

    if (fd < 0)
        return STATUS_REFUSED;
    status = vm_command(name, "migrate", address, fd);
    close(fd);
    return status;
}

static void
list_print(const char *name)
{
    char text[4096] = "", state[16] = "no answer", cpus[8] = "", memory[24] = "", *path = text;
    int fd = vm_connect(name), path_at = 0;
    struct ucred peer = {0};
    socklen_t peer_len = sizeof(peer);
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    size_t len = 0;
    ssize_t got;

    if (fd < 0)
        return; /* it has ended meanwhile, or is another user's who likes our name */
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len);
    if (write(fd, "state\n", 6) == 6)
        while (len < sizeof(text) - 1 && poll(&answer, 1, LIST_PATIENCE_MS) > 0 &&
               (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
            len += (size_t)got;
    close(fd);
    text[strcspn(text, "\n")] = '\0';
    if (sscanf(text, "+%15s %7s %23s %n", state, cpus, memory, &path_at) >= 3 && path_at > 0)
        path = text + path_at;
    printf("%-16s %7d  %-9s %4s %6s  %s\n", name, peer.pid, state, cpus, memory, path);
}

static int
list(void)
{
    printf("%-16s %7s  %-9s %4s %6s  %s\n", "NAME", "PID", "STATE", "CPUS", "MIB", "GUEST");
    return vms_visit(list_print) < 0 ? STATUS_REFUSED : 0;
}

/* A signal's end gives the terminal back. */
static void
end_handler(int signo)
{
    terminal_restore();
    signal(signo, SIG_DFL);
    raise(signo);
}

static void
continue_handler(int signo)
{
    (void)signo;
    terminal_raw_again();
}

/* Serves the terminal's escapes in `text` and removes them. False: leave. */
static bool
escapes_take(const char *name, char *text, size_t *len)
{
    static bool escaped;
    size_t kept = 0;

    for (size_t i = 0; i < *len; i++) {
        if (!escaped) {
            escaped = text[i] == CTRL_A;
            if (!escaped)
                text[kept++] = text[i];
            continue;
        }
        escaped = false;
        switch (text[i]) {
        case 'd':
            return false;
        case 'x':
            vm_command(name, "stop", "", -1);
            break;
        case 'a':
        case CTRL_A:
            text[kept++] = CTRL_A;
            break;
        case 'h':
        case '?':
            say("Ctrl-A d leaves, Ctrl-A x has the guest shut down, twice ends it, Ctrl-A a sends "
                "Ctrl-A, Ctrl-A h is this help");
            break;
        }
    }
    *len = kept;
    return true;
}

/* What was typed and the VM has not taken yet. */
struct typed {
    bool at_end; /* of stdin */
    size_t len;
    char text[256];
};

/* Reads what was typed. False: leave. */
static bool
typed_read(struct typed *typed, const char *name, bool interactive)
{
    ssize_t got = read(STDIN_FILENO, typed->text, sizeof(typed->text));

    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    typed->at_end = got <= 0;
    typed->len = got > 0 ? (size_t)got : 0;
    return !interactive || escapes_take(name, typed->text, &typed->len);
}

/* Gives the VM as much as it takes. The guest's output goes on meanwhile. */
static void
typed_send(struct typed *typed, int fd)
{
    ssize_t put = send(fd, typed->text, typed->len, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (put <= 0)
        return; /* it is gone, which the next read says */
    typed->len -= (size_t)put;
    memmove(typed->text, typed->text + put, typed->len);
}

/* Shows what the guest has written. The exit status if that is the end, else -1. */
static int
output_show(const char *name, int fd)
{
    char text[4096];
    ssize_t got = read(fd, text, sizeof(text));

    if (got < 0 && errno == EINTR)
        return -1;
    if (got <= 0) {
        terminal_restore();
        say("%s has ended", name);
        return 0;
    }
    if (fwrite(text, 1, (size_t)got, stdout) == (size_t)got && fflush(stdout) == 0)
        return -1;
    fail_errno("the guest's output cannot be written");
    return STATUS_REFUSED;
}

/* Between the terminal and the console. The exit status. */
static int
console_relay(const char *name, int fd)
{
    bool interactive = terminal_raw(false);
    struct typed typed = {0};
    int status = -1;

    if (interactive)
        say("at the console of %s: Ctrl-A d leaves, Ctrl-A h helps", name);
    while (status < 0) {
        bool may_type = typed.len == 0 && !typed.at_end;
        struct pollfd fds[2] = {
            {.fd = fd, .events = (short)(POLLIN | (typed.len > 0 ? POLLOUT : 0))},
            {.fd = may_type ? STDIN_FILENO : -1, .events = POLLIN}};

        if (poll(fds, 2, -1) < 0)
            continue; /* a signal */
        if (fds[0].revents & POLLOUT)
            typed_send(&typed, fd);
        if (fds[1].revents && !typed_read(&typed, name, interactive)) {
            terminal_restore();
            say("left %s, which runs on", name);
            return 0;
        }
        if (fds[0].revents & ~POLLOUT)
            status = output_show(name, fd);
    }
    terminal_restore();
    return status;
}

static int
console(const char *name)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    int fd = vm_open(name), status;
    char text[256];
    ssize_t got;

    if (fd < 0)
        return STATUS_REFUSED;
    if (!vm_say(fd, "console", "", -1) || byte_read(fd) != CONTROL_DONE) {
        got = read(fd, text, sizeof(text));
        fprintf(stderr, "duet: %s: %.*s", name, got > 0 ? (int)got : 13,
                got > 0 ? text : "has ended\n");
        return STATUS_REFUSED;
    }
    for (unsigned i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        sigaction(ending[i], &(struct sigaction){.sa_handler = end_handler}, NULL);
    sigaction(SIGCONT, &(struct sigaction){.sa_handler = continue_handler}, NULL);
    signal(SIGPIPE, SIG_IGN);
    status = console_relay(name, fd);
    close(fd);
    return status;
}

int
client_main(int argc, char **argv)
{
    const struct command *command = command_find(argv[0], false);
    bool has_argument = command && command->argument[0];
    bool is_optional = has_argument && command->argument[1] == '[';
    int words = !command ? 1 : has_argument ? 3 : 2;

    if (argc != words && !(is_optional && argc == words - 1)) {
        fprintf(stderr, "Usage: duet %s%s%s\n%s\n", argv[0], command ? " NAME" : "",
                command ? command->argument : "",
                command ? command->summary : "list the VMs of yours that run");
        return STATUS_USAGE;
    }
    if (!command)
        return list();
    if (strcmp(command->name, "console") == 0)
        return console(argv[1]);
    if (strcmp(command->name, "migrate") == 0)
        return migrate(argv[1], argv[2]);
    return vm_command(argv[1], command->name, argc == 3 ? argv[2] : "", -1);
}
