/* Saves a machine that runs, and restores one. */
#include "vmm/state/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "abi/sbi.h"
#include "common/riscv.h"
#include "vmm/board/machine_mode.h"
#include "vmm/device/disk_copy.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/state/copies.h"
#include "vmm/state/hart.h"
#include "vmm/state/keeper.h"
#include "vmm/state/ram.h"
#include "vmm/state/snapshot.h"

/* What the owner does besides when it saves or copies: registers are listed, disks flushed. */
static const struct sandbox_group save_calls =
    SANDBOX_GROUP(SANDBOX_IOCTL(KVM_GET_REG_LIST), SANDBOX_CALL(fdatasync));

/* And when it copies the disks' images (device/disk_copy.c). */
static const struct sandbox_group copy_calls =
    SANDBOX_GROUP(SANDBOX_CALL(copy_file_range), SANDBOX_CALL(pread64));

int
save_open(const struct options *options)
{
    if (!options->save && !options->fork)
        return 0;
    if ((options->save && keeper_open(KEEPER_SAVE, options->save)) || ram_open())
        return -1;
    sandbox_allow(NULL, NULL, &save_calls);
    if (options->save_disks)
        sandbox_allow(NULL, NULL, &copy_calls);
    return 0;
}

void
save_close(void)
{
    ram_close();
    keeper_close(KEEPER_SAVE);
}

/* The head of the file; snapshot.h says what is in it. `with_disks`: copies of their images will be
 * behind the RAM. */
static int
head_write(struct vm *vm, struct state_writer *to, bool with_disks)
{
    struct snapshot_kind kind;
    size_t machine_mode, devices, copies;
    uint64_t sum, len;

    if (hart_kind_read(vm->vcpu[0].fd, &kind))
        return -1;
    state_put_padded(to, SNAPSHOT_MAGIC, 8);
    state_put(to, SNAPSHOT_VERSION);
    state_put(to, 0); /* length and sum, once they are known */
    state_put(to, 0);
    state_put(to, DUET_ABI_VERSION);
    state_put(to, vm->mem.size);
    state_put(to, vm->vcpu_count);
    state_put(to, kind.timebase);
    state_put(to, kind.satp_mode);
    state_put(to, kind.letters);
    for (size_t i = 0; i < sizeof(kind.isa) / sizeof(kind.isa[0]); i++)
        state_put(to, kind.isa[i]);
    state_put(to, elf_image_sum(vm->image));
    state_put_piece(to, vm->options->bootargs, strlen(vm->options->bootargs));
    state_put(to, vm->options->board);
    state_put(to, vm->options->virtio);
    if (harts_save(vm, to))
        return -1;
    state_put(to, vm->events.enabled);
    machine_mode = state_piece_begin(to);
    machine_mode_save(vm, to);
    state_piece_end(to, machine_mode);
    devices = state_piece_begin(to);
    if (devices_save(vm, to))
        return -1;
    state_piece_end(to, devices);
    copies = state_piece_begin(to);
    if (with_disks)
        disk_copies_put(to);
    state_piece_end(to, copies);
    if (to->failed)
        return fail("no memory for the machine's state");
    len = to->len;
    sum = state_sum(STATE_SUM_NONE, to->bytes + SNAPSHOT_PREAMBLE, len - SNAPSHOT_PREAMBLE);
    memcpy(to->bytes + 2 * sizeof(uint64_t), &len, sizeof(len));
    memcpy(to->bytes + 3 * sizeof(uint64_t), &sum, sizeof(sum));
    return 0;
}

int
state_save(struct vm *vm, struct state_writer *to)
{
    return head_write(vm, to, false);
}

/* Gives a hart, which is behind its call, the call's result. */
static int
hart_answer(const struct vcpu *vcpu, struct sbi_ret ret)
{
    if (reg_set(vcpu->fd, REG_GPR(X_A0), (uint64_t)ret.error) ||
        reg_set(vcpu->fd, REG_GPR(X_A1), ret.value))
        return fail_errno("KVM_SET_ONE_REG of the result of a call of hart %u", vcpu->id);
    return 0;
}

/* Tells the harts that asked: as far as a restored machine knows, their call returned 1. */
static int
callers_answer(struct vm *vm, bool failed)
{
    int error = 0;

    pthread_mutex_lock(&vm->saving.lock);
    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        if (!vm->saving.caller[id])
            continue;
        vm->saving.caller[id] = false;
        error |= hart_answer(&vm->vcpu[id], failed ? sbi_error(SBI_ERR_FAILED) : sbi_value(0));
    }
    pthread_mutex_unlock(&vm->saving.lock);
    return error;
}

