//@ why An EBREAK always has 4 bytes, and so takes half of the next instruction.
//@ loses plants reused copies
//@ substitute vmm/debug/breakpoint.c return points->width == 2 ? CEBREAK : EBREAK; => return EBREAK;
