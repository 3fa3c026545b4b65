/* The guest's console on stdin and stdout. */
#include "vmm/device/console.h"

#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "vmm/call/hypercall.h"
#include "vmm/device/console_lines.h"
#include "vmm/device/console_tap.h"
#include "vmm/device/device.h"
#include "vmm/device/power.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/state/state_data.h"
#include "vmm/terminal.h"

#define CTRL_A 0x01

/* The system calls of the reader thread. */
static const struct sandbox_kind reader_kind = {
    "console",
    {&sandbox_poll, &sandbox_every_thread, &sandbox_interrupt, &sandbox_terminal,
     &sandbox_terminal_raw},
};
static const struct sandbox_group size_calls = SANDBOX_GROUP(SANDBOX_IOCTL(TIOCGWINSZ));

/* How many bytes are read ahead from a pipe or a file, which keeps the rest. A terminal is read as
 * long as there is any room, so that the reader sees Ctrl-A x behind pasted text. */
#define READ_AHEAD  4096
#define TYPED_AHEAD (16 << 20)

/* How long a pause waits for a read. */
#define PAUSE_SECONDS 1

/* What was read from stdin and not yet taken by the guest. It belongs to the process, as stdin
 * does, so that a guest that resets continues where it stopped. The console's lock guards it. */
static struct {
    bool at_end;        /* stdin has ended */
    size_t head, count; /* index of the oldest byte, and the number of bytes */
    /* The reader may add after console_feed() did, although it looked for room before; and what was
     * given back has to fit. Pages are touched only as far as they were once filled. */
    char bytes[TYPED_AHEAD + READ_AHEAD + CONSOLE_UNREAD_MAX];
} input;

/* --no-stdin: stdin is left alone. */
static bool no_stdin;

enum { OPT_NO_STDIN = 512 };

static error_t
option_parse(int key, char *arg, struct argp_state *state)
{
    (void)arg, (void)state;
    if (key != OPT_NO_STDIN)
        return ARGP_ERR_UNKNOWN;
    no_stdin = true;
    return 0;
}

static const struct argp_option option_table[] = {
    {"no-stdin", OPT_NO_STDIN, NULL, 0,
     "leave stdin alone: only duet console types for the guest, as for one in the background", 0},
    {0},
};
static const struct argp console_options = {.options = option_table, .parser = option_parse};

/* The errno of the first write to stdout that failed, or 0. */
static atomic_int output_error;

struct console *
console_of(const struct vm *vm)
{
    return vm->device[DEVICE_console];
}

static int
create(struct vm *vm)
{
    struct console *console = malloc(sizeof(*console));

    if (!console)
        return fail_errno("memory for the console");
    *console = (struct console){.vm = vm,
                                .wake_fd = -1,
                                .feeder_fd = -1,
                                .taker_lock = PTHREAD_MUTEX_INITIALIZER,
                                .lock = PTHREAD_MUTEX_INITIALIZER,
                                .read_over = PTHREAD_COND_INITIALIZER};
    vm->device[DEVICE_console] = console;
    return 0;
}

/* Sets the event's level: it is pending while there is input, or its end. The caller holds the
 * lock. */
static void
level_update(struct console *console)
{
    event_set(&console->vm->events, DUET_EVENT_CONSOLE, input.count > 0 || input.at_end);
    if (console->watch)
        console->watch(console->watch_arg, input.count > 0);
}

/* After input was added. Without the lock. */
static void
taker_call(struct console *console)
{
    pthread_mutex_lock(&console->taker_lock);
    if (console->taker)
        console->taker(console->taker_arg);
    pthread_mutex_unlock(&console->taker_lock);
}

