/* The board's interrupt controller, a PLIC. */
#include "vmm/board/plic.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "common/riscv.h"
#include "vmm/board/board.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"

/* Where the registers are (PLIC 1.0.0 §3). */
#define PENDING_BASE   0x1000
#define ENABLE_BASE    0x2000
#define ENABLE_STRIDE  0x80
#define CONTEXT_BASE   0x200000
#define CONTEXT_STRIDE 0x1000
#define THRESHOLD      0
#define CLAIM          4

#define WORDS        ((PLIC_IRQ_MAX + 1) / 32)
#define PRIORITY_MAX 7
#define CONTEXTS_MAX (2 * CPUS_MAX)

struct plic {
    struct vm *vm;
    pthread_mutex_t lock; /* guards what follows; the harts' irq.lock is taken under it */
    uint8_t priority[PLIC_IRQ_MAX + 1]; /* 0: never */
    uint32_t level[WORDS], pending[WORDS], claimed[WORDS];
    struct plic_context {
        uint32_t enabled[WORDS];
        uint32_t threshold;
    } context[CONTEXTS_MAX];
};

static void
bit_set(uint32_t *words, unsigned bit, bool value)
{
    uint32_t mask = 1u << bit % 32;

    words[bit / 32] = value ? words[bit / 32] | mask : words[bit / 32] & ~mask;
}

static bool
bit_is_set(const uint32_t *words, unsigned bit)
{
    return words[bit / 32] >> bit % 32 & 1;
}

/* The interrupt that the context would claim: of those of the highest priority the lowest number; 0
 * if there is none above `least`. With the lock held. */
static unsigned
irq_best(const struct plic *plic, const struct plic_context *context, unsigned least)
{
    unsigned best = 0;

    for (unsigned word = 0; word < WORDS; word++) {
        uint32_t bits = plic->pending[word] & ~plic->claimed[word] & context->enabled[word];

        for (; bits; bits &= bits - 1) {
            unsigned irq = 32 * word + (unsigned)__builtin_ctz(bits);

            if (plic->priority[irq] > least) {
                least = plic->priority[irq];
                best = irq;
            }
        }
    }
    return best;
}

static bool
hart_level(const struct plic *plic, unsigned hart)
{
    const struct plic_context *context = &plic->context[2 * hart + 1];

    return irq_best(plic, context, context->threshold) != 0;
}

/* Tells the harts. With the lock held. */
static void
harts_update(struct plic *plic)
{
    for (unsigned hart = 0; hart < plic->vm->vcpu_count; hart++)
        irq_set(&plic->vm->vcpu[hart].irq, IRQ_PLIC, hart_level(plic, hart));
}

void
plic_raise(struct vm *vm, unsigned irq)
{
    struct plic *plic = vm->device[DEVICE_plic];

    pthread_mutex_lock(&plic->lock);
    bit_set(plic->pending, irq, true);
    harts_update(plic);
    pthread_mutex_unlock(&plic->lock);
}

void
plic_withdraw(struct vm *vm, unsigned irq)
{
    struct plic *plic = vm->device[DEVICE_plic];

    pthread_mutex_lock(&plic->lock);
    bit_set(plic->pending, irq, bit_is_set(plic->level, irq) && bit_is_set(plic->pending, irq));
    harts_update(plic);
    pthread_mutex_unlock(&plic->lock);
}

void
plic_level(struct vm *vm, unsigned irq, bool level)
{
    struct plic *plic = vm->device[DEVICE_plic];

    pthread_mutex_lock(&plic->lock);
    if (level && !bit_is_set(plic->level, irq)) {
        bit_set(plic->pending, irq, true);
        harts_update(plic);
    }
    bit_set(plic->level, irq, level);
    pthread_mutex_unlock(&plic->lock);
}

static unsigned
irq_claim(struct plic *plic, const struct plic_context *context)
{
    unsigned irq = irq_best(plic, context, 0);

    if (irq) {
        bit_set(plic->pending, irq, false);
        bit_set(plic->claimed, irq, true);
    }
    return irq;
}

/* A completion of an interrupt that the context does not have is ignored (PLIC 1.0.0 §9). */
static void
irq_complete(struct plic *plic, const struct plic_context *context, uint32_t irq)
{
    if (irq == 0 || irq > PLIC_IRQ_MAX || !bit_is_set(context->enabled, irq))
        return;
    bit_set(plic->claimed, irq, false);
    if (bit_is_set(plic->level, irq))
        bit_set(plic->pending, irq, true);
}

/* The registers of one context. False: there is none. With the lock held. */
static bool
context_serve(struct plic *plic, unsigned number, struct bus_access *access, unsigned offset)
{
    struct plic_context *context;

    if (number >= 2 * plic->vm->vcpu_count)
        return false;
    context = &plic->context[number];
    if (offset == THRESHOLD && access->is_store)
        context->threshold = access->data < PRIORITY_MAX ? (uint32_t)access->data : PRIORITY_MAX;
    else if (offset == THRESHOLD)
        access->data = context->threshold;
    else if (offset == CLAIM && access->is_store)
        irq_complete(plic, context, (uint32_t)access->data);
    else if (offset == CLAIM)
        access->data = irq_claim(plic, context);
    else
        return false;
    if (offset == CLAIM)
        bus_describe(plic->vm, access, "plic %s %u", access->is_store ? "complete" : "claim",
                     (unsigned)access->data);
    return true;
}

static bool
enable_serve(struct plic *plic, unsigned number, struct bus_access *access, unsigned word)
{
    if (number >= 2 * plic->vm->vcpu_count || word >= WORDS)
        return false;
    if (access->is_store) /* there is no interrupt 0 */
        plic->context[number].enabled[word] = (uint32_t)access->data & (word ? ~0u : ~1u);
    else
        access->data = plic->context[number].enabled[word];
    return true;
}

