/*
 * The guest's console: stdout, and stdin read ahead by a thread of its own, so that the guest never
 * waits in a call for someone to type. Of a pipe or a file no more is read than the guest will take
 * soon. A terminal is read from the start and at once, so that Ctrl-A x is seen; what is typed or
 * pasted, up to 16 MiB, is kept until the guest takes it, and then stays in the terminal.
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
    bool reading;      /* the reader's: it reads stdin */
    bool interactive;  /* the reader's: stdin is a terminal, and raw: Ctrl-A is ours */
    bool has_all_keys; /* the reader's: also those that make signals */
    bool was_pressed;  /* the reader's: Ctrl-A x was */
    bool at_terminal; /* stdin is a terminal, and we are in its foreground; before the reader starts
                       */
    bool started;     /* there is a reader */
    int wake_fd;      /* an eventfd that makes the reading thread look again */
    pthread_t reader;

    pthread_mutex_t lock; /* guards what follows */
    bool listening;       /* the reader is to read */
    bool stop;            /* the reader is to end */
    bool waits_for_room;  /* the reader is to be woken when the guest has taken something */
};

/* The machine's console. */
struct console *console_of(const struct vm *vm);

/* Writes all of it, waiting as long as stdout takes no more. The value is `len`; SBI_ERR_FAILED
 * when stdout is closed or broken. */
struct sbi_ret console_write(struct console *console, const void *text, uint64_t len);

/* The terminal has another size: the guest is told. */
void console_resized(struct vm *vm);

/* Whether stdout has ever failed to take output of the guest's, which was said then. */
bool console_output_is_lost(void);

/* How large the terminal is: columns << 16 | rows, or 0 when stdout is none. */
uint64_t console_size(void);

/* Takes up to `len` bytes that have arrived. The value is how many, 0 for none;
 * DUET_ERR_END_OF_FILE when there is none and never will be. */
struct sbi_ret console_read(struct console *console, void *text, uint64_t len);

#endif
