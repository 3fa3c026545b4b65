//@ why The student's own guest ends with an illegal instruction.
//@ lab 02
//@ loses exploit
//@ ends failed
//@ replace tests/labs/02-break-and-check/exploit.c
void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    put("ok\n");
    __asm__ volatile("unimp");
}
