/*
 * toyos's exec: a file of any contents, and of any length, and any arguments. Memory is not copied
 * here, but where to is looked at; the pages that are given out are all the same one.
 *
 * Bounds: a segment of up to 3 pages, or too large; a program of 2 headers, whose segments are of a
 * page; 3 arguments. Each is added as the one before.
 */
#include "tests/prove/prove.h"

#include <string.h>

#include "toyos/kernel/riscv_ops.h"

/* Instructions of the target, in functions that are not reached. */
#define hart_this()    ((struct hart *)NULL)
#define icache_flush() ((void)0)

#include "toyos/kernel/proc/proc.h"

static struct proc process;
#define proc_this() (&process)

static void any_memset(void *to, int value, size_t len);
static void any_memcpy(void *to, const void *from, size_t len);
static size_t any_strlen(const char *text);
#define memset any_memset
#define memcpy any_memcpy
#define strlen any_strlen
#include "toyos/kernel/proc/exec.c"
#undef memset
#undef memcpy
#undef strlen

/* with: */

#define SEGMENTS 2
#define PAGES    3
#define ARGS     3

static char new_page[PAGE_SIZE], text_page[PAGE_SIZE];
static struct uvm uvm;
static struct inode file;
static struct elf_header header;
static struct elf_segment segment; /* the last one that was read */
static uint64_t begun;             /* the size of the address space before it */
static uint64_t page_va;           /* of the last page that was mapped */
static unsigned segments, mapped;  /* how many */
static bool has_header;

static void
any_header(void)
{
    header.type = (uint16_t)prove_below("type", 1 << 16);
    header.machine = (uint16_t)prove_below("machine", 1 << 16);
    header.entry = prove_u64("entry");
    header.segments_offset = prove_u64("segments_offset");
    header.segment_size = (uint16_t)prove_below("segment_size", 1 << 16);
    header.segment_count = (uint16_t)prove_below("segment_count", SEGMENTS + 1);
    for (unsigned i = 0; i < sizeof(header.ident); i++)
        header.ident[i] = (uint8_t)prove_below("ident", 256);
}

/* Of this machine (ELF gABI chapter 4, and its RISC-V supplement). */
static bool
is_program(const struct elf_header *of)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    bool is_same = true;

    for (unsigned i = 0; i < sizeof(ident); i++)
        is_same &= of->ident[i] == ident[i];
    return is_same && of->type == 2 && of->machine == 243 && of->segment_size == 56;
}

static void
any_segment(void)
{
    segment = (struct elf_segment){
        .type = prove_u32("type of the segment"),
        .flags = prove_u32("flags"),
        .offset = prove_u64("offset"),
        .va = prove_u64("va"),
        .file_size = prove_u64("file_size"),
        .mem_size = prove_u64("mem_size"),
    };
}

static bool
is_in_page(const void *at, size_t len)
{
    uintptr_t offset = (uintptr_t)at - (uintptr_t)new_page;

    return offset <= PAGE_SIZE && len <= PAGE_SIZE - offset;
}

static void
any_memset(void *to, int value, size_t len)
{
    (void)value;
    prove_check(is_in_page(to, len), "a new page is cleared, and nothing else");
}

static void
any_memcpy(void *to, const void *from, size_t len)
{
    uintptr_t offset = (uintptr_t)to - (uintptr_t)text_page;

    (void)from;
    prove_check(is_in_page(to, len) || (offset <= PAGE_SIZE && len <= PAGE_SIZE - offset),
                "into a new page, or the arguments' one");
}

static size_t
any_strlen(const char *text)
{
    (void)text;
    return prove_below("length of an argument", EXEC_TEXT_MAX);
}

void *
uvm_map(struct uvm *to, uint64_t va, uint64_t access)
{
    prove_check(to == &uvm && va % PAGE_SIZE == 0 && va >= begun && va < USER_TOP,
                "a page of the user's, above all others");
    prove_check(uvm.size >= va + PAGE_SIZE, "it is freed if this fails");
    prove_check((access & (PTE_W | PTE_X)) != (PTE_W | PTE_X), "not to write to and run");
    prove_check(!has_header || (segment.type == 1 && segment.mem_size > 0), "of what is loaded");
    mapped++;
    page_va = va;
    return prove_bool("there is memory") ? new_page : NULL;
}

/* False if the file ends before, or the disk fails; then *n is what is read of it. */
static bool
is_whole(uint64_t len, int64_t *n)
{
    *n = (int64_t)len;
    if (prove_bool("it is read whole"))
        return true;
    *n = prove_bool("an error") ? -EIO : (int64_t)prove_below("bytes read", len);
    return false;
}

static void
header_read(struct elf_header *to, uint64_t offset)
{
    prove_check(!has_header && offset == 0, "the file's header, once");
    has_header = true;
    any_header();
    *to = header;
}

