/* kill PID...: end processes. */
#include "user/files.h"

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc < 2) {
        fprintf(2, "usage: kill PID...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (kill(atoi(argv[i])) < 0)
            status = file_error("kill", argv[i]);
    return status;
}
