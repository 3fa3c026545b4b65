/* help [NAME...]: a line for each command, or for these; they are in /doc/help.txt
 * (user/doc/help.txt). */
#include "kernel/fcntl.h"
#include "user/files.h"

#define TEXT_MAX 8192

static char text[TEXT_MAX + 1];

/* Each line begins with the command's name, of which a file's name may be cut. */
static int
help_one(const char *name)
{
    unsigned long len = strlen(name);

    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        if (strncmp(line, name, len) == 0 && (line[len] == ' ' || len == DIRSIZ)) {
            write(1, line, (int)(end + 1 - line));
            return 0;
        }
    }
    fprintf(2, "help: %s: nothing is known of this command\n", name);
    return 1;
}

int
main(int argc, char **argv)
{
    int fd = open("/doc/help.txt", O_RDONLY), status = 0,
        len = fd < 0 ? -1 : read(fd, text, TEXT_MAX);

    if (len < 0)
        return file_error("help", "/doc/help.txt");
    if (argc == 1)
        write(1, text, len);
    for (int i = 1; i < argc; i++)
        status |= help_one(argv[i]);
    return status;
}
