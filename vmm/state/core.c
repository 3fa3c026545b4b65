/*
 * Core files. The layout is Linux's: ELF header, program headers, notes, and then memory, here all
 * of RAM as it is, with holes in the file for pages of zeroes. A program header is an area of
 * virtual addresses, and where in that RAM it begins, so that what is mapped twice is there once.
 *
 * The notes' structures are those of riscv64 Linux, and two of gdb's own: the description of the
 * registers, and the CSRs in its order.
 */
#include "vmm/state/core.h"

#include <elf.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/riscv.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/guest/page_walk.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/keeper.h"
#include "vmm/state/ram.h"
#include "vmm/state/state_data.h"

/* Beside the notes' program header: an ELF header has 16 bits for their number, and its highest
 * value has a meaning of its own. */
#define AREAS_MAX (PN_XNUM - 2)

/* gdb's notes; include/elf/common.h of its sources. */
#define NOTE_CSRS        0x900
#define NOTE_DESCRIPTION 0xff000000

/* struct elf_prstatus of riscv64 Linux: a thread. */
struct thread_status {
    int32_t info[3];
    int16_t signal;
    uint64_t pending, blocked;
    int32_t pid, parent, group, session;
    uint64_t times[8];
    uint64_t reg[X_COUNT]; /* pc and x1 to x31 */
    int32_t has_fp;
};
_Static_assert(offsetof(struct thread_status, reg) == 112 && sizeof(struct thread_status) == 376,
               "as gdb reads it");

/* struct elf_prpsinfo: what was run. */
struct process_info {
    char state[4];
    uint64_t flags;
    uint32_t user[2];
    int32_t pid, parent, group, session;
    char name[16];
    char words[80];
};
_Static_assert(offsetof(struct process_info, words) == 56 && sizeof(struct process_info) == 136,
               "as gdb reads it");

struct core {
    const struct vm *vm;
    struct state_writer notes;
    unsigned count; /* of areas */
    Elf64_Phdr area[AREAS_MAX];
};

int
core_open(const struct options *options)
{
    if (!options->core)
        return 0;
    return keeper_open(KEEPER_CORE, options->core) || ram_open() ? -1 : 0;
}

void
core_close(void)
{
    ram_close();
    keeper_close(KEEPER_CORE);
}

static void
note_add(struct core *core, const char *name, uint32_t type, const void *bytes, size_t len)
{
    Elf64_Nhdr header = {
        .n_namesz = (Elf64_Word)strlen(name) + 1, .n_descsz = (Elf64_Word)len, .n_type = type};
    char padded[8] = {0}; /* "CORE" or "GDB"; header and name have a multiple of 4 bytes */
    size_t name_len = (header.n_namesz + 3U) / 4 * 4;
    struct state_writer *to = &core->notes;

    memcpy(padded, name, header.n_namesz);
    state_put_bytes(to, &header, sizeof(header));
    state_put_bytes(to, padded, name_len);
    state_put_bytes(to, bytes, len);
    state_put_bytes(to, "\0\0", (4 - len % 4) % 4);
}

static void
process_add(struct core *core)
{
    const struct vm *vm = core->vm;
    const char *slash = strrchr(vm->image->path, '/'), *name = slash ? slash + 1 : vm->image->path;
    struct process_info info = {.pid = 1};

    snprintf(info.name, sizeof(info.name), "%s", name);
    snprintf(info.words, sizeof(info.words), "%s %s", name, vm->options->bootargs);
    note_add(core, "CORE", NT_PRPSINFO, &info, sizeof(info));
}

/* The hart's notes; its thread has the number that gdb knows of a hart that runs. A register that
 * KVM does not give is 0. */
