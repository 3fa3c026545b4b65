/* The boot hart's way from entry.S to the scheduler. */
#include <string.h>

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/boot/bootargs.h"
#include "toyos/kernel/boot/devtree.h"
#include "toyos/kernel/boot/disks.h"
#include "toyos/kernel/debug/mistake.h"
#include "toyos/kernel/dev/block_duet.h"
#include "toyos/kernel/dev/event.h"
#include "toyos/kernel/file/console.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/mm/pagetable.h"
#include "toyos/kernel/proc/futex.h"
#include "toyos/kernel/proc/proc.h"

void kernel_main(uint64_t hart_id, uint64_t devtree_pa);

static struct machine machine;
static struct bootargs args;

/* Goes on here when the boot hart has a stack with a guard. */
static void
main_on_stack(void)
{
    proc_init();
    futex_init();
    block_duet_init();
    disks_mount();
    console_init(!args.run);
    event_enable(DUET_EVENT_SHUTDOWN);
    log_info("%lu pages free", page_count_free());
    hart_start_others(&machine);
    proc_start_init(args.run);
    thread_start_kernel(journal_flusher);
    mistake_start(args.mistake);
    hart_main();
}

void
kernel_main(uint64_t hart_id, uint64_t devtree_pa)
{
    struct ranges free;

    hart_set_boot(hart_id);
    devtree_read(&machine, devtree_pa);
    timer_init(&machine);
    platform_find(&machine);
    bootargs_parse(&args, machine.bootargs);
    log_level = args.log_level;
    if (args.mark && platform == &platform_bare) {
        platform->console_write(args.mark, strlen(args.mark));
        platform->console_write("\n", 1);
    }
    ranges_remove(&machine.ram, kvm_image());
    free = machine.ram;
    ranges_remove(&free, machine.devtree);
    ranges_remove(&free, machine.initrd);
    disks_reserve(&free, machine.initrd);
    page_init(&free);
    kvm_init(&machine.ram, platform->device_page);
    harts[0].stack_top = kstack_make();
    stack_call(harts[0].stack_top, main_on_stack);
}
