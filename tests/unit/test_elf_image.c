/* The guest's ELF file: a good one is loaded as its program headers say; any other is refused, in
 * one line that names the file and the reason. */
#include "tests/unit/unit.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/memory.h"
#include "abi/note.h"
#include "vmm/boot/elf_image.h"

#define RAM_BASE 0x80000000
#define RAM_SIZE 0x40000
#define RAM_END  (RAM_BASE + RAM_SIZE)

#define CODE_VADDR 0xffffffff80000000
#define CODE_PADDR 0x80001000
#define DATA_VADDR 0xffffffff80010000
#define DATA_PADDR 0x80010000
#define ENTRY      (CODE_VADDR + 4)

enum { CODE, DATA, NOTE, PHDRS };                   /* program headers */
enum { SECTION_NONE, SYMTAB, STRTAB, TEXT, SHDRS }; /* section headers */
enum { SYM_NONE, SYM_MAPPING, SYM_START, SYM_MAIN, SYM_LOCAL, SYM_OBJECT, SYMS };

/* A whole file. The linker of a real guest puts the same things in it. */
struct guest_file {
    Elf64_Ehdr ehdr;
    Elf64_Phdr phdr[PHDRS];
    struct {
        Elf64_Nhdr nhdr;
        char name[8];
        uint32_t version;
    } note;
    unsigned char code[0x100];
    unsigned char data[0x40];
    Elf64_Sym symtab[SYMS];
    char strtab[40];
    Elf64_Shdr shdr[SHDRS];
};

static char folder[] = "/tmp/test_elf_image.XXXXXX";
static char path[PATH_MAX]; /* of the file under test */

static int
folder_create(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/guest.elf", folder);
    return 0;
}

static int
folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static struct guest_file
good_file(void)
{
    struct guest_file file =
        {
            .ehdr =
                {
                    .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                                EV_CURRENT},
                    .e_type = ET_EXEC,
                    .e_machine = EM_RISCV,
                    .e_version = EV_CURRENT,
                    .e_entry = ENTRY,
                    .e_phoff = offsetof(struct guest_file, phdr),
                    .e_shoff = offsetof(struct guest_file, shdr),
                    .e_ehsize = sizeof(Elf64_Ehdr),
                    .e_phentsize = sizeof(Elf64_Phdr),
                    .e_phnum = PHDRS,
                    .e_shentsize = sizeof(Elf64_Shdr),
                    .e_shnum = SHDRS,
                    .e_shstrndx = SHN_UNDEF,
                },
            .phdr =
                {
                    [CODE] = {.p_type = PT_LOAD,
                              .p_flags = PF_R | PF_X,
                              .p_offset = offsetof(struct guest_file, code),
                              .p_vaddr = CODE_VADDR,
                              .p_paddr = CODE_PADDR,
                              .p_filesz = sizeof(((struct guest_file *)0)->code),
                              .p_memsz = sizeof(((struct guest_file *)0)->code),
                              .p_align = 4},
                    [DATA] = {.p_type = PT_LOAD,
                              .p_flags = PF_R | PF_W,
                              .p_offset = offsetof(struct guest_file, data),
                              .p_vaddr = DATA_VADDR,
                              .p_paddr = DATA_PADDR,
                              .p_filesz = sizeof(((struct guest_file *)0)->data),
                              .p_memsz = 0x2000,
                              .p_align = 4},
                    [NOTE] = {.p_type = PT_NOTE,
                              .p_flags = PF_R,
                              .p_offset = offsetof(struct guest_file, note),
                              .p_filesz = sizeof(((struct guest_file *)0)->note),
                              .p_memsz = sizeof(((struct guest_file *)0)->note),
                              .p_align = 4},
                },
            .note = {.nhdr = {.n_namesz = 5, .n_descsz = 4, .n_type = DUET_NOTE_ABI_VERSION},
                     .name = DUET_NOTE_NAME,
                     .version = DUET_ABI_VERSION},
            .symtab =
                {
                    [SYM_MAPPING] = {.st_name = 21,
                                     .st_shndx = TEXT,
                                     .st_value = CODE_VADDR + 0x24},
                    [SYM_START] = {.st_name = 1, .st_shndx = TEXT, .st_value = CODE_VADDR},
                    [SYM_MAIN] =
                        {.st_name = 8,
                         .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                         .st_shndx = TEXT,
                         .st_value = CODE_VADDR + 0x20,
                         .st_size = 0x20},
                    [SYM_LOCAL] = {.st_name = 24, .st_shndx = TEXT, .st_value = CODE_VADDR + 0x28},
                    [SYM_OBJECT] = {.st_name = 13,
                                    .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
                                    .st_shndx = TEXT,
                                    .st_value = CODE_VADDR + 0x30},
                },
            .strtab = "\0_start\0main\0counter\0$x\0.L1",
            .shdr =
                {
                    [SYMTAB] = {.sh_type = SHT_SYMTAB,
                                .sh_offset = offsetof(struct guest_file, symtab),
                                .sh_size = sizeof(((struct guest_file *)0)->symtab),
                                .sh_link = STRTAB,
                                .sh_info = SYMS,
                                .sh_addralign = 8,
                                .sh_entsize = sizeof(Elf64_Sym)},
                    [STRTAB] = {.sh_type = SHT_STRTAB,
                                .sh_offset = offsetof(struct guest_file, strtab),
                                .sh_size = sizeof(((struct guest_file *)0)->strtab),
                                .sh_addralign = 1},
                    [TEXT] = {.sh_type = SHT_PROGBITS,
                              .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
                              .sh_addr = CODE_VADDR,
                              .sh_offset = offsetof(struct guest_file, code),
                              .sh_size = sizeof(((struct guest_file *)0)->code),
                              .sh_addralign = 4},
                },
        };

    for (unsigned i = 0; i < sizeof(file.code); i++)
        file.code[i] = (unsigned char)(i + 1);
    for (unsigned i = 0; i < sizeof(file.data); i++)
        file.data[i] = (unsigned char)(0xff - i);
    return file;
}

