/* Software breakpoints in the guest's memory. */
#include "vmm/breakpoint.h"

#include <string.h>

#define EBREAK  0x00100073
#define CEBREAK 0x9002

static uint32_t
ebreak_of(const struct breakpoints *points)
{
    return points->width == 2 ? CEBREAK : EBREAK;
}

/* Reads and writes code as a hart fetches it: in one piece, for other harts may be running. */
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
    /* On hardware this has every hart of the machine see it (a fence.i on each). */
    __builtin___clear_cache((char *)at, (char *)at + points->width);
}

/* The code at `gpa`; NULL if there is none. */
static void *
code_at(const struct breakpoints *points, uint64_t gpa)
{
    return gpa % points->width ? NULL : guest_mem_slice(points->mem, gpa, points->width);
}

static uint64_t *
set_find(const struct breakpoints *points, uint64_t gva)
{
    for (unsigned i = 0; i < points->set_count; i++)
        if (points->set[i] == gva)
            return (uint64_t *)&points->set[i];
    return NULL;
}

bool
breakpoint_is_set(const struct breakpoints *points, uint64_t gva)
{
    return set_find(points, gva) != NULL;
}

bool
breakpoint_set(struct breakpoints *points, uint64_t gva)
{
    if (set_find(points, gva))
        return true;
    if (points->set_count == BREAKPOINTS_MAX)
        return false;
    points->set[points->set_count++] = gva;
    return true;
}

bool
breakpoint_clear(struct breakpoints *points, uint64_t gva)
{
    uint64_t *at = set_find(points, gva);

    if (!at)
        return false;
    *at = points->set[--points->set_count];
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
breakpoint_plant(struct breakpoints *points, uint64_t gva, uint64_t gpa)
{
    struct plant plant = {.gva = gva, .gpa = gpa};
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

/* Remembers what was planted, for copies of it. An EBREAK of the guest's own is not worth it. */
static void
former_add(struct breakpoints *points, const struct plant *plant)
{
    if (plant->original == ebreak_of(points))
        return;
    for (unsigned i = 0; i < FORMER_MAX; i++) {
        if (points->former[i].gva == plant->gva && points->former[i].original) {
            points->former[i] = *plant;
            return;
        }
    }
    points->former[points->former_next++ % FORMER_MAX] = *plant;
}

void
breakpoint_unplant(struct breakpoints *points)
{
    while (points->plant_count > 0) {
        const struct plant *plant = &points->plant[--points->plant_count];
        void *at = code_at(points, plant->gpa);

        /* The guest may have put the page to another use. */
        if (at && code_read(points, at) == ebreak_of(points))
            code_write(points, at, plant->original);
        former_add(points, plant);
    }
}

bool
breakpoint_uncopy(struct breakpoints *points, uint64_t gva, uint64_t gpa)
{
    void *at = code_at(points, gpa);

    if (!at || code_read(points, at) != ebreak_of(points))
        return false;
    for (unsigned i = 0; i < points->plant_count; i++)
        if (points->plant[i].gva == gva)
            former_add(points, &points->plant[i]);
    for (unsigned i = 0; i < FORMER_MAX; i++) {
        if (points->former[i].gva == gva && points->former[i].original) {
            code_write(points, at, points->former[i].original);
            return true;
        }
    }
    return false;
}
