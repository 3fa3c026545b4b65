/* The debugger: its thread, and its hold on the vCPUs. */
#include "vmm/debug/debugger.h"

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/riscv.h"
#include "vmm/boot/isa.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/guest/page_walk.h"
#include "vmm/guest/regs.h"
#include "vmm/guest/trap.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"

#define THREAD_STACK_SIZE (256 << 10)

/* The vCPUs' side. */

static struct debugger_hart *
hart_of(const struct vcpu *vcpu)
{
    return &vcpu->vm->debugger->hart[vcpu->id];
}

/* With the lock held: waits out of the guest for as long as the hart is held. */
static void
park(struct vcpu *vcpu)
{
    struct debugger *debugger = vcpu->vm->debugger;
    struct debugger_hart *hart = hart_of(vcpu);

    hart->parked = true;
    pthread_cond_broadcast(&debugger->changed);
    while (hart->hold && !atomic_load(&vcpu->vm->ending.how)) {
        pthread_mutex_unlock(&debugger->lock);
        sem_wait(&hart->go); /* a kick interrupts it */
        pthread_mutex_lock(&debugger->lock);
    }
    hart->parked = false;
}

void
debugger_vcpu_pause(struct vcpu *vcpu)
{
    struct debugger *debugger = vcpu->vm->debugger;

    if (!debugger)
        return;
    pthread_mutex_lock(&debugger->lock);
    if (hart_of(vcpu)->hold)
        park(vcpu);
    pthread_mutex_unlock(&debugger->lock);
}

void
debugger_vcpu_begin(struct vcpu *vcpu)
{
    struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE};

    if (!vcpu->vm->debugger)
        return;
    if (ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug)) {
        fail_errno("KVM_SET_GUEST_DEBUG");
        vm_end(vcpu->vm, STATUS_FAILED);
    }
    debugger_vcpu_pause(vcpu);
}

/* Tells the debugger's thread of an event, and waits until it lets the hart go. */
static void
event_tell(struct vcpu *vcpu, enum hart_event event, enum gdb_signal signal)
{
    struct debugger *debugger = vcpu->vm->debugger;
    struct debugger_hart *hart = hart_of(vcpu);

    pthread_mutex_lock(&debugger->lock);
    hart->event = event;
    hart->signal = signal;
    hart->hold = true;
    gdb_link_wake(&debugger->link);
    park(vcpu);
    pthread_mutex_unlock(&debugger->lock);
}

void
debugger_vcpu_ebreak(struct vcpu *vcpu)
{
    event_tell(vcpu, HART_EBREAK, GDB_SIGNAL_0);
}

void
debugger_vcpu_died(struct vcpu *vcpu, enum gdb_signal signal)
{
    if (vcpu->vm->debugger)
        event_tell(vcpu, HART_DIED, signal);
}

void
debugger_vcpu_end(struct vcpu *vcpu)
{
    struct debugger *debugger = vcpu->vm->debugger;

    if (!debugger)
        return;
    pthread_mutex_lock(&debugger->lock);
    hart_of(vcpu)->left = true;
    pthread_cond_broadcast(&debugger->changed);
    pthread_mutex_unlock(&debugger->lock);
}

/* The debugger's thread. */

static uint64_t
csr(struct debugger *debugger, unsigned hart, unsigned number)
{
    uint64_t value = 0;

    gdb_reg_get(debugger->vm->vcpu[hart].fd, number, &value);
    return value;
}

static uint64_t
hart_pc(struct debugger *debugger, unsigned hart)
{
    return csr(debugger, hart, GDB_REG_PC);
}

/* The RAM that `gva` leads to on this hart. While its paging is off, the addresses that the guest's
 * ELF file is linked for stand for those where it is loaded: they are what a person types before
 * the guest has turned paging on. */
static bool
translate(struct debugger *debugger, unsigned hart, uint64_t gva, uint64_t *gpa)
{
    const struct vm *vm = debugger->vm;
    uint64_t satp = csr(debugger, hart, GDB_REG_satp);

    if (!page_walk(&vm->mem, satp, gva, gpa))
        return false;
    return guest_mem_slice(&vm->mem, *gpa, 1) ||
           (satp >> SATP_MODE_SHIFT == SATP_MODE_BARE && elf_image_physical(vm->image, gva, gpa) &&
            guest_mem_slice(&vm->mem, *gpa, 1));
}

static bool
step_has(const struct step *step, uint64_t pc)
{
    for (unsigned i = 0; i < step->count; i++)
        if (step->next[i] == pc)
            return true;
    return false;
}

