/* The shell's beginning: one line, or line by line. */
#include "sh.h"

#define PROMPT "toyos$ "

/* A line; 0 at the end of the input. */
static int
read_line(char line[LINE_MAX])
{
    if (console_mode(0, CONSOLE_RAW) == 0)
        return edit_line(PROMPT, line) == 0;
    printf(PROMPT);
    gets(line, LINE_MAX);
    return line[0] != '\0';
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
    for (console_own(); read_line(line); console_own())
        run_line(line);
    return last_status;
}
