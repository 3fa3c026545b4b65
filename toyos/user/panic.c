/* panic: make the kernel panic. For tests. */
#include "user/toyos.h"

int
main(int argc, char **argv)
{
    kpanic(argc > 1 ? argv[1] : "asked for by a program");
    return 1;
}