struct fetcher {
    struct debugger *debugger;
    unsigned hart;
};

static bool
parcel_fetch(void *context, uint64_t pc, uint16_t *parcel)
{
    const struct fetcher *fetcher = context;

    return target_read(fetcher->debugger, fetcher->hart, pc, parcel, sizeof(*parcel));
}

/* Where the hart may be after its next instruction. */
static struct step
hart_step(struct debugger *debugger, unsigned hart)
{
    struct fetcher fetcher = {debugger, hart};
    uint64_t x[32];
    struct step_hart state = {
        .pc = hart_pc(debugger, hart),
        .x = x,
        .sepc = csr(debugger, hart, GDB_REG_sepc),
        .stvec = csr(debugger, hart, GDB_REG_stvec),
        .user = csr(debugger, hart, GDB_REG_PRIV) == KVM_RISCV_MODE_U,
    };

    for (unsigned n = 0; n < 32; n++)
        x[n] = csr(debugger, hart, GDB_REG_X0 + n);
    return step_decode(&state, parcel_fetch, &fetcher);
}

/* Plants breakpoints where a step may end, and turns the hart's interrupts off: with a person's
 * pace there would be one before each instruction. */
static void
step_plant(struct debugger *debugger, unsigned number, const struct step *step)
{
    struct debugger_hart *hart = &debugger->hart[number];
    uint64_t gpa;

    for (unsigned i = 0; i < step->count; i++)
        if (translate(debugger, number, step->next[i], &gpa))
            breakpoint_plant(&debugger->points, step->next[i], gpa, true);
    if (step->system)
        return;
    hart->sie = csr(debugger, number, GDB_REG_sie);
    hart->masked = gdb_reg_set(debugger->vm->vcpu[number].fd, GDB_REG_sie, 0);
}

/* Plants every breakpoint wherever its address leads on any hart. */
static void
points_plant(struct debugger *debugger)
{
    struct breakpoints *points = &debugger->points;

    breakpoint_replant(points);
    for (unsigned i = 0; i < points->set_count; i++) {
        bool is_planted = false;
        char text[96];
        uint64_t gpa;

        for (unsigned hart = 0; hart < debugger->vm->vcpu_count; hart++)
            if (translate(debugger, hart, points->set[i], &gpa) &&
                breakpoint_plant(points, points->set[i], gpa, false))
                is_planted = true;
        if (is_planted || points->set[i] == debugger->told_gva)
            continue;
        debugger->told_gva = points->set[i];
        snprintf(text, sizeof(text),
                 "duet: no hart has 0x%lx mapped now: a breakpoint there has no effect until the "
                 "next stop\n",
                 points->set[i]);
        gdb_stub_say(&debugger->stub, text);
    }
}

/* Lets a hart go on. */
static void
hart_release(struct debugger *debugger, unsigned number)
{
    struct debugger_hart *hart = &debugger->hart[number];

    pthread_mutex_lock(&debugger->lock);
    hart->event = HART_NOTHING;
    hart->hold = false;
    pthread_mutex_unlock(&debugger->lock);
    sem_post(&hart->go);
}

/* Lets the harts go on as they are to. */
static void
world_go(struct debugger *debugger)
{
    points_plant(debugger);
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++)
        if (debugger->hart[i].run == TARGET_STEP)
            step_plant(debugger, i, &debugger->hart[i].step);
    debugger->stopped = false;
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++)
        if (debugger->hart[i].run != TARGET_HOLD)
            hart_release(debugger, i);
}

/* With the lock held. */
static bool
is_world_out(const struct debugger *debugger)
{
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++)
        if (!debugger->hart[i].parked && !debugger->hart[i].left)
            return false;
    return true;
}

/* Gets all harts out of the guest, and our breakpoints out of its memory. False if the VM ends. A
 * hart that is on an EBREAK comes to it again when it goes on. */
static bool
world_stop(struct debugger *debugger)
{
    struct vm *vm = debugger->vm;
    bool has_ended;

    pthread_mutex_lock(&debugger->lock);
    for (unsigned i = 0; i < vm->vcpu_count; i++)
        debugger->hart[i].hold = true;
    vm_kick(vm);
    while (!is_world_out(debugger) && !atomic_load(&vm->ending.how) && !debugger->vm_over)
        pthread_cond_wait(&debugger->changed, &debugger->lock);
    has_ended = atomic_load(&vm->ending.how) || debugger->vm_over;
    for (unsigned i = 0; i < vm->vcpu_count; i++)
        if (debugger->hart[i].event == HART_EBREAK)
            debugger->hart[i].event = HART_NOTHING;
    pthread_mutex_unlock(&debugger->lock);
    debugger->solo = -1;
    if (has_ended)
        return false;
    breakpoint_unplant(&debugger->points);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];

        if (hart->masked)
            gdb_reg_set(vm->vcpu[i].fd, GDB_REG_sie, hart->sie);
        hart->masked = false;
    }
    debugger->stopped = true;
    return true;
}

