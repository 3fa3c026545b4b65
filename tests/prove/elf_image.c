/*
 * A guest's ELF file: program headers with any contents, in a file of any length, for RAM of any
 * size at any address. libelf is not here: what it reads of a file is an input. Three headers: each
 * is checked against each before it. What is accepted is loaded into RAM of a few bytes, for they
 * are only copied: one segment, for each is read alone, and they are apart.
 */
#include "tests/prove/prove.h"

#include <sys/stat.h>
#include <unistd.h>

static off_t file_bytes;
static int any_fstat(int fd, struct stat *st);
static ssize_t any_pread(int fd, void *to, size_t len, off_t offset);
#define fstat any_fstat
#define pread any_pread
#include "vmm/boot/elf_image.c"
#undef fstat
#undef pread

/* with: tests/prove/log.c vmm/boot/linux_image.c vmm/boot/file_kind.c vmm/guest/guest_mem.c
 * vmm/state/state_data.c */

#define HEADERS 3

static int
any_fstat(int fd, struct stat *st)
{
    (void)fd;
    st->st_size = file_bytes;
    return 0;
}

static void
any_phdr(GElf_Phdr *phdr)
{
    *phdr = (GElf_Phdr){.p_type = prove_u32("p_type"),
                        .p_flags = prove_u32("p_flags"),
                        .p_offset = prove_u64("p_offset"),
                        .p_vaddr = prove_u64("p_vaddr"),
                        .p_paddr = prove_u64("p_paddr"),
                        .p_filesz = prove_u64("p_filesz"),
                        .p_memsz = prove_u64("p_memsz")};
}

/* RAM as duet has it: base and size are sane, for they are duet's own. */
struct ram {
    uint64_t base, size;
};

static struct ram
any_ram(void)
{
    struct ram ram = {.base = prove_u64("RAM's address"), .size = prove_u64("RAM's size")};

    prove_assume(ram.base < (uint64_t)1 << 56 && ram.size < (uint64_t)1 << 56);
    file_bytes = (off_t)prove_below("bytes of the file", INT64_MAX);
    return ram;
}

static void
check_segments(const struct elf_image *image, struct ram ram)
{
    unsigned a = (unsigned)prove_below("any segment", HEADERS);
    unsigned b = (unsigned)prove_below("another one", HEADERS);
    const struct elf_segment *one = &image->segment[a], *other = &image->segment[b];

    prove_check(image->segment_count <= HEADERS, "a segment is a header's");
    if (a >= image->segment_count)
        return;
    prove_check(one->paddr >= ram.base && one->memsz <= ram.size &&
                    one->paddr - ram.base <= ram.size - one->memsz,
                "a segment is in RAM");
    prove_check(one->filesz <= one->memsz, "it has room for what is in the file");
    prove_check(one->filesz == 0 || (one->offset <= (uint64_t)file_bytes &&
                                     one->filesz <= (uint64_t)file_bytes - one->offset),
                "and that is in the file");
    prove_check(image->end >= one->paddr + one->memsz && image->end <= ram.base + ram.size,
                "the end is that of the highest one");
    if (a != b && b < image->segment_count)
        prove_check(one->paddr + one->memsz <= other->paddr ||
                        other->paddr + other->memsz <= one->paddr,
                    "segments are apart");
}

PROVE(elf_segment_add, 4, FULL)
{
    static struct elf_image image;
    struct ram ram = any_ram();
    unsigned headers = (unsigned)prove_below("headers", HEADERS + 1);

    for (unsigned i = 0; i < headers; i++) {
        GElf_Phdr phdr;

        any_phdr(&phdr);
        if (segment_add(&image, &phdr, i, (uint64_t)file_bytes, ram.base, ram.size))
            return;
    }
    check_segments(&image, ram);
}

