//@ why The guest's own EBREAK is taken for a copy.
//@ loses copies
//@ substitute vmm/debug/breakpoint.c if (!at || !of || of->original == ebreak_of(points) || => if (!at || !of ||
