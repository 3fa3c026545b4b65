/*
 * Where harts enter the kernel: with satp 0, a0 the hart's id, and a1 the device tree (boot hart,
 * SBI's usual state) or our struct hart (the others, SBI 2.0 §9.1).
 */
#include "abi/memory.h"
#include "abi/note.h"
#include "common/riscv.h"
#include "toyos/include/kernel/param.h"
#include "toyos/kernel/layout.h"
#include "toyos/kernel/base/trap_frame.h"

#define PTE_KERNEL (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define GIGA_SHIFT 30
#define GIGA_PPN(n) ((n) << (GIGA_SHIFT - PAGE_SHIFT + PTE_PPN_SHIFT))

    .section .text.entry, "ax", @progbits
    .global _start
    .type _start, @function
_start:
    csrw sie, zero
    lla t0, is_booted
    li t1, 1
    amoswap.w t1, t1, (t0)
    bnez t1, start_late
    jal paging_on
    la sp, boot_stack_top
    la t0, bss_start
    la t1, bss_end
1:  sd zero, (t0)
    addi t0, t0, 8
    bltu t0, t1, 1b
    li s0, 0 /* the chain of frames ends here */
    call kernel_main
    unimp
    .size _start, . - _start

/*
 * A hart that is not the first: seen on OpenSBI 1.1, once in some hundred boots with 4 harts. A hart
 * that hart_start is called for comes here instead of to hart_entry. Its struct hart is there
 * already, so it goes on as if it had come to hart_entry.
 */
    .type start_late, @function
start_late:
    lla a1, harts
    li t0, NCPU
1:  ld t1, HART_STACK_TOP(a1)
    ld t2, HART_ID(a1)
    beqz t1, 2f
    beq t2, a0, 3f
2:  addi a1, a1, HART_SIZE
    addi t0, t0, -1
    bnez t0, 1b
4:  wfi /* one that nobody asked for */
    j 4b
3:  li t0, KVA_OFFSET
    add a1, a1, t0
    j hart_entry
    .size start_late, . - start_late

    .global hart_entry
    .type hart_entry, @function
hart_entry:
    csrw sie, zero
    jal paging_on
    mv tp, a1
    ld t0, kernel_satp
    sfence.vma
    csrw satp, t0
    sfence.vma
    ld sp, HART_STACK_TOP(tp)
    li s0, 0
    call hart_main
    unimp
    .size hart_entry, . - hart_entry

/* Turn the boot page table on and return to the caller's address in the high half. */
    .type paging_on, @function
paging_on:
    lla t0, boot_table
#if PAGETABLE_LEVELS > 3 /* a root above it, which leads to it from both halves */
    srli t1, t0, PAGE_SHIFT
    slli t1, t1, PTE_PPN_SHIFT
    ori t1, t1, PTE_V
    lla t0, boot_root
    sd t1, 0(t0)
    li t2, PAGE_SIZE / 2
    add t2, t2, t0
    sd t1, 0(t2)
#endif
    srli t0, t0, PAGE_SHIFT
    li t1, PAGETABLE_SATP_MODE << SATP_MODE_SHIFT
    or t0, t0, t1
    sfence.vma
    csrw satp, t0
    sfence.vma
    li t1, KVA_OFFSET
    add ra, ra, t1
    lla t0, trap_entry /* still at the physical address: t1 makes it the high one */
    add t0, t0, t1
    csrw stvec, t0
    csrw sscratch, zero
    ret
    .size paging_on, . - paging_on

/* stack_call(top, function): go on in `function` on another stack; it must not return. */
    .text
    .global stack_call
    .type stack_call, @function
stack_call:
    mv sp, a0
    li s0, 0
    jalr a1
    unimp
    .size stack_call, . - stack_call

/*
 * Only until the kernel has made its own: the gigapage that the kernel is in at its physical
 * address, and RAM at KVA_OFFSET. With more than three levels the same entries are both.
 */
#define KERNEL_GIGAPAGE (DUET_KERNEL_BASE >> GIGA_SHIFT)

    .section .rodata
    .balign PAGE_SIZE
boot_table:
#if PAGETABLE_LEVELS == 3
    .fill KERNEL_GIGAPAGE, 8, 0
    .dword GIGA_PPN(KERNEL_GIGAPAGE) | PTE_KERNEL | PTE_X
    .fill 256 - KERNEL_GIGAPAGE - 1, 8, 0
#endif
    .set n, 0
    .rept BOOT_GIGAPAGES
    .if n == KERNEL_GIGAPAGE
    .dword GIGA_PPN(n) | PTE_KERNEL | PTE_X
    .else
    .dword GIGA_PPN(n) | PTE_KERNEL
    .endif
    .set n, n + 1
    .endr
    .balign PAGE_SIZE, 0
#if PAGETABLE_LEVELS > 3
boot_root:
    .fill PAGE_SIZE, 1, 0
#endif
    .if PAGETABLE_LEVELS > 4
    .error "boot_root is one level; a fifth wants another"
    .endif

/* The file system that the kernel carries: the first part of the RAM disk, unless there is an initrd
 * (disks.c). */
    .data
    .balign 4096
    .global image_start, image_end
image_start:
    .incbin TOYOS_IMAGE
image_end:

/* A stack's room is where its addresses have bit KSTACK_SHIFT set (trap_entry.S tests that). */
    .section .bss
    .balign KSTACK_STRIDE
    .skip KSTACK_SIZE
    .skip KSTACK_SIZE
boot_stack_top:

/* Not in .bss, which the first hart clears. */
    .data
    .balign 4
is_booted:
    .word 0

DUET_GUEST_NOTE
    .section .note.GNU-stack, "", @progbits
