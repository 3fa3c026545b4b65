/* Inputs and assumptions as CBMC has them. The one file of duet's that only CBMC compiles. */
#include "tests/prove/prove.h"

uint64_t nondet_u64(void);
void __CPROVER_input(const char *name, ...);
void __CPROVER_assume(_Bool condition);

uint64_t
prove_u64(const char *name)
{
    uint64_t value = nondet_u64();

    __CPROVER_input(name, value);
    return value;
}

void
prove_assume(bool condition)
{
    __CPROVER_assume(condition);
}
