/* hc: what the hypervisor says of itself, what it has counted of each hypercall, and what one
 * costs. */
#include "abi/hypercalls.h"
#include "user/toyos.h"

#define NULLS 1000

#define NAME_(nr, name, ...) [nr] = #name,
static const char *const names[] = {DUET_HYPERCALLS(NAME_)};

static void
print_features(uint64 features)
{
    printf("features: 0x%lx%s%s\n", features, features & DUET_FEATURE_EVENTS ? " events" : "",
           features & DUET_FEATURE_DISKS ? " disks" : "");
}

/* Of the calls that the hypervisor has; one that these programs do not know has no name. */
static void
print_calls(uint calls)
{
    printf("%-18s %10s %10s %12s\n", "hypercalls", "count", "errors", "bytes");
    for (uint nr = 0; nr < calls; nr++) {
        const char *name = nr < sizeof(names) / sizeof(names[0]) ? names[nr] : NULL;
        struct hypercount call;

        if (hypercount(nr, &call) < 0) {
            perror("hc");
            exit(1);
        }
        if (call.count)
            printf("%2u %-15s %10lu %10lu %12lu\n", nr, name ? name : "?", call.count, call.errors,
                   call.bytes);
    }
}

int
main(void)
{
    struct hyperinfo info;
    long ns;

    if (hyperinfo(&info) < 0) {
        printf("no hypervisor\n");
        return 0;
    }
    printf("ABI version %u, %u calls\n", info.abi_version, info.calls);
    print_features(info.features);
    if (info.columns)
        printf("console: %u columns, %u rows\n", info.columns, info.rows);
    printf("steal time: %lu us\n", info.steal_ns / 1000);
    hypernull(NULLS); /* the first round is slower */
    ns = hypernull(NULLS);
    printf("null hypercall: %ld ns\n", ns / NULLS);
    print_calls(info.calls);
    return 0;
}
