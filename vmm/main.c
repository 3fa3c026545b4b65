/* duet runs a RISC-V guest in a KVM virtual machine. This file leads from the command line to the
 * exit status. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/memory.h"
#include "vmm/board/board.h"
#include "vmm/call/hypercall.h"
#include "vmm/call/serving.h"
#include "vmm/control/client.h"
#include "vmm/control/command.h"
#include "vmm/control/control.h"
#include "vmm/debug/debugger.h"
#include "vmm/device/console.h"
#include "vmm/device/device.h"
#include "vmm/device/disk_copy.h"
#include "vmm/device/disk_file.h"
#include "vmm/device/power.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/report/stats_print.h"
#include "vmm/sandbox.h"
#include "vmm/state/copies.h"
#include "vmm/state/core.h"
#include "vmm/state/migrate.h"
#include "vmm/state/save.h"
#include "vmm/state/snapshot.h"
#include "vmm/terminal.h"
#include "vmm/trace/trace.h"

/* The signal that asked for the end, or 0. */
static int ended_by;

/* The signals that this thread waits for while a VM runs, and those of them that ask for the end.
 * All other threads block them. */
static sigset_t signals, end_signals;

/* Ends the process as the signal would have done if it had not been blocked. */
static void
signal_die(int signo)
{
    sigset_t only;

    terminal_restore();
    sigemptyset(&only);
    sigaddset(&only, signo);
    raise(signo);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
}

/* Somebody who has just started duet may ask at once: it is kept until the machine runs. */
static void
save_signal_keep(void)
{
    sigset_t power;

    sigemptyset(&power);
    sigaddset(&power, SIGPWR);
    sigprocmask(SIG_BLOCK, &power, NULL);
}

static void
signals_find(bool may_save)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction old;

    sigemptyset(&signals);
    sigemptyset(&end_signals);
    sigaddset(&signals, VCPU_KICK_SIGNAL);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGWINCH);
    sigaddset(&signals, SIGCONT);
    sigaddset(&signals, SIGIO);
    if (may_save)
        sigaddset(&signals, SIGPWR);
    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        /* a signal that nohup ignores stays ignored */
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaddset(&signals, ending[i]);
            sigaddset(&end_signals, ending[i]);
        }
}

/* If a vCPU has not left after so many kicks, sent 100 ms apart, it is waiting for a reader of the
 * trace. */
#define KICKS_MAX 20

static void
signal_serve(struct vm *vm, int signo)
{
    if (signo == SIGUSR1) {
        stats_print(vm);
    } else if (signo == SIGPWR) {
        saving_ask(vm);
    } else if (signo == SIGCONT) {
        terminal_raw_again();
    } else if (signo == SIGWINCH) {
        console_resized(vm);
    } else if (signo == SIGIO) {
        control_client_came();
    } else if (signo != VCPU_KICK_SIGNAL) {
        if (ended_by) /* the second request: wait for nothing more */
            signal_die(signo);
        copies_signal(signo);
        if (power_button_press(vm)) {
            say("asked the guest to shut down; another %s ends it", sigabbrev_np(signo));
            return;
        }
        ended_by = signo;
        vm_end(vm, STATUS_FAILED);
    }
}

/* Serves the signals that have come, while this thread waits for harts. A kick stays for
 * guest_wait(). */
static void
signals_serve(struct vm *vm)
{
    static const struct timespec now = {0};
    sigset_t others = signals;
    int signo;

    sigdelset(&others, VCPU_KICK_SIGNAL);
    while ((signo = sigtimedwait(&others, NULL, &now)) > 0)
        signal_serve(vm, signo);
}

/* Serves signals, and looks whether the guest has stopped for good, until all vCPUs have left.
 * False if one never will. */