static bool
register_serve(struct plic *plic, struct bus_access *access)
{
    unsigned offset = (unsigned)access->offset;

    if (offset >= CONTEXT_BASE)
        return context_serve(plic, (offset - CONTEXT_BASE) / CONTEXT_STRIDE, access,
                             offset % CONTEXT_STRIDE);
    if (offset >= ENABLE_BASE)
        return enable_serve(plic, (offset - ENABLE_BASE) / ENABLE_STRIDE, access,
                            offset % ENABLE_STRIDE / 4);
    if (offset >= PENDING_BASE) {
        if (access->is_store || (offset - PENDING_BASE) / 4 >= WORDS)
            return false;
        access->data = plic->pending[(offset - PENDING_BASE) / 4];
        return true;
    }
    if (offset / 4 == 0 || offset / 4 > PLIC_IRQ_MAX)
        return false;
    if (access->is_store)
        plic->priority[offset / 4] = access->data & PRIORITY_MAX;
    else
        access->data = plic->priority[offset / 4];
    return true;
}

/* Whether KVM may have forgotten the level since: a hart that was started anew sets its context up.
 */
static bool
sets_hart_up(const struct bus_access *access)
{
    return access->is_store && access->offset >= ENABLE_BASE &&
           (access->offset < CONTEXT_BASE || access->offset % CONTEXT_STRIDE == THRESHOLD);
}

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    struct plic *plic = device;
    bool good;

    if (access->len != 4)
        return false;
    pthread_mutex_lock(&plic->lock);
    good = register_serve(plic, access);
    if (good && sets_hart_up(access))
        irq_set_again(&vcpu->irq, IRQ_PLIC, hart_level(plic, vcpu->id));
    if (good)
        harts_update(plic);
    pthread_mutex_unlock(&plic->lock);
    return good;
}

static int
create(struct vm *vm)
{
    struct plic *plic = calloc(1, sizeof(*plic));

    if (!plic)
        return fail_errno("memory for the PLIC");
    plic->vm = vm;
    pthread_mutex_init(&plic->lock, NULL);
    vm->device[DEVICE_plic] = plic;
    return bus_add(&vm->bus, &(struct bus_range){.base = BOARD_PLIC_BASE,
                                                 .size = BOARD_PLIC_SIZE,
                                                 .serve = serve,
                                                 .device = plic});
}

static void
destroy(struct vm *vm)
{
    free(vm->device[DEVICE_plic]);
    vm->device[DEVICE_plic] = NULL;
}

static void
words_save(const uint32_t words[WORDS], struct state_writer *to)
{
    for (unsigned word = 0; word < WORDS; word++)
        state_put(to, words[word]);
}

/* There is no interrupt 0. */
static void
words_load(uint32_t words[WORDS], struct state_reader *from)
{
    for (unsigned word = 0; word < WORDS; word++)
        words[word] = (uint32_t)state_get_max(from, UINT32_MAX);
    from->failed |= words[0] & 1;
}

static int
save(struct vm *vm, struct state_writer *to)
{
    const struct plic *plic = vm->device[DEVICE_plic];

    for (unsigned irq = 1; irq <= PLIC_IRQ_MAX; irq++)
        state_put(to, plic->priority[irq]);
    words_save(plic->level, to);
    words_save(plic->pending, to);
    words_save(plic->claimed, to);
    for (unsigned number = 0; number < 2 * vm->vcpu_count; number++) {
        words_save(plic->context[number].enabled, to);
        state_put(to, plic->context[number].threshold);
    }
    return 0;
}

static int
load(struct vm *vm, struct state_reader *from)
{
    struct plic *plic = vm->device[DEVICE_plic];

    pthread_mutex_lock(&plic->lock);
    for (unsigned irq = 1; irq <= PLIC_IRQ_MAX; irq++)
        plic->priority[irq] = (uint8_t)state_get_max(from, PRIORITY_MAX);
    words_load(plic->level, from);
    words_load(plic->pending, from);
    words_load(plic->claimed, from);
    for (unsigned number = 0; number < 2 * vm->vcpu_count; number++) {
        words_load(plic->context[number].enabled, from);
        plic->context[number].threshold = (uint32_t)state_get_max(from, PRIORITY_MAX);
    }
    harts_update(plic);
    pthread_mutex_unlock(&plic->lock);
    return 0;
}

static int
describe(const struct vm *vm, void *fdt)
{
    DEVICE_TREE_TRY(device_tree_node_begin(fdt, "plic", BOARD_PLIC_BASE, BOARD_PLIC_SIZE));
    DEVICE_TREE_TRY(fdt_property(fdt, "compatible", "sifive,plic-1.0.0\0riscv,plic0",
                                 sizeof("sifive,plic-1.0.0\0riscv,plic0")));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "#interrupt-cells", 1));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "#address-cells", 0));
    DEVICE_TREE_TRY(fdt_property(fdt, "interrupt-controller", NULL, 0));
    DEVICE_TREE_TRY(device_tree_harts_interrupt(fdt, vm->vcpu_count, IRQ_M_EXT, IRQ_S_EXT));
    /* Not PLIC_IRQ_MAX: Linux sets each of them up, with three exits. */
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "riscv,ndev", BOARD_IRQ_LAST));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "phandle", PHANDLE_PLIC));
    return fdt_end_node(fdt);
}

const struct device device_plic = {
    .name = "PLIC",
    .is_board = true,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .save = save,
    .load = load,
};
