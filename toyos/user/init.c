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

    console_own();                                        /* Ctrl-C ends the line */
    if (argc == 1 && console_mode(0, CONSOLE_LINES) == 0) /* somebody types */
        printf("This is toyos, a small operating system. `help` lists its commands; Ctrl-A h, the "
               "terminal's keys.\n");
    pid = fork();
    if (pid == 0) {
        exec("/sh", argc > 1 ? line : interactive);
        perror("init: /sh");
        exit(1);
    }
    do /* orphans of others end here too */
        ended = wait(&status);
    while (ended >= 0 && ended != pid);
    poweroff(status);
}
