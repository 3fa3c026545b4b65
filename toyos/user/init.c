/* The first program: runs the shell, on the line in argv[1] if there is one, and ends the machine
 * with its status. */
#include "user/toyos.h"

int
main(int argc, char **argv)
{
    char sh[] = "sh", c[] = "-c";
    char *line[] = {sh, c, argc > 1 ? argv[1] : 0, 0};
    char *interactive[] = {sh, 0};
    int pid, status = -1, ended;

    console_own(); /* Ctrl-C ends the line */
    pid = fork();
    if (pid == 0) {
        exec("/sh", argc > 1 ? line : interactive);
        fprintf(2, "init: cannot run sh\n");
        exit(1);
    }
    do /* orphans of others end here too */
        ended = wait(&status);
    while (ended >= 0 && ended != pid);
    poweroff(status);
}
