/* A bus for tests of the board's devices: what they put on it is accessed as a hart would. */
#ifndef DUET_TESTS_BOARD_BUS_H
#define DUET_TESTS_BOARD_BUS_H

#include "tests/unit/unit.h"
#include "vmm/machine/vm.h"

/* The machine: two harts, whose external interrupts are kept and go nowhere. */
extern struct vm board_vm;

/* An empty bus, and no interrupt. */
void board_begin(void);

/* What hart 1 does. It faults: the test fails. */
uint64_t board_load(uint64_t address, unsigned len);
void board_store(uint64_t address, unsigned len, uint64_t value);

/* Whether such an access faults. */
bool board_faults(uint64_t address, unsigned len, bool is_store);

/* Whether the hart's external interrupt is raised, as KVM was told last. */
bool board_interrupts(unsigned hart);

#endif