/* Who asked? A hart gets its answer as a call's result. While a debugger is there, memory may have
 * its breakpoints in it, unless it is the one that asks. */
static void
asked_find(struct vm *vm, bool *by_hart, bool *is_debugged)
{
    pthread_mutex_lock(&vm->saving.lock);
    *by_hart = false;
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        *by_hart |= vm->saving.caller[id];
    *is_debugged = vm->debugger && !vm->saving.by_debugger;
    pthread_mutex_unlock(&vm->saving.lock);
}

/* Saves the machine, which is paused. Whether it goes on then. */
static bool
machine_save(struct vm *vm)
{
    struct state_writer head = {0};
    bool failed = true, with_disks = vm->options->save_disks, by_hart, is_debugged;

    asked_find(vm, &by_hart, &is_debugged);
    if (is_debugged)
        fail("a machine with --gdb is saved in gdb: stop it there, then: monitor save");
    else
        failed = head_write(vm, &head, with_disks) ||
                 ram_file_write(KEEPER_SAVE, vm->options->save, &vm->mem, head.bytes, head.len,
                                with_disks ? disk_copies_write : NULL);
    free(head.bytes);
    saving_tell(vm, failed); /* before an end, after which nobody is told of a success */
    if (callers_answer(vm, failed))
        vm_end(vm, STATUS_FAILED);
    if (!failed && vm->options->save_ends) {
        say("the machine is saved: --restore=%s goes on with it", vm->options->save);
        vm_end(vm, 0);
        return false;
    }
    if (!failed && !by_hart)
        say("the machine is saved in %s; it goes on", vm->options->save);
    return true;
}

/* Copies the machine, if it is paused, as often as harts have asked for it. */
static void
machine_fork(struct vm *vm, bool is_held)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        unsigned copies = saving_copies_take(vm, id);
        struct state_writer head = {0};
        long error = SBI_ERR_FAILED;

        if (copies == 0)
            continue;
        if (is_held && head_write(vm, &head, false) == 0)
            error = copies_make(copies, id, &vm->mem, head.bytes, head.len);
        free(head.bytes);
        if (hart_answer(&vm->vcpu[id], error ? sbi_error(error) : sbi_value(0)))
            vm_end(vm, STATUS_FAILED);
    }
}

/* Of a machine whose harts have not all come to rest: those that asked have. */
static void
requests_refuse(struct vm *vm, bool save, const char *why)
{
    if (save) {
        fail("the machine is not saved: %s", why);
        saving_tell(vm, true);
    }
    if (atomic_load(&vm->ending.how))
        return; /* nobody waits for an answer */
    if (callers_answer(vm, true))
        vm_end(vm, STATUS_FAILED);
    machine_fork(vm, false);
}

void
save_serve(struct vm *vm, void (*meanwhile)(struct vm *vm))
{
    const char *why_not = vm_hold(vm, meanwhile);
    bool save = saving_begin(vm);

    if (why_not) {
        requests_refuse(vm, save, why_not);
    } else {
        devices_pause(vm);
        if (!save || machine_save(vm)) {
            machine_fork(vm, true);
            devices_resume(vm); /* not before an end: they would serve what is served again later */
        }
    }
    vm_let_go(vm);
}

int
restore(struct vm *vm, const struct snapshot *snapshot)
{
    const char *path = snapshot->path;
    struct state_reader devices = snapshot->devices, machine_mode = snapshot->machine_mode;
    struct snapshot_kind kind;

    if (hart_kind_read(vm->vcpu[0].fd, &kind))
        return -1;
    if (memcmp(&kind, &snapshot->kind, sizeof(kind)) != 0)
        return fail("%s: was saved on a host whose harts have another instruction set, paging or "
                    "clock: restore it on one of that kind",
                    path);
    if (vm->options->guest && elf_image_sum(vm->image) != snapshot->image_sum)
        return fail("%s: is not the program that was saved in %s: give that, or none",
                    vm->image->path, path);
    if (harts_load(vm, snapshot) || machine_mode_load(vm, &machine_mode))
        return -1;
    if (!state_is_read(&machine_mode))
        return fail("%s: the state of M-mode in it cannot be", path);
    if (devices_load(vm, path, &devices))
        return -1;
    if (snapshot->copy && hart_answer(&vm->vcpu[snapshot->copy_hart], sbi_value(snapshot->copy)))
        return -1;
    events_select(&vm->events, snapshot->events_enabled);
    return 0;
}