static void
reader_wake(struct console *console)
{
    uint64_t one = 1;

    if (write(console->wake_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

/* Handles Ctrl-A x. */
static void
end_press(struct console *console)
{
    bool again = console->was_pressed;

    console->was_pressed = true;
    if (power_button_press(console->vm)) {
        say("asked the guest to shut down; Ctrl-A x again ends it");
    } else if (!again) {
        say("the guest cannot be asked to shut down; Ctrl-A x again ends it");
    } else {
        vm_end(console->vm, 0); /* before the message, because writing to stderr may block */
        say("ended by Ctrl-A x");
    }
}

/* Handles the terminal's escapes in `text` and removes them. Returns the number of bytes left for
 * the guest. `escaped` is kept between calls: it is true if the last byte was Ctrl-A. */
static size_t
escapes_take(struct console *console, char *text, size_t len, bool *escaped)
{
    size_t kept = 0;

    for (size_t i = 0; i < len; i++) {
        if (!*escaped) {
            *escaped = text[i] == CTRL_A;
            if (!*escaped)
                text[kept++] = text[i];
            continue;
        }
        *escaped = false;
        switch (text[i]) {
        case 'x':
            end_press(console);
            break;
        case 's':
            if (!saving_ask(console->vm))
                say("the machine cannot be saved: start it with --save=FILE");
            break;
        case 'a':
        case CTRL_A:
            text[kept++] = CTRL_A;
            break;
        case 'h':
        case '?':
            say("Ctrl-A x has the guest shut down, twice ends it, Ctrl-A s saves it (--save), "
                "Ctrl-A a "
                "sends Ctrl-A, Ctrl-A h is this help");
            break;
        }
    }
    return kept;
}

/* Starts to read when it is time, and sets the terminal for that. A terminal is read from the
 * start, because of Ctrl-A x, but Ctrl-C stays a signal until the guest wants input. The caller
 * holds the lock. */
static void
reading_begin(struct console *console)
{
    bool begins = !console->reading && (console->listening || console->at_terminal);

    if (console->stop)
        return;
    if (begins) {
        console->reading = true;
        sandbox_thread(&reader_kind); /* not earlier, because it would lengthen the start */
    }
    if (begins || (console->interactive && console->listening && !console->has_all_keys)) {
        console->interactive = terminal_raw(!console->listening);
        console->has_all_keys = console->listening;
    }
}

/* How many bytes may be read now. The caller holds the lock. */
static size_t
room_now(const struct console *console)
{
    size_t most = console->interactive ? TYPED_AHEAD : READ_AHEAD;

    return console->reading && !console->paused && input.count < most ? most - input.count : 0;
}

/* Waits until stdin is readable and there is room for *room bytes. False if the reader must end. */
static bool
reader_wait(struct console *console, size_t *room)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = console->wake_fd, .events = POLLIN},
                                {.fd = STDIN_FILENO, .events = POLLIN}};
        uint64_t count;

        pthread_mutex_lock(&console->lock);
        reading_begin(console);
        *room = room_now(console);
        console->waits_for_room = console->reading && *room == 0;
        console->reads = *room > 0;
        pthread_cond_broadcast(&console->read_over);
        bool stop = console->stop;
        pthread_mutex_unlock(&console->lock);
        if (stop)
            return false;
        if (poll(fds, *room ? 2 : 1, -1) < 0 && errno != EINTR) {
            fail_errno("poll of the console");
            return false;
        }
        if (fds[0].revents && read(console->wake_fd, &count, sizeof(count)) < 0)
            fail_errno("eventfd");
        if (!fds[0].revents && *room && fds[1].revents)
            return true;
    }
}

/* Adds what was typed. There has to be room. With the lock held. */
static void
input_add(const char *text, size_t len)
{
    if (input.count == 0)
        input.head = 0;
    for (size_t i = 0; i < len; i++)
        input.bytes[(input.head + input.count++) % sizeof(input.bytes)] = text[i];
}

static void *
reader_main(void *arg)
{
    struct console *console = arg;
    struct trace *trace = console->vm->trace;
    unsigned track = trace_track(trace, "console");
    bool escaped = false;
    size_t room;

    while (reader_wait(console, &room)) {
        char text[512];
        size_t want = room < sizeof(text) ? room : sizeof(text);
        uint64_t begin = trace_begin(trace);
        ssize_t got = read(STDIN_FILENO, text, want);
        size_t len = got > 0 ? (size_t)got : 0;

        trace_end(trace, track, begin, "read", TRACE_ARGS({"len", want}), got);

        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            fail_errno("console input");
        if (console->interactive)
            len = escapes_take(console, text, len, &escaped);
        pthread_mutex_lock(&console->lock);
        input_add(text, len);
        if (got <= 0)
            input.at_end = true;
        level_update(console);
        pthread_mutex_unlock(&console->lock);
        taker_call(console);
        if (got <= 0)
            break;
    }
    pthread_mutex_lock(&console->lock);
    console->reads = false;
    pthread_cond_broadcast(&console->read_over);
    pthread_mutex_unlock(&console->lock);
    return NULL;
}

/* Starts the reader thread, unless stdin is left alone. Unless stdin is a terminal, the thread
 * waits for console_listen(). */
