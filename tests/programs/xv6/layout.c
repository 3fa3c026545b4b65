/* The stack as xv6's exec lays it out: one page; each argument at a multiple of 16, the first
 * highest; argv below the last. */
#include "kernel/riscv.h"
#include "kernel/types.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    uint64 at = PGROUNDUP((uint64)argv[0]);

    for (int i = 0; i < argc; i++) {
        at = (at - strlen(argv[i]) - 1) & ~15UL;
        printf("%d: %s\n", (int)(at - (uint64)argv[i]), argv[i]);
    }
    at = (at - (argc + 1) * sizeof(char *)) & ~15UL;
    printf("argv: %d, end %d\n", (int)(at - (uint64)argv), argv[argc] == 0);
    exit(0);
}