static bool
guest_wait(struct vm *vm)
{
    static const struct timespec kick_again = {.tv_nsec = 100000000};
    static const struct timespec watch_again = {.tv_sec = SERVING_WATCH_SECONDS};

    for (unsigned kicks = 0; !vm_join(vm);) {
        bool ended = atomic_load(&vm->ending.how);
        int signo = sigtimedwait(&signals, NULL, ended ? &kick_again : &watch_again);

        if (signo > 0) {
            signal_serve(vm, signo);
        } else if (!ended) {
            serving_watch(vm);
            stopped_tick(vm);
        } else {
            vm_kick(vm);
            if (++kicks == KICKS_MAX || ended_by)
                trace_abandon(vm->trace);
            if (kicks > KICKS_MAX && serving_is_stuck(vm))
                return false;
        }
        if (ended) {
            vm_let_go(vm); /* a hart that asked to be saved just before waits for that */
            continue;
        }
        if (saving_is_asked(vm))
            save_serve(vm, signals_serve);
        migrate_serve(vm, signals_serve);
    }
    /* A debugger that asked while the last hart left waits for this. Not earlier:
     * tests/model/end.pml */
    saving_end(vm);
    return true;
}

/* Ends the process while the thread of a vCPU uses the machine for ever. */
static void __attribute__((noreturn))
leave_at_once(const struct vm *vm)
{
    unsigned ended = atomic_load(&vm->ending.how);

    if (vm->options->stats)
        stats_print(vm);
    if (ended_by)
        signal_die(ended_by);
    terminal_restore();
    _exit(ended & VM_RESET ? STATUS_FAILED : (int)(ended & VM_STATUS_MASK));
}

/* Runs the guest, again after each reset. Returns the exit status. */
static int
guest_run(const struct options *options, const struct elf_image *image,
          const struct vm_files *files, const struct snapshot *snapshot, struct trace *trace,
          struct debugger *debugger)
{
    static struct vm vm;
    unsigned ended;

    do {
        if (vm_create(&vm, options, image, files, snapshot, trace))
            return STATUS_FAILED;
        if (options->dtb) { /* the tree is written: that was all */
            vm_destroy(&vm);
            return 0;
        }
        snapshot = NULL; /* a reset starts the guest from its ELF file */
        sigprocmask(SIG_BLOCK, &signals, NULL);
        ended = VM_ENDED | STATUS_FAILED;
        if (!debugger || debugger_begin(debugger, &vm) == 0) {
            control_begin(&vm);
            vm_start(&vm);
            if (!guest_wait(&vm))
                leave_at_once(&vm);
            control_end();
            /* From here on a signal that asks for the end ends duet at once, unless it is for
             * copies, too (copies_wait()). The others mean nothing any more. */
            terminal_restore();
            if (!copies_are_made())
                sigprocmask(SIG_UNBLOCK, &end_signals, NULL);
            ended = atomic_load(&vm.ending.how);
            if (options->core && vm.ending.died && !(ended & VM_RESET))
                core_write(&vm);
            if (options->stats)
                stats_print(&vm);
        }
        if (debugger)
            debugger_end(debugger, ended);
        vm_destroy(&vm);
        copies_file_close();
        if (ended & VM_RESET && options->restore && !options->guest && !options->firmware) {
            say("the guest asked for a reset, and there is no ELF file to start it from: name it "
                "behind --%s=%s",
                options->restore_is_address ? "migrate-from" : "restore", options->restore);
            return STATUS_FAILED;
        }
    } while (ended & VM_RESET && !ended_by);
    if ((ended & VM_STATUS_MASK) == 0 && console_output_is_lost())
        return STATUS_FAILED; /* not 0: some of the guest's output was lost */
    return (int)(ended & VM_STATUS_MASK);
}

/* Reads what --restore names, or what comes to --migrate-from, and takes over from it what options
 * say otherwise. 0, or -1 after saying why. */
static int
snapshot_take(struct snapshot *snapshot, struct options *options)
{
    if (options->restore_is_address ? migrate_accept(snapshot, options->restore, &signals)
                                    : snapshot_open(snapshot, options->restore))
        return -1;
    if (!snapshot->is_sent)
        disk_copies_offer(snapshot->fd, &snapshot->copies);
    if (options->firmware && !snapshot->board)
        return fail("%s: the machine has no board, and so no flash memory: leave out --flash",
                    options->restore);
    options->memory = snapshot->memory;
    options->cpus = snapshot->cpus;
    options->board = snapshot->board;
    options->virtio = snapshot->virtio;
    if (!options->bootargs[0]) {
        free(options->bootargs);
        options->bootargs = snapshot->bootargs;
        snapshot->bootargs = NULL;
    }
    return 0;
}

/* The guest's ELF file. A restored one may be without, and firmware always is: nothing is known of
 * its symbols then. */