/* One hart alone goes past the EBREAK that it is on, which is for another hart, or for another
 * address of the same memory. */
static void
solo_begin(struct debugger *debugger, unsigned hart)
{
    debugger->past = hart_step(debugger, hart);
    debugger->solo = (int)hart;
    step_plant(debugger, hart, &debugger->past);
    debugger->stopped = false;
    hart_release(debugger, hart);
}

enum hit {
    HIT_NONE,
    HIT_STOP, /* a breakpoint, or the end of a step */
    HIT_PAST, /* the hart that runs alone has got past */
    HIT_PASS, /* not for this hart */
};

/* A hart is on an EBREAK: whose is it? The guest's own raises its exception. */
static enum hit
ebreak_serve(struct debugger *debugger, unsigned number)
{
    struct breakpoints *points = &debugger->points;
    struct debugger_hart *hart = &debugger->hart[number];
    uint64_t pc = hart_pc(debugger, number), gpa = 0;
    bool is_for_us =
        breakpoint_is_set(points, pc) || (hart->run == TARGET_STEP && step_has(&hart->step, pc));

    translate(debugger, number, pc, &gpa);
    if (breakpoint_is_planted(points, gpa)) {
        if (debugger->solo == (int)number)
            return HIT_PAST;
        return is_for_us ? HIT_STOP : HIT_PASS;
    }
    if (!breakpoint_copy(points, pc, gpa, is_for_us)) {
        /* Its stval may be 0 (Privileged 1.12 §4.1.9), as it is on QEMU. */
        if (trap_raise(&debugger->vm->vcpu[number], pc, CAUSE_BREAKPOINT, 0))
            fail_errno("KVM_SET_ONE_REG of a breakpoint exception");
    } else if (is_for_us) {
        return HIT_STOP;
    }
    hart_release(debugger, number);
    return HIT_NONE;
}

static void
stop_tell(struct debugger *debugger, unsigned hart, enum gdb_signal signal)
{
    if (signal != GDB_SIGNAL_TRAP)
        debugger->hart[hart].death_told = true;
    gdb_stub_stopped(&debugger->stub, hart, signal);
}

/* Serves what the vCPUs have told. */
static void
harts_serve(struct debugger *debugger)
{
    int stop = -1, pass = -1;
    bool is_past = false;
    enum gdb_signal signal = GDB_SIGNAL_TRAP;

    if (debugger->stopped)
        return;
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];
        enum hart_event event;
        enum hit hit = HIT_NONE;

        pthread_mutex_lock(&debugger->lock);
        event = hart->parked ? hart->event : HART_NOTHING;
        pthread_mutex_unlock(&debugger->lock);
        if (event == HART_EBREAK)
            hit = ebreak_serve(debugger, i);
        if (event == HART_DIED && stop < 0)
            signal = hart->signal;
        if ((event == HART_DIED || hit == HIT_STOP) && stop < 0)
            stop = (int)i;
        if (hit == HIT_PASS && pass < 0)
            pass = (int)i;
        is_past |= hit == HIT_PAST;
    }
    if ((stop < 0 && pass < 0 && !is_past) || !world_stop(debugger))
        return;
    if (stop >= 0)
        stop_tell(debugger, (unsigned)stop, signal);
    else if (is_past)
        world_go(debugger);
    else
        solo_begin(debugger, (unsigned)pass);
}

/* Nobody debugs: the harts run free. */
static void
world_free(struct debugger *debugger)
{
    debugger->points.set_count = 0;
    for (unsigned i = 0; i < CPUS_MAX; i++)
        debugger->hart[i].run = TARGET_CONTINUE;
    world_go(debugger);
}

/* A VM is there. At the first the guest waits for gdb; after a reset it goes on, unless gdb has it
 * stopped. */
