/* The guest's ELF file, read with libelf. Nothing in the file is trusted. */
#include "vmm/boot/elf_image.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/memory.h"
#include "abi/note.h"
#include "common/text.h"
#include "vmm/boot/file_kind.h"
#include "vmm/boot/linux_image.h"
#include "vmm/log.h"
#include "vmm/state/state_data.h"

#define USUAL_BASE TEXT(DUET_KERNEL_BASE)

static int
file_open(struct elf_image *image)
{
    struct stat st;

    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    image->fd = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (image->fd < 0)
        return fail_errno("%s", image->path);
    if (fstat(image->fd, &st))
        return fail_errno("%s", image->path);
    if (S_ISDIR(st.st_mode))
        return fail("%s: is a directory, not an ELF file", image->path);
    if (!S_ISREG(st.st_mode))
        return fail("%s: is not a regular file", image->path);
    if (st.st_size == 0)
        return fail("%s: is empty", image->path);
    return 0;
}

/* Reads the file's first bytes, up to `len` of them. How many there are. */
static size_t
file_begin(const struct elf_image *image, unsigned char *bytes, size_t len)
{
    ssize_t got = pread(image->fd, bytes, len, 0);

    return got > 0 ? (size_t)got : 0;
}

static int
header_check(struct elf_image *image, GElf_Ehdr *ehdr)
{
    unsigned char ident[FILE_KIND_BYTES];
    ssize_t got = pread(image->fd, ident, sizeof(ident), 0);

    if (got < 0)
        return fail_errno("%s", image->path);
    if (got < SELFMAG || memcmp(ident, ELFMAG, SELFMAG) != 0)
        return fail("%s: %s", image->path, file_kind(ident, (size_t)got));
    if (got < EI_NIDENT)
        return fail("%s: is truncated: its ELF header is incomplete", image->path);
    if (ident[EI_CLASS] != ELFCLASS64)
        return fail("%s: is not a 64-bit ELF file", image->path);
    if (ident[EI_DATA] != ELFDATA2LSB)
        return fail("%s: is not a little-endian ELF file", image->path);
    /* libelf gets a descriptor, not a mapping: if the file shrinks while we read it, that is then
     * an error and not a SIGBUS. */
    image->elf = elf_begin(image->fd, ELF_C_READ, NULL);
    if (!image->elf || elf_kind(image->elf) != ELF_K_ELF || !gelf_getehdr(image->elf, ehdr))
        return fail("%s: is truncated or damaged: %s", image->path, elf_errmsg(-1));
    if (ehdr->e_machine != EM_RISCV)
        return fail("%s: is built for another machine (e_machine %u), not for RISC-V", image->path,
                    ehdr->e_machine);
    /* For position-independent executables lld writes ET_DYN; ld writes ET_EXEC where it knows the
     * address. */
    if (ehdr->e_type != ET_EXEC && ehdr->e_type != ET_DYN)
        return fail("%s: is not an executable (e_type %u): link it, without -r", image->path,
                    ehdr->e_type);
    return 0;
}

/* Says that segment `index` is outside RAM, and what to do: more memory helps only a segment that
 * begins inside RAM. */
static int
outside_ram(const struct elf_image *image, unsigned index, uint64_t begin, uint64_t end,
            uint64_t ram_base, uint64_t ram_size)
{
    return fail("%s: segment %u at 0x%llx-0x%llx is outside RAM, which is 0x%llx-0x%llx: %s",
                image->path, index, (unsigned long long)begin, (unsigned long long)end,
                (unsigned long long)ram_base, (unsigned long long)ram_base + ram_size,
                begin >= ram_base
                    ? "give more --memory, or link it for lower addresses"
                    : "link it with a linker script, or with -Ttext-segment=" USUAL_BASE " "
                      "(lld: --image-base=); -Ttext alone leaves the ELF headers "
                      "where they were");
}