static int
image_open(struct elf_image *image, const struct options *options, const struct snapshot *snapshot)
{
    if (options->guest)
        return elf_image_open(image, options->guest, DUET_RAM_BASE, options->memory,
                              !options->note   ? ELF_NOTE_IGNORED
                              : options->board ? ELF_NOTE_OPTIONAL
                                               : ELF_NOTE_WANTED);
    if (options->firmware) {
        *image =
            (struct elf_image){.path = options->firmware, .fd = -1, .entry = BOARD_FLASH_BASE(0)};
        return 0;
    }
    *image = (struct elf_image){.path = options->restore, .fd = -1, .sum = snapshot->image_sum};
    return 0;
}

/* In a copy: what the options say is the original's. */
static void
copy_options_take(struct options *options, const struct snapshot *snapshot)
{
    options->memory = snapshot->memory;
    options->cpus = snapshot->cpus;
    options->save = options->core = NULL;
    options->stats = false;
    options->fork = 0;
}

/* The same as guest_run(), in the process that a person has started and, from where the guest asks
 * for that, in each copy. */
static int
copies_run(struct options *options, const struct elf_image *image, const struct vm_files *files,
           struct snapshot *snapshot, struct trace **trace, struct debugger *debugger)
{
    int status;

    if (options->fork && copies_begin(options, snapshot, *trace, &signals))
        return STATUS_FAILED;
    if (snapshot->copy) {
        copy_options_take(options, snapshot);
        *trace = NULL;
    }
    status =
        guest_run(options, image, files, snapshot->fd >= 0 ? snapshot : NULL, *trace, debugger);
    if (options->fork && !ended_by) {
        int of_copies;

        control_close(); /* nobody serves it any more */
        of_copies = copies_wait(&signals, &end_signals, &ended_by);
        sigprocmask(SIG_UNBLOCK, &end_signals, NULL);
        status = status ? status : of_copies;
    }
    return status;
}

/* If stdin, stdout or stderr is closed, no file of ours may become the guest's console. */
static void
standard_files_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", O_RDWR); /* open() returns `fd`, the lowest free one */
}

int
main(int argc, char **argv)
{
    struct debugger *debugger = NULL;
    struct snapshot snapshot = {.fd = -1};
    struct options options;
    struct elf_image image;
    struct vm_files files;
    struct trace *trace = NULL;
    int status = STATUS_FAILED;

    standard_files_open();
    /* One heap for all threads: when a thread's own heap shrinks, glibc opens a file in /proc. */
    mallopt(M_ARENA_MAX, 1);
    if (argc > 1 && client_is_command(argv[1]))
        return client_main(argc - 1, argv + 1);
    options_parse(&options, argc, argv, devices_options());
    if (options.hypercalls) {
        hypercall_table_print(stdout);
        return 0;
    }
    /* A console whose reader has gone is an error for the guest, and does not end duet. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* likewise for a file that may not grow */
    if (options.save)
        save_signal_keep();
    signals_find(options.save);
    vcpu_kick_init();
    serving_crash_report();
    sandbox_call_name = serving_name;
    if (options.stats)
        stats_open();
    image_files_are_awaited = options.restore_is_address;
    migrate_allow();
    if ((!options.restore || snapshot_take(&snapshot, &options) == 0) &&
        image_open(&image, &options, &snapshot) == 0) {
        if (save_open(&options) == 0 && core_open(&options) == 0 && copies_open(&options) == 0 &&
            vm_files_open(&files, &options) == 0) {
            bool has_control = control_open(&options) == 0;

            if (options.trace)
                trace = trace_open(options.trace, image.path);
            if (options.gdb)
                debugger = debugger_open(options.gdb, command_monitor);
            if (has_control && (trace || !options.trace) && (debugger || !options.gdb) &&
                sandbox_process(&options) == 0)
                status = copies_run(&options, &image, &files, &snapshot, &trace, debugger);
            if (debugger)
                debugger_close(debugger);
            if (trace)
                trace_close(trace);
            control_close();
            vm_files_close(&files);
        }
        copies_close();
        core_close();
        save_close();
        elf_image_close(&image);
    }
    snapshot_close(&snapshot);
    free(options.bootargs);
    terminal_restore();
    if (ended_by)
        signal_die(ended_by);
    return status;
}
