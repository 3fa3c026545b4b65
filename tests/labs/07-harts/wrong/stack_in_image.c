//@ why The stacks of the other harts are in the kernel's image: there is no hole below them.
//@ loses ready
//@ substitute toyos/kernel/boot/main.c         hart->stack_top = kernel_map_stack(); =>         hart->stack_top = (uint64_t)stacks[hart_count + 1];
//@ substitute toyos/kernel/boot/main.c
/* Starts the other harts (SBI 2.0 §9). They reach hart_main() through hart_entry. */
//@ by
static _Alignas(KSTACK_STRIDE) char stacks[NCPU + 1][KSTACK_STRIDE];

/* Starts the other harts (SBI 2.0 §9). They reach hart_main() through hart_entry. */
