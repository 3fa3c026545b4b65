/* vmfork COUNT [PROGRAM [ARG...]]: have copies made of the whole machine, by a hypervisor that
 * allows it (duet --fork=MAX). Each says which it is; or, with a program, each copy runs that, and
 * ends with its status, while the original goes on. */
#include "user/files.h"

static int
usage(void)
{
    fprintf(2, "usage: vmfork COUNT [PROGRAM [ARG...]]\n");
    return 2;
}

/* Runs the program. Returns its status. */
static int
run(char **argv)
{
    char path[MAXPATH];
    int status = 1, pid;

    if (join_path(path, "", argv[0] + (argv[0][0] == '/')) < 0)
        return file_error("vmfork", argv[0]);
    pid = fork();
    if (pid == 0) {
        exec(path, argv);
        exit(file_error("vmfork", argv[0]));
    }
    if (pid < 0 || wait(&status) < 0)
        return file_error("vmfork", "fork");
    return status;
}

int
main(int argc, char **argv)
{
    long copy;

    if (argc < 2 || argv[1][0] < '0' || argv[1][0] > '9')
        return usage();
    copy = vmfork((uint)atoi(argv[1]));
    if (copy < 0) {
        perror("vmfork");
        return 1;
    }
    if (copy == 0 && argc == 2)
        printf("original\n");
    else if (argc == 2)
        printf("copy %ld\n", copy);
    else if (copy)
        poweroff(run(argv + 2));
    return 0;
}
