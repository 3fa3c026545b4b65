/* The platforms that there are; boot/main.c chooses. */
#ifndef TOYOS_PLATFORMS_H
#define TOYOS_PLATFORMS_H

#include "toyos/kernel/base/platform.h"

/* OpenSBI alone. Can write and end the machine before it is initialized, too. */
extern struct platform platform_bare;

/* `test_device`: the physical address of QEMU's "sifive,test", 0 if there is none. */
void platform_bare_init(uint64_t test_device);

extern struct platform platform_duet;

/* False: duet does not answer, or does not know this version of its ABI. */
bool platform_duet_init(void);

#endif