static void
write_file(const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

/* `where` is refused with one line that says so, and why. */
static void
refused_path(const char *where, const char *reason)
{
    struct elf_image image;
    const char *said;
    char want[PATH_MAX + 16];
    int lowest = dup(STDIN_FILENO), result;

    close(lowest);
    capture_begin(STDERR_FILENO);
    result = elf_image_open(&image, where, RAM_BASE, RAM_SIZE, true);
    said = capture_end();
    expect(result == -1, "it was accepted, want: %s", reason);
    expect_one_line(said);
    snprintf(want, sizeof(want), "duet: %s: ", where);
    expect(strncmp(said, want, strlen(want)) == 0, "does not say which file: %s", said);
    expect(!!strstr(said + strlen(want) - 2, reason), "want: %s, got: %s", reason, said);
    assert_null(image.elf);
    result = dup(STDIN_FILENO);
    close(result);
    expect(result == lowest, "a file descriptor is left open");
}

static void
refused_bytes(const void *bytes, size_t size, const char *reason)
{
    write_file(bytes, size);
    refused_path(path, reason);
}

static void
refused(const struct guest_file *file, const char *reason)
{
    refused_bytes(file, sizeof(*file), reason);
}

/* The same for a file that needs no note. */
static void
refused_without_note(const struct guest_file *file, const char *reason)
{
    struct elf_image image;
    const char *said;
    int result;

    write_file(file, sizeof(*file));
    capture_begin(STDERR_FILENO);
    result = elf_image_open(&image, path, RAM_BASE, RAM_SIZE, ELF_NOTE_OPTIONAL);
    said = capture_end();
    expect(result == -1, "it was accepted, want: %s", reason);
    expect(!!strstr(said, reason), "want: %s, got: %s", reason, said);
}

static void
open_good(struct elf_image *image, const void *bytes, size_t size)
{
    const char *said;
    int result;

    write_file(bytes, size);
    capture_begin(STDERR_FILENO);
    result = elf_image_open(image, path, RAM_BASE, RAM_SIZE, true);
    said = capture_end();
    expect(result == 0, "it was refused: %s", said);
    assert_string_equal(said, "");
}

static void
accepted(const struct guest_file *file)
{
    struct elf_image image;

    open_good(&image, file, sizeof(*file));
    elf_image_close(&image);
}

/* What is loaded. */

static void
a_good_file_is_loaded(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;
    struct guest_mem mem;
    unsigned char *ram;

    (void)state;
    open_good(&image, &file, sizeof(file));
    assert_int_equal(image.entry, CODE_PADDR + 4);
    assert_int_equal(image.end, DATA_PADDR + 0x2000);
    assert_int_equal(image.segment_count, 2);
    assert_int_equal(guest_mem_create(&mem, RAM_BASE, RAM_SIZE), 0);
    assert_int_equal(elf_image_load(&image, &mem), 0);
    ram = guest_mem_slice(&mem, RAM_BASE, RAM_SIZE);
    assert_memory_equal(ram + (CODE_PADDR - RAM_BASE), file.code, sizeof(file.code));
    assert_memory_equal(ram + (DATA_PADDR - RAM_BASE), file.data, sizeof(file.data));
    /* All else is zero: the bss, and what no segment names. */
    memset(ram + (CODE_PADDR - RAM_BASE), 0, sizeof(file.code));
    memset(ram + (DATA_PADDR - RAM_BASE), 0, sizeof(file.data));
    for (unsigned i = 0; i < RAM_SIZE; i++)
        assert_int_equal(ram[i], 0);
    guest_mem_destroy(&mem);
    elf_image_close(&image);
}

static void
segments_may_touch_each_other_and_the_edges_of_ram(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[CODE].p_paddr = RAM_BASE;
    file.phdr[DATA].p_paddr = RAM_BASE + file.phdr[CODE].p_memsz;
    file.phdr[DATA].p_memsz = RAM_END - file.phdr[DATA].p_paddr;
    accepted(&file);
}

static void
a_file_that_is_cut_while_it_is_loaded_is_refused(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;
    struct guest_mem mem;
    const char *said;
    int result;

    (void)state;
    open_good(&image, &file, sizeof(file));
    assert_int_equal(truncate(path, offsetof(struct guest_file, data) + 1), 0);
    assert_int_equal(guest_mem_create(&mem, RAM_BASE, RAM_SIZE), 0);
    capture_begin(STDERR_FILENO);
    result = elf_image_load(&image, &mem);
    said = capture_end();
    assert_int_equal(result, -1);
    expect_one_line(said);
    expect(!!strstr(said, "became shorter while it was loaded"), "%s", said);
    guest_mem_destroy(&mem);
    elf_image_close(&image);
}

static void
a_file_without_sections_is_loaded(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_shoff = file.ehdr.e_shnum = 0;
    accepted(&file);
}

static void
an_empty_segment_may_be_anywhere(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[DATA].p_filesz = file.phdr[DATA].p_memsz = 0;
    file.phdr[DATA].p_paddr = 0;
    accepted(&file);
}

/* Symbols. */

static void
symbol_is(const struct elf_image *image, uint64_t pc, const char *want, uint64_t want_offset)
{
    uint64_t offset = 0;
    const char *name = elf_image_symbol(image, pc, &offset);

    if (!want) {
        expect(!name, "0x%lx is in %s", pc, name);
        return;
    }
    expect(!!name, "0x%lx is in no function", pc);
    assert_string_equal(name, want);
    assert_int_equal(offset, want_offset);
}

static void
an_address_is_in_the_function_before_it(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;

    (void)state;
    open_good(&image, &file, sizeof(file));
    symbol_is(&image, CODE_VADDR, "_start", 0);
    symbol_is(&image, CODE_VADDR + 0x1f, "_start", 0x1f);
    symbol_is(&image, CODE_VADDR + 0x20, "main", 0);
    symbol_is(&image, CODE_VADDR + 0x3f, "main", 0x1f);
    /* Beyond main's size it is the label that goes on, not main. */
    symbol_is(&image, CODE_VADDR + 0x40, "_start", 0x40);
    /* While paging is off, the physical address. */
    symbol_is(&image, CODE_PADDR + 0x24, "main", 4);
    symbol_is(&image, CODE_VADDR - 1, NULL, 0);
    symbol_is(&image, 0, NULL, 0);
    symbol_is(&image, UINT64_MAX, NULL, 0);
    elf_image_close(&image);
}

static void
without_symbols_there_is_no_name(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;

    (void)state;
    file.shdr[SYMTAB].sh_type = SHT_PROGBITS;
    open_good(&image, &file, sizeof(file));
    symbol_is(&image, CODE_VADDR, NULL, 0);
    elf_image_close(&image);
    file.shdr[SYMTAB].sh_type = SHT_DYNSYM; /* a kernel's own names are not there */
    open_good(&image, &file, sizeof(file));
    symbol_is(&image, CODE_VADDR, NULL, 0);
    elf_image_close(&image);
}

static void
damaged_symbols_have_no_name(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;

    (void)state;
    file.symtab[SYM_START].st_name = 0x7fffffff;
    file.symtab[SYM_MAIN].st_name = sizeof(file.strtab);
    open_good(&image, &file, sizeof(file));
    symbol_is(&image, CODE_VADDR + 0x20, NULL, 0);
    elf_image_close(&image);
    file = good_file();
    file.shdr[SYMTAB].sh_link = 0xffffffff;
    open_good(&image, &file, sizeof(file));
    symbol_is(&image, CODE_VADDR + 0x20, NULL, 0);
    elf_image_close(&image);
}

/* What is no file that could be loaded. */

static void
a_missing_file_is_refused(void **state)
{
    (void)state;
    unlink(path);
    refused_path(path, "No such file or directory");
}

static void
a_folder_is_refused(void **state)
{
    (void)state;
    refused_path(folder, "is a directory");
}

static void
a_fifo_is_refused_and_not_waited_for(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(5); /* a hang is a death */
    refused_path(path, "is not a regular file");
    alarm(0);
    unlink(path);
}

static void
a_device_is_refused(void **state)
{
    (void)state;
    refused_path("/dev/zero", "is not a regular file");
}

static void
an_empty_file_is_refused(void **state)
{
    (void)state;
    refused_bytes("", 0, "is empty");
}

static void
a_file_cut_within_its_headers_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    for (size_t size = 1; size < SELFMAG; size++)
        refused_bytes(&file, size, "is not an ELF file");
    for (size_t size = SELFMAG; size < EI_NIDENT; size++)
        refused_bytes(&file, size, "is truncated: its ELF header is incomplete");
    for (size_t size = EI_NIDENT; size < sizeof(file.ehdr); size++)
        refused_bytes(&file, size, "is truncated or damaged");
    for (size_t size = sizeof(file.ehdr); size < offsetof(struct guest_file, note); size++)
        refused_bytes(&file, size, "truncated");
}

