/*
 * Numbers of the RISC-V Supervisor Binary Interface, version 2.0, that the VMM and a guest use.
 * C and assembly can both include this.
 */
#ifndef DUET_ABI_SBI_H
#define DUET_ABI_SBI_H

/* Errors, SBI 2.0 §3.1 */
#define SBI_SUCCESS               0
#define SBI_ERR_FAILED            (-1)
#define SBI_ERR_NOT_SUPPORTED     (-2)
#define SBI_ERR_INVALID_PARAM     (-3)
#define SBI_ERR_DENIED            (-4)
#define SBI_ERR_INVALID_ADDRESS   (-5)
#define SBI_ERR_ALREADY_AVAILABLE (-6)
#define SBI_ERR_ALREADY_STARTED   (-7)
#define SBI_ERR_ALREADY_STOPPED   (-8)
#define SBI_ERR_NO_SHMEM          (-9)

/* Legacy calls, §5: no function id; the result is in a0 alone */
#define SBI_LEGACY_PUTCHAR 0x01
#define SBI_LEGACY_GETCHAR 0x02

/* Base, §4 */
#define SBI_BASE       0x10
#define SBI_BASE_PROBE 3

/* Timer, §6 */
#define SBI_TIME     0x54494D45
#define SBI_TIME_SET 0

/* Inter-processor interrupts, §7 */
#define SBI_IPI      0x735049
#define SBI_IPI_SEND 0

/* Remote fences, §8 */
#define SBI_RFENCE            0x52464E43
#define SBI_RFENCE_SFENCE_VMA 1

/* Hart state management, §9 */
#define SBI_HSM        0x48534D
#define SBI_HSM_START  0
#define SBI_HSM_STOP   1
#define SBI_HSM_STATUS 2

/* System reset, §10 */
#define SBI_SRST                0x53525354
#define SBI_SRST_RESET          0
#define SBI_SRST_SHUTDOWN       0
#define SBI_SRST_COLD_REBOOT    1
#define SBI_SRST_WARM_REBOOT    2
#define SBI_SRST_REASON_NONE    0
#define SBI_SRST_REASON_FAILURE 1

/* Debug console, §12 */
#define SBI_DBCN            0x4442434E
#define SBI_DBCN_WRITE      0
#define SBI_DBCN_READ       1
#define SBI_DBCN_WRITE_BYTE 2

/* Steal-time accounting, §16 */
#define SBI_STA           0x535441
#define SBI_STA_SET_SHMEM 0

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "abi/layout.h"

/* The memory that SBI_STA_SET_SHMEM shares: 64 bytes, aligned to 64. */
struct sbi_sta {
    uint32_t sequence; /* odd while the rest is being written */
    uint32_t flags;
    uint64_t steal; /* nanoseconds that the hart was ready to run and did not */
    uint8_t preempted;
    uint8_t zero[47];
};
#define DUET_LAYOUT_SBI_STA(STRUCT, FIELD)                                                         \
    STRUCT(sbi_sta, 64)                                                                            \
    FIELD(sbi_sta, sequence, 0, 4)                                                                 \
    FIELD(sbi_sta, flags, 4, 4)                                                                    \
    FIELD(sbi_sta, steal, 8, 8)                                                                    \
    FIELD(sbi_sta, preempted, 16, 1)                                                               \
    FIELD(sbi_sta, zero, 17, 47)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_SBI_STA)

#endif

#endif
