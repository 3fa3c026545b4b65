/* Where a program starts: exec enters here with argc and argv. The entry point's name has a dot
 * (user.ld), for a name of C may be that of a function of the program. */
#include "user/toyos.h"

int main(int argc, char **argv);
void start(int argc, char **argv) __asm__("program.start");

/* The thread pointer has the address of the thread's errno. That is on the stack, which a process
 * always has to itself: what is said of a lack of memory must not need any. */
void
start(int argc, char **argv)
{
    int error = 0;

    __asm__ volatile("mv tp, %0" ::"r"(&error) : "memory");
    exit(main(argc, argv));
}