static void
a_file_cut_within_its_segments_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    for (size_t size = offsetof(struct guest_file, note);
         size < offsetof(struct guest_file, symtab); size++)
        refused_bytes(&file, size, "is truncated: segment");
}

/* A cut table of program headers must not be taken for a shorter one. */
static void
a_file_cut_within_program_headers_at_its_end_is_refused(void **state)
{
    struct guest_file file = good_file();
    struct {
        struct guest_file file;
        Elf64_Phdr phdr[PHDRS];
    } moved;

    (void)state;
    memset(&moved, 0, sizeof(moved));
    memcpy(moved.phdr, file.phdr, sizeof(moved.phdr));
    /* The note before the data: all but the data's header is there when the last one is cut. */
    moved.phdr[DATA] = file.phdr[NOTE];
    moved.phdr[NOTE] = file.phdr[DATA];
    file.ehdr.e_phoff = sizeof(file);
    file.ehdr.e_shoff = file.ehdr.e_shnum = 0;
    moved.file = file;
    for (size_t size = sizeof(file); size < sizeof(moved); size++)
        refused_bytes(&moved, size, "truncated");
    write_file(&moved, sizeof(moved));
}

static void
what_is_not_elf_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    refused_bytes("#!/bin/sh\nexit 0\n", 17, "is a script, not an ELF file");
    refused_bytes("\177EL", 3, "is not an ELF file");
    refused_bytes("!<arch>\n", 8, "is a library (ar), not an ELF file: link it to one first");
    for (int i = 0; i < SELFMAG; i++) {
        file = good_file();
        file.ehdr.e_ident[i] ^= 0x20;
        refused(&file, "is not an ELF file");
    }
}

static void
a_32_bit_file_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_ident[EI_CLASS] = ELFCLASS32;
    refused(&file, "is not a 64-bit ELF file");
}

static void
a_big_endian_file_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_ident[EI_DATA] = ELFDATA2MSB;
    refused(&file, "is not a little-endian ELF file");
}

static void
a_file_for_another_machine_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_machine = EM_X86_64;
    refused(&file, "is built for another machine (e_machine 62), not for RISC-V");
    file.ehdr.e_machine = EM_AARCH64;
    refused(&file, "is built for another machine (e_machine 183), not for RISC-V");
}

static void
what_is_no_executable_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_type = ET_REL;
    refused(&file, "is not an executable (e_type 1): link it, without -r");
    file.ehdr.e_type = ET_CORE;
    refused(&file, "is not an executable (e_type 4)");
}

