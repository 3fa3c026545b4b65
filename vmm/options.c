/* The command line, parsed with argp. */
#include "vmm/options.h"

#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/hypercalls.h"
#include "common/text.h"
#include "vmm/control/control_line.h"
#include "vmm/guest/ending.h"
#include "vmm/named_files.h"
#include "vmm/version.h"

#define MIB        (1ULL << 20)
#define GIB        (1ULL << 30)
#define EXIT_USAGE 2

/* Guest RAM. */
#define MEMORY_MIN_MIB     4
#define MEMORY_DEFAULT_MIB 128
#define MEMORY_MAX_GIB     64

/* The constants as string pieces for the texts below. */
#define CPUS_MOST    TEXT(CPUS_MAX)
#define COPIES_MOST  TEXT(COPIES_MAX)
#define MEMORY_USUAL TEXT(MEMORY_DEFAULT_MIB) "M"
#define STATUS_MAX   TEXT(DUET_STATUS_MAX)
#define DIED         TEXT(STATUS_GUEST_DIED)
#define FAILED       TEXT(STATUS_FAILED)
#define USAGE        TEXT(EXIT_USAGE)

enum {
    OPT_INITRD = 256,
    OPT_BOARD,
    OPT_FLASH,
    OPT_DTB,
    OPT_VIRTIO,
    OPT_NO_NOTE,
    OPT_STATS,
    OPT_LOG,
    OPT_HYPERCALLS,
    OPT_SANDBOX,
    OPT_GDB,
    OPT_NAME,
    OPT_CORE,
    OPT_SAVE,
    OPT_RESTORE,
    OPT_MIGRATE_FROM,
    OPT_PAGES,
    OPT_FORK
};

/* Variable of argp: it adds the options --version and -V. */
const char *argp_program_version = "duet " DUET_VERSION ", ABI version " TEXT(DUET_ABI_VERSION);

static const struct argp_option option_table[] = {
    {"cpus", 'c', "N", 0, "number of virtual CPUs, 1 to " CPUS_MOST " (default 1)", 0},
    {"memory", 'm', "SIZE", 0, "guest RAM, e.g. 64M or 1G (default " MEMORY_USUAL ")", 0},
    /* Scripts say so; --memory-pages would make an abbreviation of it ambiguous. */
    {"mem", 0, NULL, OPTION_ALIAS | OPTION_HIDDEN, NULL, 0},
    {"memory-pages", OPT_PAGES, "2M|4K|auto", 0,
     "2M: guest RAM in pages of 2 MiB, of which the host must have enough in reserve "
     "(vm.nr_hugepages); auto: if it has; 4K, the default: not",
     0},
    {"initrd", OPT_INITRD, "FILE", 0, "initial RAM disk for the guest", 0},
    {"board", OPT_BOARD, NULL, 0,
     "also offer the devices of QEMU's machine virt, for a guest that knows nothing of Duet; such "
     "a guest needs no ABI note",
     0},
    {"virtio", OPT_VIRTIO, "KIND[,KIND...]", 0,
     "with --board, virtio devices besides the disks: rng, random bytes; console, this one beside "
     "the serial port; balloon, which gives memory back to the host",
     0},
    {"flash", OPT_FLASH, "CODE,VARIABLES[,saved]", 0,
     "with --board, run the firmware in CODE from the board's flash memory, instead of a guest's "
     "file; what it keeps is in VARIABLES, which is written in place. Both have 32 MiB. \",saved\" "
     "is as with --disk",
     0},
    {"dtb", OPT_DTB, "FILE", 0,
     "write the device tree that the guest would get to FILE, and run nothing", 0},
    {"trace", 't', "FILE", OPTION_ARG_OPTIONAL,
     "say what each exit was, and how long it took, on stderr or in FILE; in Chrome's format, "
     "which Perfetto shows, if its name ends with .json",
     0},
    {"stats", OPT_STATS, NULL, 0,
     "at the end, say on stderr what the guest did, and how long that took; signal USR1 has it "
     "said at once",
     0},
    {"log", OPT_LOG, "LEVEL", 0,
     "show the guest's log up to this level: error, warn (default), info or debug", 0},
    {"gdb", OPT_GDB, "PATH|:PORT", OPTION_ARG_OPTIONAL,
     "wait for gdb before the guest's first instruction: on a Unix socket (default duet.gdb), a "
     "character device, or a port of the loopback address",
     0},
    {"core", OPT_CORE, "FILE", 0,
     "should the guest die, leave its registers and memory in FILE, for gdb", 0},
    {"name", OPT_NAME, "NAME", 0,
     "what the commands below call this VM (default: as its guest is called)", 0},
    {"save", OPT_SAVE, "FILE[,disks][,end]", 0,
     "save the machine in FILE, and go on, or with \",end\" end, whenever that is asked for: by "
     "duet save, signal PWR, Ctrl-A s, the guest, or gdb's monitor save; with \",disks\" also what "
     "is on its disks",
     0},
    {"restore", OPT_RESTORE, "FILE", 0,
     "go on with the machine that was saved in FILE; GUEST.elf, which may be left out, is then for "
     "reports, gdb and a reset",
     0},
    {"fork", OPT_FORK, "MAX", 0,
     "let the guest make up to MAX copies of itself, 1 to " COPIES_MOST ", as it is at that moment",
     0},
    {"migrate-from", OPT_MIGRATE_FROM, "ADDRESS", 0,
     "wait for a guest that another duet sends (duet migrate NAME ADDRESS), and go on with it: "
     "ADDRESS is the path of a socket, or of TCP A.B.C.D:PORT or :PORT of the loopback address; "
     "GUEST.elf as with --restore",
     0},
    {"sandbox", OPT_SANDBOX, "on|off", 0,
     "off, for debugging duet: keep all rights of the user who starts it (default on: a guest that "
     "breaks out gets none)",
     0},
    {"no-note", OPT_NO_NOTE, NULL, 0, "take a guest without Duet's ABI note, of any version", 0},
    {"hypercalls", OPT_HYPERCALLS, NULL, 0, "print the table of hypercalls and exit", 0},
    {0},
};

