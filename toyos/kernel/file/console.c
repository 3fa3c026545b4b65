/* The console. Input is gathered into lines and echoed. Backspace removes a character, Ctrl-U the
 * line, Ctrl-D ends the input. In raw mode a program gets each character as it arrives. Ctrl-C
 * kills the processes in the owner's group. */
#include "toyos/kernel/file/console.h"

#include <stdarg.h>
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/include/kernel/toyos.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/dev/event.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/file/poll.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/trap/syscall.h"
#include "toyos/lib/format.h"

#define INPUT_SIZE 512
#define CTRL(c)    ((c) - '@')
#define DELETE     0x7f

static struct lock console_lock = LOCK_INIT("console");

/* console_lock guards all fields. The three counters are bytes since boot: read <= ready <=
 * typed. */
static struct {
    char data[INPUT_SIZE];
    uint64_t read;  /* programs have read up to here */
    uint64_t ready; /* lines are complete up to here */
    uint64_t typed;
    bool is_ended;     /* the platform has no more input */
    bool is_throttled; /* there is no room: the event is disabled */
    int mode;          /* CONSOLE_* */
    /* The last character was a carriage return, so a line feed belongs to it. */
    bool was_cr;
    bool is_interrupted;      /* Ctrl-C was typed and has not been handled yet */
    bool was_interrupted;     /* since the owner asked */
    _Atomic int owner, group; /* the pid of the owner or 0, and its group */
    struct wait_queue readers;
    struct poll_queue pollers;
} input = {.pollers = POLL_QUEUE_INIT};

static bool is_echoing; /* this and the next: constant after boot */
static void (*on_interrupt)(int owner);

static void
echo(const char *text)
{
    static char out[4]; /* guarded by console_lock; a stack is not in the linear map */
    size_t len = strlen(text);

    if (!is_echoing || input.mode == CONSOLE_QUIET)
        return;
    memcpy(out, text, len);
    platform->console_write(out, len);
}

static void
take_back(void)
{
    input.typed--;
    echo("\b \b");
}

static void
store(char c)
{
    input.data[input.typed++ % INPUT_SIZE] = c;
}

/* Wakes readers: input is ready. */
static void
wake(void)
{
    wait_wake(&input.readers);
    poll_wake(&input.pollers);
}

static void
input_char(char c)
{
    if (input.mode == CONSOLE_RAW) {
        store(c == '\r' ? '\n' : c);
        input.ready = input.typed;
        wake();
        return;
    }
    switch (c) {
    case CTRL('C'):
        input.typed = input.ready;
        input.mode = CONSOLE_LINES; /* the program that had switched off echo is killed */
        input.is_interrupted = input.was_interrupted = true;
        echo("^C\n");
        return;
    case '\b':
    case DELETE:
        if (input.typed > input.ready)
            take_back();
        return;
    case CTRL('U'):
        while (input.typed > input.ready)
            take_back();
        return;
    case CTRL('D'):
        if (input.typed == input.ready)
            /* At the start of a line it is the end of input, for which read_ready() looks. */
            store(c);
        input.ready = input.typed;
        break;
    case '\r':
    case '\n':
        store('\n');
        echo("\n");
        input.ready = input.typed;
        break;
    default:
        store(c);
        echo((const char[]){c, '\0'});
        if (input.typed - input.read < INPUT_SIZE)
            return;
        input.ready = input.typed; /* a line longer than the buffer is passed on in pieces */
    }
    wake();
}

/* Takes input from the platform as far as there is room. The caller holds console_lock. */
static void
pump(void)
{
    static char bytes[64];

    while (!input.is_ended) {
        size_t room = INPUT_SIZE - (input.typed - input.read);
        long n;
        if (room == 0) {
            input.is_throttled = true;
            break;
        }
        n = platform->console_read(bytes, room < sizeof(bytes) ? room : sizeof(bytes));
        if (n == 0)
            return;
        if (n < 0) {
            input.is_ended = true;
            input.ready = input.typed;
            wake();
        }
        for (long i = 0; i < n; input.was_cr = bytes[i++] == '\r')
            if (bytes[i] != '\n' || !input.was_cr)
                input_char(bytes[i]);
    }
    event_disable(DUET_EVENT_CONSOLE); /* otherwise it would stay pending */
}

/* The event handler: there is input, or its end. */
static void
console_interrupt(void)
{
    int owner;

    lock_acquire(&console_lock);
    pump();
    owner = input.is_interrupted ? input.owner : 0;
    input.is_interrupted = false;
    lock_release(&console_lock);
    if (owner)
        on_interrupt(owner);
}

void
console_init(bool with_echo, void (*interrupt)(int owner))
{
    is_echoing = with_echo;
    on_interrupt = interrupt;
    input.pollers.period_ms = platform->input_poll_ms;
    event_register(DUET_EVENT_CONSOLE, console_interrupt);
    event_enable(DUET_EVENT_CONSOLE);
}

