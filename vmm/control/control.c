/* The control socket of a VM: the socket, its thread and the clients. */
#include "vmm/control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/control/command.h"
#include "vmm/control/control_line.h"
#include "vmm/device/console.h"
#include "vmm/device/console_tap.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/passing.h"
#include "vmm/sandbox.h"

#define THREAD_STACK_SIZE (128 << 10)

/* How many clients are served at a time; the next one takes the place of the oldest that has said
 * nothing yet. */
#define CLIENTS_MAX 8

/* How many VMs of one guest get names by themselves. */
#define NUMBER_MAX 10000

enum client_state {
    CLIENT_NONE,
    CLIENT_TALKS,    /* its line has not ended */
    CLIENT_SAVES,    /* it is answered when the machine is saved */
    CLIENT_MIGRATES, /* it is told how far the machine has moved */
    CLIENT_PAUSES,   /* it is answered when all vCPUs are out of the guest */
    CLIENT_CONSOLE,  /* it is at the console */
};

struct client {
    enum client_state state;
    int fd;
    uint64_t came;                      /* its number, of all that ever came */
    bool at_end;                        /* it says no more */
    unsigned long save;                 /* the number of the one that it waits for */
    int passed_fd;                      /* a file that came with what it said; -1: none */
    struct migrating_progress progress; /* as it was told last */
    size_t len;                         /* of what it said and was not used yet */
    char said[CONTROL_LINE_MAX];        /* a line, or what was typed */
};

static struct {
    int listen_fd; /* -1: no socket */
    int wake_fd;   /* an eventfd that has the thread look again */
    uid_t user;    /* who starts duet; as root it becomes another */
    struct vm *vm;
    bool has_thread; /* the owner's */
    pthread_t thread;
    atomic_bool stop; /* the thread is to end */

    /* The thread's; the owner's while there is none. */
    uint64_t came;
    struct client client[CLIENTS_MAX];
} control;

static const struct sandbox_group socket_calls = SANDBOX_GROUP(
    SANDBOX_CALL(accept4), SANDBOX_CALL(getsockopt), SANDBOX_CALL(recvmsg), SANDBOX_CALL(close));
/* To say how a vCPU is that is paused. */
static const struct sandbox_group look_calls =
    SANDBOX_GROUP(SANDBOX_IOCTL(KVM_GET_ONE_REG), SANDBOX_IOCTL(KVM_GET_MP_STATE));
static const struct sandbox_kind control_kind = {
    "control",
    {&sandbox_poll, &sandbox_every_thread, &socket_calls, &sandbox_interrupt, &look_calls,
     &sandbox_memory, &sandbox_file, &sandbox_terminal},
};

static void
client_drop(struct client *client)
{
    if (client->state == CLIENT_CONSOLE)
        console_tap_detach();
    if (client->state == CLIENT_MIGRATES)
        migrating_cancel(control.vm); /* too late if that is over */
    close(client->fd);
    if (client->passed_fd >= 0)
        close(client->passed_fd);
    *client = (struct client){.fd = -1, .passed_fd = -1};
}

/* What does not fit into the socket is lost: much more fits than any answer has. */
static void
client_send(const struct client *client, const void *text, size_t len)
{
    while (len > 0) {
        ssize_t put = write(client->fd, text, len);

        if (put < 0 && errno != EINTR)
            return;
        if (put > 0) {
            text = (const char *)text + put;
            len -= (size_t)put;
        }
    }
}

/* Answers with words, and lets the client go. */
static void
client_answer(struct client *client, char how, const char *text, size_t len)
{
    client_send(client, &how, 1);
    client_send(client, text, len);
    client_drop(client);
}

static void
client_refuse(struct client *client, const char *text)
{
    client_answer(client, CONTROL_REFUSED, text, strlen(text));
}

