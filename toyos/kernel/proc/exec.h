/* Running a program: an ELF file takes the place of the current process's memory. */
#ifndef TOYOS_EXEC_H
#define TOYOS_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/riscv.h"
#include "toyos/include/kernel/param.h"

#define EXEC_TEXT_MAX PAGE_SIZE

/* The arguments on their way to the new program. Only the thread that made it uses it. */
struct exec_args {
    int count;
    char *text; /* a page: the strings one after the other */
    size_t used;
    uint16_t start[EXECARGS]; /* where in text */
};

/* An empty list of arguments. False: no memory, and nothing to free. */
bool exec_args_init(struct exec_args *args);
void exec_args_free(struct exec_args *args);

/* Add an argument, from the kernel or from user memory. 0; -E2BIG: too many, or too long; -EFAULT.
 */
int exec_args_add(struct exec_args *args, const char *text);
int exec_args_add_user(struct exec_args *args, uint64_t text_va);

/* Loads the program (ELF gABI, chapters 4 and 5) in place of the current one, and makes the trap
 * frame start it. 0; or -errno, and the process is as it was. The caller sets a0 of the trap frame
 * to the number of arguments. */
int exec_program(const char *path, const struct exec_args *args);

#endif