static int
segment_add(struct elf_image *image, const GElf_Phdr *phdr, unsigned index, uint64_t file_size,
            uint64_t ram_base, uint64_t ram_size)
{
    uint64_t end;

    if (phdr->p_memsz == 0)
        return 0;
    if (phdr->p_filesz > phdr->p_memsz)
        return fail("%s: segment %u has more bytes in the file than in memory", image->path, index);
    /* A segment without bytes in the file (bss) may have any offset. */
    if (phdr->p_filesz &&
        (phdr->p_offset > file_size || phdr->p_filesz > file_size - phdr->p_offset))
        return fail("%s: is truncated: segment %u ends beyond the file", image->path, index);
    if (__builtin_add_overflow(phdr->p_paddr, phdr->p_memsz, &end))
        return fail("%s: segment %u wraps around the address space", image->path, index);
    if (phdr->p_paddr < ram_base || end > ram_base + ram_size)
        return outside_ram(image, index, phdr->p_paddr, end, ram_base, ram_size);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *other = &image->segment[i];
        if (phdr->p_paddr < other->paddr + other->memsz && other->paddr < end)
            return fail("%s: segment %u overlaps another one", image->path, index);
    }
    if (end > image->end)
        image->end = end;
    image->segment[image->segment_count++] = (struct elf_segment){
        .offset = phdr->p_offset,
        .filesz = phdr->p_filesz,
        .memsz = phdr->p_memsz,
        .paddr = phdr->p_paddr,
        .vaddr = phdr->p_vaddr,
        .executable = phdr->p_flags & PF_X,
    };
    return 0;
}

/* The guest physical address of the entry point, for paging is off at the start. Linkers write a
 * virtual address, which the executable segment around it translates. Linker scripts of kernels for
 * the upper half may write the physical address itself. False if it is neither. */
static bool
entry_physical(const struct elf_image *image, uint64_t e_entry, uint64_t *entry)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        *entry = e_entry - segment->vaddr + segment->paddr;
        if (segment->executable && e_entry - segment->vaddr < segment->memsz)
            return true;
    }
    *entry = e_entry;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        if (segment->executable && e_entry - segment->paddr < segment->memsz)
            return true;
    }
    return false;
}

static int
entry_find(struct elf_image *image, uint64_t e_entry)
{
    if (!entry_physical(image, e_entry, &image->entry)) {
        if (e_entry == 0)
            return fail("%s: has no entry point: name one, with ENTRY(_start) in the linker "
                        "script or with -e _start, and make that symbol global",
                        image->path);
        return fail("%s: entry point 0x%llx is in no executable segment", image->path,
                    (unsigned long long)e_entry);
    }
    if (image->entry & 1)
        return fail("%s: entry point 0x%llx is misaligned", image->path,
                    (unsigned long long)e_entry);
    return 0;
}

/* The version in the ABI note of one PT_NOTE segment; 0 if the segment has no such note. */
static uint32_t
note_version(const struct elf_image *image, const GElf_Phdr *phdr)
{
    Elf_Data *data =
        elf_getdata_rawchunk(image->elf, (int64_t)phdr->p_offset, phdr->p_filesz, ELF_T_NHDR);
    size_t at = 0, name_at, desc_at;
    GElf_Nhdr note;

    while (data && (at = gelf_getnote(data, at, &note, &name_at, &desc_at)) > 0) {
        const char *bytes = data->d_buf;
        uint32_t version;

        if (note.n_type != DUET_NOTE_ABI_VERSION || note.n_namesz != sizeof(DUET_NOTE_NAME) ||
            note.n_descsz != sizeof(version) ||
            memcmp(bytes + name_at, DUET_NOTE_NAME, sizeof(DUET_NOTE_NAME)) != 0)
            continue;
        memcpy(&version, bytes + desc_at, sizeof(version));
        return version;
    }
    return 0;
}

/* How much higher than its addresses a file is loaded: a position-independent one that was linked
 * for no place, which is address 0, goes where kernels are linked for. `count` program headers. */
static uint64_t
bias_find(const struct elf_image *image, const GElf_Ehdr *ehdr, size_t count)
{
    uint64_t lowest = UINT64_MAX;
    GElf_Phdr phdr;

    for (size_t i = 0; i < count; i++)
        if (gelf_getphdr(image->elf, (int)i, &phdr) && phdr.p_type == PT_LOAD && phdr.p_memsz &&
            phdr.p_paddr < lowest)
            lowest = phdr.p_paddr;
    return ehdr->e_type == ET_DYN && lowest == 0 ? DUET_KERNEL_BASE : 0;
}

static int
segments_read(struct elf_image *image, const GElf_Ehdr *ehdr, uint64_t ram_base, uint64_t ram_size,
              enum elf_note note)
{
    uint32_t version = 0;
    uint64_t bias = 0;
    struct stat st;
    size_t count;