static int
start(struct vm *vm)
{
    struct console *console = console_of(vm);

    console->wake_fd = eventfd(0, EFD_CLOEXEC);
    if (console->wake_fd >= 0 && no_stdin)
        return 0;
    console->at_terminal = terminal_is_ours();
    if (console->wake_fd >= 0)
        errno = pthread_create(&console->reader, NULL, reader_main, console);
    if (console->wake_fd < 0 || errno)
        return fail_errno("cannot read the console");
    console->started = true;
    pthread_mutex_lock(&console->lock);
    level_update(console);
    pthread_mutex_unlock(&console->lock);
    return 0;
}

void
console_listen(struct console *console)
{
    pthread_mutex_lock(&console->lock);
    if (!console->listening) {
        console->listening = true;
        reader_wake(console);
    }
    pthread_mutex_unlock(&console->lock);
}

void
console_watch(struct console *console, void (*watch)(void *arg, bool ready), void *arg)
{
    pthread_mutex_lock(&console->lock);
    console->watch = watch;
    console->watch_arg = arg;
    if (watch)
        watch(arg, input.count > 0);
    pthread_mutex_unlock(&console->lock);
}

void
console_taker_set(struct console *console, void (*taker)(void *arg), void *arg)
{
    pthread_mutex_lock(&console->taker_lock);
    console->taker = taker;
    console->taker_arg = arg;
    pthread_mutex_unlock(&console->taker_lock);
}

static void
look(struct vm *vm, uint64_t enabled)
{
    if (enabled & DUET_EVENT_CONSOLE)
        console_listen(console_of(vm));
}

/* Reports the first write to stdout that failed. */
static void
output_failed(int error)
{
    int none = 0;

    if (!atomic_compare_exchange_strong(&output_error, &none, error))
        return;
    errno = error;
    fail_errno("the guest's output cannot be written");
}

bool
console_output_is_lost(void)
{
    return atomic_load(&output_error) != 0;
}

