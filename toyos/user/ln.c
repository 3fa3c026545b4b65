/* ln OLD NEW: one more name for a file. */
#include "user/files.h"

int
main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(2, "usage: ln OLD NEW\n");
        return 2;
    }
    return link(argv[1], argv[2]) < 0 ? file_error("ln", argv[2]) : 0;
}
