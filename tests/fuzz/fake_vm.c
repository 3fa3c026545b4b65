/* A VM without KVM. */
#include "tests/fuzz/fake_vm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "vmm/boot/elf_image.h"
#include "vmm/device/console.h"
#include "vmm/guest/regs.h"
#include "vmm/guest/trap.h"
#include "vmm/sandbox.h"

struct vm fake_vm;
static const struct options options = {.log_level = DUET_LOG_DEBUG, .cpus = 2};
static bool raised; /* what KVM was told last */

void
fake_vm_begin(void)
{
    static struct console console;
    static struct guest_mem mem;
    static int wake_fd;
    static struct kvm_run run; /* nothing but immediate_exit is set in it */

    if (!mem.hva) {
        fuzz_check(guest_mem_create(&mem, FAKE_BASE, FAKE_RAM) == 0, "no RAM");
        wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    memset(&fake_vm, 0, sizeof(fake_vm));
    fake_vm.options = &options;
    fake_vm.mem = mem;
    fake_vm.vcpu_count = 2;
    for (unsigned id = 0; id < CPUS_MAX; id++)
        fake_vm.vcpu[id] =
            (struct vcpu){.vm = &fake_vm, .id = id, .fd = -1, .run = &run, .stats.kvm_fd = -1};
    signal(VCPU_KICK_SIGNAL, SIG_IGN); /* the CLINT's timers send it */
    /* A console whose reader sleeps. */
    console = (struct console){
        .vm = &fake_vm, .wake_fd = wake_fd, .feeder_fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
    fake_vm.device[DEVICE_console] = &console;
    irq_init(&fake_vm.vcpu[0].irq, -1);
    events_init(&fake_vm.events, &fake_vm.vcpu[0].irq);
    raised = false;
}

void
fake_vm_interrupt_check(void)
{
    struct events *events = &fake_vm.events;

    fuzz_check(raised == !!(events->pending & events->enabled),
               "interrupt %d with 0x%lx pending, 0x%lx selected", raised, events->pending,
               events->enabled);
}

uint64_t fake_vm_pc;

int
reg_get(int vcpu_fd, uint64_t id, uint64_t *value)
{
    (void)vcpu_fd;
    *value = id == REG_TIMER(frequency) ? 10000000 : fake_vm_pc;
    return 0;
}

int
reg_set(int vcpu_fd, uint64_t id, uint64_t value)
{
    (void)vcpu_fd, (void)id, (void)value;
    return 0;
}

/* KVM's part, by the linker's --wrap=ioctl. */
int __wrap_ioctl(int fd, unsigned long request, ...);

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    void *arg;

    va_start(args, request);
    arg = va_arg(args, void *);
    va_end(args);
    if (request == TIOCGWINSZ) {
        errno = ENOTTY;
        return -1;
    }
    if (request == KVM_INTERRUPT)
        raised = ((struct kvm_interrupt *)arg)->irq == (unsigned)KVM_INTERRUPT_SET;
    else
        fuzz_check(request == KVM_IOEVENTFD || request == KVM_SET_GUEST_DEBUG ||
                       request == KVM_SET_MP_STATE,
                   "ioctl 0x%lx of fd %d", request, fd);
    return 0;
}

void
vm_end(struct vm *vm, unsigned status)
{
    unsigned running = 0;

    fuzz_check(status <= VM_STATUS_MASK, "it ends with status %u", status);
    atomic_compare_exchange_strong(&vm->ending.how, &running, VM_ENDED | status);
}

/* There is no file to save it in. */
void
hold_vcpu_begin(struct vcpu *vcpu)
{
    fuzz_check(false, "vCPU %u is to be held", vcpu->id);
}

void
vm_owner_wake(const struct vm *vm)
{
    (void)vm;
    fuzz_check(false, "the owner is to wake");
}

void
vcpu_kick(struct vcpu *vcpu)
{
    fuzz_check(vcpu->id < fake_vm.vcpu_count, "vCPU %u is kicked", vcpu->id);
}

void
vm_reset(struct vm *vm)
{
    vm_end(vm, 0);
}

int
trap_access_fault(struct vcpu *vcpu, bool is_store, uint64_t gpa)
{
    (void)vcpu, (void)is_store, (void)gpa;
    return 0;
}

/* No guest is loaded here. */
bool
elf_image_code_next(const struct elf_image *image, const struct elf_segment *segment,
                    size_t *section, uint64_t *begin, uint64_t *end)
{
    (void)image, (void)segment, (void)section, (void)begin, (void)end;
    return false;
}

/* The real report needs KVM's registers. This one reads everything that it is given. */
extern volatile uint64_t seen;
volatile uint64_t seen;

void
vcpu_died(struct vcpu *vcpu, const struct death *death)
{
    for (uint64_t n = 0; n < death->text_len; n++)
        seen += (uint8_t)death->text[n];
    for (size_t n = 0; death->trap && n < sizeof(*death->trap) / sizeof(uint64_t); n++)
        seen ^= ((const uint64_t *)death->trap)[n];
    vm_end(vcpu->vm, STATUS_GUEST_DIED);
}
