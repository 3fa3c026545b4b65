/* The header of Linux's raw kernel image. Its numbers are little-endian, as we are. */
#include "vmm/boot/linux_image.h"

#include <string.h>

#define TEXT_OFFSET 8
#define IMAGE_SIZE  16
#define MAGIC2      56

bool
linux_image_read(const unsigned char *begin, size_t len, struct linux_image *image)
{
    if (len < LINUX_IMAGE_HEADER || memcmp(begin + MAGIC2, "RSC\x05", 4) != 0)
        return false;
    memcpy(&image->offset, begin + TEXT_OFFSET, sizeof(image->offset));
    memcpy(&image->size, begin + IMAGE_SIZE, sizeof(image->size));
    return true;
}
