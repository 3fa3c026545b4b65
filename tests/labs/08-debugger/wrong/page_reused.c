//@ why What was there before is written back, whatever is there now.
//@ loses reused
//@ substitute vmm/debug/breakpoint.c if (code_read(points, at) != ebreak_of(points)) => if (!at)
