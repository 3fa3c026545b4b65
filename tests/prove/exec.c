/*
 * toyos's exec: a file of any contents, and of any length, and any arguments. Memory is not copied
 * here, but where to is looked at; the pages that are given out are all the same one.
 *
 * Bounds: 2 segments of up to 3 pages, or too large; 3 arguments. Each is added as the one before.
 */
#include "tests/prove/prove.h"

#include <string.h>

#include "toyos/kernel/riscv_ops.h"

/* Instructions of the target, in functions that are not reached. */
#define hart_this()    ((struct hart *)NULL)
#define icache_flush() ((void)0)

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
static uint64_t begun; /* the size of the address space before */
static unsigned mapped;

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
    mapped++;
    return prove_bool("there is memory") ? new_page : NULL;
}

/* Data of the file goes into pages, and headers into structs, as inputs. */
int64_t
inode_read(struct inode *inode, void *to, uint64_t offset, uint64_t len)
{
    prove_check(inode == &file, "the program's file");
    if (to == new_page)
        prove_check(len > 0 && len <= PAGE_SIZE && offset <= file.disk.size &&
                        len <= file.disk.size - offset,
                    "a page at most, of what is in the file");
    else
        prove_check(len == sizeof(struct elf_header) || len == sizeof(struct elf_segment),
                    "a header");
    if (!prove_bool("it is read whole"))
        return prove_bool("an error") ? -EIO : (int64_t)prove_below("bytes read", len);
    if (to != new_page)
        prove_fill("header", to,
                   len == sizeof(struct elf_header) ? sizeof(struct elf_header)
                                                    : sizeof(struct elf_segment));
    return (int64_t)len;
}

static void
begin(void)
{
    uvm.size = begun =
        prove_below("pages of the address space", USER_TOP / PAGE_SIZE + 1) * PAGE_SIZE;
    file.disk.size = prove_u64("size of the file");
}

PROVE(exec_segment, 5, FULL)
{
    struct elf_segment segment = {
        .flags = prove_u32("flags"),
        .offset = prove_u64("offset"),
        .va = prove_u64("va"),
        .file_size = prove_u64("file_size"),
        .mem_size = prove_u64("mem_size"),
    };

    begin();
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

PROVE(exec_stack, 5, FULL)
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

PROVE(exec_args, 2, QUICK)
{
    static struct exec_args args;
    int before = args.count = (int)prove_below("arguments", EXECARGS + 1);

    args.text = text_page;
    args.used = prove_below("used", EXEC_TEXT_MAX + 1);
    if (exec_args_add(&args, "")) {
        prove_check(args.count == before, "it is not added");
        return;
    }
    prove_check(args.count == before + 1 && args.count <= EXECARGS && args.used <= EXEC_TEXT_MAX,
                "there is room for it");
    prove_check(args.start[before] < args.used, "it begins in the text");
}
