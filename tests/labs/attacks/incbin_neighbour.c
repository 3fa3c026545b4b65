//@ why It takes another one's duet into its own.
//@ loses all
//@ ends not built
//@ append vmm/call/hc_scramble.c
__asm__(".incbin \"../01-solution/vmm/duet\"");
