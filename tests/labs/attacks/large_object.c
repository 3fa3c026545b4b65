//@ why A line becomes an object file that fills the disk.
//@ loses all
//@ ends not built
//@ append vmm/call/hc_scramble.c
__asm__(".pushsection .data\n.fill 0x10000000, 4, 1\n.popsection");
