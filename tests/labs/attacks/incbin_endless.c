//@ why The assembler reads from where there is no end.
//@ loses all
//@ ends not built
//@ append vmm/call/hc_scramble.c
__asm__(".incbin \"/dev/zero\"");