/* Makes the process the owner. Returns whether Ctrl-C was typed since a process last did so. */
int64_t
sys_console_own(const uint64_t arg[6])
{
    bool was_interrupted;

    (void)arg;
    lock_acquire(&console_lock);
    input.owner = proc_this()->pid;
    input.group = proc_this()->group;
    was_interrupted = input.was_interrupted;
    input.was_interrupted = false;
    lock_release(&console_lock);
    return was_interrupted;
}

int64_t
sys_console_mode(const uint64_t arg[6])
{
    struct file *file = file_get(arg[0]);
    int mode = (int)arg[1];
    bool is_console = file && file->ops == &console_ops;

    if (!file)
        return -EBADF;
    file_put(file);
    if (is_console && (mode < CONSOLE_LINES || mode > CONSOLE_QUIET))
        return -EINVAL;
    if (!is_console || !is_echoing || (platform->console_size && !platform->console_size()) ||
        proc_this()->group != input.group)
        return -ENOTTY; /* there is no terminal, or other processes use it */
    lock_acquire(&console_lock);
    input.mode = mode;
    input.ready = input.typed;
    lock_release(&console_lock);
    return 0;
}

uint64_t
console_poll(void)
{
    if (!platform->input_poll_ms || proc_this()->pid != input.owner)
        return TIMER_NEVER;
    console_interrupt();
    return timer_now() + timer_from_ms(platform->input_poll_ms);
}

/* Copies complete lines, up to the end of the first. The caller holds console_lock. */
static int
read_ready(uint64_t va, int len)
{
    int done = 0;

    while (done < len && input.read < input.ready) {
        char c = input.data[input.read % INPUT_SIZE];
        if (c == CTRL('D') && input.mode != CONSOLE_RAW) {
            input.read += done == 0; /* reported once */
            break;
        }
        if (!uvm_try_copy_out(&proc_this()->uvm, va + (uint64_t)done, &c, 1))
            return done ? done : -EFAULT;
        input.read++;
        done++;
        if (c == '\n' && input.mode != CONSOLE_RAW)
            break;
    }
    if (input.is_throttled && done) {
        input.is_throttled = false;
        if (!input.is_ended)
            event_enable(DUET_EVENT_CONSOLE);
    }
    return done;
}

/* Waits for a line or the end of input. False if the thread is being killed. The caller holds
 * console_lock. */
static bool
wait_until_ready(void)
{
    while (input.read == input.ready && !input.is_ended) {
        uint64_t deadline = TIMER_NEVER;
        if (platform->input_poll_ms) {
            lock_release(&console_lock);
            console_interrupt();
            lock_acquire(&console_lock);
            if (input.read != input.ready || input.is_ended)
                break;
            deadline = timer_now() + timer_from_ms(platform->input_poll_ms);
        }
        if (!wait_sleep(&input.readers, &console_lock, deadline))
            return false;
    }
    return true;
}

static int
console_read(struct file *file, uint64_t va, int len)
{
    int done;

    (void)file;
    do {
        lock_acquire(&console_lock);
        done = wait_until_ready() ? read_ready(va, len) : -EINTR;
        lock_release(&console_lock);
    } while (done == -EFAULT && uvm_fault(&proc_this()->uvm, va, PTE_W) == 0); /* of a file */
    return done;
}

static int
console_poll_file(struct file *file, struct poll_queue **queue)
{
    int now = POLLOUT;

    (void)file;
    *queue = &input.pollers;
    if (platform->input_poll_ms)
        console_interrupt();
    lock_acquire(&console_lock);
    if (input.read != input.ready || input.is_ended)
        /* Readable at the end of input, too: the console is still writable and has not hung up. */
        now |= POLLIN;
    lock_release(&console_lock);
    return now;
}

/* Written directly from the user's pages, which are in the linear map. */
static int
console_write(struct file *file, uint64_t va, int len)
{
    int done = 0;

    (void)file;
    while (done < len) {
        uint64_t at = va + (uint64_t)done;
        char *kva = uvm_pin(&proc_this()->uvm, at, PTE_R);
        int piece = PAGE_SIZE - (int)(at % PAGE_SIZE);
        if (piece > len - done)
            piece = len - done;
        if (!kva)
            return done ? done : -EFAULT;
        bool is_written = platform->console_write(kva, (size_t)piece);
        uvm_unpin(kva);
        if (!is_written)
            return done ? done : -EIO;
        done += piece;
    }
    return done;
}

static void
console_stat(struct file *file, struct stat *st)
{
    (void)file;
    st->type = T_DEVICE;
    st->nlink = 1;
}

void
console_print(const char *fmt, ...)
{
    static struct lock line_lock = LOCK_INIT("console line");
    static char line[256]; /* guarded by line_lock */
    va_list args;

    lock_acquire(&line_lock);
    va_start(args, fmt);
    platform->console_write(line, format_buffer(line, sizeof(line), fmt, args));
    va_end(args);
    lock_release(&line_lock);
}

void
console_open(struct file **table)
{
    struct file *file = file_alloc(&console_ops, true, true);

    if (!file)
        panic("no file for the console");
    table[0] = file;
    table[1] = file_hold(file);
    table[2] = file_hold(file);
}

const struct file_ops console_ops = {
    .read = console_read,
    .write = console_write,
    .poll = console_poll_file,
    .stat = console_stat,
};
