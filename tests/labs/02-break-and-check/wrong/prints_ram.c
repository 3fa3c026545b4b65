//@ why The guest prints its own RAM, which it may see anyway.
//@ loses exploit
//@ replace tests/labs/02-break-and-check/exploit.c
void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    duet_console_write((const void *)DUET_RAM_BASE, 4096);
    duet_power_off(0);
}