static void
vm_take(struct debugger *debugger)
{
    bool is_first = !debugger->has_begun;

    debugger->has_begun = true;
    debugger->points.mem = &debugger->vm->mem;
    debugger->points.width = isa_has(debugger->vm->vcpu[0].fd, 'c') ? 2 : 4;
    debugger->points.plant_count = 0; /* its memory is new */
    debugger->points.lasting.count = debugger->points.passing.count = 0;
    debugger->points.lasting.next = debugger->points.passing.next = 0;
    if (!world_stop(debugger))
        return;
    if (debugger->stub.attached ? debugger->stub.running : !is_first)
        world_go(debugger);
}

/* Lets go of the VM if it is over, and waits for the next. False when there will be none. */
static bool
vm_check(struct debugger *debugger)
{
    bool has_new = false, close;

    pthread_mutex_lock(&debugger->lock);
    if (debugger->vm_over) {
        if (!(debugger->vm_ended & VM_RESET))
            gdb_stub_ended(&debugger->stub, debugger->vm_ended & VM_STATUS_MASK);
        debugger->vm_over = false;
        debugger->vm = NULL;
        pthread_cond_broadcast(&debugger->changed);
    }
    while (!debugger->vm && !debugger->close) {
        pthread_cond_wait(&debugger->changed, &debugger->lock);
        has_new = debugger->vm;
    }
    close = debugger->close;
    pthread_mutex_unlock(&debugger->lock);
    if (has_new && !close)
        vm_take(debugger);
    return !close;
}

static void
gdb_attach(struct debugger *debugger)
{
    if (!debugger->stopped)
        world_stop(debugger);
    gdb_stub_stopped(&debugger->stub, 0, GDB_SIGNAL_TRAP);
    gdb_stub_attach(&debugger->stub);
}

static void *
thread_main(void *arg)
{
    struct debugger *debugger = arg;
    char data[512];
    size_t len;

    sandbox_thread(&sandbox_debugger);
    vm_take(debugger);
    for (;;) {
        enum gdb_link_event event = gdb_link_wait(&debugger->link);

        if (!vm_check(debugger))
            return NULL;
        harts_serve(debugger);
        if (event == GDB_LINK_UP)
            gdb_attach(debugger);
        if (event == GDB_LINK_NONE)
            continue;
        while ((len = gdb_link_read(&debugger->link, data, sizeof(data))) > 0) {
            /* A device does not always tell of one gdb that leaves and another that comes. */
            if (!debugger->stub.attached && memchr(data, '$', len))
                gdb_attach(debugger);
            gdb_stub_input(&debugger->stub, data, len);
        }
        if (!debugger->link.connected && debugger->stub.attached) {
            gdb_stub_detach(&debugger->stub);
            target_detach(debugger);
        }
    }
}

/* The main thread's side. */

struct debugger *
debugger_open(const char *where)
{
    struct debugger *debugger = calloc(1, sizeof(*debugger));

    if (!debugger) {
        fail_errno("--gdb=%s", where);
        return NULL;
    }
    debugger->solo = -1;
    debugger->told_gva = UINT64_MAX;
    pthread_mutex_init(&debugger->lock, NULL);
    pthread_cond_init(&debugger->changed, NULL);
    for (unsigned i = 0; i < CPUS_MAX; i++)
        sem_init(&debugger->hart[i].go, 0, 0);
    debugger->stub.target = debugger;
    if (gdb_link_open(&debugger->link, where) == 0)
        return debugger;
    free(debugger);
    return NULL;
}

int
debugger_begin(struct debugger *debugger, struct vm *vm)
{
    pthread_attr_t attr;
    sigset_t all, before;

    vm->debugger = debugger;
    pthread_mutex_lock(&debugger->lock);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];

        hart->hold = true;
        hart->parked = hart->left = hart->masked = hart->death_told = false;
        hart->event = HART_NOTHING;
        hart->run = TARGET_CONTINUE;
    }
    debugger->vm = vm;
    pthread_cond_broadcast(&debugger->changed);
    pthread_mutex_unlock(&debugger->lock);
    if (debugger->has_thread)
        return 0;
    /* Signals are for the vCPU threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK_SIZE);
    errno = pthread_create(&debugger->thread, &attr, thread_main, debugger);
    debugger->has_thread = errno == 0;
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return debugger->has_thread ? 0 : fail_errno("cannot start the debugger's thread");
}

void
debugger_end(struct debugger *debugger, unsigned ended)
{
    if (!debugger->has_thread)
        return;
    pthread_mutex_lock(&debugger->lock);
    debugger->vm_ended = ended;
    debugger->vm_over = true;
    pthread_cond_broadcast(&debugger->changed);
    gdb_link_wake(&debugger->link);
    while (debugger->vm)
        pthread_cond_wait(&debugger->changed, &debugger->lock);
    pthread_mutex_unlock(&debugger->lock);
}

void
debugger_close(struct debugger *debugger)
{
    if (debugger->has_thread) {
        pthread_mutex_lock(&debugger->lock);
        debugger->close = true;
        pthread_cond_broadcast(&debugger->changed);
        gdb_link_wake(&debugger->link);
        pthread_mutex_unlock(&debugger->lock);
        pthread_join(debugger->thread, NULL);
    }
    gdb_link_close(&debugger->link);
    free(debugger);
}

/* debug_target.h */