/* Program headers. */

static void
a_file_without_program_headers_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_phnum = 0;
    refused(&file, "has no program headers");
}

static void
sixty_four_program_headers_are_accepted_and_more_refused(void **state)
{
    struct {
        struct guest_file file;
        Elf64_Phdr phdr[65];
    } many;
    struct elf_image image;

    (void)state;
    memset(&many, 0, sizeof(many));
    many.file = good_file();
    memcpy(many.phdr, many.file.phdr, sizeof(many.file.phdr));
    many.file.ehdr.e_phoff = sizeof(many.file);
    many.file.ehdr.e_phnum = 64;
    open_good(&image, &many, sizeof(many));
    elf_image_close(&image);
    many.file.ehdr.e_phnum = 65;
    refused_bytes(&many, sizeof(many), "has 65 program headers, more than the 64 that make sense");
}

static void
sixty_four_segments_are_loaded(void **state)
{
    struct {
        struct guest_file file;
        Elf64_Phdr phdr[65];
    } many;
    struct elf_image image;

    (void)state;
    memset(&many, 0, sizeof(many));
    many.file = good_file();
    for (unsigned i = 0; i < 64; i++) {
        many.phdr[i] = many.file.phdr[CODE];
        many.phdr[i].p_paddr += 0x100 * i;
        many.phdr[i].p_vaddr += 0x100 * i;
    }
    many.file.ehdr.e_phoff = sizeof(many.file);
    many.file.ehdr.e_phnum = 64;
    write_file(&many, sizeof(many));
    assert_int_equal(elf_image_open(&image, path, RAM_BASE, RAM_SIZE, false), 0);
    assert_int_equal(image.segment_count, 64);
    elf_image_close(&image);
}

/* e_phnum 0xffff is PN_XNUM: the count is in the first section header. */
static void
absurd_counts_of_program_headers_are_refused(void **state)
{
    static const uint32_t real_count[] = {0, PHDRS, 65, 70000, 0x7fffffff, 0xffffffff};
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_phnum = 0xfffe;
    refused(&file, "has 65534 program headers");
    file.ehdr.e_phnum = PN_XNUM;
    for (size_t i = 0; i < COUNT_OF(real_count); i++) {
        file.shdr[0].sh_info = real_count[i];
        refused(&file, "program headers");
    }
    file.ehdr.e_shoff = file.ehdr.e_shnum = 0;
    refused(&file, "program headers");
}

static void
program_headers_outside_the_file_are_refused(void **state)
{
    static const uint64_t outside[] = {sizeof(struct guest_file),
                                       sizeof(struct guest_file) + 1,
                                       (uint64_t)1 << 32,
                                       INT64_MAX,
                                       UINT64_MAX,
                                       UINT64_MAX - sizeof(Elf64_Phdr) + 1};
    struct guest_file file = good_file();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        file.ehdr.e_phoff = outside[i];
        refused(&file, "truncated");
    }
    file.ehdr.e_phoff = sizeof(file) - sizeof(file.phdr) + 1;
    refused(&file, "truncated");
}

static void
a_dynamically_linked_file_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[NOTE].p_type = PT_INTERP;
    refused(&file, "is linked dynamically: link it with -static -nostdlib");
    file.ehdr.e_type = ET_DYN;
    refused(&file, "is linked dynamically: link it with -static -nostdlib");
}

/* As ld -pie (ET_EXEC) and lld -pie (ET_DYN) make it: it relocates itself where it was loaded. */
static void
a_file_that_relocates_itself_is_loaded_at_its_addresses(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;

    (void)state;
    file.phdr[NOTE].p_type = PT_DYNAMIC;
    for (unsigned type = ET_EXEC; type <= ET_DYN; type++) {
        file.ehdr.e_type = (Elf64_Half)type;
        write_file(&file, sizeof(file));
        assert_int_equal(elf_image_open(&image, path, RAM_BASE, RAM_SIZE, false), 0);
        assert_int_equal(image.entry, CODE_PADDR + 4);
        elf_image_close(&image);
    }
    file = good_file();
    file.ehdr.e_type = ET_DYN;
    file.phdr[CODE].p_paddr = 0;
    refused(&file, "segment 0 at 0x0-0x100 is outside RAM, which is 0x80000000-0x80040000: link "
                   "it with a linker script, or with -Ttext-segment=0x80200000");
}

/* As ld -pie makes it without an address: it is loaded where kernels are linked for. */
static void
a_file_that_is_linked_for_no_place_is_loaded_at_the_kernels(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;
    uint64_t offset;

    (void)state;
    file.ehdr.e_type = ET_DYN;
    for (unsigned i = CODE; i <= DATA; i++)
        file.phdr[i].p_paddr = file.phdr[i].p_vaddr -= CODE_VADDR;
    for (unsigned i = SYM_MAPPING; i < SYMS; i++)
        file.symtab[i].st_value -= CODE_VADDR;
    file.ehdr.e_entry = 4;
    write_file(&file, sizeof(file));
    assert_int_equal(elf_image_open(&image, path, RAM_BASE, 4 << 20, ELF_NOTE_OPTIONAL), 0);
    assert_int_equal(image.entry, DUET_KERNEL_BASE + 4);
    assert_int_equal(image.segment[0].paddr, DUET_KERNEL_BASE);
    assert_int_equal(image.segment[1].paddr, DUET_KERNEL_BASE + 0x10000);
    assert_int_equal(image.end, DUET_KERNEL_BASE + 0x12000);
    assert_string_equal(elf_image_symbol(&image, DUET_KERNEL_BASE + 0x22, &offset), "main");
    assert_int_equal(offset, 2);
    elf_image_close(&image);
    refused(&file, "segment 0 at 0x0-0x100 is outside RAM");
    refused_without_note(&file, "segment 0 at 0x80200000-0x80200100 is outside RAM, which is "
                                "0x80000000-0x80040000: give more --memory");
    file.phdr[CODE].p_memsz = file.phdr[CODE].p_filesz = 0;
    file.phdr[DATA].p_paddr = 0;
    refused_without_note(&file, "segment 1 at 0x80200000-0x80202000 is outside RAM");
    file = good_file();
    file.ehdr.e_type = ET_DYN;
    file.phdr[CODE].p_paddr = 0;
    file.phdr[DATA].p_paddr = UINT64_MAX - 0x3000;
    file.phdr[CODE].p_type = PT_NULL;
    refused_without_note(&file, "segment 1 at 0xffffffffffffcfff-");
    file.ehdr.e_type = ET_EXEC;
    file.phdr[CODE].p_type = PT_LOAD;
    refused_without_note(&file, "segment 0 at 0x0-0x100 is outside RAM");
}

