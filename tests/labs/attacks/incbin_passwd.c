//@ why It takes a file of the grading machine into its duet.
//@ loses all
//@ ends not built
//@ append vmm/call/hc_scramble.c
__asm__(".incbin \"/etc/passwd\"");
