/*
 * What is under the kernel: duet (dev/platform_duet.c) or bare OpenSBI (dev/platform_bare.c). This
 * struct has what both offer, each in its own way. What only duet offers is a hypercall where it is
 * used (dev/hypercall.h).
 *
 * Buffers have to lie in the kernel's linear map (KVA_OFFSET): not on a kernel stack.
 */
#ifndef TOYOS_PLATFORM_H
#define TOYOS_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/hypercalls.h"

#define PLATFORM_END_OF_FILE (-1)

struct platform {
    /* Writes all of it. False if the other side does not take it. */
    bool (*console_write)(const char *text, size_t len);

    /* Bytes taken, 0 if none are there, or PLATFORM_END_OF_FILE. */
    long (*console_read)(char *buf, size_t size);

    /* Chooses the events (DUET_EVENT_*) that raise the boot hart's external interrupt, and has
     * their causes looked at again. Returns those that are pending. Others call it by dev/event.h.
     */
    uint64_t (*event_select)(uint64_t events);

    /* How often a thread that waits for input has to look for it, in milliseconds. 0: an event
     * reports input. */
    unsigned input_poll_ms;

    void (*log)(int level, const char *text, size_t len);

    /* End the machine: with a status of 0 to DUET_STATUS_MAX, or for a panic. `regs` may be NULL.
     */
    void (*power_off)(int status) __attribute__((noreturn));
    void (*panic)(const char *text, size_t len, const struct duet_trap_regs *regs)
        __attribute__((noreturn));

    /* NULL where there is none. clock_wall gives nanoseconds since 1970, entropy whether it filled
     * the buffer. */
    uint64_t (*clock_wall)(void);
    bool (*entropy)(void *buf, size_t len);

    uint64_t (*console_size)(void); /* columns << 16 | rows */

    const struct duet_info *info; /* what duet said in the handshake; NULL on bare */

    uint64_t device_page; /* physical address of the page where devices are, for kernel_map_init; 0:
                             none */
};

/* The platform that the kernel runs on. It is the bare one until main.c has looked for duet. */
extern struct platform *platform;

#endif
