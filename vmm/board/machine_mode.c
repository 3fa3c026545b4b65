/* Kernels that begin in M-mode: their M-mode instructions (Privileged 1.12 §3). */
#include "vmm/board/machine_mode.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/kvm.h>

#include "common/riscv.h"
#include "vmm/board/clint.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/page_walk.h"
#include "vmm/guest/regs.h"
#include "vmm/guest/trap.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"
#include "vmm/trace/trace_exit.h"

#define EBREAK 0x00100073
#define MRET   0x30200073

#define OPCODE_SYSTEM 0x73

/* CSR numbers (§2.2). */
#define CSR_MSTATUS 0x300
#define CSR_SIP     0x144
#define CSR_MISA    0x301
#define CSR_MIE     0x304
#define CSR_MTVEC   0x305
#define CSR_MEPC    0x341
#define CSR_MCAUSE  0x342
#define CSR_MTVAL   0x343
#define CSR_MIP     0x344
#define CSR_MHARTID 0xf14

/* Those that only keep what was stored: the first of a run of numbers, and how many. */
static const struct {
    uint16_t number, count;
} kept[] = {
    {0x302, 2},  /* medeleg, mideleg */
    {0x305, 2},  /* mtvec, mcounteren */
    {0x30a, 1},  /* menvcfg */
    {0x320, 1},  /* mcountinhibit */
    {0x340, 4},  /* mscratch, mepc, mcause, mtval */
    {0x3a0, 16}, /* pmpcfg */
    {0x3b0, 64}, /* pmpaddr */
    {0xf11, 3},  /* mvendorid, marchid, mimpid: 0, and a store to them is illegal */
};
#define KEPT_MAX 96

/* mstatus: what sstatus has too (§4.1.1), and what is M-mode's alone and kept. */
#define STATUS_OF_S 0x800c6762 /* with UXL in the upper half, which stays as it is */
#define STATUS_OF_M 0x00721888 /* MIE, MPIE, MPP, MPRV, TVM, TW, TSR */
#define STATUS_SXL  0x800000000
#define STATUS_MIE  0x00000008
#define STATUS_MPIE 0x00000080
#define STATUS_MPP  0x00001800
#define STATUS_MPRV 0x00020000
#define MPP_SHIFT   11
#define MODE_M      3

#define INTERRUPTS_OF_S 0x222 /* of mie and mip: software, timer, external */
#define INTERRUPTS_OF_M 0x888
#define INTERRUPTS_HERE (1u << IRQ_M_SOFT | 1u << IRQ_M_TIMER) /* there is no other for M-mode */

#define PLANTED_MAX 256
#define FAULTS_MAX  256 /* each writes lines to the host's log */

/* Where a hart is. */
enum where {
    AT_BEGIN,   /* in M-mode, which it has not left yet */
    BELOW,      /* in S- or U-mode, until M-mode is interrupted */
    IN_HANDLER, /* in M-mode again, for that */
    GONE,       /* in S- or U-mode for good: it left with no interrupt of M-mode's enabled */
    WHERE_COUNT
};

struct hart {
    enum where where;
    /* M-mode's parts of mstatus and mie; in M-mode also SIE, for the hart's own is clear then: an
     * interrupt of S-mode's waits until M-mode is left (§3.1.6.1). */
    uint64_t status, interrupts;
    uint64_t kept[KEPT_MAX];
    uint64_t trap_status; /* sstatus's SPP and SPIE, which a trap to here overwrites */
    uint64_t satp, stvec; /* S-mode's, in IN_HANDLER */
};

struct machine_mode {
    unsigned planted_count; /* set before the vCPUs run, with what was planted */
    struct planted {
        uint64_t gpa;
        uint32_t instruction; /* that was there */
    } planted[PLANTED_MAX];
    atomic_uint harts_in; /* that have not left M-mode for good */
    atomic_uint faults;
    struct hart hart[CPUS_MAX]; /* each its vCPU's thread's */
};