static void
command_serve(struct client *client, const struct command *command, const char *argument)
{
    const struct command_from from = {.vm = control.vm};
    char *text = NULL;
    size_t size = 0;
    FILE *answer = open_memstream(&text, &size);
    bool is_done;

    if (!answer) {
        client_refuse(client, "there is no memory for the answer\n");
        return;
    }
    is_done = command->serve(&from, argument, answer);
    fclose(answer);
    client_answer(client, is_done ? CONTROL_DONE : CONTROL_REFUSED, text, size);
    free(text);
}

/* For `duet list`. */
static bool
serve_state(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument;
    fprintf(answer, "%s %u %" PRIu64 " %s\n", vm_is_paused(from->vm) ? "paused" : "running",
            from->vm->vcpu_count, from->vm->mem.size >> 20, from->vm->image->path);
    return true;
}

static void
save_answer(struct client *client, enum saving_state state)
{
    if (state == SAVING_FAILED)
        client_refuse(client, "it could not be saved: duet says why, where it runs\n");
    else if (state == SAVING_DONE)
        client_answer(client, CONTROL_DONE, "", 0);
}

/* Tells a client how far its machine has moved, if that is new. */
static void
migrate_answer(struct client *client)
{
    struct migrating_progress progress;
    enum migrating_state state = migrating_look(control.vm, &progress);
    char text[80];

    if (state == MIGRATING_FAILED) {
        client_refuse(client, "it stays: duet says why, where it runs\n");
    } else if (state == MIGRATING_DONE) {
        client_answer(client, CONTROL_DONE, "", 0);
    } else if (progress.round != client->progress.round || progress.sent != client->progress.sent) {
        int len = snprintf(text, sizeof(text), "%cround %u: %llu of %llu pages\n", CONTROL_PROGRESS,
                           progress.round, (unsigned long long)progress.sent,
                           (unsigned long long)progress.pages);

        client->progress = progress;
        client_send(client, text, (size_t)len);
    }
}

static void
migrate_serve(struct client *client)
{
    char why[128];
    const char *reason = client->passed_fd < 0
                             ? "there is no connection to where it is to go"
                             : migrating_ask(control.vm, client->passed_fd, control.wake_fd);

    if (reason) {
        snprintf(why, sizeof(why), "%s\n", reason);
        client_refuse(client, why);
    } else {
        client->passed_fd = -1;
        client->state = CLIENT_MIGRATES;
        migrate_answer(client); /* at once, as with a save */
    }
}

static void
line_serve(struct client *client, char *line, size_t rest)
{
    static const struct command state = {.name = "state", .serve = serve_state};
    const char done = CONTROL_DONE, *argument = control_line_split(line);
    const struct command *command =
        strcmp(line, state.name) == 0 ? &state : command_find(line, false);

    if (!command) {
        client_refuse(client, "there is no such command\n");
    } else if (strcmp(command->name, "save") == 0) {
        client->state = CLIENT_SAVES;
        if (!saving_ask_from_outside(control.vm, control.wake_fd, &client->save))
            client_refuse(client, "start it with --save=FILE\n");
        else /* at once: the machine may have ended, and the next one knows nothing of this */
            save_answer(client, saving_look(control.vm, client->save));
    } else if (strcmp(command->name, "migrate") == 0) {
        migrate_serve(client);
    } else if (command->serve) {
        command_serve(client, command, argument);
    } else if (strcmp(command->name, "pause") == 0) {
        client->state = CLIENT_PAUSES;
        vm_pause(control.vm, control.wake_fd);
    } else if (console_tap_attach(client->fd)) {
        client->state = CLIENT_CONSOLE;
        client->len -= rest;
        memmove(client->said, client->said + rest, client->len);
        client_send(client, &done, 1);
    } else {
        client_refuse(client, "somebody is at its console already\n");
    }
}