/* The whole argument is digits with an optional K, M or G. */
static bool
size_parse(const char *text, uint64_t *size)
{
    unsigned shift = 0;
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *size = strtoull(text, &end, 10);
    switch (toupper((unsigned char)*end)) {
    case 'K':
        shift = 10;
        end++;
        break;
    case 'M':
        shift = 20;
        end++;
        break;
    case 'G':
        shift = 30;
        end++;
        break;
    }
    if (errno || *end || *size > UINT64_MAX >> shift)
        return false;
    *size <<= shift;
    return true;
}

static int
log_level_parse(const char *text)
{
    static const char *const name[DUET_LOG_LEVELS] = {"error", "warn", "info", "debug"};

    for (int level = 0; level < DUET_LOG_LEVELS; level++)
        if (strcmp(text, name[level]) == 0)
            return level;
    return -1;
}

/* A list of names, with commas. */
static void
virtio_parse(struct options *options, const char *list, struct argp_state *state)
{
    static const struct {
        const char *name;
        unsigned bit;
    } kind[] = {{"rng", OPTION_VIRTIO_RNG},
                {"console", OPTION_VIRTIO_CONSOLE},
                {"balloon", OPTION_VIRTIO_BALLOON}};

    for (const char *name = list;; name++) {
        size_t len = strcspn(name, ","), i = 0;

        while (i < sizeof(kind) / sizeof(kind[0]) &&
               (strlen(kind[i].name) != len || strncmp(kind[i].name, name, len) != 0))
            i++;
        if (i == sizeof(kind) / sizeof(kind[0]))
            argp_error(state, "--virtio=%s: want rng, console, balloon, or several with commas",
                       list);
        options->virtio |= kind[i].bit;
        name += len;
        if (!*name)
            return;
    }
}

static void
flash_parse(struct options *options, char *files, struct argp_state *state)
{
    char *comma = strrchr(files, ',');

    options->variables_saved = comma && strcmp(comma, ",saved") == 0;
    if (options->variables_saved) {
        *comma = '\0';
        comma = strrchr(files, ',');
    }
    if (comma && comma != files && comma[1]) {
        *comma = '\0';
        options->firmware = files;
        options->variables = comma + 1;
    } else {
        argp_error(state, "--flash=%s: want two files, CODE,VARIABLES", files);
    }
}

static void
bootargs_add(struct options *options, const char *word)
{
    size_t len = options->bootargs ? strlen(options->bootargs) : 0;
    char *longer = realloc(options->bootargs, len + strlen(word) + 2);

    if (!longer) {
        perror("duet");
        exit(STATUS_FAILED);
    }
    sprintf(longer + len, "%s%s", len ? " " : "", word);
    options->bootargs = longer;
}

/* The value of an option that names a file. */
static char *
file_name(struct argp_state *state, const char *option, char *arg)
{
    if (!arg[0])
        argp_error(state, "%s=: want the name of a file", option);
    return arg;
}

/* Which option says what machine to go on with. */
static const char *
restore_option(const struct options *options)
{
    return options->restore_is_address ? "--migrate-from" : "--restore";
}

static enum option_pages
pages_parse(struct argp_state *state, const char *arg)
{
    static const char *const name[] = {[PAGES_4K] = "4K", [PAGES_2M] = "2M", [PAGES_AUTO] = "auto"};

    for (unsigned i = 0; i < sizeof(name) / sizeof(name[0]); i++)
        if (strcmp(arg, name[i]) == 0)
            return (enum option_pages)i;
    argp_error(state, "--memory-pages=%s: want 2M, 4K or auto", arg);
    return PAGES_4K;
}

