/*
 * What a hypercall costs at the least: a VM and a loop around KVM_RUN, nothing else. Runs in the
 * host Linux; prints instructions a round trip, when QEMU counts a nanosecond an instruction
 * (-icount).
 */
#include <asm/kvm.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench.h"
#include "vmm/regs.h"

#define RAM_BASE 0x80000000UL
#define RAM_SIZE 0x200000UL

/* The guest: as many calls to warm up as to count, then a call that hands over the ticks. */
extern const char guest_start[], guest_end[];
__asm__(".section .rodata\n"
        ".option push\n.option norelax\n"
        "guest_start:\n"
        "   li s4, 2\n"
        "1: li s1, " BENCH_STRING(BENCH_ROUNDS) "\n"
                                                "   rdtime s2\n"
                                                "2: li a7, 0x08445554\n"
                                                "   li a6, 1\n"
                                                "   ecall\n"
                                                "   addi s1, s1, -1\n"
                                                "   bnez s1, 2b\n"
                                                "   rdtime s3\n"
                                                "   addi s4, s4, -1\n"
                                                "   bnez s4, 1b\n"
                                                "   sub a0, s3, s2\n"
                                                "   li a6, 2\n"
                                                "   ecall\n"
                                                "guest_end:\n"
                                                ".option pop\n"
                                                ".text\n");

static int
must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

int
main(void)
{
    int kvm = must(open("/dev/kvm", O_RDWR), "/dev/kvm");
    int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    void *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct kvm_userspace_memory_region region = {
        .guest_phys_addr = RAM_BASE, .memory_size = RAM_SIZE, .userspace_addr = (unsigned long)ram};
    uint64_t timebase;

    if (ram == MAP_FAILED)
        must(-1, "mmap");
    memcpy(ram, guest_start, (size_t)(guest_end - guest_start));
    must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    size_t run_size = (size_t)must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    if (run == MAP_FAILED)
        must(-1, "mmap of kvm_run");
    must(reg_get(vcpu, REG_TIMER(frequency), &timebase), "timebase");
    must(reg_set(vcpu, REG_GUEST_PC, RAM_BASE), "pc");
    for (;;) {
        must(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
        if (run->exit_reason != KVM_EXIT_RISCV_SBI)
            must(-1, "unexpected exit");
        if (run->riscv_sbi.function_id == 2)
            break;
        run->riscv_sbi.ret[0] = 0;
        run->riscv_sbi.ret[1] = 0;
    }
    printf("%lu\n", run->riscv_sbi.args[0] * (1000000000 / timebase) / BENCH_ROUNDS);
    return 0;
}