    if (fstat(image->fd, &st))
        return fail_errno("%s", image->path);
    if (ehdr->e_phnum == 0)
        return fail("%s: has no program headers: nothing to load", image->path);
    if (ehdr->e_phnum > ELF_SEGMENTS_MAX)
        return fail("%s: has %u program headers, more than the %d that make sense", image->path,
                    ehdr->e_phnum, ELF_SEGMENTS_MAX);
    /* libelf counts only the program headers that fit into the file. */
    if (elf_getphdrnum(image->elf, &count) || count < ehdr->e_phnum)
        return fail("%s: is truncated: its program headers are incomplete", image->path);
    if (note != ELF_NOTE_WANTED) /* a guest for Duet is linked for RAM */
        bias = bias_find(image, ehdr, count);
    for (unsigned i = 0; i < count; i++) {
        GElf_Phdr phdr;

        if (!gelf_getphdr(image->elf, (int)i, &phdr))
            return fail("%s: is truncated: its program headers are incomplete", image->path);
        if (phdr.p_type == PT_NOTE && !version)
            version = note_version(image, &phdr);
        /* PT_DYNAMIC without an interpreter marks a kernel that relocates itself, such as
         * U-Boot. */
        if (phdr.p_type == PT_INTERP)
            return fail("%s: is linked dynamically: link it with -static -nostdlib", image->path);
        if (phdr.p_type == PT_LOAD && __builtin_add_overflow(phdr.p_paddr, bias, &phdr.p_paddr))
            return fail("%s: segment %u wraps around the address space", image->path, i);
        if (phdr.p_type == PT_LOAD &&
            segment_add(image, &phdr, i, (uint64_t)st.st_size, ram_base, ram_size))
            return -1;
    }
    if (image->segment_count == 0)
        return fail("%s: has no segment to load", image->path);
    if (entry_find(image, ehdr->e_entry))
        return -1;
    image->has_note = version != 0;
    if (note == ELF_NOTE_WANTED && !version)
        return fail(
            "%s: has no Duet ABI note: put DUET_GUEST_NOTE (abi/note.h) into the guest, or "
            "run it with --no-note; a kernel for QEMU's machine virt takes --board (make: BOARD=1)",
            image->path);
    if (note != ELF_NOTE_IGNORED && version && version != DUET_ABI_VERSION)
        return fail("%s: is built for Duet ABI version %u, this duet has version %u: build both "
                    "from one tree",
                    image->path, version, DUET_ABI_VERSION);
    return 0;
}

/* The image of Linux that begins with these bytes, as one segment. */
static int
linux_image_add(struct elf_image *image, const struct linux_image *header, uint64_t ram_base,
                uint64_t ram_size)
{
    GElf_Phdr phdr = {.p_type = PT_LOAD, .p_flags = PF_X};
    struct stat st;

    if (fstat(image->fd, &st))
        return fail_errno("%s", image->path);
    if (header->offset > ram_size)
        return fail("%s: wants to be loaded %llu MiB into RAM: give more --memory", image->path,
                    (unsigned long long)header->offset >> 20);
    if (header->offset & 1)
        return fail("%s: is damaged: a Linux Image does not begin at an odd address", image->path);
    phdr.p_filesz = (uint64_t)st.st_size;
    phdr.p_memsz = header->size > phdr.p_filesz ? header->size : phdr.p_filesz;
    phdr.p_paddr = phdr.p_vaddr = image->entry = ram_base + header->offset;
    return segment_add(image, &phdr, 0, phdr.p_filesz, ram_base, ram_size);
}

int
elf_image_open(struct elf_image *image, const char *path, uint64_t ram_base, uint64_t ram_size,
               enum elf_note note)
{
    unsigned char begin[LINUX_IMAGE_HEADER];
    struct linux_image header;
    GElf_Ehdr ehdr = {0};
    int failed;

    *image = (struct elf_image){.path = path, .fd = -1};
    if (elf_version(EV_CURRENT) == EV_NONE)
        return fail("libelf: %s", elf_errmsg(-1));
    failed = file_open(image);
    if (!failed && note != ELF_NOTE_WANTED &&
        linux_image_read(begin, file_begin(image, begin, sizeof(begin)), &header))
        failed = linux_image_add(image, &header, ram_base, ram_size);
    else if (!failed)
        failed =
            header_check(image, &ehdr) || segments_read(image, &ehdr, ram_base, ram_size, note);
    if (failed) {
        elf_image_close(image);
        return -1;
    }
    return 0;
}

