//@ why The boot arguments are not saved.
//@ loses head
//@ substitute vmm/state/save.c strlen(vm->options->bootargs)); => 0);