static void
a_file_with_nothing_to_load_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[CODE].p_type = file.phdr[DATA].p_type = PT_NULL;
    refused(&file, "has no segment to load");
}

/* Segments. */

static void
segments_that_overlap_are_refused(void **state)
{
    struct guest_file file = good_file();
    const uint64_t size = file.phdr[CODE].p_memsz;

    (void)state;
    file.phdr[DATA].p_paddr = CODE_PADDR + size - 1;
    refused(&file, "segment 1 overlaps another one");
    file.phdr[DATA].p_paddr = CODE_PADDR + size;
    accepted(&file);
    file.phdr[DATA].p_paddr = CODE_PADDR - file.phdr[DATA].p_memsz + 1 + 0x2000;
    file.phdr[CODE].p_paddr = CODE_PADDR + 0x2000;
    refused(&file, "segment 1 overlaps another one");
    file.phdr[DATA].p_paddr--;
    accepted(&file);
    file.phdr[DATA].p_paddr = file.phdr[CODE].p_paddr; /* the same place */
    refused(&file, "segment 1 overlaps another one");
    file.phdr[DATA].p_paddr = file.phdr[CODE].p_paddr - 0x800; /* all around it */
    refused(&file, "segment 1 overlaps another one");
    file = good_file();
    file.phdr[CODE].p_paddr = DATA_PADDR + 0x800; /* all inside it, in the bss */
    refused(&file, "segment 1 overlaps another one");
}

static void
segments_that_wrap_around_are_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[DATA].p_paddr = UINT64_MAX - 0xfff;
    refused(&file, "segment 1 wraps around the address space");
    file = good_file();
    file.phdr[DATA].p_memsz = UINT64_MAX;
    refused(&file, "segment 1 wraps around the address space");
    file.phdr[DATA].p_memsz = (uint64_t)0 - DATA_PADDR + RAM_BASE + 0x100; /* ends in RAM */
    refused(&file, "segment 1 wraps around the address space");
}

static void
segments_outside_ram_are_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[DATA].p_paddr = RAM_BASE - 1;
    refused(&file, "segment 1 at 0x7fffffff-0x80001fff is outside RAM, which is "
                   "0x80000000-0x80040000: link it with a linker script, or with "
                   "-Ttext-segment=0x80200000 (lld: --image-base=); -Ttext alone leaves the ELF "
                   "headers where they were");
    file.phdr[DATA].p_paddr = 0;
    refused(&file, "is outside RAM");
    file.phdr[DATA].p_paddr = RAM_BASE - 0x2000;
    refused(&file, "is outside RAM");
    file.phdr[DATA].p_paddr = RAM_END - 0x2000 + 1;
    refused(&file, "segment 1 at 0x8003e001-0x80040001 is outside RAM, which is "
                   "0x80000000-0x80040000: give more --memory, or link it for lower addresses");
    file.phdr[DATA].p_paddr = RAM_END;
    refused(&file, "is outside RAM");
    file.phdr[DATA].p_paddr = RAM_BASE;
    file.phdr[DATA].p_memsz = RAM_SIZE + 1;
    refused(&file, "is outside RAM");
    file.phdr[DATA].p_memsz = UINT64_MAX - RAM_BASE; /* ends at the last address */
    refused(&file, "is outside RAM");
}

static void
segments_with_more_in_the_file_than_in_memory_are_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[CODE].p_memsz = file.phdr[CODE].p_filesz - 1;
    refused(&file, "segment 0 has more bytes in the file than in memory");
    file.phdr[CODE].p_filesz = UINT64_MAX;
    refused(&file, "segment 0 has more bytes in the file than in memory");
}

static void
segments_beyond_the_end_of_the_file_are_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[DATA].p_offset = sizeof(file) - file.phdr[DATA].p_filesz;
    accepted(&file);
    file.phdr[DATA].p_offset++;
    refused(&file, "is truncated: segment 1 ends beyond the file");
    file.phdr[DATA].p_offset = sizeof(file) + 1;
    refused(&file, "is truncated: segment 1 ends beyond the file");
    file.phdr[DATA].p_offset = UINT64_MAX; /* offset + size wraps around */
    refused(&file, "is truncated: segment 1 ends beyond the file");
    file = good_file();
    file.phdr[DATA].p_filesz = file.phdr[DATA].p_memsz = 0x10000;
    refused(&file, "is truncated: segment 1 ends beyond the file");
}

/* Where nothing is in the file, p_offset says nothing (sstrip leaves it behind the end). */
static void
a_segment_without_bytes_in_the_file_may_begin_beyond_it(void **state)
{
    static const uint64_t beyond[] = {sizeof(struct guest_file) + 1, (uint64_t)1 << 40, UINT64_MAX};
    struct guest_file file = good_file();
    struct elf_image image;
    struct guest_mem mem;

    (void)state;
    file.phdr[DATA].p_filesz = 0;
    assert_int_equal(guest_mem_create(&mem, RAM_BASE, RAM_SIZE), 0);
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        file.phdr[DATA].p_offset = beyond[i];
        open_good(&image, &file, sizeof(file));
        assert_int_equal(elf_image_load(&image, &mem), 0);
        elf_image_close(&image);
    }
    guest_mem_destroy(&mem);
}

