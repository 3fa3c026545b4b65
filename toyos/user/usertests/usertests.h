/*
 * usertests: what toyos promises to programs, a function a promise. Each runs in a process of its
 * own, and passes when that exits with 0; check() ends it. No test may leave a page in use.
 */
#ifndef TOYOS_USERTESTS_H
#define TOYOS_USERTESTS_H

#include "kernel/fcntl.h"
#include "kernel/memlayout.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "user/toyos.h"

struct test {
    void (*run)(void);
    const char *name;
    enum { QUICK, SLOW, BY_NAME } kind; /* -q leaves out the slow ones; the last want to be named */
};

/* Each ends with an empty one. */
extern const struct test pointer_tests[], memory_tests[], mapping_tests[], process_tests[],
    exec_tests[], fault_tests[], pipe_tests[], thread_tests[], thread_file_tests[], poll_tests[],
    mapping_file_tests[];

#define KILLED (-1) /* the status of a process that was killed */

/* End the test, as failed, unless it is true. */
#define check(is_true) check_at((is_true) != 0, #is_true, __LINE__)
void check_at(int is_true, const char *text, int line);

/* Do this in a child: its exit status; it exits with 0 if the function returns. */
int status_of(void (*run)(void));

/* A child that does this; the parent gets its pid. */
int start_child(void (*run)(void));

/* Pages that are free. */
uint64 free_pages(void);

/* Addresses that no program may use. */
extern const uint64 bad_addresses[];
extern const uint bad_address_count;

#endif