bool
machine_mode_is_wanted(const struct vm *vm)
{
    return vm->options->board && !vm->image->has_note && vm->image->entry == vm->mem.base;
}

/* --- The instructions ------------------------------------------------------------------------- */

static bool
is_csr_access(uint32_t instruction)
{
    return (instruction & 0x7f) == OPCODE_SYSTEM && (instruction >> 12 & 3) != 0;
}

static unsigned
csr_number(uint32_t instruction)
{
    return instruction >> 20;
}

/* The place of a register that is kept; -1: it is none of them. */
static int
kept_place(unsigned number)
{
    int place = 0;

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (number - kept[i].number < kept[i].count)
            return place + (int)(number - kept[i].number);
        place += kept[i].count;
    }
    return -1;
}

static bool
is_known(unsigned number)
{
    return number == CSR_MSTATUS || number == CSR_MISA || number == CSR_MIE || number == CSR_MIP ||
           number == CSR_MHARTID || kept_place(number) >= 0;
}

static bool
is_served(uint32_t instruction)
{
    return instruction == MRET || (is_csr_access(instruction) && is_known(csr_number(instruction)));
}

/* misa: the letters that KVM gives, with S and U, for 64 bits (§3.1.1). */
static uint64_t
misa(const struct vcpu *vcpu)
{
    uint64_t letters = 0;

    reg_get(vcpu->fd, REG_CONFIG(isa), &letters);
    return letters | 1ULL << ('s' - 'a') | 1ULL << ('u' - 'a') | 2ULL << 62;
}

/* False if KVM refuses. */
static bool
csr_load(struct vcpu *vcpu, const struct hart *hart, unsigned number, uint64_t *value)
{
    uint64_t of_s;

    switch (number) {
    case CSR_MSTATUS:
        if (reg_get(vcpu->fd, REG_CSR(sstatus), &of_s))
            return false;
        *value = of_s | hart->status | STATUS_SXL;
        return true;
    case CSR_MIE:
        if (reg_get(vcpu->fd, REG_CSR(sie), &of_s))
            return false;
        *value = (of_s & INTERRUPTS_OF_S) | hart->interrupts;
        return true;
    case CSR_MIP:
        if (reg_get(vcpu->fd, REG_CSR(sip), &of_s))
            return false;
        *value = of_s | clint_pending(vcpu);
        return true;
    case CSR_MISA:
        *value = misa(vcpu);
        return true;
    case CSR_MHARTID:
        *value = vcpu->id;
        return true;
    default:
        *value = hart->kept[kept_place(number)];
        return true;
    }
}

/* A store to one that is read-only is illegal (§2.1): false, too. So is one to mip that comes here:
 * see mip_store_as_sip(). */
static bool
csr_store(const struct vcpu *vcpu, struct hart *hart, unsigned number, uint64_t value)
{
    uint64_t of_s;

    if (number >> 10 == 3)
        return false;
    switch (number) {
    case CSR_MSTATUS:
        hart->status = value & (STATUS_OF_M | SSTATUS_SIE);
        hart->trap_status = value & (SSTATUS_SPP | SSTATUS_SPIE);
        return reg_get(vcpu->fd, REG_CSR(sstatus), &of_s) == 0 &&
               reg_set(vcpu->fd, REG_CSR(sstatus),
                       (of_s & ~(uint64_t)STATUS_OF_S) |
                           (value & STATUS_OF_S & ~(uint64_t)SSTATUS_SIE)) == 0;
    case CSR_MIE:
        hart->interrupts = value & INTERRUPTS_OF_M;
        return reg_set(vcpu->fd, REG_CSR(sie), value & INTERRUPTS_OF_S) == 0;
    case CSR_MIP:
        return false;
    case CSR_MISA:
        return true; /* nothing can be switched off */
    default:
        hart->kept[kept_place(number)] = value;
        return true;
    }
}

