/* The state in which a guest is entered (SBI 2.0 §9.1), and the handshake. */
#include "guest.h"

extern char _start[];

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_info info = {0};
    struct duet_ret ret;

    CHECK((uint64_t)_start == DUET_KERNEL_BASE); /* abi/guest.ld */
    CHECK(hart == 0);
    CHECK(*(const uint32_t *)fdt == 0xedfe0dd0); /* the tree's magic number, big-endian */
    CHECK(fdt >= DUET_RAM_BASE && fdt % 8 == 0);
    CHECK(csr_read(satp) == 0);
    CHECK((csr_read(sstatus) & (SSTATUS_SIE | SSTATUS_UXL)) == SSTATUS_UXL_64);
    CHECK(csr_read(sie) == 0);

    ret = duet_handshake(DUET_ABI_VERSION, &info, sizeof(info));
    CHECK(ret.error == 0 && ret.value == sizeof(info));
    CHECK(info.abi_version == DUET_ABI_VERSION && info.calls == DUET_CALLS);
    CHECK(info.features & DUET_FEATURE_EVENTS);
    CHECK(duet_handshake(DUET_ABI_VERSION + 1, &info, sizeof(info)).error == SBI_ERR_NOT_SUPPORTED);
    info.calls = 0;
    CHECK(duet_handshake(DUET_ABI_VERSION, &info, 4).value == 4 && info.calls == 0);
    duet_power_off(0);
}
