/* Duet's disks as block devices "disk0" to "disk3" (abi/disk.h). */
#ifndef TOYOS_BLOCK_DUET_H
#define TOYOS_BLOCK_DUET_H

/* At boot: registers the disks that there are. Without duet there are none. */
void block_duet_init(void);

#endif
