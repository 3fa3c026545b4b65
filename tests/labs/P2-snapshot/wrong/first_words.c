//@ why A page is taken for one of zeroes after a look at its first half.
//@ loses memory
//@ substitute vmm/state/ram.c i < PAGE_SIZE / sizeof(*word); => i < PAGE_SIZE / sizeof(*word) / 2;
