/* exec: loads an ELF program (ELF gABI chapters 4 and 5) and lays out its stack. */
#include "toyos/kernel/proc/exec.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/proc/elf.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/riscv_ops.h"
#include "toyos/kernel/sched/sched.h"

#define STACK_LEFT 256 /* bytes of its page that arguments leave to the program */

bool
exec_args_init(struct exec_args *args)
{
    *args = (struct exec_args){.text = page_alloc()};
    return args->text != NULL;
}

void
exec_args_free(struct exec_args *args)
{
    page_free(args->text);
}

int
exec_args_add(struct exec_args *args, const char *text)
{
    size_t size = strlen(text) + 1;

    if (args->count == EXECARGS || size > EXEC_TEXT_MAX - args->used)
        return -E2BIG;
    args->start[args->count++] = (uint16_t)args->used;
    memcpy(args->text + args->used, text, size);
    args->used += size;
    return 0;
}

int
exec_args_add_user(struct exec_args *args, uint64_t text_va)
{
    long len;

    if (args->count == EXECARGS)
        return -E2BIG;
    len = uvm_copy_string(&proc_this()->uvm, args->text + args->used, text_va,
                          EXEC_TEXT_MAX - args->used);
    if (len < 0)
        return len == -EFAULT ? -EFAULT : -E2BIG;
    args->start[args->count++] = (uint16_t)args->used;
    args->used += (size_t)len + 1;
    return 0;
}

/* Reads exactly [offset, offset + len) of the file. Returns 0 or -errno. */
static int
read_exactly(struct inode *file, void *to, uint64_t offset, uint64_t len)
{
    int64_t n = inode_read(file, to, offset, len);

    return n < 0 ? (int)n : (uint64_t)n == len ? 0 : -ENOEXEC;
}

/* Loads one PT_LOAD segment. Segments must start on pages of their own, in rising order. Returns 0
 * or -errno. */
static int
load_segment(struct uvm *uvm, struct inode *file, const struct elf_segment *s)
{
    uint64_t access =
        PTE_R | (s->flags & ELF_FLAG_W ? PTE_W : 0) | (s->flags & ELF_FLAG_X ? PTE_X : 0);

    if (s->file_size > s->mem_size || s->offset > file->disk.size ||
        s->file_size > file->disk.size - s->offset || s->va % PAGE_SIZE || s->va < uvm->size ||
        s->va >= USER_TOP || s->mem_size > USER_TOP - s->va)
        return -ENOEXEC;
    if ((access & (PTE_W | PTE_X)) == (PTE_W | PTE_X))
        return -ENOEXEC;
    for (uint64_t va = s->va; va < s->va + s->mem_size; va += PAGE_SIZE) {
        uint64_t done = va - s->va, len = s->file_size > done ? s->file_size - done : 0;
        char *page;
        int error;
        uvm->size = va + PAGE_SIZE; /* set first, so that the pages are freed if this fails */
        page = uvm_map(uvm, va, access);
        if (!page)
            return -ENOMEM;
        if (len > PAGE_SIZE)
            len = PAGE_SIZE;
        memset(page + len, 0, PAGE_SIZE - len);
        error = len ? read_exactly(file, page, s->offset + done, len) : 0;
        if (error)
            return error;
    }
    return 0;
}

static int
load_elf(struct uvm *uvm, struct inode *file, uint64_t *entry)
{
    struct elf_header header;
    int error = read_exactly(file, &header, 0, sizeof(header));

    if (error)
        return error;
    if (memcmp(header.ident, ELF_IDENT, sizeof(header.ident)) != 0 ||
        header.type != ELF_TYPE_EXEC || header.machine != ELF_MACHINE_RISCV ||
        header.segment_size != sizeof(struct elf_segment) ||
        header.segments_offset > FS_FILE_SIZE_MAX)
        return -ENOEXEC;
    for (unsigned i = 0; i < header.segment_count; i++) {
        struct elf_segment segment;
        uint64_t offset = header.segments_offset + i * sizeof(segment);
        error = read_exactly(file, &segment, offset, sizeof(segment));
        if (!error && segment.type == ELF_SEGMENT_LOAD && segment.mem_size)
            error = load_segment(uvm, file, &segment);
        if (error)
            return error;
    }
    *entry = header.entry;
    return 0;
}

