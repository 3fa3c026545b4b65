/* Loading: the input is a guest's ELF file. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/memory.h"
#include "vmm/boot/elf_image.h"

#define RAM_SIZE (16 << 20)

static void
image_check(const struct elf_image *image, const struct guest_mem *mem)
{
    bool has_entry = false;

    fuzz_check(image->segment_count > 0 && image->segment_count <= ELF_SEGMENTS_MAX, "%u segments",
               image->segment_count);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        fuzz_check(guest_mem_slice(mem, segment->paddr, segment->memsz) &&
                       segment->filesz <= segment->memsz &&
                       segment->paddr + segment->memsz <= image->end,
                   "segment %u is not in RAM", i);
        has_entry |= segment->executable && image->entry - segment->paddr < segment->memsz;
        for (unsigned other = 0; other < i; other++)
            fuzz_check(image->segment[other].paddr + image->segment[other].memsz <=
                               segment->paddr ||
                           segment->paddr + segment->memsz <= image->segment[other].paddr,
                       "segments %u and %u overlap", i, other);
    }
    fuzz_check(has_entry && image->entry % 2 == 0, "the entry 0x%lx is no code", image->entry);
    fuzz_check(elf_image_is_code(image, image->entry), "the entry is not in the code");
}

/* Checks that RAM holds what the file says, and that nothing else was written. */
static void
loaded_check(const struct elf_image *image, const struct guest_mem *mem, const uint8_t *data)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        const uint8_t *at = guest_mem_slice(mem, segment->paddr, segment->memsz);

        if (segment->filesz)
            fuzz_check(memcmp(at, data + segment->offset, segment->filesz) == 0,
                       "segment %u is not as in the file", i);
        for (uint64_t n = segment->filesz; n < segment->memsz && n < segment->filesz + 4096; n++)
            fuzz_check(at[n] == 0, "what is behind segment %u is not zero", i);
    }
}

static void
symbols_ask(const struct elf_image *image)
{
    const uint64_t around[] = {0, 1, image->entry, image->entry + 6, image->end, UINT64_MAX};

    for (size_t i = 0; i < COUNT_OF(around); i++) {
        uint64_t offset = 0, gpa;
        const char *name = elf_image_symbol(image, around[i], &offset);

        fuzz_check(!name || strlen(name) > 0, "a symbol without a name");
        if (elf_image_physical(image, around[i], &gpa))
            fuzz_check(gpa < image->end, "0x%lx is at 0x%lx, not in the image", around[i], gpa);
        elf_image_is_code(image, around[i]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guest_mem mem;
    static char path[32];
    static int fd;
    const char *said;

    if (!mem.hva) {
        fd = memfd_create("guest.elf", 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        guest_mem_create(&mem, DUET_RAM_BASE, RAM_SIZE);
    }
    fuzz_check(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size, "no memory");
    for (int want_note = 0; want_note < 2; want_note++) {
        struct elf_image image;
        int result;

        said_begin();
        result = elf_image_open(&image, path, mem.base, mem.size, want_note);
        said = said_end();
        if (result) {
            check_one_line(said);
            fuzz_check(image.fd == -1 && !image.elf, "a refused file stays open");
            continue;
        }
        fuzz_check(!said[0], "accepted, with words: %s", said);
        image_check(&image, &mem);
        if (want_note) {
            fuzz_check(elf_image_load(&image, &mem) == 0, "a good image is not loaded");
            loaded_check(&image, &mem, data);
            symbols_ask(&image);
            madvise(mem.hva, mem.size, MADV_DONTNEED);
        }
        elf_image_close(&image);
    }
    return 0;
}

/* Its seeds are the guests of the tests: see rules.mk. */
void
fuzz_seeds(void)
{
}
