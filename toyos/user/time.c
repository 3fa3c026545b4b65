/* time PROGRAM [ARG...]: run it, and say on descriptor 2 how long that took. */
#include "user/files.h"

int
main(int argc, char **argv)
{
    uint64 start, end;
    char path[MAXPATH];
    int pid, status = 1;

    if (argc < 2) {
        fprintf(2, "usage: time PROGRAM [ARG...]\n");
        return 2;
    }
    if (join_path(path, "", argv[1] + (argv[1][0] == '/')) < 0)
        return file_error("time", argv[1]);
    clock(CLOCK_MONOTONIC, &start);
    pid = fork();
    if (pid == 0) {
        exec(path, argv + 1);
        exit(file_error("time", argv[1]));
    }
    if (pid < 0 || wait(&status) < 0)
        return file_error("time", "fork");
    clock(CLOCK_MONOTONIC, &end);
    fprintf(2, "%lu.%06lu s\n", (end - start) / 1000000000, (end - start) / 1000 % 1000000);
    return status;
}
