/* hc: what the hypervisor says of itself, and what a hypercall costs. */
#include "user/toyos.h"

#define CALLS 1000

int
main(void)
{
    struct hyperinfo info;
    long ns;

    if (hyperinfo(&info) < 0) {
        printf("no hypervisor\n");
        return 0;
    }
    printf("ABI version %u, %u calls, features 0x%lx\n", info.abi_version, info.calls,
           info.features);
    if (info.columns)
        printf("console: %u columns, %u rows\n", info.columns, info.rows);
    printf("steal time: %lu us\n", info.steal_ns / 1000);
    hypernull(CALLS); /* the first round is slower */
    ns = hypernull(CALLS);
    printf("null hypercall: %ld ns\n", ns / CALLS);
    return 0;
}
