/* The machine that the hypervisor runs on, as the host's device tree describes it. */
#ifndef HV_HOST_H
#define HV_HOST_H

#include <stdint.h>

/* Physical addresses [start, end) */
struct span {
    uint64_t start, end;
};

#define HOST_SEED_SIZE 32

struct host {
    uint64_t hart; /* the one that runs us */
    struct span ram;
    struct span tree;   /* the device tree itself */
    struct span initrd; /* the guest's ELF file: QEMU's option -initrd */
    uint32_t timebase_hz;
    uint32_t uart_irq;     /* its number at the PLIC */
    const char *arguments; /* QEMU's option -append, for the guest */
    const uint8_t *seed;   /* HOST_SEED_SIZE random bytes, new with each boot; NULL: none */
    volatile uint8_t *uart;
    volatile uint32_t *plic;
    volatile uint32_t *rtc;  /* "google,goldfish-rtc"; NULL: none */
    volatile uint32_t *test; /* "sifive,test0" */
};

extern struct host host;

/* Fills in `host`. `tree` is the address that OpenSBI gave us. Nothing can be printed before it has
 * found a UART: without one it does not return. */
void host_read(uint64_t hart, uint64_t tree);

#endif
