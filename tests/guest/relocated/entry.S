/*
 * The first instructions of a kernel that is linked for address 0 and runs wherever it is loaded: it applies its
 * relocations itself, then calls kernel_main(hart, fdt). Its header is that of a Linux Image (Linux's
 * Documentation/arch/riscv/boot-image-header.rst), by which a raw copy of it can be loaded, too.
 */
#define STACK_SIZE 4096

    .section .text.start, "ax"
    .globl _start
_start:
    j       begin
    .balign 8
    .dword  0x200000            /* where to load it, from the beginning of RAM */
    .dword  image_end - _start
    .dword  0                   /* flags: little-endian */
    .word   2                   /* version 0.2 */
    .word   0
    .dword  0
    .ascii  "RISCV\0\0\0"
    .ascii  "RSC\x05"
    .word   0

/* Of a relocation's 24 bytes (ELF gABI, Elf64_Rela) the first 8 are the place and the last 8 the value; the others say
 * that it is of type R_RISCV_RELATIVE, as all are in such a kernel. */
begin:
    lla     t0, relocations
    lla     t1, relocations_end
    lla     t2, _start
1:  bgeu    t0, t1, 2f
    ld      t3, 0(t0)
    ld      t4, 16(t0)
    add     t3, t3, t2
    add     t4, t4, t2
    sd      t4, 0(t3)
    addi    t0, t0, 24
    j       1b
2:  lla     sp, stack_end
    tail    kernel_main

/* Where other harts begin, with the end of a stack of their own as hart_start's opaque value. */
    .globl  hart_start
hart_start:
    mv      sp, a1
    tail    hart_main

    .bss
    .balign 16
    .skip   STACK_SIZE
stack_end:
