/* The shell's beginning: one line, or line by line. */
#include "sh.h"

/* A line; 0 at the end of the input. To who types, the prompt shows the directory, but for /. */
static int
read_line(char line[LINE_MAX])
{
    static const char name[] = "toyos", end[] = "$ ";
    char prompt[sizeof(name) + MAXPATH + sizeof(end)], path[MAXPATH] = "?";

    if (console_mode(0, CONSOLE_RAW) < 0) {
        printf("%s%s", name, end);
        gets(line, LINE_MAX);
        return line[0] != '\0';
    }
    getcwd(path, sizeof(path)); /* not if it has been removed */
    strcpy(prompt, name);
    if (strcmp(path, "/") != 0) {
        strcpy(prompt + strlen(prompt), ":");
        strcpy(prompt + strlen(prompt), path);
    }
    strcpy(prompt + strlen(prompt), end);
    return edit_line(prompt, line) == 0;
}

int
main(int argc, char **argv)
{
    static char line[LINE_MAX];

    if (argc == 3 && strcmp(argv[1], "-c") == 0) {
        run_line(argv[2]);
        return last_status;
    }
    if (argc != 1) {
        fprintf(2, "usage: sh [-c LINE]\n");
        return BAD_USAGE;
    }
    newgroup();
    is_interactive = 1;
    for (console_own(); read_line(line); console_own()) {
        run_line(line);
        jobs_check(0);
    }
    return last_status;
}
