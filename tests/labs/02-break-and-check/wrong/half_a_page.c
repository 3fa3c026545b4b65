//@ why Only the second half of the page is printed.
//@ loses exploit
//@ replace tests/labs/02-break-and-check/exploit.c
void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    duet_console_write((const void *)-2048UL, 2048);
    duet_power_off(0);
}