/* The entry point. */

static void
an_entry_outside_executable_segments_is_refused(void **state)
{
    static const uint64_t outside[] = {2,          CODE_PADDR - 2, CODE_PADDR + 0x100,
                                       DATA_PADDR, CODE_VADDR - 2, CODE_VADDR + 0x100,
                                       DATA_VADDR, UINT64_MAX - 1};
    struct guest_file file = good_file();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        char reason[64];

        file.ehdr.e_entry = outside[i];
        snprintf(reason, sizeof(reason), "entry point 0x%lx is in no executable segment",
                 outside[i]);
        refused(&file, reason);
    }
    file.ehdr.e_entry = CODE_VADDR + 0xfe;
    accepted(&file);
    file.phdr[CODE].p_flags = PF_R;
    refused(&file, "is in no executable segment");
}

static void
a_missing_entry_is_refused_with_the_cure(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_entry = 0;
    refused(&file, "has no entry point: name one, with ENTRY(_start) in the linker script");
    file.phdr[CODE].p_vaddr = 0; /* then 0 is an address as any other */
    accepted(&file);
}

static void
a_physical_entry_is_taken_as_it_is(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;

    (void)state;
    file.ehdr.e_entry = CODE_PADDR + 4;
    open_good(&image, &file, sizeof(file));
    assert_int_equal(image.entry, CODE_PADDR + 4);
    elf_image_close(&image);
    file.phdr[DATA].p_vaddr = CODE_PADDR; /* both: the linker's address counts */
    file.phdr[DATA].p_flags |= PF_X;
    open_good(&image, &file, sizeof(file));
    assert_int_equal(image.entry, DATA_PADDR + 4);
    elf_image_close(&image);
    file.ehdr.e_entry = CODE_PADDR + 5;
    refused(&file, "is misaligned");
}

static void
an_odd_entry_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.ehdr.e_entry = ENTRY + 1;
    refused(&file, "entry point 0xffffffff80000005 is misaligned");
    file.ehdr.e_entry = ENTRY + 2; /* compressed instructions have two bytes */
    accepted(&file);
}

/* The ABI note. */

#define NO_NOTE "has no Duet ABI note: put DUET_GUEST_NOTE (abi/note.h) into the guest"

static void
a_missing_note_is_refused(void **state)
{
    struct guest_file file = good_file();

    (void)state;
    file.phdr[NOTE].p_type = PT_NULL;
    refused(&file, NO_NOTE);
    file = good_file();
    file.note.nhdr.n_type = DUET_NOTE_ABI_VERSION + 1;
    refused(&file, NO_NOTE);
    file = good_file();
    strcpy(file.note.name, "GNU");
    file.note.nhdr.n_namesz = 4;
    refused(&file, NO_NOTE);
    file = good_file();
    strcpy(file.note.name, "Solo");
    refused(&file, NO_NOTE);
}

static void
a_note_of_another_version_is_refused(void **state)
{
    static const uint32_t other[] = {DUET_ABI_VERSION + 1, DUET_ABI_VERSION + 256, 0x80000000,
                                     UINT32_MAX};
    struct guest_file file = good_file();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        char reason[128];

        file.note.version = other[i];
        snprintf(reason, sizeof(reason),
                 "is built for Duet ABI version %u, this duet has version %u: build both from one "
                 "tree",
                 other[i], DUET_ABI_VERSION);
        refused(&file, reason);
    }
    file.note.version = 0;
    refused(&file, "Duet ABI");
}

static void
a_note_that_is_cut_or_has_odd_sizes_is_refused(void **state)
{
    static const uint32_t size[] = {0, 1, 3, 5, 6, 8, 16, 0x7fffffff, 0xfffffffc, UINT32_MAX};
    struct guest_file file = good_file();

    (void)state;
    for (uint64_t len = 0; len < sizeof(file.note); len++) {
        file.phdr[NOTE].p_filesz = len;
        refused(&file, NO_NOTE);
    }
    for (size_t i = 0; i < COUNT_OF(size); i++) {
        file = good_file();
        file.note.nhdr.n_descsz = size[i];
        refused(&file, NO_NOTE);
        if (size[i] != sizeof(DUET_NOTE_NAME)) {
            file = good_file();
            file.note.nhdr.n_namesz = size[i];
            refused(&file, NO_NOTE);
        }
    }
}

static void
a_note_outside_the_file_is_refused(void **state)
{
    static const uint64_t outside[] = {sizeof(struct guest_file), (uint64_t)1 << 32, INT64_MAX,
                                       UINT64_MAX, UINT64_MAX - 3};
    struct guest_file file = good_file();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        file = good_file();
        file.phdr[NOTE].p_offset = outside[i];
        refused(&file, NO_NOTE);
        file = good_file();
        file.phdr[NOTE].p_filesz = outside[i];
        refused(&file, NO_NOTE);
    }
}

static void
the_note_is_found_behind_another_one(void **state)
{
    struct guest_file file = good_file();
    Elf64_Nhdr *other = (Elf64_Nhdr *)file.code;

    (void)state;
    /* In one segment: a note without name and description, then ours. */
    *other = (Elf64_Nhdr){.n_type = 7};
    memcpy(other + 1, &file.note, sizeof(file.note));
    file.phdr[NOTE].p_offset = offsetof(struct guest_file, code);
    file.phdr[NOTE].p_filesz = sizeof(*other) + sizeof(file.note);
    accepted(&file);
    /* In a segment of its own. */
    file = good_file();
    file.phdr[DATA] = file.phdr[NOTE];
    file.phdr[DATA].p_offset = offsetof(struct guest_file, strtab);
    file.phdr[DATA].p_filesz = sizeof(file.strtab);
    accepted(&file);
}

