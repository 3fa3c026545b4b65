/* What a person can tell a running VM. */
#include "vmm/control/command.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "abi/memory.h"
#include "common/riscv.h"
#include "common/text.h"
#include "vmm/board/virtio.h"
#include "vmm/board/virtio_balloon.h"
#include "vmm/debug/debugger_state.h"
#include "vmm/debug/gdb_packet.h"
#include "vmm/device/power.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/page_walk.h"
#include "vmm/guest/pause.h"
#include "vmm/guest/regs.h"
#include "vmm/machine/vm.h"
#include "vmm/report/stats_print.h"

/* KVM says nothing of a vCPU that is in the guest: whoever asks waits until it comes out. */
static bool
harts_are_out(const struct command_from *from)
{
    return from->debugger || vm_is_paused(from->vm);
}

static bool
is_started(const struct vcpu *vcpu)
{
    struct kvm_mp_state state;

    return ioctl(vcpu->fd, KVM_GET_MP_STATE, &state) == 0 && state.mp_state != KVM_MP_STATE_STOPPED;
}

static bool
serve_info(const struct command_from *from, const char *argument, FILE *answer)
{
    const struct vm *vm = from->vm;

    (void)argument;
    fprintf(answer, "%s: %u harts, %" PRIu64 " MiB of RAM at 0x%" PRIx64 "\n", vm->image->path,
            vm->vcpu_count, vm->mem.size >> 20, vm->mem.base);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        const uint64_t *exits = vm->vcpu[i].stats.exits;

        fprintf(answer,
                "hart %u: %sexits: %" PRIu64 " hypercalls, %" PRIu64 " SBI calls, %" PRIu64
                " MMIO, %" PRIu64 " signals\n",
                i,
                !harts_are_out(from)       ? ""
                : is_started(&vm->vcpu[i]) ? "started, "
                                           : "stopped, ",
                counter_read(&exits[EXIT_HYPERCALL]), counter_read(&exits[EXIT_SBI]),
                counter_read(&exits[EXIT_MMIO_LOAD]) + counter_read(&exits[EXIT_MMIO_STORE]),
                counter_read(&exits[EXIT_KICK]));
    }
    return true;
}

static void
walk_print(void *context, int level, uint64_t pte_gpa, uint64_t pte)
{
    static const char flags[] = "vrwxugad";
    char text[sizeof(flags)];

    for (unsigned i = 0; i < sizeof(flags) - 1; i++)
        text[i] = pte >> i & 1 ? flags[i] : '-';
    text[sizeof(flags) - 1] = '\0';
    fprintf(context,
            "  level %d: entry at 0x%" PRIx64 " is 0x%016" PRIx64 " %s, to 0x%" PRIx64 "\n", level,
            pte_gpa, pte, text, (uint64_t)(pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT);
}

static bool
serve_walk(const struct command_from *from, const char *argument, FILE *answer)
{
    const struct vm *vm = from->vm;
    uint64_t gva, gpa, satp;

    if (strncmp(argument, "0x", 2) == 0)
        argument += 2;
    if (!gdb_number(&argument, &gva) || *argument) {
        fprintf(answer, "walk: want an address, such as " TEXT(DUET_KERNEL_BASE) "\n");
        return false;
    }
    if (!harts_are_out(from)) {
        fprintf(answer, "walk: pause the guest first, for its page tables change\n");
        return false;
    }
    if (reg_get(vm->vcpu[from->hart].fd, REG_CSR(satp), &satp)) {
        fprintf(answer, "walk: KVM does not say what satp is\n");
        return false;
    }
    fprintf(answer, "hart %u, satp 0x%" PRIx64 "%s\n", from->hart, satp,
            satp >> SATP_MODE_SHIFT == SATP_MODE_BARE ? ": paging is off" : "");
    if (!page_walk_each(&vm->mem, satp, gva, &gpa, walk_print, answer))
        fprintf(answer, "0x%" PRIx64 " is not mapped\n", gva);
    else
        fprintf(answer, "0x%" PRIx64 " is guest physical 0x%" PRIx64 "%s\n", gva, gpa,
                guest_mem_slice(&vm->mem, gpa, 1) ? "" : ", which is not RAM");
    return true;
}

static bool
serve_stats(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument;
    stats_write(from->vm, answer);
    return true;
}

/* Without an argument it only says how much is in it. */
static bool
serve_balloon(const struct command_from *from, const char *argument, FILE *answer)
{
    struct virtio_balloon *balloon = virtio_balloon_of(from->vm);
    uint64_t mib;
    char *end;

    if (!balloon) {
        fprintf(answer, "balloon: the machine has none: start duet with --board "
                        "--virtio=balloon\n");
        return false;
    }
    if (!*argument) {
        fprintf(answer, "%" PRIu64 " KiB are in the balloon\n",
                virtio_balloon_bytes(balloon) >> 10);
        return true;
    }
    errno = 0;
    mib = strtoull(argument, &end, 10);
    if (errno || !isdigit((unsigned char)*argument) || strcmp(end, "M") != 0 ||
        mib > from->vm->mem.size >> 20) {
        fprintf(answer, "balloon: want a size such as 64M, up to the %" PRIu64 "M of RAM\n",
                from->vm->mem.size >> 20);
        return false;
    }
    virtio_balloon_ask(balloon, mib << 20);
    return true;
}

static bool
serve_resume(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument, (void)answer;
    vm_resume(from->vm);
    return true;
}

static bool
serve_stop(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument;
    if (!power_button_press(from->vm)) {
        vm_end(from->vm, 0);
        fprintf(answer, "the guest is ended, for it cannot be asked to shut down, or was before\n");
    } else {
        fprintf(answer, "asked the guest to shut down%s; stop again ends it\n",
                atomic_load(&from->vm->pause.wanted) ? ", which it can when it is resumed" : "");
    }
    return true;
}

static bool
serve_reset(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument;
    if (from->debugger) {
        debugger_reset(from->debugger);
        fprintf(answer, "at the guest's first instruction again; gdb does not know that yet: "
                        "maintenance flush register-cache\n");
    } else {
        vm_reset(from->vm);
    }
    return true;
}

static bool
serve_save(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument;
    if (!from->vm->saving.possible)
        fprintf(answer, "start duet with --save=FILE\n");
    else if (saving_ask_by_debugger(from->vm))
        fprintf(answer, "it failed: duet says why\n");
    else
        fprintf(answer, "saved in %s\n", from->vm->options->save);
    return true;
}

static bool
serve_quit(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)argument;
    fprintf(answer, "the guest is ended\n");
    vm_end(from->vm, 0);
    return true;
}