static uint64_t
gpr_read(const struct vcpu *vcpu, unsigned n)
{
    uint64_t value = 0;

    if (n)
        reg_get(vcpu->fd, REG_GPR(n), &value);
    return value;
}

/* CSRRW, CSRRS, CSRRC and their immediate forms (Unprivileged, "Zicsr"). */
static bool
csr_access(struct vcpu *vcpu, struct hart *hart, uint32_t instruction)
{
    unsigned rd = instruction >> 7 & 31, rs1 = instruction >> 15 & 31;
    unsigned function = instruction >> 12 & 7, number = csr_number(instruction);
    uint64_t operand = function & 4 ? rs1 : gpr_read(vcpu, rs1), old = 0;

    if (!csr_load(vcpu, hart, number, &old))
        return false;
    if ((function & 3) == 1) {
        if (!csr_store(vcpu, hart, number, operand))
            return false;
    } else if (rs1 != 0) {
        if (!csr_store(vcpu, hart, number, (function & 3) == 2 ? old | operand : old & ~operand))
            return false;
    }
    return rd == 0 || reg_set(vcpu->fd, REG_GPR(rd), old) == 0;
}

/* --- Into M-mode and out of it ---------------------------------------------------------------- */

/* The interrupt of M-mode's that the hart has to take (§3.1.9): of two the software interrupt. 0:
 * none. Before it first left M-mode a hart takes none, though it may have them enabled: kernels set
 * MPP, the timer and MIE, in this order, and leave, and a hart that stood still for too long in
 * between would lose its MPP. */
static unsigned
interrupt_find(struct vcpu *vcpu, const struct hart *hart)
{
    uint64_t pending;

    if (hart->where != BELOW && !(hart->where == IN_HANDLER && hart->status & STATUS_MIE))
        return 0;
    pending = clint_pending(vcpu) & hart->interrupts;
    if (pending & 1u << IRQ_M_SOFT)
        return IRQ_M_SOFT;
    return pending ? IRQ_M_TIMER : 0;
}

/* From S- or U-mode: the hart runs M-mode's code in S-mode. Without page tables, as M-mode has
 * none; and without a handler for traps, for none of S-mode's is meant: whatever the handler does
 * wrong is a death that is reported. */
static bool
mode_enter(struct vcpu *vcpu, struct hart *hart, uint64_t *mode)
{
    uint64_t sstatus;

    if (reg_get(vcpu->fd, REG_CORE(mode), mode) || reg_get(vcpu->fd, REG_CSR(sstatus), &sstatus) ||
        reg_get(vcpu->fd, REG_CSR(satp), &hart->satp) ||
        reg_get(vcpu->fd, REG_CSR(stvec), &hart->stvec))
        return false;
    hart->status |= sstatus & SSTATUS_SIE;
    hart->where = IN_HANDLER;
    return reg_set(vcpu->fd, REG_CSR(sstatus), sstatus & ~(uint64_t)SSTATUS_SIE) == 0 &&
           reg_set(vcpu->fd, REG_CSR(satp), 0) == 0 && reg_set(vcpu->fd, REG_CSR(stvec), 0) == 0 &&
           reg_set(vcpu->fd, REG_CORE(mode), KVM_RISCV_MODE_S) == 0;
}

/* A trap into M-mode (§3.1.6.1, §3.1.7, §3.1.15). False if KVM refuses. */
static bool
interrupt_take(struct vcpu *vcpu, struct hart *hart, unsigned irq)
{
    uint64_t pc, mode = MODE_M, mtvec = hart->kept[kept_place(CSR_MTVEC)];

    if (reg_get(vcpu->fd, REG_GUEST_PC, &pc) ||
        (hart->where == BELOW && !mode_enter(vcpu, hart, &mode)))
        return false;
    hart->kept[kept_place(CSR_MEPC)] = pc;
    hart->kept[kept_place(CSR_MCAUSE)] = SCAUSE_INTERRUPT | irq;
    hart->kept[kept_place(CSR_MTVAL)] = 0;
    hart->status = (hart->status & ~(uint64_t)(STATUS_MIE | STATUS_MPIE | STATUS_MPP)) |
                   mode << MPP_SHIFT | (hart->status & STATUS_MIE ? STATUS_MPIE : 0);
    return reg_set(vcpu->fd, REG_GUEST_PC, (mtvec & ~3ULL) + (mtvec & 1 ? 4 * irq : 0)) == 0;
}