/* Goes on with a client as far as that goes without it. */
static void
client_go_on(struct client *client)
{
    size_t rest, used;

    switch (client->state) {
    case CLIENT_NONE:
        break;
    case CLIENT_TALKS:
        switch (control_line_take(client->said, client->len, &rest)) {
        case CONTROL_TAKE_LINE:
            line_serve(client, client->said, rest);
            break;
        case CONTROL_TAKE_WRONG:
            client_refuse(client, "that is no line of text\n");
            break;
        case CONTROL_TAKE_MORE:
            if (client->at_end)
                client_drop(client);
            break;
        }
        break;
    case CLIENT_SAVES:
        save_answer(client, saving_look(control.vm, client->save));
        break;
    case CLIENT_MIGRATES:
        migrate_answer(client);
        break;
    case CLIENT_PAUSES:
        if (!atomic_load(&control.vm->pause.wanted))
            client_refuse(client, "it was resumed meanwhile\n");
        else if (vm_is_paused(control.vm))
            client_answer(client, CONTROL_DONE, "", 0);
        break;
    case CLIENT_CONSOLE:
        used = console_feed(control.vm, client->said, client->len, control.wake_fd);
        client->len -= used;
        memmove(client->said, client->said + used, client->len);
        break;
    }
}

/* Reads what there is room for. */
static void
client_read(struct client *client)
{
    int passed_fd;
    ssize_t got = passing_receive(client->fd, client->said + client->len,
                                  sizeof(client->said) - client->len, &passed_fd);

    if (passed_fd >= 0) {
        if (client->passed_fd >= 0)
            close(client->passed_fd);
        client->passed_fd = passed_fd;
    }
    if (got > 0)
        client->len += (size_t)got;
    else if (got == 0)
        client->at_end = true;
    else if (errno != EAGAIN && errno != EINTR)
        client_drop(client);
}

static bool
is_same_user(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == control.user;
}

/* The place for one more client; NULL: all are busy. */
static struct client *
place_find(void)
{
    struct client *oldest = NULL;

    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &control.client[i];

        if (client->state == CLIENT_NONE)
            return client;
        if (client->state == CLIENT_TALKS && (!oldest || client->came < oldest->came))
            oldest = client;
    }
    if (oldest)
        client_drop(oldest);
    return oldest;
}

static void
client_accept(void)
{
    int fd = accept4(control.listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct client *client;

    if (fd < 0)
        return;
    client = is_same_user(fd) ? place_find() : NULL;
    if (client)
        *client = (struct client){
            .state = CLIENT_TALKS, .fd = fd, .passed_fd = -1, .came = control.came++};
    else
        close(fd);
}

static void
clients_wait(struct pollfd fds[CLIENTS_MAX + 2])
{
    fds[CLIENTS_MAX] = (struct pollfd){.fd = control.wake_fd, .events = POLLIN};
    fds[CLIENTS_MAX + 1] = (struct pollfd){.fd = control.listen_fd, .events = POLLIN};
    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        const struct client *client = &control.client[i];
        bool may_talk = client->state == CLIENT_TALKS || client->state == CLIENT_CONSOLE;

        fds[i].fd = client->state == CLIENT_NONE ? -1 : client->fd;
        fds[i].events =
            may_talk && !client->at_end && client->len < sizeof(client->said) ? POLLIN : 0;
        fds[i].revents = 0;
    }
    if (poll(fds, CLIENTS_MAX + 2, -1) < 0 && errno != EINTR) {
        fail_errno("poll of the control socket");
        abort(); /* a mistake of duet's own */
    }
}

static void *
control_main(void *arg)
{
    uint64_t count;

    (void)arg;
    sandbox_thread(&control_kind);
    for (;;) {
        struct pollfd fds[CLIENTS_MAX + 2] = {0};
        bool is_last = atomic_load(&control.stop); /* first: what came before the end is answered */

        for (unsigned i = 0; i < CLIENTS_MAX; i++)
            client_go_on(&control.client[i]);
        if (is_last)
            return NULL;
        clients_wait(fds);
        if (fds[CLIENTS_MAX].revents && read(control.wake_fd, &count, sizeof(count)) < 0 &&
            errno != EAGAIN)
            fail_errno("eventfd");
        for (unsigned i = 0; i < CLIENTS_MAX; i++)
            if (fds[i].revents & POLLIN)
                client_read(&control.client[i]);
            else if (fds[i].revents) /* it is gone */
                client_drop(&control.client[i]);
        if (fds[CLIENTS_MAX + 1].revents)
            client_accept();
    }
}