static void
hart_add(struct core *core, unsigned hart)
{
    const struct ending *ending = &core->vm->ending;
    int fd = core->vm->vcpu[hart].fd;
    struct thread_status status = {.pid = (int32_t)hart + 1, .has_fp = 1};
    uint64_t csr[GDB_REG_PRIV - GDB_REG_FCSR - 1];
    uint64_t fp[32 + 1];

    status.signal = ending->cause == DEATH_PANIC ? SIGABRT : SIGSEGV; /* gdb takes the last one's */
    gdb_reg_get(fd, GDB_REG_PC, &status.reg[0]);
    for (unsigned n = 1; n < X_COUNT; n++)
        gdb_reg_get(fd, GDB_REG_X0 + n, &status.reg[n]);
    note_add(core, "CORE", NT_PRSTATUS, &status, sizeof(status));
    for (unsigned n = 0; n < 32; n++)
        gdb_reg_get(fd, GDB_REG_F0 + n, &fp[n]);
    gdb_reg_get(fd, GDB_REG_FCSR, &fp[32]);
    note_add(core, "CORE", NT_FPREGSET, fp, 32 * sizeof(fp[0]) + gdb_reg_size(GDB_REG_FCSR));
    for (unsigned n = 0; n < sizeof(csr) / sizeof(csr[0]); n++)
        gdb_reg_get(fd, GDB_REG_FCSR + 1 + n, &csr[n]);
    note_add(core, "GDB", NOTE_CSRS, csr, sizeof(csr));
}

static void
notes_make(struct core *core)
{
    const struct vm *vm = core->vm;
    const char *description;
    size_t len;

    process_add(core);
    hart_add(core, vm->ending.dead_hart); /* gdb begins with the first */
    for (unsigned hart = 0; hart < vm->vcpu_count; hart++)
        if (hart != vm->ending.dead_hart)
            hart_add(core, hart);
    description = gdb_regs_core_xml(&len);
    note_add(core, "GDB", NOTE_DESCRIPTION, description, len + 1);
}

/* Its place in the file is in RAM, until it is known where that begins. */
static bool
area_add(void *context, uint64_t gva, uint64_t gpa, uint64_t len)
{
    struct core *core = context;

    if (core->count == AREAS_MAX)
        return false;
    core->area[core->count++] = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_W | PF_X,
        .p_offset = gpa - core->vm->mem.base,
        .p_vaddr = gva,
        .p_paddr = gpa,
        .p_filesz = len,
        .p_memsz = len,
    };
    return true;
}

static void
areas_find(struct core *core)
{
    const struct vm *vm = core->vm;
    uint64_t satp = 0;

    reg_get(vm->vcpu[vm->ending.dead_hart].fd, REG_CSR(satp), &satp);
    if (!page_walk_all(&vm->mem, satp, area_add, core))
        say("%s: only the first %u areas of memory are in it: the guest's page tables have more",
            vm->options->core, core->count);
    if (satp >> SATP_MODE_SHIFT != SATP_MODE_BARE)
        return;
    /* Before paging is on, gdb asks for what is loaded by the addresses that it is linked for. */
    for (unsigned i = 0; i < vm->image->segment_count; i++) {
        const struct elf_segment *segment = &vm->image->segment[i];

        if (segment->vaddr != segment->paddr)
            area_add(core, segment->vaddr, segment->paddr, segment->memsz);
    }
}

/* All that is in front of RAM. */
static void
head_make(struct core *core, struct state_writer *head)
{
    uint64_t notes = sizeof(Elf64_Ehdr) + (1 + core->count) * sizeof(Elf64_Phdr);
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_CORE,
        .e_machine = EM_RISCV,
        .e_version = EV_CURRENT,
        .e_phoff = sizeof(header),
        .e_ehsize = sizeof(header),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = (Elf64_Half)(1 + core->count),
    };
    Elf64_Phdr note = {.p_type = PT_NOTE, .p_offset = notes, .p_filesz = core->notes.len};
    uint64_t ram = ram_offset(notes + core->notes.len);

    for (unsigned i = 0; i < core->count; i++)
        core->area[i].p_offset += ram;
    state_put_bytes(head, &header, sizeof(header));
    state_put_bytes(head, &note, sizeof(note));
    state_put_bytes(head, core->area, core->count * sizeof(core->area[0]));
    state_put_bytes(head, core->notes.bytes, core->notes.len);
}

void
core_write(struct vm *vm)
{
    struct core *core = malloc(sizeof(*core)); /* large: most of it is never touched */
    struct state_writer head = {0};
    const char *path = vm->options->core;

    if (core) {
        core->vm = vm;
        core->notes = (struct state_writer){0};
        core->count = 0;
        notes_make(core);
        areas_find(core);
        head_make(core, &head);
    }
    if (!core || core->notes.failed || head.failed)
        fail_errno("%s: no memory for it", path);
    else if (ram_file_write(KEEPER_CORE, path, &vm->mem, head.bytes, head.len, NULL) == 0)
        say("%s has its registers and memory, for gdb", path);
    free(head.bytes);
    if (core)
        free(core->notes.bytes);
    free(core);
}