static void
without_want_note_any_note_is_good(void **state)
{
    struct guest_file file = good_file();
    struct elf_image image;

    (void)state;
    file.note.version = DUET_ABI_VERSION + 1;
    write_file(&file, sizeof(file));
    assert_int_equal(elf_image_open(&image, path, RAM_BASE, RAM_SIZE, false), 0);
    elf_image_close(&image);
    file.phdr[NOTE].p_type = PT_NULL;
    write_file(&file, sizeof(file));
    assert_int_equal(elf_image_open(&image, path, RAM_BASE, RAM_SIZE, false), 0);
    elf_image_close(&image);
    file.ehdr.e_entry = 0; /* all else is still checked */
    write_file(&file, sizeof(file));
    capture_begin(STDERR_FILENO);
    assert_int_equal(elf_image_open(&image, path, RAM_BASE, RAM_SIZE, false), -1);
    capture_end();
}

/* What people take for a guest. */
static void
other_files_are_named_with_a_cure(void **state)
{
    static const struct {
        const char *magic, *words;
        unsigned offset, len;
    } other[] = {
        {"\x1f\x8b\x08", "is compressed by gzip: unpack it first, with gunzip", 0, 3},
        {"\xfd\x37zXZ", "is compressed by xz: unpack it first, with unxz", 0, 6},
        {"\x28\xb5\x2f\xfd", "is compressed by zstd: unpack it first, with unzstd", 0, 4},
        {"MZ", "is an EFI program (PE), which needs UEFI firmware: give the ELF file", 0, 2},
        {"\xd0\x0d\xfe\xed", "is a device tree or a FIT image: give the ELF file", 0, 4},
        {"#!/bin/sh", "is a script, not an ELF file", 0, 9},
        {"\x93\x02\x10\x00", "is not an ELF file: give the file that the linker wrote", 0, 4},
    };
    unsigned char file[4096];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        memset(file, 0, sizeof(file));
        memcpy(file + other[i].offset, other[i].magic, other[i].len);
        refused_bytes(file, sizeof(file), other[i].words);
        refused_bytes(file, other[i].offset + other[i].len, other[i].words);
    }
    /* Linux's, with and without an EFI stub. */
    memset(file, 0, sizeof(file));
    memcpy(file + 56, "RSC\x05", 4);
    refused_bytes(file, sizeof(file), "is a Linux Image, not an ELF file");
    memcpy(file, "MZ", 2);
    refused_bytes(file, sizeof(file), "is a Linux Image, not an ELF file");
    refused_bytes(file, 59, "is an EFI program");
}

/* Opens a file of `len` bytes that begins like a Linux image which asks for this offset and size.
 */
static int
linux_image_open(uint64_t offset, uint64_t size, size_t len, struct elf_image *image,
                 const char **said)
{
    static unsigned char file[8192];
    int result;

    memset(file, 0, sizeof(file));
    memcpy(file, "MZ", 2);
    memcpy(file + 8, &offset, sizeof(offset));
    memcpy(file + 16, &size, sizeof(size));
    memcpy(file + 56, "RSC\x05", 4);
    write_file(file, len);
    capture_begin(STDERR_FILENO);
    result = elf_image_open(image, path, RAM_BASE, RAM_SIZE, ELF_NOTE_OPTIONAL);
    *said = capture_end();
    return result;
}

static void
linux_images_are_one_segment(void **state)
{
    struct elf_image image;
    const char *said;

    (void)state;
    assert_int_equal(linux_image_open(0x2000, 0x6000, 5000, &image, &said), 0);
    assert_int_equal(image.entry, RAM_BASE + 0x2000);
    assert_int_equal(image.end, RAM_BASE + 0x8000);
    assert_int_equal(image.segment_count, 1);
    assert_int_equal(image.segment[0].filesz, 5000);
    assert_false(image.has_note);
    elf_image_close(&image);
    /* A size that is too small, as an old kernel's: what is in the file is loaded all the same. */
    assert_int_equal(linux_image_open(0x2000, 0, 5000, &image, &said), 0);
    assert_int_equal(image.end, RAM_BASE + 0x2000 + 5000);
    elf_image_close(&image);
    assert_int_equal(linux_image_open(RAM_SIZE + 1, 0, 5000, &image, &said), -1);
    expect(!!strstr(said, "give more --memory"), "unclear: %s", said);
    assert_int_equal(linux_image_open(0x2000, RAM_SIZE, 5000, &image, &said), -1);
    expect(!!strstr(said, "give more --memory"), "unclear: %s", said);
    assert_int_equal(linux_image_open(0x2000, UINT64_MAX, 5000, &image, &said), -1);
    assert_int_equal(linux_image_open(0, 0, 63, &image, &said), -1);
}

/* Damage of any kind. */

/* xorshift64: the same numbers in every run. */
static uint64_t
random_next(void)
{
    static uint64_t x = 88172645463325252;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

/* Most of the damage goes where it hurts: to the headers and the note. */
static size_t
random_offset(void)
{
    static const size_t part[][2] = {
        {0, sizeof(struct guest_file)},
        {0, offsetof(struct guest_file, code)},
        {0, sizeof(Elf64_Ehdr)},
        {offsetof(struct guest_file, phdr), offsetof(struct guest_file, code)},
        {offsetof(struct guest_file, symtab), sizeof(struct guest_file)},
    };
    const size_t *p = part[random_next() % COUNT_OF(part)];

    return p[0] + random_next() % (p[1] - p[0]);
}

static void
inside_ram(const struct elf_image *image, struct guest_mem *mem)
{
    uint64_t offset;

    assert_true(image->segment_count > 0 && image->segment_count <= ELF_SEGMENTS_MAX);
    assert_true(image->entry >= RAM_BASE && image->entry < RAM_END && image->entry % 2 == 0);
    assert_true(image->end > RAM_BASE && image->end <= RAM_END);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        assert_true(segment->filesz <= segment->memsz);
        assert_true(segment->paddr >= RAM_BASE && segment->paddr < RAM_END);
        assert_true(segment->memsz <= image->end - segment->paddr);
    }
    /* RAM lies between guard pages: what misses it is a crash. */
    assert_int_equal(elf_image_load(image, mem), 0);
    elf_image_symbol(image, image->entry, &offset);
    elf_image_symbol(image, CODE_VADDR + 0x24, &offset);
}

