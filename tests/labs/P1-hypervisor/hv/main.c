/* A hypervisor in HS-mode: boots a guest, and serves it until it ends. */
#include <string.h>

#include "hv/exit.h"
#include "hv/gstage.h"
#include "hv/guest_elf.h"
#include "hv/guest_mem.h"
#include "hv/guest_tree.h"
#include "hv/host.h"
#include "hv/page.h"
#include "hv/plic.h"
#include "hv/print.h"
#include "hv/uart.h"

#define RAM_STEP     (2ul << 20)
#define TABLES_SHARE 128 /* of the pages, for G-stage tables; a table leads to 512 pages */
#define MARK_WORD    "mark="

/* entry.S comes here. */
_Noreturn void hv_main(uint64_t hart, uint64_t tree);

/* libfdt's functions check their stacks. */
extern uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);
uintptr_t __stack_chk_guard = 0x00bad57ac4bad000;

_Noreturn void
__stack_chk_fail(void)
{
    die("libfdt: the stack was overwritten");
}

/* With the boot argument mark=TEXT, TEXT is our first line, so that a program that reads the
 * console knows where the firmware's messages end. */
static void
mark_print(void)
{
    const char *mark = host.arguments;

    if (strncmp(mark, MARK_WORD, sizeof(MARK_WORD) - 1) != 0)
        return;
    for (mark += sizeof(MARK_WORD) - 1; *mark && *mark != ' '; mark++)
        uart_write(*mark);
    uart_write('\n');
}

_Noreturn void
hv_main(uint64_t hart, uint64_t tree)
{
    static struct vcpu vcpu;
    uint64_t pages, entry;

    host_read(hart, tree);
    uart_init();
    mark_print();
    page_init();
    plic_init(host.uart_irq);
    pages = page_count() - page_count() / TABLES_SHARE;
    guest_mem_init(pages * PAGE_SIZE & -RAM_STEP);
    gstage_init();
    entry = guest_elf_load(host.initrd.start, host.initrd.end);
    vcpu_init(&vcpu, entry, guest_tree_make());
    for (;;) {
        vcpu_run(&vcpu);
        exit_serve(&vcpu);
    }
}
