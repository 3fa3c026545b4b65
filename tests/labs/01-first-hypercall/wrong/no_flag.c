//@ why The flag is taken, and nothing comes of it.
//@ loses reverses
//@ from solution
//@ substitute vmm/call/hc_scramble.c text_len - 1 - i : i => i : i
