/*
 * toyos's system calls about processes and time, with any arguments: exec's path and its list of
 * arguments, at any addresses and of any length; and that what a process is told goes to where it
 * asked for it, whole. What becomes of exec's arguments: exec.c.
 *
 * Bounds: 3 arguments; that there is room for no more is seen where one is added (exec.c).
 */
#include "tests/prove/user.h"

#include "toyos/kernel/trap/sys_proc.c"

/* with: */

#define ARGS 3

unsigned hart_count;

static uint64_t arg[6], text; /* the pointer that was read last */
static unsigned pages, reads, added;
static bool is_run;
static char text_page[PAGE_SIZE];

/* --- exec ------------------------------------------------------------------------------------- */

bool
exec_args_init(struct exec_args *args)
{
    if (!prove_bool("there is a page"))
        return false;
    *args = (struct exec_args){.text = text_page};
    pages++;
    return true;
}

void
exec_args_free(struct exec_args *args)
{
    prove_check(args->text == text_page && pages == 1, "the page of the arguments, once");
    pages--;
}

long
uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size)
{
    prove_check(uvm == &process.uvm && from == arg[0], "the path");
    kernel_check(to, size);
    return prove_bool("it can be read") ? (long)prove_below("length", size) : -EFAULT;
}

bool
uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    prove_check(uvm == &process.uvm && len == sizeof(text), "a pointer");
    prove_check(from == arg[1] + reads * sizeof(text), "the next one of the list");
    reads++;
    if (!prove_bool("it is there"))
        return false;
    *(uint64_t *)to = text = prove_u64("pointer");
    return true;
}

int
exec_args_add_user(struct exec_args *args, uint64_t text_va)
{
    prove_check(pages == 1 && text_va == text && text != 0, "the string that was pointed to");
    if (args->count == ARGS || !prove_bool("there is room"))
        return -E2BIG;
    args->count++;
    added++;
    return 0;
}

int
exec_program(const char *path, const struct exec_args *args)
{
    kernel_check(path, MAXPATH);
    prove_check(pages == 1 && args->count == (int)added && reads == added + 1 && text == 0,
                "all arguments, to the end of the list");
    is_run = prove_bool("the program runs");
    return is_run ? 0 : -ENOEXEC;
}

PROVE(sys_exec, 5, QUICK)
{
    int64_t result;

    prove_fill("arguments", arg, sizeof(arg));
    result = sys_exec(arg);
    prove_check(pages == 0, "the page is freed");
    prove_check(is_run ? result == (int64_t)added : result < 0, "how many there are, or why not");
}

/* --- What a process is told ------------------------------------------------------------------- */

static uint64_t
any_wall(void)
{
    return prove_u64("time of day");
}

static struct platform any_platform;
struct platform *platform = &any_platform;

uint64_t
timer_uptime_ns(void)
{
    return prove_u64("uptime");
}

uint64_t
page_count_all(void)
{
    return prove_u64("pages");
}

uint64_t
page_count_free(void)
{
    return prove_u64("free pages");
}

bool
proc_info(unsigned n, struct procinfo *info)
{
    prove_check(n < PROC_TABLE_SIZE, "a place of the table");
    kernel_check(info, sizeof(*info));
    return prove_bool("there is a process");
}

static void
check_told(int64_t result)
{
    prove_check(user.done == (result >= 0 ? user.len : 0), "all of it, or an error");
}

PROVE(sys_clock, 2, QUICK)
{
    any_user_argument(arg, 1, sizeof(uint64_t));
    any_platform.clock_wall = prove_bool("there is a clock") ? any_wall : NULL;
    check_told(sys_clock(arg));
}

PROVE(sys_sysinfo, 65, QUICK)
{
    any_user_argument(arg, 0, sizeof(struct sysinfo));
    check_told(sys_sysinfo(arg));
}

PROVE(sys_procinfo, 2, QUICK)
{
    int64_t result;

    any_user_argument(arg, 1, sizeof(struct procinfo));
    result = sys_procinfo(arg);
    if (result == 0)
        prove_check(user.done == 0, "of no process nothing is told");
    else
        check_told(result);
}
