/* duet: runs a RISC-V guest in a KVM virtual machine. From the command line to the exit status. */
#include <errno.h>
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

static void
end_handler(int signo)
{
    ended_by = signo;
    if (signal_vm)
        vm_end(signal_vm, STATUS_FAILED);
}

static void
signals_init(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction end = {.sa_handler = end_handler, .sa_flags = SA_RESTART};

    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        sigaction(ending[i], &end, NULL);
    /* A console whose reader went away is an error for the guest, not our end. */
    signal(SIGPIPE, SIG_IGN);
    vcpu_kick_init();
}

/* Ends the process as the signal would have, had it not been caught. */
static void
signal_die(int signo)
{
    terminal_restore();
    signal(signo, SIG_DFL);
    raise(signo);
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

/* Where trace lines go, in *to; NULL when there is no trace. */
static int
trace_open(const char *where, FILE **to)
{
    *to = NULL;
    if (!where)
        return 0;
    *to = strcmp(where, "-") == 0 ? stderr : fopen(where, "we");
    return *to ? 0 : fail_errno("%s", where);
}

int
main(int argc, char **argv)
{
    struct options options;
    struct elf_image image;
    FILE *trace;
    int status = STATUS_FAILED;

    options_parse(&options, argc, argv);
    signals_init();
    if (elf_image_open(&image, options.guest, DUET_RAM_BASE, options.memory, options.note) == 0) {
        if (trace_open(options.trace, &trace) == 0) {
            status = guest_run(&options, &image, trace);
            if (trace && (fflush(trace) || ferror(trace)))
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