static void
interrupts_look(struct vcpu *vcpu, struct hart *hart)
{
    unsigned irq = interrupt_find(vcpu, hart);

    if (irq && !interrupt_take(vcpu, hart, irq)) {
        fail_errno("the registers of hart %u", vcpu->id);
        vm_end(vcpu->vm, STATUS_FAILED);
    }
}

/* After an MRET the timer waits for a millisecond if it is due again already. A handler adds its
 * interval to mtimecmp, and one that is behind would be called again at once, each time; where a
 * call takes as long as the interval, on a busy host, S-mode would never come to its next
 * instruction. */
static void
return_look(struct vcpu *vcpu, struct hart *hart)
{
    if (hart->where == BELOW && interrupt_find(vcpu, hart) == IRQ_M_TIMER)
        clint_look_later(vcpu);
    else
        interrupts_look(vcpu, hart);
}

void
machine_mode_vcpu_kicked(struct vcpu *vcpu)
{
    if (vcpu->vm->machine_mode)
        interrupts_look(vcpu, &vcpu->vm->machine_mode->hart[vcpu->id]);
}

/* The last hart that leaves for good takes the EBREAKs away: nobody comes to one any more. */
static void
mode_end(struct vcpu *vcpu)
{
    struct machine_mode *machine = vcpu->vm->machine_mode;
    const struct guest_mem *mem = &vcpu->vm->mem;
    const struct kvm_guest_debug off = {0};

    machine->hart[vcpu->id].where = GONE;
    if (!vcpu->vm->debugger && ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &off))
        fail_errno("KVM_SET_GUEST_DEBUG");
    if (atomic_fetch_sub(&machine->harts_in, 1) != 1)
        return;
    for (unsigned i = 0; i < machine->planted_count; i++) {
        void *code = guest_mem_slice(mem, machine->planted[i].gpa, 4);

        memcpy(code, &machine->planted[i].instruction, 4);
        guest_mem_written(mem, code, 4);
    }
}

/* To S- or U-mode, which find their registers as they left them. */
static bool
mode_leave(struct vcpu *vcpu, struct hart *hart)
{
    uint64_t sstatus;

    if (reg_get(vcpu->fd, REG_CSR(sstatus), &sstatus) ||
        reg_set(vcpu->fd, REG_CSR(sstatus), sstatus | (hart->status & SSTATUS_SIE)) ||
        (hart->where == IN_HANDLER && (reg_set(vcpu->fd, REG_CSR(satp), hart->satp) ||
                                       reg_set(vcpu->fd, REG_CSR(stvec), hart->stvec))))
        return false;
    hart->status &= ~(uint64_t)(SSTATUS_SIE | STATUS_MPRV);
    hart->where = BELOW;
    if (!(hart->interrupts & INTERRUPTS_HERE))
        mode_end(vcpu);
    return true;
}

/* MRET (§3.3.2). */
static bool
mode_return(struct vcpu *vcpu, struct hart *hart)
{
    unsigned mode = (hart->status & STATUS_MPP) >> MPP_SHIFT;
    uint64_t mepc = hart->kept[kept_place(CSR_MEPC)];

    if (reg_set(vcpu->fd, REG_GUEST_PC, mepc & ~1ULL))
        return false;
    hart->status = (hart->status & ~(uint64_t)(STATUS_MIE | STATUS_MPP)) |
                   (hart->status & STATUS_MPIE ? STATUS_MIE : 0) | STATUS_MPIE;
    if (mode >= 2)
        return true; /* to M-mode again */
    return reg_set(vcpu->fd, REG_CORE(mode), mode ? KVM_RISCV_MODE_S : KVM_RISCV_MODE_U) == 0 &&
           mode_leave(vcpu, hart);
}

