/* pwd: the current directory. */
#include "user/files.h"

int
main(void)
{
    char path[MAXPATH];

    if (!getcwd(path, sizeof(path))) {
        perror("pwd");
        return 1;
    }
    printf("%s\n", path);
    return 0;
}
