/*
 * The guest's console. Its output goes to stdout. A thread reads stdin ahead, so that the guest
 * never waits in a call for someone to type. From a pipe or a file the thread reads no more than
 * the guest will take soon. A terminal it reads from the start and at once, so that it sees Ctrl-A
 * x; it keeps up to 16 MiB that were typed or pasted and that the guest has not taken. Any more
 * stays in the terminal.
 */
#ifndef DUET_VMM_CONSOLE_H
#define DUET_VMM_CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/call/sbi.h"

struct vm;

struct console {
    struct vm *vm;

    /* The reader's, the thread that reads stdin. */
    bool reading;      /* it has begun to read */
    bool interactive;  /* stdin is a terminal in raw mode, so Ctrl-A is ours */
    bool has_all_keys; /* the terminal also passes on the keys that make signals, such as Ctrl-C */
    bool was_pressed;  /* Ctrl-A x was pressed */

    /* Set before the reader starts. */
    bool at_terminal; /* stdin is a terminal, and we are in its foreground */
    int wake_fd;      /* an eventfd that makes the reader look again; -1: none */

    bool started; /* there is a reader; the owner's */
    pthread_t reader;

    pthread_mutex_t taker_lock;     /* guards the next two, and is held while taker() runs */
    void (*taker)(void *taker_arg); /* NULL: none */
    void *taker_arg;

    pthread_mutex_t lock;                 /* guards what follows; taken after the other */
    void (*watch)(void *arg, bool ready); /* NULL: nobody watches */
    void *watch_arg;
    bool listening;           /* the guest wants input: the reader has to read, whatever stdin is */
    bool stop;                /* the reader has to end */
    pthread_cond_t read_over; /* `reads` may have changed */
    bool paused;              /* no input is taken, from anybody */
    bool reads;               /* the reader is about to add what it reads */
    bool waits_for_room;      /* the reader has to be woken when the guest has taken something */
    int feeder_fd;            /* an eventfd that has to be written then, too; -1: none */
};

/* The machine's console. */
struct console *console_of(const struct vm *vm);

/* Writes `len` bytes to stdout, and waits as long as stdout takes no more. The value is how many
 * were written: `len`, or fewer if the machine ends meanwhile. SBI_ERR_FAILED if stdout is closed
 * or broken. */
struct sbi_ret console_write(struct console *console, const void *text, uint64_t len);

/* The guest wants input: from now on stdin is read, whatever it is. A guest that never asks for
 * input takes none. From any thread. */
void console_listen(struct console *console);

/* Calls `watch` with `arg` at once, and from now on after input has arrived or was taken; `ready`
 * says whether there is any now. It is called with the console's lock held, on any thread. NULL
 * ends that. */
void console_watch(struct console *console, void (*watch)(void *arg, bool ready), void *arg);

/* From now on calls `taker` with `arg` after input has arrived, on any thread but a vCPU's. It may
 * read, because the console's lock is not held. NULL ends that, and waits for a call that runs. */
void console_taker_set(struct console *console, void (*taker)(void *arg), void *arg);

/* Types this for the guest, besides what stdin has. Returns how many bytes there was room for. If
 * they are fewer than `len`, the eventfd `notify_fd` is written when there may be room again. From
 * any thread. */
size_t console_feed(struct vm *vm, const char *text, size_t len, int notify_fd);

/* Reports to the guest, by an event, that the terminal has another size. From any thread. */
void console_resized(struct vm *vm);

/* Whether a write of the guest's output to stdout has ever failed. The failure was reported. */
bool console_output_is_lost(void);

/* The size of the terminal: columns << 16 | rows, or 0 if stdout is no terminal. */
uint64_t console_size(void);

/* Copies up to `len` bytes of input that have arrived to `text`; does not wait. The value is how
 * many. DUET_ERR_END_OF_FILE if there is none, and stdin has ended. */
struct sbi_ret console_read(struct console *console, void *text, uint64_t len);

/* The most bytes that console_unread() takes. */
#define CONSOLE_UNREAD_MAX 256

/* Puts back what console_read() returned and the caller did not use: the next console_read()
 * returns that first. At most CONSOLE_UNREAD_MAX bytes; only one device may do this. */
void console_unread(struct console *console, const char *text, size_t len);

#endif
