/* The disks' images: files or block devices of the host. */
#ifndef DUET_VMM_DISK_FILE_H
#define DUET_VMM_DISK_FILE_H

#include "vmm/device/image_file.h"

/* How many disks --disk names: the first of image_files, in the order of the options. */
extern unsigned disk_file_count;

struct argp;
extern const struct argp disk_options; /* --disk */

/* Opens and locks the images. 0, or -1 after saying why. */
int disk_files_open(void);
void disk_files_close(void);

#endif
