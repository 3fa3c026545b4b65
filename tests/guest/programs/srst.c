/* Resets while there is something to read, then shuts down by the SBI: 'f' as a failure. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static int count; /* in .data of the image: 0 again after a true reset */
    struct duet_ret ret;
    char byte = 0;

    (void)hart, (void)fdt;
    CHECK(count++ == 0);
    put("boot\n");
    do
        ret = duet_console_read(&byte, 1);
    while (ret.error == 0 && ret.value == 0);
    if (ret.error == 0 && byte == 'r')
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, SBI_SRST_REASON_NONE, 0);
    sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN,
             byte == 'f' ? SBI_SRST_REASON_FAILURE : SBI_SRST_REASON_NONE, 0);
}
