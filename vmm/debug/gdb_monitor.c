/* gdb's `monitor` commands: requests for which gdb has no command. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/riscv.h"
#include "vmm/debug/debugger_state.h"
#include "vmm/debug/gdb_packet.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/page_walk.h"
#include "vmm/machine/vm.h"

static void monitor_help(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer);

static void
monitor_info(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer)
{
    const struct vm *vm = debugger->vm;

    (void)hart, (void)arg;
    fprintf(answer, "%s: %u harts, %" PRIu64 " MiB of RAM at 0x%" PRIx64 "\n", vm->image->path,
            vm->vcpu_count, vm->mem.size >> 20, vm->mem.base);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        const uint64_t *exits = vm->vcpu[i].stats.exits;

        fprintf(answer,
                "hart %u: %s, exits: %" PRIu64 " hypercalls, %" PRIu64 " SBI calls, %" PRIu64
                " MMIO, %" PRIu64 " signals\n",
                i, debugger_target.is_started(debugger, i) ? "started" : "stopped",
                counter_read(&exits[EXIT_HYPERCALL]), counter_read(&exits[EXIT_SBI]),
                counter_read(&exits[EXIT_MMIO_LOAD]) + counter_read(&exits[EXIT_MMIO_STORE]),
                counter_read(&exits[EXIT_KICK]));
    }
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

static void
monitor_walk(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer)
{
    const struct vm *vm = debugger->vm;
    uint64_t gva, gpa, satp;

    if (strncmp(arg, "0x", 2) == 0)
        arg += 2;
    if (!gdb_number(&arg, &gva) || *arg) {
        fprintf(answer, "walk: want an address, such as 0x80200000\n");
        return;
    }
    satp = hart_reg(debugger, hart, GDB_REG_satp);
    fprintf(answer, "hart %u, satp 0x%" PRIx64 "%s\n", hart, satp,
            satp >> SATP_MODE_SHIFT == SATP_MODE_BARE ? ": paging is off" : "");
    if (!page_walk_each(&vm->mem, satp, gva, &gpa, walk_print, answer))
        fprintf(answer, "0x%" PRIx64 " is not mapped\n", gva);
    else
        fprintf(answer, "0x%" PRIx64 " is guest physical 0x%" PRIx64 "%s\n", gva, gpa,
                guest_mem_slice(&vm->mem, gpa, 1) ? "" : ", which is not RAM");
}

static void
monitor_reset(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer)
{
    (void)hart, (void)arg;
    debugger_reset(debugger);
    fprintf(answer, "at the guest's first instruction again; gdb does not know that yet: "
                    "maintenance flush register-cache\n");
}

static void
monitor_quit(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer)
{
    (void)hart, (void)arg;
    fprintf(answer, "the guest is ended\n");
    vm_end(debugger->vm, 0);
}

static const struct {
    const char *name, *arg, *what;
    void (*serve)(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer);
} command[] = {
    {"help", "", "this list", monitor_help},
    {"info", "", "the machine, and what its harts came out of the guest for", monitor_info},
    {"walk", " ADDRESS", "the page table entries on the way to a virtual address, of gdb's thread",
     monitor_walk},
    {"reset", "", "start the guest again, and stop at its first instruction", monitor_reset},
    {"quit", "", "end the guest and duet", monitor_quit},
    {"poweroff", "", "the same", monitor_quit},
};

#define COMMANDS (sizeof(command) / sizeof(command[0]))

static void
monitor_help(struct debugger *debugger, unsigned hart, const char *arg, FILE *answer)
{
    (void)debugger, (void)hart, (void)arg;
    for (unsigned i = 0; i < COMMANDS; i++) {
        char usage[32];

        snprintf(usage, sizeof(usage), "%s%s", command[i].name, command[i].arg);
        fprintf(answer, "monitor %-13s %s\n", usage, command[i].what);
    }
}

void
debugger_monitor(struct debugger *debugger, unsigned hart, const char *line, FILE *answer)
{
    size_t len = strcspn(line, " ");
    const char *arg = line + len + strspn(line + len, " ");

    for (unsigned i = 0; i < COMMANDS; i++) {
        if (len == strlen(command[i].name) && strncmp(line, command[i].name, len) == 0) {
            command[i].serve(debugger, hart, arg, answer);
            return;
        }
    }
    fprintf(answer, "no command \"%.40s\"; these are there:\n", line);
    monitor_help(debugger, hart, arg, answer);
}
