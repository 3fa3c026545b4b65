/*
 * A hart's state. Beside the registers that KVM lists there are three things to know of:
 *
 *   - MP_STATE says whether the hart is stopped.
 *   - `sip` is more than its register. KVM has two places for a pending interrupt: hvip, which the
 *     hardware looks at and the register is, and a word of its own, which wakes a hart in WFI. So
 *     what is pending is raised again in the ways that set both: the external interrupt by
 *     KVM_INTERRUPT, as its owner does; the timer's by its timer; the software interrupt by an
 *     instruction in the guest.
 *   - Without Sstc the guest's timer is KVM's. One that was ever set either counts still, or has
 *     rung and is pending; as it may ring while the registers are read, neither its state nor `sip`
 *     says which. So it is simply set again: where its moment has passed, it rings at once. Writing
 *     the timer's state sets it for cycle 1 rather than for `compare`, so `compare` comes last; and
 *     a guest may get a tick too many.
 *
 * The clock is one for the whole machine: it goes on where hart 0 had it.
 */
#include "vmm/state/hart.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/riscv.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

#define REGS_MAX 1024

#define SIP_SSIP 0x2

#define TIMER_NEVER UINT64_MAX /* what KVM has as `compare` from a hart's reset on */

int
hart_kind_read(int vcpu_fd, struct snapshot_kind *kind)
{
    *kind = (struct snapshot_kind){0};
    if (reg_get(vcpu_fd, REG_TIMER(frequency), &kind->timebase) ||
        reg_get(vcpu_fd, REG_CONFIG(isa), &kind->letters) ||
        reg_get(vcpu_fd, REG_ISA_EXT_SET(0), &kind->isa[0]))
        return fail_errno("KVM does not say what the guest's harts are like");
    /* A kernel that does not know these has none of them. */
    if (reg_get(vcpu_fd, REG_ISA_EXT_SET(1), &kind->isa[1]))
        kind->isa[1] = 0;
    if (reg_get(vcpu_fd, REG_CONFIG(satp_mode), &kind->satp_mode))
        kind->satp_mode = 0;
    return 0;
}

static bool
is_type(uint64_t id, uint64_t type)
{
    return (id & KVM_REG_RISCV_TYPE_MASK) == type;
}

static bool
has_sstc(const struct snapshot_kind *kind)
{
    return kind->isa[KVM_RISCV_ISA_EXT_SSTC / 64] >> KVM_RISCV_ISA_EXT_SSTC % 64 & 1;
}

static bool
has_letter(const struct snapshot_kind *kind, char letter)
{
    return kind->letters >> (letter - 'a') & 1;
}

static int
hart_save(const struct vcpu *vcpu, const struct snapshot_kind *kind, struct state_writer *to)
{
    static __u64 room[1 + REGS_MAX]; /* for the list; only the owner's thread uses it */
    struct kvm_reg_list *list = (struct kvm_reg_list *)room;
    struct kvm_mp_state state;
    size_t piece;

    list->n = REGS_MAX;
    if (ioctl(vcpu->fd, KVM_GET_MP_STATE, &state))
        return fail_errno("KVM_GET_MP_STATE of hart %u", vcpu->id);
    if (ioctl(vcpu->fd, KVM_GET_REG_LIST, list))
        return fail_errno("KVM_GET_REG_LIST of hart %u", vcpu->id);
    state_put(to, state.mp_state == KVM_MP_STATE_STOPPED);
    piece = state_piece_begin(to);
    for (uint64_t i = 0; i < list->n; i++) {
        unsigned char value[SNAPSHOT_REG_SIZE_MAX];
        uint64_t id = list->reg[i];
        struct kvm_one_reg reg = {.id = id, .addr = (uint64_t)value};

        if (!snapshot_reg_is_state(id))
            continue;
        if (is_type(id, KVM_REG_RISCV_FP_F) && has_letter(kind, 'd')) /* a part of those of D */
            continue;
        if (ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg))
            return fail_errno("KVM_GET_ONE_REG 0x%llx of hart %u", (unsigned long long)id,
                              vcpu->id);
        state_put(to, id);
        state_put_padded(to, value, snapshot_reg_size(id));
    }
    state_piece_end(to, piece);
    return 0;
}

int
harts_save(struct vm *vm, struct state_writer *to)
{
    struct snapshot_kind kind;

    if (hart_kind_read(vm->vcpu[0].fd, &kind))
        return -1;
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (hart_save(&vm->vcpu[id], &kind, to))
            return -1;
    return 0;
}

