/* The start of a program: exec enters here with argc and argv. The name of the entry point contains
 * a dot (user.ld), because a name without one may be a function of the program. */
#include "user/toyos.h"

int main(int argc, char **argv);
void start(int argc, char **argv) __asm__("program.start");

/* tp points to the thread's errno. It is on the stack, which a process always has: reporting a lack
 * of memory must not need memory. */
void
start(int argc, char **argv)
{
    int error = 0;

    __asm__ volatile("mv tp, %0" ::"r"(&error) : "memory");
    exit(main(argc, argv));
}