static bool
instruction_make(struct vcpu *vcpu, uint64_t pc, uint32_t instruction)
{
    struct hart *hart = &vcpu->vm->machine_mode->hart[vcpu->id];

    if (instruction == MRET)
        return mode_return(vcpu, hart);
    return csr_access(vcpu, hart, instruction) && reg_set(vcpu->fd, REG_GUEST_PC, pc + 4) == 0;
}

/* --- The ways here ---------------------------------------------------------------------------- */

/* What was at the pc when the EBREAK there was planted; NULL: it was not. */
static const struct planted *
planted_find(const struct vcpu *vcpu, const struct hart *hart, uint64_t pc)
{
    const struct machine_mode *machine = vcpu->vm->machine_mode;
    uint64_t satp, gpa = pc;

    if (hart->where == BELOW &&
        (reg_get(vcpu->fd, REG_CSR(satp), &satp) || !page_walk(&vcpu->vm->mem, satp, pc, &gpa)))
        return NULL;
    for (unsigned i = 0; i < machine->planted_count; i++)
        if (machine->planted[i].gpa == gpa)
            return &machine->planted[i];
    return NULL;
}

bool
machine_mode_ebreak_serve(struct vcpu *vcpu)
{
    struct machine_mode *machine = vcpu->vm->machine_mode;
    struct hart *hart = machine ? &machine->hart[vcpu->id] : NULL;
    const struct planted *planted;
    uint64_t pc;

    if (!hart || hart->where == GONE || reg_get(vcpu->fd, REG_GUEST_PC, &pc))
        return false;
    planted = planted_find(vcpu, hart, pc);
    if (!planted)
        return !vcpu->vm->debugger && trap_raise(vcpu, pc, CAUSE_BREAKPOINT, pc) == 0;
    if (hart->where == BELOW || !instruction_make(vcpu, pc, planted->instruction))
        trap_raise(vcpu, pc, CAUSE_ILLEGAL, planted->instruction);
    else if (planted->instruction != MRET)
        interrupts_look(vcpu, hart);
    else
        return_look(vcpu, hart);
    return true;
}

bool
machine_mode_fault_serve(struct vcpu *vcpu)
{
    struct machine_mode *machine = vcpu->vm->machine_mode;
    uint64_t pc, stvec, scause, sepc, sstatus;
    uint32_t instruction;
    const void *code;

    if (!machine || machine->hart[vcpu->id].where != AT_BEGIN ||
        reg_get(vcpu->fd, REG_GUEST_PC, &pc) || reg_get(vcpu->fd, REG_CSR(stvec), &stvec) ||
        reg_get(vcpu->fd, REG_CSR(scause), &scause) || reg_get(vcpu->fd, REG_CSR(sepc), &sepc) ||
        reg_get(vcpu->fd, REG_CSR(sstatus), &sstatus))
        return false;
    if (pc || stvec || scause != CAUSE_ILLEGAL ||
        atomic_fetch_add(&machine->faults, 1) >= FAULTS_MAX)
        return false;
    code = guest_mem_slice(&vcpu->vm->mem, sepc, sizeof(instruction));
    if (!code)
        return false;
    memcpy(&instruction, code, sizeof(instruction));
    if (!is_served(instruction))
        return false;
    /* As it was before the trap (§4.1.1). */
    sstatus = (sstatus & ~(uint64_t)(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE)) |
              machine->hart[vcpu->id].trap_status | (sstatus & SSTATUS_SPIE ? SSTATUS_SIE : 0);
    if (reg_set(vcpu->fd, REG_CSR(sstatus), sstatus) || !instruction_make(vcpu, sepc, instruction))
        return false;
    if (vcpu->vm->trace)
        trace_exit(vcpu, "M-mode instruction", "after a trap");
    return true;
}

/* --- The beginning ---------------------------------------------------------------------------- */

