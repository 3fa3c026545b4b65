//@ replace toyos/kernel/base/hart.c
/* Lab 07: hart.h says what these two promise. */
void
hart_interrupt(const struct hart *hart)
{
    (void)hart; /* not implemented */
}

void
hart_fence_others(const uint64_t *root)
{
    (void)root; /* not implemented */
}
//@ replace toyos/kernel/boot/main.c
/* Lab 07: starts the other harts (SBI 2.0 §9). They reach hart_main() through hart_entry; entry.S says what that needs. */
static void
start_harts(void)
{
    if (machine.hart_count > 1)
        log_info("%u harts, of which one runs", machine.hart_count); /* not implemented */
}
