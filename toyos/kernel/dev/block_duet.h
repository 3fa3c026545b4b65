/* Duet's disks as block devices "disk0" to "disk3" (abi/disk.h). */
#ifndef TOYOS_BLOCK_DUET_H
#define TOYOS_BLOCK_DUET_H

/* At boot: registers what disks there are. Without duet there are none. */
void block_duet_init(void);

/* The external interrupt: ends the requests that are done. */
void block_duet_interrupt(void);

#endif