/* Refuses options that would spoil each other's files, before any of them is opened: a disk that
 * was overwritten is lost. The machine may be saved where it is restored from: what it needs of the
 * old file it has open then, and the option --save stands for both here. */
static void
files_check(const struct options *options, struct argp_state *state)
{
    bool saves_anew =
        options->restore && options->save && named_file_is_same(options->restore, options->save);
    bool is_stderr = options->trace && strcmp(options->trace, "-") == 0;
    bool is_port = options->gdb && options->gdb[0] == ':';
    const struct {
        const char *option, *path;
        enum named_use use;
    } named[] = {
        {"the guest ", options->guest, NAMED_READ},
        {"--flash=", options->firmware, NAMED_READ},
        {"--flash=...,", options->variables, NAMED_WRITTEN},
        {"--initrd=", options->initrd, NAMED_READ},
        {"--restore=", saves_anew ? NULL : options->restore, NAMED_READ},
        {"--dtb=", options->dtb, NAMED_WRITTEN},
        {"--trace=", is_stderr ? NULL : options->trace, NAMED_WRITTEN},
        {"--gdb=", is_port ? NULL : options->gdb, NAMED_WRITTEN},
        {"--core=", options->core, NAMED_REPLACED},
        {"--save=", options->save, NAMED_REPLACED},
    };
    char line[3 * PATH_MAX];

    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (named[i].path)
            named_file_add(named[i].option, named[i].path, named[i].use);
    if (named_files_clash(line, sizeof(line)))
        argp_error(state, "%s", line);
}

/* Takes the words off the end of --save's argument. */
static void
save_parse(struct options *options, char *arg)
{
    char *comma;

    options->save_ends = options->save_disks = false;
    while ((comma = strrchr(arg, ','))) {
        bool *word = strcmp(comma, ",end") == 0     ? &options->save_ends
                     : strcmp(comma, ",disks") == 0 ? &options->save_disks
                                                    : NULL;

        if (!word || *word)
            return; /* of the file's name */
        *word = true;
        *comma = '\0';
    }
}