uint64_t
elf_image_sum(const struct elf_image *image)
{
    uint64_t sum = image->segment_count ? image->entry : image->sum;

    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        const uint64_t word[] = {segment->offset, segment->filesz, segment->memsz, segment->paddr,
                                 segment->vaddr};

        sum = state_sum(sum, word, sizeof(word));
    }
    return sum;
}

int
elf_image_load(const struct elf_image *image, const struct guest_mem *mem)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        unsigned char *to = guest_mem_slice(mem, segment->paddr, segment->memsz);
        uint64_t done = 0;

        if (!to)
            return fail("%s: segment %u is outside RAM", image->path, i);
        while (done < segment->filesz) {
            ssize_t got = pread(image->fd, to + done, segment->filesz - done,
                                (off_t)(segment->offset + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return fail_errno("%s", image->path);
            if (got == 0)
                return fail("%s: became shorter while it was loaded", image->path);
            done += (uint64_t)got;
        }
    }
    return 0;
}

uint64_t
elf_image_virtual(const struct elf_image *image, uint64_t pc)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        if (pc - segment->paddr < segment->memsz)
            return pc - segment->paddr + segment->vaddr;
    }
    return pc;
}

const char *
elf_image_symbol(const struct elf_image *image, uint64_t pc, uint64_t *offset)
{
    uint64_t virt = elf_image_virtual(image, pc);
    const char *best = NULL;
    uint64_t best_value = 0;
    Elf_Scn *scn = NULL;

    while ((scn = elf_nextscn(image->elf, scn))) {
        GElf_Shdr shdr;
        Elf_Data *data;
        GElf_Sym sym;

        if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB || shdr.sh_link > INT32_MAX)
            continue;
        data = elf_getdata(scn, NULL);
        for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
            unsigned type = GELF_ST_TYPE(sym.st_info);
            const char *name;

            /* Functions, and the untyped labels that assembly files have. */
            if ((type != STT_FUNC && type != STT_NOTYPE) || sym.st_shndx == SHN_UNDEF ||
                sym.st_shndx >= SHN_LORESERVE || sym.st_value > virt ||
                (best && sym.st_value < best_value) ||
                (type == STT_FUNC && sym.st_size && virt - sym.st_value >= sym.st_size))
                continue;
            name = elf_strptr(image->elf, shdr.sh_link, sym.st_name);
            /* "$x" marks code for disassemblers; ".L" begins the assembler's own labels. */
            if (!name || !name[0] || name[0] == '$' || name[0] == '.')
                continue;
            best = name;
            best_value = sym.st_value;
        }
    }
    if (!best || virt - best_value > 1 << 20)
        return NULL;
    *offset = virt - best_value;
    return best;
}

bool
elf_image_physical(const struct elf_image *image, uint64_t gva, uint64_t *gpa)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        if (gva - segment->vaddr >= segment->memsz)
            continue;
        *gpa = segment->paddr + (gva - segment->vaddr);
        return true;
    }
    return false;
}

bool
elf_image_is_code(const struct elf_image *image, uint64_t pc)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        if (segment->executable &&
            (pc - segment->paddr < segment->memsz || pc - segment->vaddr < segment->memsz))
            return true;
    }
    return false;
}

bool
elf_image_code_next(const struct elf_image *image, const struct elf_segment *segment,
                    size_t *section, uint64_t *begin, uint64_t *end)
{
    const uint64_t flags = SHF_ALLOC | SHF_EXECINSTR;
    Elf_Scn *scn;

    while (image->elf && (scn = elf_getscn(image->elf, ++*section))) {
        GElf_Shdr shdr;

        if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_PROGBITS ||
            (shdr.sh_flags & flags) != flags || shdr.sh_offset < segment->offset ||
            shdr.sh_offset - segment->offset >= segment->filesz)
            continue;
        *begin = shdr.sh_offset - segment->offset;
        *end = shdr.sh_size < segment->filesz - *begin ? *begin + shdr.sh_size : segment->filesz;
        return true;
    }
    return false;
}

void
elf_image_close(struct elf_image *image)
{
    if (image->elf)
        elf_end(image->elf);
    if (image->fd >= 0)
        close(image->fd);
    image->elf = NULL;
    image->fd = -1;
}
