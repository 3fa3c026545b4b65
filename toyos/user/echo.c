/* echo: write the arguments. Without printf, whose frame is larger than what long arguments leave
 * of the stack. */
#include "user/toyos.h"

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *end = i + 1 < argc ? " " : "\n";
        if (write(1, argv[i], (int)strlen(argv[i])) < 0 || write(1, end, 1) < 0) {
            perror("echo");
            return 1;
        }
    }
    if (argc == 1)
        write(1, "\n", 1);
    return 0;
}
