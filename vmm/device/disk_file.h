/* The disks' images: files or block devices of the host, locked for as long as they are open. */
#ifndef DUET_VMM_DISK_FILE_H
#define DUET_VMM_DISK_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/hypercalls.h"

struct disk_file {
    const char *path;
    int fd;         /* -1: not open */
    uint64_t bytes; /* a multiple of DUET_DISK_SECTOR, not 0 */
    bool read_only;
};

/* The images that --disk has named, in that order. */
extern struct disk_file disk_files[DUET_DISKS];
extern unsigned disk_file_count;

struct argp;
extern const struct argp disk_options; /* --disk */

/* Opens and locks them: for writing against everyone, else against writers; a second duet that
 * wants is refused. 0, or -1 after saying why. */
int disk_files_open(void);

void disk_files_close(void);

#endif
