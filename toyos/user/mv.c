/* mv FILE TO, mv FILE... DIR: rename files and directories. */
#include "user/files.h"

static int
move(const char *from, const char *to)
{
    return rename(from, to) < 0 ? file_error("mv", from) : 0;
}

int
main(int argc, char **argv)
{
    return each_into("mv", argc, argv, move);
}