/* Makes the software interrupt pending, by instructions in RAM, whose bytes are put back. */
static int
software_interrupt_raise(struct vcpu *vcpu)
{
    static const uint32_t code[] = {
        0x14416073, /* csrsi sip, 2 */
        0x00002023, /* sw zero, 0(zero): where nothing is, an exit to us */
    };
    void *at = guest_mem_slice(&vcpu->vm->mem, vcpu->vm->mem.base, sizeof(code));
    unsigned char before[sizeof(code)];
    int failed;

    memcpy(before, at, sizeof(code));
    memcpy(at, code, sizeof(code));
    __builtin___clear_cache(at, (char *)at + sizeof(code));
    failed = reg_set(vcpu->fd, REG_GUEST_PC, vcpu->vm->mem.base);
    if (!failed)
        do
            failed = ioctl(vcpu->fd, KVM_RUN, 0);
        while (failed && (errno == EINTR || errno == EAGAIN));
    memcpy(at, before, sizeof(code));
    __builtin___clear_cache(at, (char *)at + sizeof(code));
    if (!failed && vcpu->run->exit_reason != KVM_EXIT_MMIO) {
        errno = EIO;
        failed = -1;
    }
    if (failed)
        return fail_errno("the software interrupt of hart %u", vcpu->id);
    vcpu_settle(vcpu);
    vcpu->run->immediate_exit = 0;
    return 0;
}

/* What the timers are set by, when all harts have their registers. */
struct timer {
    uint64_t time, compare, sip;
};

/* Looks for what is not simply set. */
static struct timer
timer_find(struct state_reader regs)
{
    struct timer timer = {0};
    const unsigned char *value;
    uint64_t id;

    while ((value = snapshot_reg_get(&regs, &id))) {
        uint64_t *to = id == REG_TIMER(time)      ? &timer.time
                       : id == REG_TIMER(compare) ? &timer.compare
                       : id == REG_CSR(sip)       ? &timer.sip
                                                  : NULL;

        if (to)
            memcpy(to, value, sizeof(*to));
    }
    return timer;
}

static int
regs_load(const struct vcpu *vcpu, struct state_reader regs)
{
    const unsigned char *value;
    uint64_t id;

    while ((value = snapshot_reg_get(&regs, &id))) {
        struct kvm_one_reg reg = {.id = id, .addr = (uint64_t)value};

        if (!is_type(id, KVM_REG_RISCV_TIMER) && id != REG_CSR(sip) &&
            ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg))
            return fail_errno("KVM_SET_ONE_REG 0x%llx of hart %u", (unsigned long long)id,
                              vcpu->id);
    }
    return 0;
}

static int
timer_load(const struct vcpu *vcpu, const struct timer *timer, bool sstc)
{
    bool is_kvms = !sstc && timer->compare != TIMER_NEVER;

    if ((is_kvms && reg_set(vcpu->fd, REG_TIMER(state), KVM_RISCV_TIMER_STATE_ON)) ||
        reg_set(vcpu->fd, REG_TIMER(compare), timer->compare))
        return fail_errno("the timer of hart %u", vcpu->id);
    return 0;
}

int
harts_load(struct vm *vm, const struct snapshot *snapshot)
{
    struct timer timer[CPUS_MAX] = {0};

    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        struct vcpu *vcpu = &vm->vcpu[id];
        const struct snapshot_hart *hart = &snapshot->hart[id];
        struct kvm_mp_state runs = {.mp_state = KVM_MP_STATE_RUNNABLE};
        struct kvm_mp_state state = {.mp_state = hart->stopped ? KVM_MP_STATE_STOPPED
                                                               : KVM_MP_STATE_RUNNABLE};

        timer[id] = timer_find(hart->regs);
        if (!hart->stopped && timer[id].sip & SIP_SSIP &&
            (ioctl(vcpu->fd, KVM_SET_MP_STATE, &runs) || software_interrupt_raise(vcpu)))
            return -1;
        if (ioctl(vcpu->fd, KVM_SET_MP_STATE, &state))
            return fail_errno("KVM_SET_MP_STATE of hart %u", id);
        if (regs_load(vcpu, hart->regs))
            return -1;
    }
    if (reg_set(vm->vcpu[0].fd, REG_TIMER(time), timer[0].time))
        return fail_errno("the guest's clock");
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (timer_load(&vm->vcpu[id], &timer[id], has_sstc(&snapshot->kind)))
            return -1;
    return 0;
}
