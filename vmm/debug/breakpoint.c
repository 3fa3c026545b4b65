/* Software breakpoints in the guest's memory. */
#include "vmm/debug/breakpoint.h"

#include <string.h>

#define EBREAK  0x00100073
#define CEBREAK 0x9002

static uint32_t
ebreak_of(const struct breakpoints *points)
{
    return points->width == 2 ? CEBREAK : EBREAK;
}

/* Reads and writes code in one access, as a hart fetches it, because other harts may be running. */
static uint32_t
code_read(const struct breakpoints *points, const void *at)
{
    return points->width == 2 ? __atomic_load_n((const uint16_t *)at, __ATOMIC_RELAXED)
                              : __atomic_load_n((const uint32_t *)at, __ATOMIC_RELAXED);
}

static void
code_write(const struct breakpoints *points, void *at, uint32_t bits)
{
    if (points->width == 2)
        __atomic_store_n((uint16_t *)at, (uint16_t)bits, __ATOMIC_RELAXED);
    else
        __atomic_store_n((uint32_t *)at, bits, __ATOMIC_RELAXED);
    /* On hardware this makes every hart of the machine see the code (each executes a fence.i). */
    __builtin___clear_cache((char *)at, (char *)at + points->width);
}

/* The code at `gpa`; NULL if there is none. */
static void *
code_at(const struct breakpoints *points, uint64_t gpa)
{
    return gpa % points->width ? NULL : guest_mem_slice(points->mem, gpa, points->width);
}

/* The index of the breakpoint in the set; set_count if the set does not hold it. */
static unsigned
set_find(const struct breakpoints *points, uint64_t gva)
{
    unsigned i = 0;

    while (i < points->set_count && points->set[i].gva != gva)
        i++;
    return i;
}

bool
breakpoint_is_set(const struct breakpoints *points, uint64_t gva)
{
    return set_find(points, gva) < points->set_count;
}

bool
breakpoint_set(struct breakpoints *points, uint64_t gva, enum breakpoint_kind kind)
{
    unsigned i = set_find(points, gva);

    if (i == BREAKPOINTS_MAX)
        return false;
    if (i == points->set_count) {
        points->set_count++;
        points->set[i].gva = gva;
        points->set[i].kinds = 0;
    }
    points->set[i].kinds |= 1u << kind;
    return true;
}

bool
breakpoint_clear(struct breakpoints *points, uint64_t gva, enum breakpoint_kind kind)
{
    unsigned i = set_find(points, gva);

    if (i == points->set_count || !(points->set[i].kinds >> kind & 1))
        return false;
    points->set[i].kinds &= ~(1u << kind);
    if (!points->set[i].kinds)
        points->set[i] = points->set[--points->set_count];
    return true;
}

bool
breakpoint_is_planted(const struct breakpoints *points, uint64_t gpa)
{
    for (unsigned i = 0; i < points->plant_count; i++)
        if (points->plant[i].gpa == gpa)
            return true;
    return false;
}

bool
breakpoint_plant(struct breakpoints *points, uint64_t gva, uint64_t gpa, bool passing)
{
    struct plant plant = {.gva = gva, .gpa = gpa, .passing = passing};
    void *at = code_at(points, gpa);

    if (!at || points->plant_count == PLANTS_MAX)
        return false;
    if (breakpoint_is_planted(points, gpa))
        return true;
    plant.original = code_read(points, at);
    points->plant[points->plant_count++] = plant;
    code_write(points, at, ebreak_of(points));
    return true;
}

/* The code around `gpa`, which is RAM. RAM begins and ends on a page. */
static const void *
context_at(const struct breakpoints *points, uint64_t gpa)
{
    return guest_mem_slice(points->mem, gpa - gpa % CONTEXT_SIZE, CONTEXT_SIZE);
}

/* Records what was planted. From then on, reads of memory show the guest's own code. */
static void
former_add(struct breakpoints *points, const struct plant *plant)
{
    struct former *former = plant->passing ? &points->passing : &points->lasting;
    struct plant *at = NULL;

    for (unsigned i = 0; i < former->count && !at; i++)
        if (former->plant[i].gva == plant->gva && former->plant[i].gpa == plant->gpa)
            at = &former->plant[i];
    if (!at) {
        at = &former->plant[former->next];
        former->next = (former->next + 1) % FORMER_MAX;
        if (former->count < FORMER_MAX)
            former->count++;
    }
    *at = *plant;
    memcpy(at->context, context_at(points, plant->gpa), CONTEXT_SIZE);
}

void
breakpoint_unplant(struct breakpoints *points)
{
    unsigned left = 0;

    /* The guest may have reused the page for something else. That is not remembered: it may be data
     * now, which replanting would change. */
    for (unsigned i = 0; i < points->plant_count; i++) {
        void *at = code_at(points, points->plant[i].gpa);

        if (code_read(points, at) != ebreak_of(points))
            continue;
        code_write(points, at, points->plant[i].original);
        points->plant[left++] = points->plant[i];
    }
    for (unsigned i = 0; i < left; i++)
        former_add(points, &points->plant[i]);
    points->plant_count = 0;
}

void
breakpoint_replant(struct breakpoints *points)
{
    bool is_same[FORMER_MAX];

    for (unsigned i = 0; i < points->lasting.count; i++) {
        const struct plant *plant = &points->lasting.plant[i];

        is_same[i] = breakpoint_is_set(points, plant->gva) &&
                     memcmp(context_at(points, plant->gpa), plant->context, CONTEXT_SIZE) == 0;
    }
    for (unsigned i = 0; i < points->lasting.count; i++)
        if (is_same[i])
            breakpoint_plant(points, points->lasting.plant[i].gva, points->lasting.plant[i].gpa,
                             false);
}

static const struct plant *
plant_find(const struct plant *plant, unsigned count, uint64_t gva)
{
    for (unsigned i = 0; i < count; i++)
        if (plant[i].gva == gva)
            return &plant[i];
    return NULL;
}

bool
breakpoint_copy(struct breakpoints *points, uint64_t gva, uint64_t gpa, bool keep)
{
    const struct plant *of = plant_find(points->plant, points->plant_count, gva);
    void *at = code_at(points, gpa);

    if (!of)
        of = plant_find(points->lasting.plant, points->lasting.count, gva);
    if (!of)
        of = plant_find(points->passing.plant, points->passing.count, gva);
    /* Where the guest had its own EBREAK, so has the copy. */
    if (!at || !of || of->original == ebreak_of(points) ||
        code_read(points, at) != ebreak_of(points))
        return false;
    if (keep && points->plant_count < PLANTS_MAX) {
        struct plant plant = *of;

        plant.gpa = gpa;
        points->plant[points->plant_count++] = plant;
    } else {
        code_write(points, at, of->original);
    }
    return true;
}
