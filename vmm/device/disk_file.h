/* A disk's image: a file or block device of the host's, locked for as long as it is open. */
#ifndef DUET_VMM_DISK_FILE_H
#define DUET_VMM_DISK_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct disk_file {
    const char *path;
    int fd;         /* -1: not open */
    uint64_t bytes; /* a multiple of DUET_DISK_SECTOR, not 0 */
    bool read_only;
};

/* Opens and locks it: for writing against everyone, else against writers; a second duet that wants
 * it is refused. 0, or -1 after saying why. */
int disk_file_open(struct disk_file *file, const char *path, bool read_only);

void disk_file_close(struct disk_file *file);

#endif