unsigned
target_harts(const struct debugger *target)
{
    return target->vm->vcpu_count;
}

bool
target_is_started(struct debugger *target, unsigned hart)
{
    struct kvm_mp_state state;

    return ioctl(target->vm->vcpu[hart].fd, KVM_GET_MP_STATE, &state) == 0 &&
           state.mp_state != KVM_MP_STATE_STOPPED;
}

bool
target_reg_get(struct debugger *target, unsigned hart, unsigned number, uint64_t *value)
{
    return gdb_reg_get(target->vm->vcpu[hart].fd, number, value);
}

bool
target_reg_set(struct debugger *target, unsigned hart, unsigned number, uint64_t value)
{
    return gdb_reg_set(target->vm->vcpu[hart].fd, number, value);
}

/* The bytes at `gva` up to the end of its page, at most `len`: how many, and where. */
static size_t
part_at(struct debugger *target, unsigned hart, uint64_t gva, size_t len, void **at)
{
    size_t part = PAGE_SIZE - gva % PAGE_SIZE;
    uint64_t gpa;

    if (part > len)
        part = len;
    *at = translate(target, hart, gva, &gpa) ? guest_mem_slice(&target->vm->mem, gpa, part) : NULL;
    return *at ? part : 0;
}

bool
target_read(struct debugger *target, unsigned hart, uint64_t gva, void *to, size_t len)
{
    while (len > 0) {
        void *at;
        size_t part = part_at(target, hart, gva, len, &at);

        if (part == 0)
            return false;
        memcpy(to, at, part);
        to = (char *)to + part;
        gva += part;
        len -= part;
    }
    return true;
}

bool
target_write(struct debugger *target, unsigned hart, uint64_t gva, const void *from, size_t len)
{
    while (len > 0) {
        void *at;
        size_t part = part_at(target, hart, gva, len, &at);

        if (part == 0)
            return false;
        memcpy(at, from, part);
        __builtin___clear_cache(at, (char *)at + part); /* it may be code */
        from = (const char *)from + part;
        gva += part;
        len -= part;
    }
    return true;
}

bool
target_breakpoint_set(struct debugger *target, uint64_t gva)
{
    return breakpoint_set(&target->points, gva);
}

bool
target_breakpoint_clear(struct debugger *target, uint64_t gva)
{
    return breakpoint_clear(&target->points, gva);
}

void
target_resume(struct debugger *target, const enum target_run run[CPUS_MAX])
{
    for (unsigned i = 0; i < target->vm->vcpu_count; i++) {
        struct debugger_hart *hart = &target->hart[i];

        if (hart->event == HART_DIED && !hart->death_told) {
            stop_tell(target, i, hart->signal);
            return;
        }
        if (hart->event == HART_DIED) { /* it has been looked at: its thread ends the VM */
            hart_release(target, i);
            return;
        }
    }
    for (unsigned i = 0; i < target->vm->vcpu_count; i++) {
        target->hart[i].run = run[i];
        if (run[i] == TARGET_STEP)
            target->hart[i].step = hart_step(target, i);
    }
    world_go(target);
}

bool
target_stop(struct debugger *target)
{
    return world_stop(target);
}

void
target_detach(struct debugger *target)
{
    if (target->stopped || world_stop(target))
        world_free(target);
}

void
target_kill(struct debugger *target)
{
    vm_end(target->vm, 0);
}

void
target_send(struct debugger *target, const void *data, size_t len)
{
    gdb_link_send(&target->link, data, len);
}

void
debugger_reset(struct debugger *debugger)
{
    vm_reset(debugger->vm);
    pthread_mutex_lock(&debugger->lock);
    while (!debugger->vm_over && !debugger->close)
        pthread_cond_wait(&debugger->changed, &debugger->lock);
    pthread_mutex_unlock(&debugger->lock);
    if (vm_check(debugger))
        gdb_stub_stopped(&debugger->stub, 0, GDB_SIGNAL_TRAP);
}
