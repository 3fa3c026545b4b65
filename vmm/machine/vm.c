/* One virtual machine: put together, run, taken apart. */
#include "vmm/machine/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "abi/memory.h"
#include "common/riscv.h"
#include "vmm/board/machine_mode.h"
#include "vmm/boot/device_tree.h"
#include "vmm/boot/initrd.h"
#include "vmm/boot/isa.h"
#include "vmm/call/serving.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/report/crash.h"
#include "vmm/sandbox.h"
#include "vmm/state/migrate.h"
#include "vmm/state/save.h"
#include "vmm/state/snapshot.h"
#include "vmm/trace/kvm_stats.h"

/* The device tree is placed at the end of RAM. */
#define DEVICE_TREE_SIZE 0x10000

/* The stack of a vCPU's thread. The crash report needs most. */
#define VCPU_STACK_SIZE (1 << 20)

/* What is in the file stays until there is a tree. */
static int
dtb_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

    return fd >= 0 ? fd : fail_errno("%s", path);
}

int
vm_files_open(struct vm_files *files, const struct options *options)
{
    *files = (struct vm_files){.kvm_fd = -1, .initrd_fd = -1, .dtb_fd = -1};
    if (devices_open(options))
        return -1;
    if (options->initrd)
        files->initrd_fd = initrd_open(options->initrd);
    if (options->dtb)
        files->dtb_fd = dtb_open(options->dtb);
    if ((!options->initrd || files->initrd_fd >= 0) && (!options->dtb || files->dtb_fd >= 0)) {
        files->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
        if (files->kvm_fd >= 0)
            return 0;
        if (errno == EACCES || errno == EPERM)
            fail_errno("/dev/kvm: to use KVM, be in the group kvm (as root: adduser NAME kvm), and "
                       "log in again");
        else
            fail_errno("/dev/kvm: is this a host with KVM, and the kvm module loaded");
    }
    vm_files_close(files);
    return -1;
}

void
vm_files_close(struct vm_files *files)
{
    devices_close();
    if (files->dtb_fd >= 0)
        close(files->dtb_fd);
    if (files->initrd_fd >= 0)
        close(files->initrd_fd);
    if (files->kvm_fd >= 0)
        close(files->kvm_fd);
}