static bool
serve_help(const struct command_from *from, const char *argument, FILE *answer)
{
    (void)from, (void)argument;
    for (const struct command *command = commands; command->name; command++) {
        char usage[32];

        if (command->by == COMMAND_FROM_OUTSIDE)
            continue;
        snprintf(usage, sizeof(usage), "%s%s", command->name, command->argument);
        fprintf(answer, "monitor %-13s %s\n", usage, command->summary);
    }
    return true;
}

const struct command commands[] = {
    {"help", "", "this list", serve_help, COMMAND_BY_GDB},
    {"console", "", "be at the guest's console, too: Ctrl-A d leaves it", NULL,
     COMMAND_FROM_OUTSIDE},
    {"info", "", "the machine, and what its harts came out of the guest for", serve_info,
     COMMAND_BOTH},
    {"stats", "", "what the guest did; more of it with --stats", serve_stats, COMMAND_BOTH},
    {"walk", " ADDRESS", "the page table entries on the way to a virtual address", serve_walk,
     COMMAND_BOTH},
    {"balloon", " [SIZE]",
     "ask the guest for so much of its RAM, such as 64M; say how much it gave", serve_balloon,
     COMMAND_BOTH},
    {"pause", "", "have all harts stay out of the guest; its clock goes on", NULL,
     COMMAND_FROM_OUTSIDE},
    {"resume", "", "let them go on", serve_resume, COMMAND_FROM_OUTSIDE},
    {"reset", "", "start the guest again, from its first instruction", serve_reset, COMMAND_BOTH},
    {"stop", "", "ask the guest to shut down; the second time, end it", serve_stop, COMMAND_BOTH},
    {"save", "", "save the machine in the file that --save names", serve_save, COMMAND_BOTH},
    {"migrate", " ADDRESS", "have it go on in the duet that waits there with --migrate-from", NULL,
     COMMAND_FROM_OUTSIDE},
    {"quit", "", "end the guest and duet", serve_quit, COMMAND_BOTH},
    {"poweroff", "", "the same", serve_quit, COMMAND_BY_GDB},
    {0},
};

const struct command *
command_find(const char *name, bool by_gdb)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(name, command->name) == 0)
            return command->by == (by_gdb ? COMMAND_FROM_OUTSIDE : COMMAND_BY_GDB) ? NULL : command;
    return NULL;
}

void
command_monitor(struct debugger *debugger, unsigned hart, const char *line, FILE *answer)
{
    struct command_from from = {.vm = debugger->vm, .debugger = debugger, .hart = hart};
    size_t len = strcspn(line, " ");
    char name[16];
    const struct command *command;

    snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name)), line);
    command = command_find(name, true);
    if (command) {
        command->serve(&from, line + len + strspn(line + len, " "), answer);
        return;
    }
    fprintf(answer, "no command \"%.40s\"; these are there:\n", line);
    serve_help(&from, "", answer);
}
