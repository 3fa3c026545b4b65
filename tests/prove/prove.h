/*
 * What a proof is written with: see tests/prove/README.md. A property is a function with inputs
 * that may have any value, and checks that have to hold for all of them.
 *
 * CBMC compiles it with the target's compiler (PROVE_CBMC is defined then), and looks at all inputs
 * at once. A counterexample is the same function on the PC, whose inputs are read from a list.
 */
#ifndef DUET_TESTS_PROVE_H
#define DUET_TESTS_PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins property `name`. No loop in it, nor in what it calls, goes round `unwind` times or more:
 * that is checked, too. QUICK ones are proved by `make test`, LONG ones by CI's and FULL ones by
 * `make test-full`. */
#define PROVE(name, unwind, tier)                                                                  \
    void prove_##name(void);                                                                       \
    void prove_##name(void)

/* An input: any value at all. `name` is a string constant, for the counterexample. */
uint64_t prove_u64(const char *name);

/* Fills memory with any contents: `bytes` is a multiple of 8, and `to` aligned to that. `unwind`
 * need not count it. */
void prove_fill(const char *name, void *to, size_t bytes);

/* The inputs that follow have this to be true. */
void prove_assume(bool condition);

/* What has to hold; `text` says it in words. */
#define prove_check(condition, text) prove_check_at(condition, text, __FILE__, __LINE__)

#ifdef PROVE_CBMC

void __CPROVER_assert(_Bool condition, const char *text);
#define prove_check_at(condition, text, file, line) __CPROVER_assert(condition, text)

#else

void prove_check_at(bool condition, const char *text, const char *file, int line);

struct prove_input {
    const char *name;
    uint64_t value;
};

/* Runs a property with these inputs, in their order, as a test of cmocka's. The program's status.
 */
int prove_replay(const char *name, void (*property)(void), const struct prove_input *input,
                 size_t count);

#endif

/* Any value from 0 to below `limit`, which is not 0. */
static inline uint64_t
prove_below(const char *name, uint64_t limit)
{
    uint64_t value = prove_u64(name);

    prove_assume(value < limit);
    return value;
}

static inline uint32_t
prove_u32(const char *name)
{
    return (uint32_t)prove_below(name, (uint64_t)1 << 32);
}

static inline bool
prove_bool(const char *name)
{
    return prove_below(name, 2);
}

#endif
