/* Where a program starts: exec enters here with argc and argv. */
#include "user/toyos.h"

int main(int argc, char **argv);
void start(int argc, char **argv);

/* The thread pointer has the address of the thread's errno. That is on the stack, which a process
 * always has to itself: what is said of a lack of memory must not need any. */
void
start(int argc, char **argv)
{
    int error = 0;

    __asm__ volatile("mv tp, %0" ::"r"(&error) : "memory");
    exit(main(argc, argv));
}