static error_t
option_parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    uint64_t number = 0;

    switch (key) {
    case 'c':
        if (!size_parse(arg, &number) || number < 1 || number > CPUS_MAX)
            argp_error(state, "--cpus=%s: want a number from 1 to %d", arg, CPUS_MAX);
        options->cpus = (unsigned)number;
        return 0;
    case 'm':
        if (!size_parse(arg, &number) || number < MEMORY_MIN_MIB * MIB ||
            number > MEMORY_MAX_GIB * GIB)
            argp_error(state, "--memory=%s: want a size from %dM to %dG, such as " MEMORY_USUAL,
                       arg, MEMORY_MIN_MIB, MEMORY_MAX_GIB);
        if (number % MIB)
            argp_error(state, "--memory=%s: want whole mebibytes", arg);
        options->memory = number;
        return 0;
    case OPT_PAGES:
        options->pages = pages_parse(state, arg);
        return 0;
    case OPT_INITRD:
        options->initrd = file_name(state, "--initrd", arg);
        return 0;
    case OPT_BOARD:
        options->board = true;
        return 0;
    case OPT_VIRTIO:
        virtio_parse(options, arg, state);
        return 0;
    case OPT_FLASH:
        flash_parse(options, arg, state);
        return 0;
    case OPT_DTB:
        options->dtb = file_name(state, "--dtb", arg);
        return 0;
    case 't':
        options->trace = arg ? file_name(state, "--trace", arg) : "-";
        return 0;
    case OPT_GDB:
        options->gdb = arg ? file_name(state, "--gdb", arg) : "duet.gdb";
        return 0;
    case OPT_NAME:
        if (!control_name_is_valid(arg))
            argp_error(state,
                       "--name=%s: want up to %d letters, digits, `.`, `_` and `-`, with a letter "
                       "or digit first",
                       arg, CONTROL_NAME_MAX - 1);
        options->name = arg;
        return 0;
    case OPT_CORE:
        options->core = file_name(state, "--core", arg);
        return 0;
    case OPT_SAVE:
        save_parse(options, arg);
        options->save = file_name(state, "--save", arg);
        return 0;
    case OPT_RESTORE:
    case OPT_MIGRATE_FROM:
        if (options->restore)
            argp_error(state, "--restore, --migrate-from: want one machine to go on with");
        options->restore_is_address = key == OPT_MIGRATE_FROM;
        options->restore = file_name(state, restore_option(options), arg);
        return 0;
    case OPT_FORK:
        if (!size_parse(arg, &number) || number < 1 || number > COPIES_MAX)
            argp_error(state, "--fork=%s: want a number of copies from 1 to %d", arg, COPIES_MAX);
        options->fork = (unsigned)number;
        return 0;
    case OPT_STATS:
        options->stats = true;
        return 0;
    case OPT_LOG:
        options->log_level = log_level_parse(arg);
        if (options->log_level < 0)
            argp_error(state, "--log=%s: want error, warn, info or debug", arg);
        return 0;
    case OPT_NO_NOTE:
        options->note = false;
        return 0;
    case OPT_SANDBOX:
        options->sandbox = strcmp(arg, "on") == 0;
        if (!options->sandbox && strcmp(arg, "off") != 0)
            argp_error(state, "--sandbox=%s: want on or off", arg);
        return 0;
    case OPT_HYPERCALLS:
        options->hypercalls = true;
        return 0;
    case ARGP_KEY_ARG:
        if (!arg[0])
            argp_error(state, "which guest? The name of its ELF file is empty");
        /* All further arguments belong to the guest, even those that look like options. */
        options->guest = arg;
        while (state->next < state->argc)
            bootargs_add(options, state->argv[state->next++]);
        return 0;
    case ARGP_KEY_END:
        if (!options->guest && !options->restore && !options->firmware && !options->hypercalls)
            argp_error(state, "which guest? Name its ELF file");
        if (options->firmware && !options->board && !options->restore)
            argp_error(state, "--flash: this is a part of the board: add --board");
        if (options->firmware && (options->guest || options->initrd))
            argp_error(state, "--flash: the firmware is the guest: leave out %s",
                       options->guest ? options->guest : "--initrd");
        if (options->firmware && options->fork)
            argp_error(state,
                       "--flash: the firmware and its copies would all write to %s: leave out "
                       "--fork",
                       options->variables);
        if (options->restore && options->pages != PAGES_4K)
            argp_error(state,
                       "%s: memory comes with the machine, in pages of 4 KiB: leave out "
                       "--memory-pages",
                       restore_option(options));
        if (options->restore && (options->cpus || options->memory || options->initrd ||
                                 options->board || options->virtio))
            argp_error(state,
                       "%s: the machine is as it was saved: leave out --cpus, --memory, --initrd, "
                       "--board and --virtio",
                       restore_option(options));
        if (options->virtio && !options->board)
            argp_error(state, "--virtio: these are devices of the board: add --board");
        if (options->dtb && options->restore)
            argp_error(state, "--dtb: a restored machine gets no device tree: leave out %s",
                       restore_option(options));
        if (options->fork && options->pages != PAGES_4K)
            argp_error(state, "--fork: memory is shared in pages of 4 KiB: leave out "
                              "--memory-pages");
        if (options->fork && (options->gdb || options->restore_is_address))
            argp_error(state, "--fork: a machine with %s cannot be copied: leave out one",
                       options->gdb ? "--gdb" : "--migrate-from");
        if (options->core && options->gdb)
            argp_error(state, "--core: with --gdb, gdb has the guest when it dies: leave out one");
        files_check(options, state);
        if (!options->restore && !options->cpus)
            options->cpus = 1;
        if (!options->restore && !options->memory)
            options->memory = MEMORY_DEFAULT_MIB * MIB;
        if (!options->bootargs)
            bootargs_add(options, "");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void
options_parse(struct options *options, int argc, char **argv, const struct argp_child *more)
{
    const struct argp argp = {
        .options = option_table,
        .parser = option_parse,
        .children = more,
        .args_doc = "GUEST.elf [WORD...]\n--restore=FILE [GUEST.elf]\n--migrate-from=ADDRESS "
                    "[GUEST.elf]\nlist\nCOMMAND NAME [ARGUMENT]",
        .doc =
            "Runs the RISC-V kernel GUEST.elf in a virtual machine of KVM's. The WORDs become its "
            "boot arguments. The other forms are about VMs that run.\v"
            "`list` shows your VMs. COMMAND is one of console, info, stats, walk, balloon, pause, "
            "resume, save, migrate, reset, stop and quit; `duet COMMAND` says what it does. (A "
            "guest whose "
            "file has such a name is run as ./list.)\n\n"
            "Exit status: the guest's own, 0 to " STATUS_MAX "; " DIED " if the guest died; " FAILED
            " if duet could not run it; " USAGE " for a bad command line. On a terminal, Ctrl-A x, "
            "as SIGTERM, asks the guest to shut down, and ends it the second time; Ctrl-A h "
            "helps.\n\n"
            "The manual is duet(1): man duet.",
    };

    *options = (struct options){.sandbox = true, .note = true, .log_level = DUET_LOG_WARN};
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, options);
}
