/* Files that people mistake for a guest. Each kind is recognised by bytes at one offset. */
#include "vmm/boot/file_kind.h"

#include <string.h>

/* The first match counts: a Linux Image is also an EFI program. */
static const struct {
    unsigned offset, len;
    const char *magic;
    const char *words;
} kind[] = {
    /* "RSC\x05", magic2 of Linux's Documentation/arch/riscv/boot-image-header.rst. */
    {56, 4, "RSC\x05",
     "is a Linux Image, not an ELF file, and Linux needs the devices of a board: run it with "
     "--board (make: BOARD=1)"},
    /* Linux's drivers/firmware/efi/libstub/zboot-header.S. */
    {4, 4, "zimg",
     "is a Linux kernel compressed for EFI (zboot): give arch/riscv/boot/Image of the same build"},
    {0, 2, "MZ",
     "is an EFI program (PE), which needs UEFI firmware: give the ELF file that it was made from"},
    {0, 2, "\x1f\x8b", "is compressed by gzip: unpack it first, with gunzip"},
    {0, 3, "BZh", "is compressed by bzip2: unpack it first, with bunzip2"},
    {0, 6, "\xfd\x37\x7a\x58\x5a", "is compressed by xz: unpack it first, with unxz"},
    {0, 4, "\x28\xb5\x2f\xfd", "is compressed by zstd: unpack it first, with unzstd"},
    {0, 4, "\x04\x22\x4d\x18", "is compressed by lz4: unpack it first, with unlz4"},
    {0, 4, "\x02\x21\x4c\x18", "is compressed by lz4: unpack it first, with unlz4"},
    {0, 4, "\x27\x05\x19\x56",
     "is an image for U-Boot: give the ELF file that mkimage made it from"},
    {0, 4, "\xd0\x0d\xfe\xed",
     "is a device tree or a FIT image: give the ELF file of the kernel that goes with it"},
    {0, 8, "!<arch>\n", "is a library (ar), not an ELF file: link it to one first"},
    {0, 2, "#!", "is a script, not an ELF file: give the ELF file of a kernel"},
};

const char *
file_kind(const unsigned char *begin, size_t len)
{
    for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++)
        if (kind[i].offset + kind[i].len <= len &&
            memcmp(begin + kind[i].offset, kind[i].magic, kind[i].len) == 0)
            return kind[i].words;
    return "is not an ELF file: give the file that the linker wrote; a raw image (objcopy -O "
           "binary) does not say where in RAM it belongs";
}