/* The stack: a hole, then one page with the arguments at its end, as xv6 lays them out: the first
 * string highest, argv lowest, each at a multiple of 16. *argv_va is where argv is, which is the
 * stack pointer too. 0 or -errno. */
static int
make_stack(struct uvm *uvm, const struct exec_args *args, uint64_t *argv_va)
{
    uint64_t base = uvm->size + PAGE_SIZE, at = PAGE_SIZE, argv[EXECARGS + 1] = {0};
    uint64_t argv_size = ((uint64_t)args->count + 1) * sizeof(argv[0]);
    char *page;

    if (base + PAGE_SIZE > USER_TOP)
        return -E2BIG;
    uvm->heap_start = uvm->size = base + PAGE_SIZE;
    page = uvm_map(uvm, base, PTE_R | PTE_W);
    if (!page)
        return -ENOMEM;
    memset(page, 0, PAGE_SIZE);
    for (int i = 0; i < args->count; i++) {
        const char *text = args->text + args->start[i];
        size_t size = strlen(text) + 1;
        if (at < size + argv_size + STACK_LEFT)
            return -E2BIG;
        at = (at - size) & ~(uint64_t)15;
        memcpy(page + at, text, size);
        argv[i] = base + at;
    }
    at = (at - argv_size) & ~(uint64_t)15;
    memcpy(page + at, argv, argv_size);
    *argv_va = base + at;
    return 0;
}

/* Loads the program at this path; *out is its file, with a reference. Returns 0 or -errno. */
static int
load_file(struct uvm *uvm, const char *path, struct inode **out, uint64_t *entry)
{
    struct inode *file, *cwd = proc_get_cwd();
    int error = fs_find(cwd, path, &file);

    inode_put(cwd);
    if (error)
        return error;
    error = inode_lock(file);
    if (!error) {
        error = file->disk.type == T_FILE ? load_elf(uvm, file, entry) : -EACCES;
        inode_unlock(file);
    }
    if (error)
        inode_put(file);
    else
        *out = file;
    return error;
}

/* Does nothing. Debuggers stop here: the program is in memory and has not begun. */
static void __attribute__((noinline))
exec_loaded(void)
{
    __asm__ volatile("");
}

int
exec_program(const char *path, const struct exec_args *args)
{
    struct proc *proc = proc_this();
    struct thread *thread = thread_this();
    struct inode *file = NULL, *old_file = proc->program;
    struct uvm uvm, old;
    const char *name = strrchr(path, '/');
    uint64_t entry, argv;
    int error;

    if (!uvm_create(&uvm))
        return -ENOMEM;
    error = load_file(&uvm, path, &file, &entry);
    if (!error)
        error = make_stack(&uvm, args, &argv);
    if (!error && !proc_end_others())
        error = -EINTR;
    if (error) {
        if (file)
            inode_put(file);
        uvm_destroy(&uvm);
        return error;
    }
    old = proc->uvm;
    memset(proc->name, 0, sizeof(proc->name));
    name = name ? name + 1 : path;
    memcpy(proc->name, name, strnlen(name, sizeof(proc->name) - 1));

    proc->program = file;
    proc->uvm = uvm;
    sched_use_table(uvm.root);
    icache_flush();
    exec_loaded();
    uvm_destroy(&old);
    if (old_file)
        inode_put(old_file);
    fpu_drop(thread);
    memset(thread->frame->x, 0, sizeof(thread->frame->x));
    thread->frame->pc = entry;
    thread->frame->status = STATUS_USER;
    thread->frame->x[X_SP] = argv;
    thread->frame->x[X_A1] = argv;
    fpu_enter(thread);
    return 0;
}
