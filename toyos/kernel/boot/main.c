/* The way of each hart from entry.S to the scheduler. */
#include <string.h>

#include "common/sbi_error.h"
#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/sbi_call.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/boot/bootargs.h"
#include "toyos/kernel/boot/devtree.h"
#include "toyos/kernel/boot/disks.h"
#include "toyos/kernel/debug/mistake.h"
#include "toyos/kernel/dev/block_duet.h"
#include "toyos/kernel/dev/platforms.h"
#include "toyos/kernel/file/console.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/mm/kernel_map.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/proc/futex.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/sched.h"
#include "toyos/kernel/sched/steal.h"
#include "toyos/kernel/trap/trap.h"
#include "toyos/kernel/uvm/file_map.h"

/* entry.S calls these two functions. */
void kernel_main(uint64_t hart_id, uint64_t devtree_pa);
_Noreturn void hart_main(void);

/* entry.S defines these: where another hart starts, by its physical address, and a call on another
 * stack. */
extern char hart_entry[];
_Noreturn void stack_call(uint64_t top, void (*function)(void));

static struct machine machine;
static struct bootargs args;

/* Starts the other harts (SBI 2.0 §9). They reach hart_main() through hart_entry. */
static void
start_harts(void)
{
    uint64_t boot_id = harts[0].id;

    for (unsigned i = 0; i < machine.hart_count; i++) {
        if (machine.hart_id[i] == boot_id || hart_count == NCPU)
            continue;
        struct hart *hart = &harts[hart_count];
        hart->id = machine.hart_id[i];
        hart->stack_top = kernel_map_stack();
        hart_count++;
        const uint64_t arg[6] = {hart->id, kva_to_pa(hart_entry), (uint64_t)hart};
        struct duet_ret ret = sbi_call(SBI_HSM, SBI_HSM_START, arg);
        if (ret.error)
            log_error("hart %lu does not start: %s", hart->id, sbi_error_name(ret.error));
    }
}

_Noreturn void
hart_main(void)
{
    struct hart *self = hart_this();

    csr_write(scounteren, SCOUNTEREN_TM); /* user mode may read the time */
    csr_clear(sstatus, SSTATUS_FS | SSTATUS_SUM);
    csr_write(sie, 1 << IRQ_S_SOFT | 1 << IRQ_S_TIMER | 1 << IRQ_S_EXT);
    steal_init();
    self->is_running = true;
    log_info("hart %lu runs", self->id);
    timer_arm(TIMER_NEVER);
    for (;;)
        if (!sched_run())
            trap_poll_interrupts();
}

/* The boot hart goes on here when it has a stack with a guard page. */
static void
main_on_stack(void)
{
    proc_init();
    futex_init();
    file_map_init();
    block_duet_init();
    disks_mount();
    console_init(!args.run, proc_interrupt);
    log_info("%lu pages free", page_count_free());
    start_harts();
    proc_start_init(args.run);
    thread_start_kernel(journal_flusher);
    mistake_start(args.mistake);
    hart_main();
}

static void
choose_platform(void)
{
    if (machine.has_duet && platform_duet_init())
        platform = &platform_duet;
    else
        platform_bare_init(machine.test_device);
}

void
kernel_main(uint64_t hart_id, uint64_t devtree_pa)
{
    struct ranges free;

    hart_set_boot(hart_id);
    platform = &platform_bare; /* from here on panic() can print */
    devtree_read(&machine, devtree_pa);
    timer_init(machine.timebase_hz, machine.has_sstc);
    choose_platform();
    bootargs_parse(&args, machine.bootargs);
    log_level = args.log_level;
    if (args.mark && platform == &platform_bare) {
        platform->console_write(args.mark, strlen(args.mark));
        platform->console_write("\n", 1);
    }
    ranges_remove(&machine.ram, kernel_map_image());
    free = machine.ram;
    ranges_remove(&free, machine.devtree);
    ranges_remove(&free, machine.initrd);
    disks_reserve(&free, machine.initrd);
    page_init(&free);
    kernel_map_init(&machine.ram, platform->device_page);
    harts[0].stack_top = kernel_map_stack();
    stack_call(harts[0].stack_top, main_on_stack);
}
