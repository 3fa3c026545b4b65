/* For parts of duet that declare what their threads may do, in a program that has no sandbox. */
#include "vmm/sandbox.h"

void
sandbox_thread(const struct sandbox_kind *kind)
{
    (void)kind;
}

void
sandbox_allow(const struct sandbox_kind *thread, const struct sandbox_group *vcpu_calls,
              const struct sandbox_group *owner_calls)
{
    (void)thread, (void)vcpu_calls, (void)owner_calls;
}

const struct sandbox_group sandbox_every_thread, sandbox_terminal, sandbox_terminal_raw,
    sandbox_interrupt, sandbox_poll, sandbox_memory, sandbox_file;
