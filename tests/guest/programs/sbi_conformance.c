/*
 * What SBI 2.0 promises a kernel, call by call: the same file is run under duet (on the board),
 * where KVM serves most of it, and on OpenSBI alone. Each promise that is not kept is a line on the
 * UART, and the tests hold these to a list of those that are known. An extension that is not there
 * has to say so, in both ways. Last comes "done".
 *
 * Left out is what ends the run where the promise is broken: the reset call with a reserved reason
 * (KVM resets), hart_start at an address without memory (KVM starts it), and, with Debian's kernel,
 * fences whose range ends in the last page.
 */
#include "guest.h"

#include "../board/virt.h"

#define BASE_VERSION   0
#define BASE_IMPL_ID   1
#define BASE_MVENDORID 4
#define BASE_UNKNOWN   7

#define HSM_SUSPEND            3
#define HSM_SUSPEND_RETENTIVE  0
#define HSM_SUSPEND_RESERVED   1
#define HSM_STARTED            0
#define HSM_STOPPED            1
#define HSM_SUSPENDED          4
#define RFENCE_FENCE_I         0
#define RFENCE_SFENCE_VMA_ASID 2
#define RFENCE_HFENCE_GVMA     4
#define RFENCE_UNKNOWN         7

#define SBI_SUSP    0x53555350
#define SBI_PMU     0x504D55
#define SBI_CPPC    0x43505043
#define SBI_NACL    0x4E41434C
#define SBI_NOTHING 0x12345678 /* in no range that SBI assigns */

#define NO_HART 4000

/* In ticks of 100 ns, as QEMU has them. On a busy machine an emulated timer rings late: what is
 * promised gets minutes. What is known not to come gets a moment. */
#define GUARD  1200000000
#define MOMENT 1000000

#define IMPL_KVM 3 /* §4.9 */

#define STIP (1UL << 5)

/* Where a number has 32 bits or 8, what is above them does not count (§3). */
#define ABOVE_32 (1UL << 63)
#define ABOVE_8  0x64636200UL

static uint64_t boot_hart;

static void
print_signed(int64_t number)
{
    if (number < 0)
        uart_put('-');
    print_number((uint64_t)(number < 0 ? -number : number));
}

static void
differs(const char *what, int64_t got, int64_t want)
{
    if (got == want)
        return;
    print(what);
    print(": ");
    print_signed(got);
    print(" for ");
    print_signed(want);
    print("\n");
}

static void
promise(const char *what, bool is_kept)
{
    if (is_kept)
        return;
    print(what);
    print("\n");
}

static int64_t
call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
    return sbi_call(extension, function, a0, a1, a2).error;
}

static int64_t
probe(uint64_t extension)
{
    return (int64_t)sbi_call(SBI_BASE, SBI_BASE_PROBE, extension, 0, 0).value;
}

/* §3: all registers but a0 and a1 are the same after a call. */
static bool
registers_are_kept(void)
{
    uint64_t sum;

    __asm__ volatile("li a0, 0\n li a1, 1\n li a2, 2\n li a3, 3\n li a4, 4\n li a5, 5\n"
                     "li t0, 10\n li t1, 11\n li t2, 12\n li t3, 13\n li t4, 14\n li t5, 15\n"
                     "li t6, 16\n li a6, 0\n li a7, 0x10\n"
                     "ecall\n"
                     "mv %0, a2\n add %0, %0, a3\n add %0, %0, a4\n add %0, %0, a5\n"
                     "add %0, %0, a6\n add %0, %0, a7\n add %0, %0, t0\n add %0, %0, t1\n"
                     "add %0, %0, t2\n add %0, %0, t3\n add %0, %0, t4\n add %0, %0, t5\n"
                     "add %0, %0, t6\n"
                     : "=&r"(sum)
                     :
                     : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3", "t4",
                       "t5", "t6", "memory");
    return sum == 2 + 3 + 4 + 5 + 0x10 + 10 + 11 + 12 + 13 + 14 + 15 + 16;
}

