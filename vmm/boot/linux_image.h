/* Linux's raw kernel image, beside ELF files (Linux's
 * Documentation/arch/riscv/boot-image-header.rst).
 */
#ifndef DUET_VMM_LINUX_IMAGE_H
#define DUET_VMM_LINUX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes of the file's beginning tell. */
#define LINUX_IMAGE_HEADER 64

struct linux_image {
    uint64_t offset; /* from the beginning of RAM to where it is loaded and begins */
    uint64_t size;   /* bytes of RAM that it takes, with what is not in the file */
};

/* Whether a file that begins with these `len` bytes is such an image; fills in *image then. An
 * image with an EFI program's header (PE) is one, too. */
bool linux_image_read(const unsigned char *begin, size_t len, struct linux_image *image);

#endif
