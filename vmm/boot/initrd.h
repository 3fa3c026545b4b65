/* The initial RAM disk: a file that is put into the guest's RAM before it runs. */
#ifndef DUET_VMM_INITRD_H
#define DUET_VMM_INITRD_H

#include <stdint.h>

struct elf_image;
struct guest_mem;

/* Opens the file. Its file descriptor, or -1 after saying why. */
int initrd_open(const char *path);

/* Reads the file, `path` open as `fd`, to just below guest physical address `top`, from a page's
 * start on; the image's memory is left alone. Sets *start, a guest physical address, and *size in
 * bytes. 0, or -1 after saying why. */
int initrd_load(const char *path, int fd, const struct elf_image *image,
                const struct guest_mem *mem, uint64_t top, uint64_t *start, uint64_t *size);

#endif
