/* Runs a property on the PC with the inputs of a counterexample. */
#include "tests/prove/prove.h"

#include <inttypes.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct {
    void (*property)(void);
    const struct prove_input *input;
    size_t count, next;
} replay;

uint64_t
prove_u64(const char *name)
{
    const struct prove_input *input = &replay.input[replay.next];

    /* What the property does after its failed check is of no interest to CBMC. */
    expect(replay.next < replay.count, "it held, and asks for `%s`, which was not reached", name);
    expect(strcmp(input->name, name) == 0, "asks for `%s`, and the next input is `%s`", name,
           input->name);
    replay.next++;
    return input->value;
}

void
prove_assume(bool condition)
{
    expect(condition, "after %zu inputs they are not as is assumed there", replay.next);
}

void
prove_check_at(bool condition, const char *text, const char *file, int line)
{
    expect(condition, "%s:%d: does not hold: %s", file, line, text);
}

static void
counterexample(void **state)
{
    (void)state;
    replay.property();
}

int
prove_replay(const char *name, void (*property)(void), const struct prove_input *input,
             size_t count)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counterexample)};

    replay.property = property;
    replay.input = input;
    replay.count = count;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
