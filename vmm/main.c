/* duet: runs a RISC-V guest in a KVM virtual machine. From the command line to the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/memory.h"
#include "vmm/log.h"
#include "vmm/stats.h"
#include "vmm/terminal.h"
#include "vmm/vm.h"

/* The VM to end when a signal asks for it, and that signal. */
static struct vm *volatile signal_vm;
static volatile sig_atomic_t ended_by;

/* Ends the process as the signal would have, had it not been caught. */
static void
signal_die(int signo)
{
    terminal_restore();
    signal(signo, SIG_DFL);
    raise(signo);
}

static void
end_handler(int signo)
{
    if (ended_by) { /* asked again: wait for nothing more; it is delivered on return */
        signal_die(signo);
        return;
    }
    ended_by = signo;
    if (signal_vm)
        vm_end(signal_vm, STATUS_FAILED);
}

/* A kick that comes just before a system call that waits is lost: vm_end has them repeated. */
static void
kick_again_handler(int signo)
{
    (void)signo;
    if (signal_vm)
        vm_kick(signal_vm);
}

static void
signals_init(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    /* No SA_RESTART: a signal has to end a system call that waits. */
    struct sigaction end = {.sa_handler = end_handler}, old;
    struct sigaction again = {.sa_handler = kick_again_handler};

    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        /* nohup's wish stays. */
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(ending[i], &end, NULL);
    sigaction(SIGALRM, &again, NULL);
    /* A console whose reader went away is an error for the guest, not our end. */
    signal(SIGPIPE, SIG_IGN);
    vcpu_kick_init();
}

/* Runs the guest, again after each reset. The exit status. */
static int
guest_run(const struct options *options, const struct elf_image *image, FILE *trace)
{
    static struct vm vm;
    unsigned ended;

    do {
        if (vm_create(&vm, options, image, trace))
            return STATUS_FAILED;
        signal_vm = &vm;
        if (ended_by)
            vm_end(&vm, STATUS_FAILED);
        ended = vm_run(&vm);
        signal_vm = NULL;
        if (options->stats)
            stats_print(&vm);
        vm_destroy(&vm);
    } while (ended & VM_RESET && !ended_by);
    return (int)(ended & VM_STATUS_MASK);
}

/* If stdin, stdout or stderr is closed: no file of ours may become the guest's console. */
static void
standard_files_open(void)
{
    int fd = open("/dev/null", O_RDWR);

    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = dup(fd);
    if (fd >= 0)
        close(fd);
}

/* Where trace lines go, in *to; NULL when there is no trace. */
static int
trace_open(const char *where, FILE **to)
{
    *to = NULL;
    if (!where)
        return 0;
    if (strcmp(where, "-") == 0) {
        *to = stderr;
        return 0;
    }
    *to = fopen(where, "we");
    if (!*to)
        return fail_errno("%s", where);
    setvbuf(*to, NULL, _IOLBF, 0); /* whole also when a signal ends us */
    return 0;
}

int
main(int argc, char **argv)
{
    struct options options;
    struct elf_image image;
    FILE *trace;
    int status = STATUS_FAILED;

    standard_files_open();
    options_parse(&options, argc, argv);
    signals_init();
    if (elf_image_open(&image, options.guest, DUET_RAM_BASE, options.memory, options.note) == 0) {
        if (trace_open(options.trace, &trace) == 0) {
            status = guest_run(&options, &image, trace);
            /* Whoever sent a signal wants the end, not words that stderr may not take. */
            if (trace && !ended_by && (fflush(trace) || ferror(trace)))
                fail_errno("%s", options.trace);
        }
        elf_image_close(&image);
    }
    free(options.bootargs);
    terminal_restore();
    if (ended_by)
        signal_die(ended_by);
    return status;
}
