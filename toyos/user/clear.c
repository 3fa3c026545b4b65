/* clear: an empty screen (ECMA-48 control sequences). */
#include "user/user.h"

int
main(void)
{
    printf("\033[H\033[2J");
    return 0;
}
