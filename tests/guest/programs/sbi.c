/* The SBI calls that duet serves beside the hypercalls. */
#include "guest.h"

#define BASE_SPEC_VERSION 0

static int64_t
probe(uint64_t ext)
{
    return (int64_t)sbi_call(SBI_BASE, SBI_BASE_PROBE, ext, 0, 0).value;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static const char text[] = "by the debug console\n";
    struct duet_ret ret;
    char byte;

    (void)hart, (void)fdt;
    CHECK(sbi_call(SBI_BASE, BASE_SPEC_VERSION, 0, 0, 0).error == 0);
    CHECK(probe(DUET_SBI_EXT) == 1);
    CHECK(probe(SBI_DBCN) == 1);
    CHECK(probe(SBI_HSM) == 1);
    CHECK(probe(DUET_SBI_EXT + 1) == 0);
    CHECK(sbi_call(DUET_SBI_EXT + 1, 0, 0, 0, 0).error == SBI_ERR_NOT_SUPPORTED);

    ret = sbi_call(SBI_DBCN, SBI_DBCN_WRITE, sizeof(text) - 1, (uint64_t)text, 0);
    CHECK(ret.error == 0 && ret.value == sizeof(text) - 1);
    CHECK(sbi_call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, '!', 0, 0).error == 0);
    CHECK(sbi_call(SBI_DBCN, SBI_DBCN_WRITE, 1, 0x1000, 0).error == SBI_ERR_INVALID_PARAM);
    CHECK(sbi_call(SBI_DBCN, SBI_DBCN_WRITE, 1, (uint64_t)text, 1).error == SBI_ERR_INVALID_PARAM);
    CHECK(sbi_call(SBI_DBCN, 3, 0, 0, 0).error == SBI_ERR_NOT_SUPPORTED);
    ret = sbi_call(SBI_DBCN, SBI_DBCN_READ, 1, (uint64_t)&byte, 0);
    CHECK(ret.error == 0 && ret.value == 0); /* stdin is /dev/null */
    duet_power_off(0);
}
