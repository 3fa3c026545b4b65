/*
 * What each operation costs at the least: a VM, a loop around KVM_RUN, and nothing else. Runs in
 * the host Linux: floor null|doorbell|doorbell_bare|console|start|off. When QEMU counts a
 * nanosecond an instruction (-icount), the first four print instructions a round as their last
 * line.
 */
#include <asm/kvm.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/kvm.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "common/riscv.h"
#include "common/text.h"
#include "vmm/guest/regs.h"

#define RAM_BASE 0x80200000UL /* where the measured guests are, too */
#define RAM_SIZE 0x200000UL
#define DOORBELL 0x10000000UL

/* What the guest asks for, as the function id of an SBI call in the range that KVM forwards. */
enum { ASK_NOTHING = 1, ASK_REPORT, ASK_WRITE };

/* A guest. Each asks for ASK_REPORT in the end; a1 holds the doorbell's address. */
#define GUEST(name, code)                                                                          \
    extern const char guest_##name[], guest_##name##_end[];                                        \
    __asm__(".section .rodata\n.option push\n.option norelax\n"                                    \
            "guest_" #name ":\n" code "guest_" #name "_end:\n"                                     \
            ".option pop\n.text\n");

/* Times rounds of the body, after as many to warm up; reports the ticks. */
#define LOOP(rounds, body)                                                                         \
    "   li a7, 0x08445554\n"                                                                       \
    "   li s4, 2\n"                                                                                \
    "1: li s1, " TEXT(rounds) "\n"                                                                 \
                              "   rdtime s2\n"                                                     \
                              "2: " body "\n"                                                      \
                              "   addi s1, s1, -1\n"                                               \
                              "   bnez s1, 2b\n"                                                   \
                              "   rdtime s3\n"                                                     \
                              "   addi s4, s4, -1\n"                                               \
                              "   bnez s4, 1b\n"                                                   \
                              "   sub a0, s3, s2\n"                                                \
                              "   li a6, 2\n"                                                      \
                              "   ecall\n"

GUEST(null, LOOP(BENCH_ROUNDS, "li a6, 1; ecall"))
GUEST(doorbell, LOOP(BENCH_ROUNDS, "sw zero, 0(a1)"))
GUEST(console, LOOP(BENCH_CONSOLE_ROUNDS, "li a6, 3; li a0, " TEXT(BENCH_CONSOLE_BYTES) "; ecall"))
GUEST(start, "li a7, 0x08445554; li a6, 3; li a0, 1; ecall; 1: wfi; j 1b\n")
GUEST(off, "li a7, 0x08445554; li a6, 2; ecall\n")

static const struct {
    const char *name, *start, *end;
    unsigned rounds; /* 0: its report is no time */
} guests[] = {
    {"null", guest_null, guest_null_end, BENCH_ROUNDS},
    {"doorbell", guest_doorbell, guest_doorbell_end, BENCH_ROUNDS},      /* polled by io_uring */
    {"doorbell_bare", guest_doorbell, guest_doorbell_end, BENCH_ROUNDS}, /* nobody looks */
    {"console", guest_console, guest_console_end, BENCH_CONSOLE_ROUNDS},
    {"start", guest_start, guest_start_end, 0},
    {"off", guest_off, guest_off_end, 0},
};

static int
must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

/* Has io_uring look at each store to the doorbell, as duet's thread does; who waits for it is
 * awake. */
static void
doorbell_poll(int fd)
{
    static struct io_uring uring;

    must(io_uring_queue_init(4, &uring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN),
         "io_uring_queue_init");
    io_uring_prep_poll_multishot(io_uring_get_sqe(&uring), fd, POLLIN);
    must(io_uring_submit(&uring), "io_uring_submit");
}

/* Serves the guest until it reports; the number that it does. */
static unsigned long
serve(int vcpu, struct kvm_run *run, const char *ram)
{
    for (;;) {
        must(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
        if (run->exit_reason != KVM_EXIT_RISCV_SBI)
            must(-1, "unexpected exit");
        if (run->riscv_sbi.function_id == ASK_REPORT)
            return run->riscv_sbi.args[0];
        if (run->riscv_sbi.function_id == ASK_WRITE)
            must((int)write(STDOUT_FILENO, ram, run->riscv_sbi.args[0]), "write");
        run->riscv_sbi.ret[0] = 0;
        run->riscv_sbi.ret[1] = 0;
    }
}

int
main(int argc, char **argv)
{
    unsigned which = 0;
    uint64_t timebase;

    while (argc != 2 || strcmp(argv[1], guests[which].name) != 0)
        if (argc != 2 || ++which == sizeof(guests) / sizeof(guests[0])) {
            fprintf(stderr, "usage: floor null|doorbell|doorbell_bare|console|start|off\n");
            return 2;
        }
    int kvm = must(open("/dev/kvm", O_RDWR), "/dev/kvm");
    int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    char *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct kvm_userspace_memory_region region = {
        .guest_phys_addr = RAM_BASE, .memory_size = RAM_SIZE, .userspace_addr = (unsigned long)ram};
    struct kvm_ioeventfd doorbell = {.addr = DOORBELL, .len = 4};

    if (ram == MAP_FAILED)
        must(-1, "mmap");
    memcpy(ram, guests[which].start, (size_t)(guests[which].end - guests[which].start));
    must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    size_t run_size = (size_t)must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    if (run == MAP_FAILED)
        must(-1, "mmap of kvm_run");
    must(reg_set(vcpu, REG_GUEST_PC, RAM_BASE), "pc");
    if (guests[which].start == guest_doorbell) {
        doorbell.fd = must(eventfd(0, 0), "eventfd");
        must(ioctl(vm, KVM_IOEVENTFD, &doorbell), "KVM_IOEVENTFD");
        must(reg_set(vcpu, REG_GPR(X_A1), DOORBELL), "a1");
    }
    if (strcmp(guests[which].name, "doorbell") == 0)
        doorbell_poll((int)doorbell.fd);

    unsigned long ticks = serve(vcpu, run, ram);
    if (guests[which].rounds) {
        must(reg_get(vcpu, REG_TIMER(frequency), &timebase), "timebase");
        printf("\n%lu\n", ticks * (1000000000 / timebase) / guests[which].rounds);
    }
    return 0;
}