/* Has the feeder come again. With the lock held. */
static void
feeder_tell(struct console *console)
{
    uint64_t one = 1;

    if (console->feeder_fd >= 0 && write(console->feeder_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
    console->feeder_fd = -1;
}

/* A console_put(). */
static struct sbi_ret
stdout_put(const struct vm *vm, const void *text, uint64_t len)
{
    uint64_t done = 0;

    while (done < len && !(vm && atomic_load(&vm->ending.how))) {
        ssize_t put = write(STDOUT_FILENO, (const char *)text + done, len - done);

        if (put >= 0) {
            console_tap_write((const char *)text + done, (size_t)put);
            done += (uint64_t)put;
        } else if (errno == EAGAIN) {
            struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};
            poll(&fd, 1, -1); /* a kick interrupts it */
        } else if (errno != EINTR) {
            output_failed(errno);
            return sbi_error(SBI_ERR_FAILED);
        }
    }
    return sbi_value(done);
}

struct sbi_ret
console_write(struct console *console, const void *text, uint64_t len)
{
    return console_lines_are_on() ? console_lines_write(console->vm, text, len, stdout_put)
                                  : stdout_put(console->vm, text, len);
}

static void
destroy(struct vm *vm)
{
    struct console *console = console_of(vm);

    if (console->started) {
        pthread_mutex_lock(&console->lock);
        console->stop = true;
        pthread_mutex_unlock(&console->lock);
        reader_wake(console);
        pthread_join(console->reader, NULL);
    }
    if (console->wake_fd >= 0)
        close(console->wake_fd);
    console_lines_end(stdout_put);
    /* After a reset the guest may never listen, and Ctrl-C must work then. */
    terminal_restore();
    free(console);
    vm->device[DEVICE_console] = NULL;
}

struct sbi_ret
console_read(struct console *console, void *text, uint64_t len)
{
    struct sbi_ret ret = {0};

    console_listen(console);
    pthread_mutex_lock(&console->lock);
    while (ret.value < len && input.count > 0) {
        ((char *)text)[ret.value++] = input.bytes[input.head];
        input.head = (input.head + 1) % sizeof(input.bytes);
        input.count--;
    }
    if (len > 0 && ret.value == 0 && input.at_end)
        ret.error = DUET_ERR_END_OF_FILE;
    if (console->waits_for_room && ret.value > 0) {
        console->waits_for_room = false;
        reader_wake(console);
    }
    if (ret.value > 0)
        feeder_tell(console);
    level_update(console);
    pthread_mutex_unlock(&console->lock);
    return ret;
}

void
console_unread(struct console *console, const char *text, size_t len)
{
    pthread_mutex_lock(&console->lock);
    while (len > 0) {
        input.head = (input.head + sizeof(input.bytes) - 1) % sizeof(input.bytes);
        input.bytes[input.head] = text[--len];
        input.count++;
    }
    level_update(console);
    pthread_mutex_unlock(&console->lock);
}

size_t
console_feed(struct vm *vm, const char *text, size_t len, int notify_fd)
{
    struct console *console = console_of(vm);
    size_t room;

    pthread_mutex_lock(&console->lock);
    room = !console->paused && input.count < READ_AHEAD ? READ_AHEAD - input.count : 0;
    if (len > room) {
        len = room;
        console->feeder_fd = notify_fd;
    }
    input_add(text, len);
    level_update(console);
    pthread_mutex_unlock(&console->lock);
    taker_call(console);
    return len;
}

void
console_resized(struct vm *vm)
{
    event_set(&vm->events, DUET_EVENT_CONSOLE_SIZE, true);
}

uint64_t
console_size(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        return 0;
    return (uint64_t)size.ws_col << 16 | size.ws_row;
}

struct sbi_ret
hc_console_size(struct vcpu *vcpu)
{
    event_set(&vcpu->vm->events, DUET_EVENT_CONSOLE_SIZE,
              false); /* before looking, so that a later change is noticed */
    return sbi_value(console_size());
}

struct sbi_ret
hc_console_write(struct vcpu *vcpu, const void *text, uint64_t text_len)
{
    return console_write(console_of(vcpu->vm), text, text_len);
}

struct sbi_ret
hc_console_read(struct vcpu *vcpu, void *text, uint64_t text_len)
{
    return console_read(console_of(vcpu->vm), text, text_len);
}

/* The reader finishes the read that it is at, so that what it takes from stdin is the guest's, and
 * is saved. stdin may be another process's, too, and that one has what the reader waits for: it is
 * not waited for longer than this. */
static void
pause_reader(struct vm *vm)
{
    struct console *console = console_of(vm);
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PAUSE_SECONDS;
    pthread_mutex_lock(&console->lock);
    console->paused = true;
    if (console->reads)
        reader_wake(console);
    while (console->reads && pthread_cond_clockwait(&console->read_over, &console->lock,
                                                    CLOCK_MONOTONIC, &until) == 0)
        ;
    pthread_mutex_unlock(&console->lock);
}

static void
resume_reader(struct vm *vm)
{
    struct console *console = console_of(vm);

    pthread_mutex_lock(&console->lock);
    console->paused = false;
    if (!console->reads && room_now(console) > 0) /* else it does not wait for this */
        reader_wake(console);
    feeder_tell(console);
    pthread_mutex_unlock(&console->lock);
}

static int
save(struct vm *vm, struct state_writer *to)
{
    struct console *console = console_of(vm);
    size_t piece;

    pthread_mutex_lock(&console->lock);
    state_put(to, console->listening);
    piece = state_piece_begin(to);
    for (size_t done = 0; done < input.count;) {
        unsigned char part[4096]; /* whole words, but for the last */
        size_t len = 0;

        while (len < sizeof(part) && done < input.count)
            part[len++] = (unsigned char)input.bytes[(input.head + done++) % sizeof(input.bytes)];
        state_put_padded(to, part, len);
    }
    state_piece_end(to, piece);
    state_put(to, input.count);
    pthread_mutex_unlock(&console->lock);
    return 0;
}

/* What was typed ahead comes before what is typed now. The terminal may be another one. */
static int
load(struct vm *vm, struct state_reader *from)
{
    struct console *console = console_of(vm);
    bool listening = state_get_max(from, 1);
    struct state_reader piece = state_get_piece(from);
    size_t count = state_get_max(from, piece.left);
    const unsigned char *bytes = state_get_padded(&piece, count);

    if (!bytes || !state_is_read(&piece) || count > sizeof(input.bytes)) {
        from->failed = true;
        return 0;
    }
    pthread_mutex_lock(&console->lock);
    console->listening = listening;
    input.head = 0;
    input.count = console_lines_are_on() ? 0 : count; /* it was typed for the original */
    memcpy(input.bytes, bytes, count);
    level_update(console);
    pthread_mutex_unlock(&console->lock);
    event_set(&vm->events, DUET_EVENT_CONSOLE_SIZE, true);
    return 0;
}

const struct device device_console = {
    .name = "console",
    .options = &console_options,
    .thread = &reader_kind,
    .vcpu_calls = &size_calls,
    .create = create,
    .start = start,
    .destroy = destroy,
    .stdout_path = "/hypervisor",
    .look = look,
    .pause = pause_reader,
    .resume = resume_reader,
    .save = save,
    .load = load,
};
