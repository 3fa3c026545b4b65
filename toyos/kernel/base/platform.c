/* Choosing the platform. */
#include "toyos/kernel/base/platform.h"

#include "toyos/kernel/boot/devtree.h"

struct platform *platform = &platform_bare;

void
platform_find(const struct machine *machine)
{
    if (machine->has_duet && platform_duet_probe())
        platform = &platform_duet;
    else
        platform_bare_probe(machine);
}