/* A store to mip alone (csrw, csrs, csrc) is one to sip, which needs no help: of what M-mode can
 * set there, S-mode's software interrupt, sip has that (§4.1.3), and the rest of mip is read-only
 * here. If duet set that for the hart, KVM would not wake it from a WFI: KVM notes what is pending
 * in two places, and only the hart's own instructions reach both. Returns the instruction for sip;
 * 0: it is another one. */
static uint32_t
mip_store_as_sip(uint32_t instruction)
{
    unsigned rd = instruction >> 7 & 31;

    return csr_number(instruction) == CSR_MIP && rd == 0
               ? (instruction & 0xfffff) | (uint32_t)CSR_SIP << 20
               : 0;
}

/* Goes through code instruction by instruction, so that no bytes are taken for an M-mode
 * instruction that are parts of two others. (Unprivileged, "Expanded Instruction-Length Encoding":
 * the two lowest bits are 11 if it has 32 bits.) */
static int
code_plant(struct machine_mode *machine, const struct elf_image *image, uint64_t gpa,
           unsigned char *code, uint64_t len)
{
    for (uint64_t at = 0; at + 4 <= len; at += (code[at] & 3) == 3 ? 4 : 2) {
        struct planted *planted = &machine->planted[machine->planted_count];
        uint32_t instruction, instead;

        memcpy(&instruction, code + at, sizeof(instruction));
        if (!is_served(instruction))
            continue;
        if (machine->planted_count == PLANTED_MAX)
            return fail("%s: has more than %d instructions for M-mode: a kernel with firmware in "
                        "it does not run in a virtual machine",
                        image->path, PLANTED_MAX);
        *planted = (struct planted){.gpa = gpa + at, .instruction = instruction};
        machine->planted_count++;
        instead = is_csr_access(instruction) ? mip_store_as_sip(instruction) : 0;
        instead = instead ? instead : EBREAK;
        memcpy(code + at, &instead, sizeof(instead));
    }
    return 0;
}

/* Leaves alone what a segment has besides code: xv6's linker script puts strings, data and a
 * program into the one that is executable, and the letters "seg:" are a CSRRSI to pmpcfg6. Where
 * the file does not say what is code, or its sections lie over one another, all is taken for code.
 */
static int
segment_plant(struct machine_mode *machine, const struct vm *vm, const struct elf_segment *segment)
{
    unsigned char *bytes = guest_mem_slice(&vm->mem, segment->paddr, segment->memsz);
    uint64_t begin = 0, end = 0, left = segment->filesz;
    size_t section = 0;
    bool is_told = false;

    while (elf_image_code_next(vm->image, segment, &section, &begin, &end)) {
        is_told = end - begin <= left;
        if (!is_told)
            break;
        left -= end - begin;
        if (code_plant(machine, vm->image, segment->paddr + begin, bytes + begin, end - begin))
            return -1;
    }
    return is_told ? 0 : code_plant(machine, vm->image, segment->paddr, bytes, segment->filesz);
}

/* Has KVM hand over the hart's EBREAKs. */
static int
ebreaks_take(const struct vcpu *vcpu)
{
    const struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE};

    return ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug) ? fail_errno("KVM_SET_GUEST_DEBUG") : 0;
}

static int
hart_begin(struct vcpu *vcpu, uint64_t entry, uint64_t fdt_gpa)
{
    struct kvm_mp_state runnable = {.mp_state = KVM_MP_STATE_RUNNABLE};

    if (reg_set(vcpu->fd, REG_GUEST_PC, entry) || reg_set(vcpu->fd, REG_GPR(X_A0), vcpu->id) ||
        reg_set(vcpu->fd, REG_GPR(X_A1), fdt_gpa))
        return fail_errno("KVM_SET_ONE_REG of the boot state");
    if (ebreaks_take(vcpu))
        return -1;
    if (ioctl(vcpu->fd, KVM_SET_MP_STATE, &runnable))
        return fail_errno("KVM_SET_MP_STATE");
    return 0;
}