static void
thread_start(void)
{
    sigset_t all, before;
    pthread_attr_t attr;

    if (control.has_thread)
        return;
    atomic_store(&control.stop, false);
    if (control.wake_fd < 0)
        control.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (control.wake_fd < 0) {
        fail_errno("cannot serve the control socket: eventfd");
        return;
    }
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK_SIZE);
    /* Signals are for the owner. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&control.thread, &attr, control_main, NULL);
    control.has_thread = errno == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (!control.has_thread)
        fail_errno("cannot serve the control socket");
}

/* Binds the socket to a name. 0, or -1 with errno set. */
static int
name_bind(const char *name)
{
    struct sockaddr_un address;
    socklen_t len = control_address(&address, control.user, name);

    return bind(control.listen_fd, (const struct sockaddr *)&address, len);
}

static int
name_find(const struct options *options)
{
    char name[CONTROL_NAME_MAX];
    int failed = -1;

    if (options->name)
        return name_bind(options->name);
    errno = EADDRINUSE;
    for (unsigned number = 1; failed && errno == EADDRINUSE && number <= NUMBER_MAX; number++) {
        control_name_make(name,
                          options->guest      ? options->guest
                          : options->firmware ? options->firmware
                                              : options->restore,
                          number);
        failed = name_bind(name);
    }
    return failed;
}

int
control_open(const struct options *options)
{
    control.wake_fd = -1;
    control.user = geteuid();
    control.listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (control.listen_fd >= 0 && name_find(options) == 0 &&
        listen(control.listen_fd, CLIENTS_MAX) == 0) {
        signal(SIGIO, SIG_IGN); /* the owner takes it while it is blocked; else it is for nobody */
        sandbox_allow(&control_kind, NULL, NULL);
        return 0;
    }
    if (options->name && errno == EADDRINUSE)
        fail("--name=%s: another VM has this name; see: duet list", options->name);
    else if (options->name)
        fail_errno("--name=%s", options->name);
    else
        fail_errno("there can be no control socket, so `duet list` does not show this VM");
    control_close();
    return options->name ? -1 : 0;
}

void
control_begin(struct vm *vm)
{
    const struct f_owner_ex owner = {F_OWNER_TID, gettid()};
    struct pollfd fd = {.fd = control.listen_fd, .events = POLLIN};
    bool has_clients = false;

    if (control.listen_fd < 0)
        return;
    control.vm = vm;
    /* Not earlier: the kernel looks whether who asked may send this thread a signal, and that was
     * another user if it was root. */
    if (fcntl(control.listen_fd, F_SETOWN_EX, &owner) ||
        fcntl(control.listen_fd, F_SETFL, O_NONBLOCK | O_ASYNC))
        fail_errno("no SIGIO for the control socket");
    for (unsigned i = 0; i < CLIENTS_MAX; i++)
        has_clients |= control.client[i].state != CLIENT_NONE;
    if (has_clients || poll(&fd, 1, 0) > 0)
        thread_start();
}

void
control_client_came(void)
{
    thread_start();
}

void
control_end(void)
{
    uint64_t one = 1;

    if (!control.has_thread)
        return;
    atomic_store(&control.stop, true);
    if (write(control.wake_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
    pthread_join(control.thread, NULL);
    control.has_thread = false;
}

void
control_close(void)
{
    for (unsigned i = 0; i < CLIENTS_MAX; i++)
        if (control.client[i].state != CLIENT_NONE)
            client_drop(&control.client[i]);
    if (control.listen_fd >= 0)
        close(control.listen_fd);
    if (control.wake_fd >= 0)
        close(control.wake_fd);
    control.listen_fd = control.wake_fd = -1;
}