/* §4 */
static void
base_check(void)
{
    static const uint64_t required[] = {SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM, SBI_SRST};
    struct duet_ret version = sbi_call(SBI_BASE, BASE_VERSION, 0, 0, 0);

    differs("base version", version.error, 0);
    promise("base version: the reserved bits are not 0", version.value >> 31 == 0);
    promise("base version: before 1.0", version.value >> 24 >= 1);
    for (unsigned function = BASE_IMPL_ID; function < BASE_UNKNOWN; function++)
        differs("base function", call(SBI_BASE, function, SBI_BASE, 0, 0), 0);
    differs("base, a function that there is not", call(SBI_BASE, BASE_UNKNOWN, 0, 0, 0),
            SBI_ERR_NOT_SUPPORTED);
    for (unsigned i = 0; i < sizeof(required) / sizeof(required[0]); i++)
        promise("base probe: an extension is missing", probe(required[i]) != 0);
    differs("base probe of nothing", probe(SBI_NOTHING), 0);
    differs("base probe of nothing, error", call(SBI_BASE, SBI_BASE_PROBE, SBI_NOTHING, 0, 0), 0);
    differs("an extension that there is not", call(SBI_NOTHING, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
    promise("registers are not kept", registers_are_kept());
}

/* What may be missing says so twice. */
static void
missing_check(void)
{
    static const uint64_t optional[] = {SBI_SUSP, SBI_NACL, SBI_CPPC, SBI_DBCN, SBI_PMU, SBI_STA};

    for (unsigned i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
        if (!probe(optional[i]))
            differs("an extension that says that it is not there", call(optional[i], 0, 0, 0, 0),
                    SBI_ERR_NOT_SUPPORTED);
}

static bool
comes(uint64_t bit, uint64_t patience)
{
    uint64_t end = csr_read(time) + patience;

    while (!(csr_read(sip) & bit))
        if (csr_read(time) > end)
            return false;
    return true;
}

static volatile uint64_t timer_taken, timer_taken_at;
static volatile bool timer_was_pending;
static bool timer_is_masked; /* it is not set to never, but masked */

__attribute__((aligned(4), interrupt("supervisor"))) static void
timer_trap(void)
{
    timer_taken_at = csr_read(time);
    timer_was_pending = csr_read(sip) & STIP;
    promise("time: another trap", csr_read(scause) == (SCAUSE_INTERRUPT | IRQ_S_TIMER));
    if (timer_is_masked)
        __asm__ volatile("csrc sie, %0" ::"r"(STIP));
    else
        call(SBI_TIME, SBI_TIME_SET, ~0UL, 0, 0);
    timer_taken++;
}

/* The interrupt is taken once, and not before it is due. */
static void
time_interrupt_check(bool is_masked)
{
    uint64_t due = csr_read(time) + 100000;

    timer_taken = 0;
    timer_is_masked = is_masked;
    csr_write(stvec, (uint64_t)timer_trap);
    differs("time, for an interrupt", call(SBI_TIME, SBI_TIME_SET, due, 0, 0), 0);
    csr_write(sie, STIP);
    __asm__ volatile("csrsi sstatus, 2");
    for (uint64_t end = due + GUARD; !timer_taken && csr_read(time) < end;)
        ;
    for (uint64_t end = csr_read(time) + 10000; csr_read(time) < end;)
        ;
    __asm__ volatile("csrci sstatus, 2");
    differs("time: how often the interrupt is taken", (int64_t)timer_taken, 1);
    promise("time: the interrupt is early", timer_taken_at >= due);
    promise("time: the interrupt that is taken is not in sip", timer_was_pending);
    csr_write(sie, 0);
    csr_write(stvec, 0);
}

/* §6 */
static void
time_check(void)
{
    bool is_kvm = sbi_call(SBI_BASE, BASE_IMPL_ID, 0, 0, 0).value == IMPL_KVM;
    uint64_t patience = is_kvm ? MOMENT : GUARD;

    differs("time", call(SBI_TIME, SBI_TIME_SET, csr_read(time) + 1000, 0, 0), 0);
    promise("time: the interrupt is not pending when it is due", comes(STIP, patience));
    differs("time, never", call(SBI_TIME, SBI_TIME_SET, ~0UL, 0, 0), 0);
    promise("time: the interrupt stays pending", !(csr_read(sip) & STIP));
    differs("time in the past", call(SBI_TIME, SBI_TIME_SET, 0, 0, 0), 0);
    promise("time: the past is not due", comes(STIP, patience));
    differs("time, never again", call(SBI_TIME, SBI_TIME_SET, ~0UL, 0, 0), 0);
    time_interrupt_check(false);
    time_interrupt_check(true);
    differs("time, never at last", call(SBI_TIME, SBI_TIME_SET, ~0UL, 0, 0), 0);
    differs("time, a function that there is not", call(SBI_TIME, 1, 0, 0, 0),
            SBI_ERR_NOT_SUPPORTED);
}

/* §7 */
static void
ipi_check(void)
{
    __asm__ volatile("csrci sip, 2");
    differs("ipi to nobody", call(SBI_IPI, SBI_IPI_SEND, 0, boot_hart, 0), 0);
    promise("ipi to nobody: it came", !(csr_read(sip) & SSIP));
    differs("ipi", call(SBI_IPI, SBI_IPI_SEND, 1, boot_hart, 0), 0);
    promise("ipi: it does not come", comes(SSIP, GUARD));
    __asm__ volatile("csrci sip, 2");
    promise("ipi: it cannot be cleared", !(csr_read(sip) & SSIP));
    differs("ipi to all", call(SBI_IPI, SBI_IPI_SEND, 0, ~0UL, 0), 0);
    promise("ipi to all: it does not come", comes(SSIP, GUARD));
    __asm__ volatile("csrci sip, 2");
    differs("ipi to hart 4000, which there is not", call(SBI_IPI, SBI_IPI_SEND, 1, NO_HART, 0),
            SBI_ERR_INVALID_PARAM);
    differs("ipi to hart 63, which there is not", call(SBI_IPI, SBI_IPI_SEND, 1UL << 63, 0, 0),
            SBI_ERR_INVALID_PARAM);
    differs("ipi, a function that there is not", call(SBI_IPI, 1, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
}

static int64_t
fence(uint64_t function, uint64_t mask, uint64_t base, uint64_t start, uint64_t size)
{
    const uint64_t arg[6] = {mask, base, start, size, 1, 0};

    return duet_ecall(SBI_RFENCE, function, arg).error;
}

/* §8 */
static void
fence_check(void)
{
    static const char none[] = "a fence on a hart that there is not";

    for (unsigned function = RFENCE_FENCE_I; function <= RFENCE_SFENCE_VMA_ASID; function++) {
        differs("fence", fence(function, 1, boot_hart, 0, 4096), 0);
        differs("fence of everything", fence(function, 1, boot_hart, 0, ~0UL), 0);
        differs("fence of nothing", fence(function, 1, boot_hart, 0, 0), 0);
        differs("fence on all", fence(function, 0, ~0UL, 0x1000, 4096), 0);
        differs(none, fence(function, 1, NO_HART, 0, 4096), SBI_ERR_INVALID_PARAM);
    }
    /* Where there is no hypervisor extension, its fences are not supported. */
    for (unsigned function = RFENCE_SFENCE_VMA_ASID + 1; function < RFENCE_UNKNOWN; function++) {
        int64_t error = fence(function, 1, boot_hart, 0, 4096);

        promise("a fence of the hypervisor's: neither done nor unsupported",
                error == 0 || error == SBI_ERR_NOT_SUPPORTED);
    }
    differs("fence, a function that there is not", fence(RFENCE_UNKNOWN, 1, boot_hart, 0, 0),
            SBI_ERR_NOT_SUPPORTED);
}

/* --- Another hart ----------------------------------------------------------------------------- */

extern char _start[];

enum { NOTHING, STARTED, SUSPENDED, RESUMED };

static volatile uint64_t other_state, other_opaque, other_is_clean, other_type;
static volatile int64_t other_error;

/* §9.1: the state in which a hart begins. Then it suspends itself, and stops itself. */
static void
other_main(uint64_t opaque)
{
    other_opaque = opaque;
    other_is_clean = csr_read(satp) == 0 && !(csr_read(sstatus) & 2);
    other_state = STARTED;
    csr_write(sie, SSIP);
    while (!(csr_read(sip) & SSIP))
        ;
    __asm__ volatile("csrci sip, 2");
    other_state = SUSPENDED;
    /* A fence may wake it as well; and OpenSBI 1.1 waits for ever for the fence of a hart that
     * stops meanwhile. So it stops after the IPI alone, behind which no fence comes. */
    do
        other_error = call(SBI_HSM, HSM_SUSPEND, other_type, 0, 0);
    while (other_error == 0 && !(csr_read(sip) & SSIP));
    __asm__ volatile("csrci sip, 2");
    other_state = RESUMED;
    call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
    print("hsm stop: it goes on\n");
    for (;;)
        ;
}

static int64_t
status_of(uint64_t hart)
{
    struct duet_ret ret = sbi_call(SBI_HSM, SBI_HSM_STATUS, hart, 0, 0);

    return ret.error ? ret.error : (int64_t)ret.value;
}

static void
state_wait(uint64_t state, const char *what)
{
    uint64_t end = csr_read(time) + GUARD;

    while (other_state != state)
        if (csr_read(time) > end) {
            print(what);
            print(": it never does\n");
            store32(TEST, TEST_FAIL(1));
        }
}

static void
status_wait(uint64_t hart, int64_t status, const char *what)
{
    uint64_t end = csr_read(time) + GUARD;

    while (status_of(hart) != status)
        if (csr_read(time) > end) {
            differs(what, status_of(hart), status);
            return;
        }
}

static void
other_check(uint64_t hart)
{
    for (unsigned round = 0; round < 2; round++) {
        other_state = NOTHING;
        other_type = HSM_SUSPEND_RETENTIVE | (round ? ABOVE_32 : 0);
        differs("hsm status of a stopped hart", status_of(hart), HSM_STOPPED);
        differs("hsm start", call(SBI_HSM, SBI_HSM_START, hart, (uint64_t)_start, 0x5eed + round),
                0);
        state_wait(STARTED, "hsm start");
        differs("hsm start: opaque", (int64_t)other_opaque, 0x5eed + round);
        promise("hsm start: satp or SIE is not 0", other_is_clean);
        differs("hsm status of a started hart", status_of(hart), HSM_STARTED);
        differs("hsm start of a started hart",
                call(SBI_HSM, SBI_HSM_START, hart, (uint64_t)_start, 0), SBI_ERR_ALREADY_AVAILABLE);
        differs("ipi to two", call(SBI_IPI, SBI_IPI_SEND, 1UL << hart | 1UL << boot_hart, 0, 0), 0);
        state_wait(SUSPENDED, "ipi to two");
        promise("ipi to two: it does not come", comes(SSIP, GUARD));
        __asm__ volatile("csrci sip, 2");
        status_wait(hart, HSM_SUSPENDED, "hsm suspend");
        differs("a fence on another", fence(RFENCE_FENCE_I, 1, hart, 0, 0), 0);
        differs("a fence on both", fence(1, 0, ~0UL, 0x1000, 4096), 0);
        differs("ipi to one that sleeps", call(SBI_IPI, SBI_IPI_SEND, 1, hart, 0), 0);
        state_wait(RESUMED, "ipi to one that sleeps");
        differs("hsm suspend", other_error, 0);
        status_wait(hart, HSM_STOPPED, "hsm stop");
    }
}

/* §9 */
static void
hsm_check(void)
{
    differs("hsm status of the own hart", status_of(boot_hart), HSM_STARTED);
    differs("hsm status of no hart", status_of(NO_HART), SBI_ERR_INVALID_PARAM);
    differs("hsm start of the own hart",
            call(SBI_HSM, SBI_HSM_START, boot_hart, (uint64_t)_start, 0),
            SBI_ERR_ALREADY_AVAILABLE);
    differs("hsm start of no hart", call(SBI_HSM, SBI_HSM_START, NO_HART, (uint64_t)_start, 0),
            SBI_ERR_INVALID_PARAM);
    differs("hsm start of hart -1", call(SBI_HSM, SBI_HSM_START, ~0UL, (uint64_t)_start, 0),
            SBI_ERR_INVALID_PARAM);
    differs("hsm suspend of a reserved type",
            call(SBI_HSM, HSM_SUSPEND, HSM_SUSPEND_RESERVED, 0, 0), SBI_ERR_INVALID_PARAM);
    differs("hsm, a function that there is not", call(SBI_HSM, 4, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
    for (uint64_t hart = 0; hart < 8; hart++)
        if (hart != boot_hart && status_of(hart) != SBI_ERR_INVALID_PARAM)
            other_check(hart);
}

/* §10: types that are reserved. */
static void
reset_check(void)
{
    differs("reset of a reserved type", call(SBI_SRST, SBI_SRST_RESET, 3, 0, 0),
            SBI_ERR_INVALID_PARAM);
    differs("reset, a function that there is not", call(SBI_SRST, 1, 0, 0, 0),
            SBI_ERR_NOT_SUPPORTED);
}

/* §12 */
static void
debug_console_check(void)
{
    static const char text[] = "by DBCN\n";
    struct duet_ret ret;

    if (!probe(SBI_DBCN))
        return;
    ret = sbi_call(SBI_DBCN, SBI_DBCN_WRITE, sizeof(text) - 2, (uint64_t)text, 0);
    differs("dbcn write", ret.error, 0);
    promise("dbcn write: more than there is", ret.value <= sizeof(text) - 2);
    for (uint64_t i = ret.value; i < sizeof(text) - 1; i++) {
        struct duet_ret byte =
            sbi_call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, ABOVE_8 | (uint8_t)text[i], 0, 0);

        differs("dbcn write byte", byte.error, 0);
        differs("dbcn write byte, value", (int64_t)byte.value, 0);
    }
    ret = sbi_call(SBI_DBCN, SBI_DBCN_WRITE, 0, (uint64_t)text, 0);
    differs("dbcn write of nothing", ret.error, 0);
    differs("dbcn write of nothing, value", (int64_t)ret.value, 0);
    differs("dbcn write from beyond 64 bits", call(SBI_DBCN, SBI_DBCN_WRITE, 1, (uint64_t)text, 1),
            SBI_ERR_INVALID_PARAM);
    differs("dbcn read to beyond 64 bits", call(SBI_DBCN, SBI_DBCN_READ, 1, (uint64_t)text, 1),
            SBI_ERR_INVALID_PARAM);
    differs("dbcn, a function that there is not", call(SBI_DBCN, 3, 0, 0, 0),
            SBI_ERR_NOT_SUPPORTED);
}

/* §16 */
static void
steal_time_check(void)
{
    static uint8_t shared[128] __attribute__((aligned(64)));

    if (!probe(SBI_STA))
        return;
    differs("sta", call(SBI_STA, SBI_STA_SET_SHMEM, (uint64_t)shared, 0, 0), 0);
    differs("sta with flags", call(SBI_STA, SBI_STA_SET_SHMEM, (uint64_t)shared, 0, 1),
            SBI_ERR_INVALID_PARAM);
    differs("sta unaligned", call(SBI_STA, SBI_STA_SET_SHMEM, (uint64_t)shared + 32, 0, 0),
            SBI_ERR_INVALID_PARAM);
    differs("sta beyond RAM", call(SBI_STA, SBI_STA_SET_SHMEM, 1UL << 50, 0, 0),
            SBI_ERR_INVALID_ADDRESS);
    differs("sta, off", call(SBI_STA, SBI_STA_SET_SHMEM, ~0UL, ~0UL, 0), 0);
}

/* scripts/run --bare takes what comes behind this line for the guest's. */
static void
mark_print(uint64_t fdt)
{
    const char *mark = tree_find((const void *)fdt, "mark=");

    if (!mark)
        return;
    for (; *mark > ' '; mark++)
        uart_put(*mark);
    print("\n");
}

void
guest_main(uint64_t hart, uint64_t opaque)
{
    static bool is_booted;

    if (is_booted)
        other_main(opaque);
    is_booted = true;
    boot_hart = hart;
    mark_print(opaque);
    base_check();
    missing_check();
    time_check();
    ipi_check();
    fence_check();
    hsm_check();
    reset_check();
    debug_console_check();
    steal_time_check();
    print("done\n");
    store32(TEST, TEST_PASS);
    for (;;)
        ;
}
