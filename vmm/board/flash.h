/* The board's flash memory: --flash. */
#ifndef DUET_VMM_BOARD_FLASH_H
#define DUET_VMM_BOARD_FLASH_H

struct options;

/* Opens the files of --flash, and locks the second, before the sandbox closes; does nothing
 * without that option. 0, or -1 after saying why; flash_close() in either case. */
int flash_open(const struct options *options);
void flash_close(void);

#endif