PROVE(elf_entry, 4, LONG)
{
    static struct elf_image image;
    unsigned any = (unsigned)prove_below("any segment", HEADERS);
    uint64_t e_entry = prove_u64("e_entry");
    bool is_in = false;

    image.segment_count = (unsigned)prove_below("segments", HEADERS + 1);
    for (unsigned i = 0; i < HEADERS; i++) {
        image.segment[i] = (struct elf_segment){.paddr = prove_u64("paddr"),
                                                .vaddr = prove_u64("vaddr"),
                                                .memsz = prove_u64("memsz"),
                                                .executable = prove_bool("executable")};
        prove_assume(image.segment[i].paddr <= UINT64_MAX - image.segment[i].memsz);
    }
    if (entry_find(&image, e_entry)) {
        const struct elf_segment *segment = &image.segment[any];

        prove_check(any >= image.segment_count || !segment->executable || e_entry % 2 != 0 ||
                        e_entry - segment->paddr >= segment->memsz ||
                        (image.entry % 2 != 0 && segment->paddr % 2 != segment->vaddr % 2) ||
                        image.entry % 2 != 0,
                    "refused only if it is in no executable segment, or odd");
        return;
    }
    for (unsigned i = 0; i < image.segment_count; i++)
        if (image.segment[i].executable &&
            image.entry - image.segment[i].paddr < image.segment[i].memsz)
            is_in = true;
    prove_check(is_in && image.entry % 2 == 0, "the entry is in an executable segment, and even");
}

PROVE(linux_image_add, 2, FULL)
{
    static struct elf_image image;
    struct ram ram = any_ram();
    struct linux_image header = {.offset = prove_u64("offset"), .size = prove_u64("size")};

    prove_assume(file_bytes > 0);
    if (linux_image_add(&image, &header, ram.base, ram.size))
        return;
    prove_check(image.segment_count == 1 && image.segment[0].filesz == (uint64_t)file_bytes,
                "all of the file is the segment");
    prove_check(image.entry == image.segment[0].paddr && image.entry % 2 == ram.base % 2,
                "it begins at its first byte");
    check_segments(&image, ram);
}

/* --- Loading ---------------------------------------------------------------------------------- */

#define RAM_BYTES 64

static unsigned char ram_bytes[RAM_BYTES];
static unsigned any_byte; /* of RAM, the one that is looked at */
static bool is_copied, was_interrupted, was_short;
static uint64_t copied_from; /* where in the file it came from */

/* Once it is interrupted, once it reads less than was asked for, and nothing where the file has
 * become shorter. */
static ssize_t
any_pread(int fd, void *to, size_t len, off_t offset)
{
    uint64_t at = (uintptr_t)to - (uintptr_t)ram_bytes, from = (uint64_t)offset;

    (void)fd;
    prove_check(at <= RAM_BYTES && len <= RAM_BYTES - at, "what is copied goes into RAM");
    prove_check(from <= (uint64_t)file_bytes && len <= (uint64_t)file_bytes - from,
                "and comes from the file");
    if (!was_interrupted && prove_bool("it is interrupted")) {
        was_interrupted = true;
        errno = EINTR;
        return -1;
    }
    if (!was_short && prove_bool("it is short")) {
        was_short = true;
        len = prove_below("bytes that are read", len);
    }
    if (any_byte - at < len) {
        prove_check(!is_copied, "no byte of RAM is copied twice");
        is_copied = true;
        copied_from = from + (any_byte - at);
    }
    return (ssize_t)len;
}

/* The segment is what elf_segment_add has proved of those that are accepted. */
PROVE(elf_load, 5, FULL)
{
    static struct elf_image image;
    struct guest_mem mem = {.base = prove_below("RAM's address", (uint64_t)1 << 56),
                            .size = RAM_BYTES,
                            .hva = ram_bytes};
    struct elf_segment *segment = &image.segment[0];
    bool is_loaded;
    uint64_t at;

    file_bytes = (off_t)prove_below("bytes of the file", INT64_MAX);
    any_byte = (unsigned)prove_below("any byte of RAM", RAM_BYTES);
    at = prove_below("where in RAM", RAM_BYTES);
    *segment = (struct elf_segment){.offset = prove_u64("offset"),
                                    .filesz = prove_below("filesz", RAM_BYTES + 1),
                                    .memsz = prove_below("memsz", RAM_BYTES + 1),
                                    .paddr = mem.base + at};
    prove_assume(segment->filesz <= segment->memsz && segment->memsz <= RAM_BYTES - at);
    prove_assume(segment->filesz == 0 ||
                 (segment->offset <= (uint64_t)file_bytes &&
                  segment->filesz <= (uint64_t)file_bytes - segment->offset));
    image.segment_count = 1;
    is_loaded = elf_image_load(&image, &mem) == 0;
    prove_check(is_loaded || was_short, "it is loaded, unless the file became shorter");
    prove_check(!is_loaded || is_copied == (any_byte - at < segment->filesz),
                "all bytes of the file's are copied, and no others");
    prove_check(!is_copied || copied_from == segment->offset + (any_byte - at),
                "each of them to its place");
}