static void
no_damage_makes_it_crash_or_leave_ram(void **state)
{
    const struct guest_file good = good_file();
    unsigned loaded = 0, left_out = 0;
    struct guest_mem mem;

    (void)state;
    assert_int_equal(guest_mem_create(&mem, RAM_BASE, RAM_SIZE), 0);
    write_file(&good, sizeof(good));
    capture_begin(STDERR_FILENO);
    for (unsigned round = 0; round < 20000; round++) {
        struct guest_file bad = good;
        unsigned char *bytes = (unsigned char *)&bad;
        struct elf_image image;

        for (uint64_t n = 1 + random_next() % 4; n > 0; n--) {
            size_t at = random_offset();

            if (random_next() % 2)
                bytes[at] ^= (unsigned char)(1u << random_next() % 8);
            else
                bytes[at] = (unsigned char)random_next();
        }
        write_file(&bad, sizeof(bad));
        if (elf_image_open(&image, path, RAM_BASE, RAM_SIZE, round % 2)) {
            left_out++;
            continue;
        }
        inside_ram(&image, &mem);
        elf_image_close(&image);
        loaded++;
    }
    capture_end();
    guest_mem_destroy(&mem);
    /* Neither outcome is so rare that nothing was tested. */
    expect(loaded > 1000 && left_out > 1000, "%u loaded, %u refused", loaded, left_out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_loaded),
        cmocka_unit_test(segments_may_touch_each_other_and_the_edges_of_ram),
        cmocka_unit_test(a_file_that_is_cut_while_it_is_loaded_is_refused),
        cmocka_unit_test(a_file_without_sections_is_loaded),
        cmocka_unit_test(an_empty_segment_may_be_anywhere),
        cmocka_unit_test(an_address_is_in_the_function_before_it),
        cmocka_unit_test(without_symbols_there_is_no_name),
        cmocka_unit_test(damaged_symbols_have_no_name),
        cmocka_unit_test(a_missing_file_is_refused),
        cmocka_unit_test(a_folder_is_refused),
        cmocka_unit_test(a_fifo_is_refused_and_not_waited_for),
        cmocka_unit_test(a_device_is_refused),
        cmocka_unit_test(an_empty_file_is_refused),
        cmocka_unit_test(a_file_cut_within_its_headers_is_refused),
        cmocka_unit_test(a_file_cut_within_its_segments_is_refused),
        cmocka_unit_test(a_file_cut_within_program_headers_at_its_end_is_refused),
        cmocka_unit_test(what_is_not_elf_is_refused),
        cmocka_unit_test(a_32_bit_file_is_refused),
        cmocka_unit_test(a_big_endian_file_is_refused),
        cmocka_unit_test(a_file_for_another_machine_is_refused),
        cmocka_unit_test(what_is_no_executable_is_refused),
        cmocka_unit_test(a_file_without_program_headers_is_refused),
        cmocka_unit_test(sixty_four_program_headers_are_accepted_and_more_refused),
        cmocka_unit_test(sixty_four_segments_are_loaded),
        cmocka_unit_test(absurd_counts_of_program_headers_are_refused),
        cmocka_unit_test(program_headers_outside_the_file_are_refused),
        cmocka_unit_test(a_dynamically_linked_file_is_refused),
        cmocka_unit_test(a_file_that_relocates_itself_is_loaded_at_its_addresses),
        cmocka_unit_test(a_file_that_is_linked_for_no_place_is_loaded_at_the_kernels),
        cmocka_unit_test(a_file_with_nothing_to_load_is_refused),
        cmocka_unit_test(segments_that_overlap_are_refused),
        cmocka_unit_test(segments_that_wrap_around_are_refused),
        cmocka_unit_test(segments_outside_ram_are_refused),
        cmocka_unit_test(segments_with_more_in_the_file_than_in_memory_are_refused),
        cmocka_unit_test(segments_beyond_the_end_of_the_file_are_refused),
        cmocka_unit_test(an_entry_outside_executable_segments_is_refused),
        cmocka_unit_test(a_missing_entry_is_refused_with_the_cure),
        cmocka_unit_test(a_physical_entry_is_taken_as_it_is),
        cmocka_unit_test(a_segment_without_bytes_in_the_file_may_begin_beyond_it),
        cmocka_unit_test(an_odd_entry_is_refused),
        cmocka_unit_test(a_missing_note_is_refused),
        cmocka_unit_test(a_note_of_another_version_is_refused),
        cmocka_unit_test(a_note_that_is_cut_or_has_odd_sizes_is_refused),
        cmocka_unit_test(a_note_outside_the_file_is_refused),
        cmocka_unit_test(the_note_is_found_behind_another_one),
        cmocka_unit_test(without_want_note_any_note_is_good),
        cmocka_unit_test(other_files_are_named_with_a_cure),
        cmocka_unit_test(linux_images_are_one_segment),
        cmocka_unit_test(no_damage_makes_it_crash_or_leave_ram),
    };

    return cmocka_run_group_tests(tests, folder_create, folder_remove);
}