static void
segment_read(struct elf_segment *to, uint64_t offset)
{
    prove_check(has_header && is_program(&header) && segments < header.segment_count,
                "a segment that a program of this machine has");
    prove_check(offset - header.segments_offset == segments * sizeof(segment) &&
                    offset >= header.segments_offset,
                "the next one of the list, which does not wrap");
    segments++;
    begun = uvm.size;
    any_segment();
    prove_assume(segment.mem_size <= PAGE_SIZE || segment.mem_size > USER_TOP);
    *to = segment;
}

int64_t
inode_read(struct inode *inode, void *to, uint64_t offset, uint64_t len)
{
    int64_t n;

    prove_check(inode == &file, "the program's file");
    if (to == new_page)
        prove_check(len > 0 && len <= PAGE_SIZE && offset <= file.disk.size &&
                        len <= file.disk.size - offset &&
                        offset - segment.offset == page_va - segment.va,
                    "a page at most, of what the file has for that address");
    if (!is_whole(len, &n) || to == new_page)
        return n;
    if (len == sizeof(struct elf_header))
        header_read(to, offset);
    else
        segment_read(to, offset);
    return n;
}

static void
begin(void)
{
    uvm.size = begun =
        prove_below("pages of the address space", USER_TOP / PAGE_SIZE + 1) * PAGE_SIZE;
    file.disk.size = prove_u64("size of the file");
}

PROVE(exec_segment, 5, LONG)
{
    begin();
    any_segment();
    prove_assume(segment.mem_size <= PAGES * PAGE_SIZE || segment.mem_size > USER_TOP);
    if (load_segment(&uvm, &file, &segment) == 0) {
        prove_check(segment.mem_size == 0 ||
                        (segment.va >= begun && uvm.size >= segment.va + segment.mem_size &&
                         uvm.size - segment.va - segment.mem_size < PAGE_SIZE),
                    "the address space ends with it");
        prove_check(mapped == (segment.mem_size + PAGE_SIZE - 1) / PAGE_SIZE, "in so many pages");
    }
    prove_check(uvm.size <= USER_TOP, "in the user's half, whatever comes of it");
}

PROVE(exec_elf, 8, FULL)
{
    uint64_t entry;

    begin();
    if (load_elf(&uvm, &file, &entry) == 0) {
        prove_check(has_header && is_program(&header), "a program of this machine");
        prove_check(segments == header.segment_count, "of which all segments were looked at");
        prove_check(entry == header.entry, "begins where it says");
    }
    prove_check(uvm.size <= USER_TOP, "in the user's half, whatever comes of it");
}

PROVE(exec_stack, 5, QUICK)
{
    static struct exec_args args;
    uint64_t argv;

    begin();
    args.text = text_page;
    args.count = (int)prove_below("arguments", ARGS + 1);
    for (unsigned i = 0; i < ARGS; i++)
        args.start[i] = (uint16_t)prove_below("where an argument begins", EXEC_TEXT_MAX);
    if (make_stack(&uvm, &args, &argv))
        return;
    prove_check(mapped == 1 && uvm.size <= USER_TOP && uvm.heap_start == uvm.size,
                "a page of stack, below the heap");
    prove_check(argv % 16 == 0 && argv >= uvm.size - PAGE_SIZE + STACK_LEFT / 2 && argv < uvm.size,
                "the stack pointer is in it, with room below");
}

long
uvm_copy_string(struct uvm *of, char *to, uint64_t from, size_t size)
{
    uintptr_t offset = (uintptr_t)to - (uintptr_t)text_page;

    (void)from;
    prove_check(of == &process.uvm, "the process's own memory");
    prove_check(offset <= PAGE_SIZE && size <= PAGE_SIZE - offset, "into the arguments' page");
    if (size == 0 || !prove_bool("it can be read"))
        return prove_bool("it is too long") ? -ENAMETOOLONG : -EFAULT;
    return (long)prove_below("length of an argument", size);
}

static void
any_args(struct exec_args *args)
{
    args->count = (int)prove_below("arguments", EXECARGS + 1);
    args->text = text_page;
    args->used = prove_below("used", EXEC_TEXT_MAX + 1);
}

static void
check_args(const struct exec_args *args, const struct exec_args *before, int error)
{
    if (error) {
        prove_check(error == -E2BIG || error == -EFAULT, "too much, or not there");
        prove_check(args->count == before->count && args->used == before->used, "it is not added");
        return;
    }
    prove_check(args->count == before->count + 1 && args->count <= EXECARGS &&
                    args->used > before->used && args->used <= EXEC_TEXT_MAX,
                "there is room for it");
    prove_check(args->start[before->count] == before->used, "it begins behind the others");
}

PROVE(exec_args, 2, QUICK)
{
    static struct exec_args args, before;

    any_args(&args);
    before = args;
    check_args(&args, &before, exec_args_add(&args, ""));
}

PROVE(exec_args_user, 2, QUICK)
{
    static struct exec_args args, before;

    any_args(&args);
    before = args;
    check_args(&args, &before, exec_args_add_user(&args, prove_u64("user address")));
}