static int
kvm_create(struct vm *vm)
{
    if (ioctl(vm->files->kvm_fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
        return fail("/dev/kvm: does not speak KVM API version %d", KVM_API_VERSION);
    do /* work that the kernel has queued for this thread counts as an interruption */
        vm->fd = ioctl(vm->files->kvm_fd, KVM_CREATE_VM, 0);
    while (vm->fd < 0 && errno == EINTR);
    if (vm->fd < 0)
        return fail_errno("KVM_CREATE_VM");
    if (vm->options->stats)
        vm->stats_fd = kvm_stats_open(vm->fd);
    return 0;
}

static int
ram_create(struct vm *vm)
{
    uint64_t size = vm->options->memory;
    enum option_pages pages = vm->options->pages;

    if (pages != PAGES_4K && guest_mem_create_huge(&vm->mem, DUET_RAM_BASE, size) == 0)
        return 0;
    if (pages != PAGES_2M)
        return guest_mem_create(&vm->mem, DUET_RAM_BASE, size);
    if (errno == ENOMEM)
        return fail("--memory-pages=2M: the host has too few of them in reserve: as root, have "
                    "%llu free by writing to /proc/sys/vm/nr_hugepages",
                    (unsigned long long)(size / HUGE_PAGE_SIZE));
    return fail_errno("--memory-pages=2M: this host has no such pages (CONFIG_HUGETLBFS)");
}

static int
memory_create(struct vm *vm, const struct snapshot *snapshot)
{
    struct kvm_userspace_memory_region region = {0};

    if (snapshot && !snapshot->is_sent
            ? guest_mem_create_from(&vm->mem, DUET_RAM_BASE, vm->options->memory, snapshot->fd,
                                    (off_t)snapshot->ram_offset)
            : ram_create(vm))
        return -1;
    region.guest_phys_addr = vm->mem.base;
    region.memory_size = vm->mem.size;
    region.userspace_addr = (uint64_t)vm->mem.hva;
    return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region)
               ? fail_errno("KVM_SET_USER_MEMORY_REGION of the guest's RAM")
               : 0;
}

static int
dtb_write(const struct vm *vm, const char *fdt, size_t len)
{
    /* EINVAL: a pipe, a terminal. */
    if (ftruncate(vm->files->dtb_fd, 0) && errno != EINVAL)
        return fail_errno("%s", vm->options->dtb);
    for (size_t done = 0; done < len;) {
        ssize_t put = write(vm->files->dtb_fd, fdt + done, len - done);

        if (put < 0 && errno != EINTR)
            return fail_errno("%s", vm->options->dtb);
        done += put > 0 ? (size_t)put : 0;
    }
    return 0;
}

/* Places the device tree at the end of RAM, and the RAM disk below it. */
static int
machine_describe(struct vm *vm, uint64_t *fdt_gpa)
{
    int fd = vm->vcpu[0].fd;
    struct device_tree machine = {
        .ram_base = vm->mem.base,
        .ram_size = vm->mem.size,
        .cpus = vm->options->cpus,
        .mmu = isa_mmu(fd),
        .bootargs = vm->options->bootargs,
        .stdout_path = devices_stdout_path(vm),
        .vm = vm,
        .has_board = vm->options->board,
        .devices_describe = devices_describe,
    };
    uint64_t timebase;
    struct isa isa;
    char *fdt;
    int len;

    *fdt_gpa = vm->mem.base + vm->mem.size - DEVICE_TREE_SIZE;
    if (vm->image->end > *fdt_gpa)
        return fail("%s: leaves no room in RAM for the device tree: give more --memory",
                    vm->image->path);
    if (vm->options->initrd &&
        initrd_load(vm->options->initrd, vm->files->initrd_fd, vm->image, &vm->mem, *fdt_gpa,
                    &machine.initrd_start, &machine.initrd_size))
        return -1;
    if (isa_read(fd, &isa))
        return -1;
    if (getrandom(machine.rng_seed, sizeof(machine.rng_seed), 0) != sizeof(machine.rng_seed))
        return fail_errno("getrandom");
    if (reg_get(fd, REG_TIMER(frequency), &timebase))
        return fail_errno("KVM does not say how fast the guest's clock is");
    machine.isa = isa.name;
    machine.cbom_block = isa.cbom_block;
    machine.cboz_block = isa.cboz_block;
    machine.timebase_hz = (uint32_t)timebase;
    fdt = guest_mem_slice(&vm->mem, *fdt_gpa, DEVICE_TREE_SIZE);
    len = device_tree_build(&machine, fdt, DEVICE_TREE_SIZE);
    if (len < 0)
        return -1;
    return vm->options->dtb ? dtb_write(vm, fdt, (size_t)len) : 0;
}

/* SBI 2.0 §9.1: the hart id is in a0 and the device tree in a1; paging and interrupts are off, as
 * KVM has set up the vCPU. The other harts wait in KVM for hart_start. */
static int
boot_state_set(struct vm *vm, uint64_t fdt_gpa)
{
    int fd = vm->vcpu[0].fd;

    if (reg_set(fd, REG_GUEST_PC, vm->image->entry) || reg_set(fd, REG_GPR(X_A0), 0) ||
        reg_set(fd, REG_GPR(X_A1), fdt_gpa))
        return fail_errno("KVM_SET_ONE_REG of the boot state");
    return 0;
}

static int
parts_create(struct vm *vm, const struct snapshot *snapshot)
{
    uint64_t fdt_gpa;

    if (kvm_create(vm) || memory_create(vm, snapshot) ||
        (!snapshot && elf_image_load(vm->image, &vm->mem)))
        return -1;
    while (vm->vcpu_count < vm->options->cpus) {
        unsigned id = vm->vcpu_count++;
        if (vcpu_create(&vm->vcpu[id], vm, id))
            return -1;
    }
    events_init(&vm->events, &vm->vcpu[0].irq);
    if (devices_create(vm))
        return -1;
    if (snapshot)
        return snapshot->is_sent ? migrate_finish(vm, snapshot) : restore(vm, snapshot);
    if (machine_describe(vm, &fdt_gpa))
        return -1;
    return machine_mode_is_wanted(vm) ? machine_mode_create(vm, fdt_gpa)
                                      : boot_state_set(vm, fdt_gpa);
}

int
vm_create(struct vm *vm, const struct options *options, const struct elf_image *image,
          const struct vm_files *files, const struct snapshot *snapshot, struct trace *trace)
{
    memset(vm, 0, offsetof(struct vm, vcpu));
    vm->options = options;
    vm->image = image;
    vm->files = files;
    vm->trace = trace;
    ending_init(&vm->ending, crash_report);
    stopped_init(&vm->stopped);
    holding_init(&vm->holding);
    saving_init(&vm->saving, options->save);
    migrating_init(&vm->migrating);
    vm->mem.file_fd = -1;
    vm->fd = vm->stats_fd = -1;
    sem_init(&vm->gate, 0, 0);
    if (parts_create(vm, snapshot)) {
        vm_destroy(vm);
        return -1;
    }
    return 0;
}

void
vm_destroy(struct vm *vm)
{
    devices_destroy(vm); /* their threads use everything that is released below */
    machine_mode_destroy(vm);
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        vcpu_destroy(&vm->vcpu[id]);
    if (vm->stats_fd >= 0)
        close(vm->stats_fd);
    if (vm->fd >= 0)
        close(vm->fd);
    migrating_destroy(&vm->migrating);
    guest_mem_destroy(&vm->mem);
}

static void *
vcpu_main(void *arg)
{
    struct vcpu *vcpu = arg;

    serving_stack_begin(vcpu->id);
    sandbox_thread(&sandbox_vcpu);
    while (sem_wait(&vcpu->vm->gate) && errno == EINTR)
        ;
    vcpu_run(vcpu);
    atomic_store(&vcpu->left, true);
    vm_owner_wake(vcpu->vm);
    return NULL;
}

void
vm_start(struct vm *vm)
{
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, VCPU_STACK_SIZE);
    while (vm->started < vm->vcpu_count) {
        struct vcpu *vcpu = &vm->vcpu[vm->started];

        errno = pthread_create(&vcpu->thread, &attr, vcpu_main, vcpu);
        if (errno) {
            fail_errno("cannot start the thread of vCPU %u", vcpu->id);
            vm_end(vm, STATUS_FAILED);
            break;
        }
        vm->started++;
    }
    pthread_attr_destroy(&attr);
    /* This must follow the start of the threads, which would inherit the filter (sandbox.h), and
     * precede the guest's first instruction. */
    sandbox_thread(&sandbox_owner);
    if (devices_start(vm))
        vm_end(vm, STATUS_FAILED);
    for (unsigned i = 0; i < vm->started; i++)
        sem_post(&vm->gate);
}

bool
vm_join(struct vm *vm)
{
    while (vm->started > 0 && atomic_load(&vm->vcpu[vm->started - 1].left)) {
        pthread_join(vm->vcpu[vm->started - 1].thread, NULL);
        vm->started--;
    }
    if (vm->started > 0)
        return false;
    if (vm->ending.died && !(atomic_load(&vm->ending.how) & VM_RESET))
        atomic_store(&vm->ending.how, VM_ENDED | STATUS_GUEST_DIED);
    return true;
}
