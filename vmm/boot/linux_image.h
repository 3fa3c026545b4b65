/* Linux's raw kernel image, beside ELF files (Linux's
 * Documentation/arch/riscv/boot-image-header.rst).
 */
#ifndef DUET_VMM_LINUX_IMAGE_H
#define DUET_VMM_LINUX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a file's beginning that linux_image_read() has to see. */
#define LINUX_IMAGE_HEADER 64

struct linux_image {
    uint64_t
        offset;    /* bytes from the beginning of RAM to its first one, which is the entry point */
    uint64_t size; /* bytes of RAM that it takes, of which some are not in the file */
};

/* Whether a file that begins with these `len` bytes is such an image, with or without an EFI
 * program's header (PE). If so, fills in *image. */
bool linux_image_read(const unsigned char *begin, size_t len, struct linux_image *image);

#endif