int
machine_mode_create(struct vm *vm, uint64_t fdt_gpa)
{
    struct machine_mode *machine = calloc(1, sizeof(*machine));

    if (!machine)
        return fail_errno("memory for M-mode");
    vm->machine_mode = machine;
    atomic_init(&machine->harts_in, vm->vcpu_count);
    for (unsigned i = 0; i < vm->image->segment_count; i++) {
        const struct elf_segment *segment = &vm->image->segment[i];

        if (segment->executable && segment_plant(machine, vm, segment))
            return -1;
    }
    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        machine->hart[id].status = STATUS_MPP; /* from nowhere else could it have come */
        if (hart_begin(&vm->vcpu[id], vm->image->entry, fdt_gpa))
            return -1;
    }
    return 0;
}

/* --- Snapshots -------------------------------------------------------------------------------- */

static void
hart_save(const struct hart *hart, struct state_writer *to)
{
    state_put(to, hart->where);
    state_put(to, hart->status);
    state_put(to, hart->interrupts);
    for (unsigned place = 0; place < KEPT_MAX; place++)
        state_put(to, hart->kept[place]);
    state_put(to, hart->trap_status);
    state_put(to, hart->satp);
    state_put(to, hart->stvec);
}

static void
hart_load(struct hart *hart, struct state_reader *from)
{
    hart->where = (enum where)state_get_max(from, WHERE_COUNT - 1);
    hart->status = state_get(from) & (STATUS_OF_M | SSTATUS_SIE);
    hart->interrupts = state_get(from) & INTERRUPTS_OF_M;
    for (unsigned place = 0; place < KEPT_MAX; place++)
        hart->kept[place] = state_get(from);
    hart->trap_status = state_get(from) & (SSTATUS_SPP | SSTATUS_SPIE);
    hart->satp = state_get(from);
    hart->stvec = state_get(from);
}

/* The EBREAKs are in RAM, as long as they are needed. */
void
machine_mode_save(const struct vm *vm, struct state_writer *to)
{
    const struct machine_mode *machine = vm->machine_mode;

    if (!machine || !atomic_load(&machine->harts_in))
        return;
    state_put(to, machine->planted_count);
    for (unsigned i = 0; i < machine->planted_count; i++) {
        state_put(to, machine->planted[i].gpa);
        state_put(to, machine->planted[i].instruction);
    }
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        hart_save(&machine->hart[id], to);
}

static void
planted_load(struct machine_mode *machine, const struct guest_mem *mem, struct state_reader *from)
{
    machine->planted_count = (unsigned)state_get_max(from, PLANTED_MAX);
    for (unsigned i = 0; i < machine->planted_count; i++) {
        struct planted *planted = &machine->planted[i];

        planted->gpa = state_get(from);
        planted->instruction = (uint32_t)state_get_max(from, UINT32_MAX);
        if (!is_served(planted->instruction) ||
            !guest_mem_slice(mem, planted->gpa, sizeof(planted->instruction)))
            from->failed = true;
    }
}

int
machine_mode_load(struct vm *vm, struct state_reader *from)
{
    struct machine_mode *machine;
    unsigned harts_in = 0;

    if (from->left == 0)
        return 0;
    machine = calloc(1, sizeof(*machine));
    if (!machine)
        return fail_errno("memory for M-mode");
    vm->machine_mode = machine;
    planted_load(machine, &vm->mem, from);
    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        hart_load(&machine->hart[id], from);
        if (machine->hart[id].where == GONE)
            continue;
        harts_in++;
        if (ebreaks_take(&vm->vcpu[id]))
            return -1;
    }
    atomic_init(&machine->harts_in, harts_in);
    if (harts_in == 0)
        from->failed = true; /* nothing is saved then */
    return 0;
}

void
machine_mode_destroy(struct vm *vm)
{
    free(vm->machine_mode);
    vm->machine_mode = NULL;
}
