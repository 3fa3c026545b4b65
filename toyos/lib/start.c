/* Where a program starts: exec enters here with argc and argv. */
#include "user/user.h"

int main(int argc, char **argv);
void start(int argc, char **argv);

void
start(int argc, char **argv)
{
    exit(main(argc, argv));
}
