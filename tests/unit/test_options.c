/* The command line: what is understood, what is refused (status 2 and a clear line), and where it
 * ends and the guest's own words begin. Each line is parsed in a child, as it may end the process.
 */
#include "tests/unit/unit.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "vmm/device/disk_file.h"
#include "vmm/options.h"
#include "vmm/version.h"

#define MIB ((uint64_t)1 << 20)
#define TRY "Try `duet --help' or `duet --usage' for more information.\n"

/* What the child parsed; shared with it. */
static struct parsed {
    int done; /* options_parse returned */
    struct options options;
    char guest[256], bootargs[4096], initrd[256], trace[256], save[256];
    unsigned disks;
    struct {
        char path[256];
        bool read_only, is_saved;
    } disk[DUET_DISKS];
} *parsed;

static int
shared_create(void **state)
{
    (void)state;
    parsed = mmap(NULL, sizeof(*parsed), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return parsed == MAP_FAILED ? -1 : 0;
}

static void
keep(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text ? text : "(none)");
}

static void __attribute__((noreturn))
child(const char *const *words)
{
    static const struct argp_child children[] = {{.argp = &disk_options}, {0}};
    char *argv[16] = {NULL};
    int argc = 0;

    for (; words[argc]; argc++)
        argv[argc] = strdup(words[argc]);
    options_parse(&parsed->options, argc, argv, children);
    keep(parsed->guest, sizeof(parsed->guest), parsed->options.guest);
    keep(parsed->bootargs, sizeof(parsed->bootargs), parsed->options.bootargs);
    keep(parsed->initrd, sizeof(parsed->initrd), parsed->options.initrd);
    keep(parsed->trace, sizeof(parsed->trace), parsed->options.trace);
    keep(parsed->save, sizeof(parsed->save), parsed->options.save);
    parsed->disks = disk_file_count;
    for (unsigned i = 0; i < disk_file_count; i++) {
        keep(parsed->disk[i].path, sizeof(parsed->disk[i].path), image_files[i].path);
        parsed->disk[i].read_only = image_files[i].read_only;
        parsed->disk[i].is_saved = image_files[i].is_saved;
    }
    parsed->done = 1;
    _exit(0);
}

/* Parses; returns the exit status and what came on `fd` in *said. */
static int
run(const char *const *words, int fd, const char **said)
{
    int status = 0;
    pid_t pid;

    memset(parsed, 0, sizeof(*parsed));
    capture_begin(fd);
    pid = fork();
    if (pid == 0)
        child(words);
    assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
    *said = capture_end();
    expect(WIFEXITED(status), "killed by signal %d: %s", WTERMSIG(status), *said);
    return WEXITSTATUS(status);
}

#define WORDS(...) ((const char *const[]){"duet", __VA_ARGS__, NULL})

static void
accepted(const char *const *words)
{
    const char *said;
    int status = run(words, STDERR_FILENO, &said);

    expect(status == 0 && parsed->done, "status %d: %s", status, said);
    assert_string_equal(said, "");
}

/* Refused with status 2, `line`, and where help is. */
static void
refused(const char *const *words, const char *line)
{
    char want[512];
    const char *said;
    int status = run(words, STDERR_FILENO, &said);

    expect(status == 2, "%s: status %d", words[1] ? words[1] : "", status);
    assert_false(parsed->done);
    snprintf(want, sizeof(want), "duet: %s\n" TRY, line);
    assert_string_equal(said, want);
}

static void
a_guest_alone_has_the_defaults(void **state)
{
    (void)state;
    accepted(WORDS("guest.elf"));
    assert_string_equal(parsed->guest, "guest.elf");
    assert_string_equal(parsed->bootargs, "");
    assert_string_equal(parsed->initrd, "(none)");
    assert_string_equal(parsed->trace, "(none)");
    assert_int_equal(parsed->options.memory, 128 * MIB);
    assert_int_equal(parsed->options.cpus, 1);
    assert_true(parsed->options.note);
    assert_false(parsed->options.stats);
    assert_int_equal(parsed->options.log_level, DUET_LOG_WARN);
}

static void
every_option_is_taken(void **state)
{
    (void)state;
    accepted(WORDS("--cpus=4", "--memory=1G", "--initrd=disk", "--trace=file", "--stats",
                   "--log=debug", "--no-note", "guest.elf"));
    assert_string_equal(parsed->guest, "guest.elf");
    assert_string_equal(parsed->initrd, "disk");
    assert_string_equal(parsed->trace, "file");
    assert_int_equal(parsed->options.memory, 1024 * MIB);
    assert_int_equal(parsed->options.cpus, 4);
    assert_false(parsed->options.note);
    assert_true(parsed->options.stats);
    assert_int_equal(parsed->options.log_level, DUET_LOG_DEBUG);
    accepted(WORDS("-c", "2", "-m", "64M", "--initrd", "disk", "-t", "guest.elf"));
    assert_int_equal(parsed->options.cpus, 2);
    assert_int_equal(parsed->options.memory, 64 * MIB);
    assert_string_equal(parsed->initrd, "disk");
    assert_string_equal(parsed->trace, "-");
    assert_string_equal(parsed->guest, "guest.elf");
}

static void
disk_is(unsigned number, const char *path, bool read_only, bool is_saved)
{
    assert_true(number < parsed->disks);
    assert_string_equal(parsed->disk[number].path, path);
    assert_int_equal(parsed->disk[number].read_only, read_only);
    assert_int_equal(parsed->disk[number].is_saved, is_saved);
}

static void
a_device_has_its_own_options(void **state)
{
    (void)state;
    accepted(WORDS("--disk=one", "--cpus=2", "-d", "two,ro", "--disk=a,b", "-dold,saved",
                   "guest.elf", "--disk=x"));
    assert_int_equal(parsed->disks, 4);
    disk_is(0, "one", false, false);
    disk_is(1, "two", true, false);
    disk_is(2, "a,b", false, false);
    disk_is(3, "old", false, true);
    assert_int_equal(parsed->options.cpus, 2);
    assert_string_equal(parsed->bootargs, "--disk=x");
    refused(WORDS("-d1", "-d2", "-d3", "-d4", "-d5", "guest.elf"),
            "--disk=5: there are 4 disks already");
}

static void
memory_is(const char *option, uint64_t want)
{
    accepted(WORDS(option, "guest.elf"));
    assert_int_equal(parsed->options.memory, want);
}

static void
sizes_have_suffixes(void **state)
{
    (void)state;
    memory_is("--memory=4M", 4 * MIB);
    memory_is("--memory=4m", 4 * MIB);
    memory_is("--memory=4194304", 4 * MIB);
    memory_is("--memory=4096K", 4 * MIB);
    memory_is("--memory=4096k", 4 * MIB);
    memory_is("--memory=64G", 65536 * MIB);
    memory_is("--memory=1g", 1024 * MIB);
    memory_is("--memory=0128M", 128 * MIB); /* decimal all the same */
}

static void
memory_refused(const char *size)
{
    char option[128], line[256];

    snprintf(option, sizeof(option), "--memory=%s", size);
    snprintf(line, sizeof(line), "--memory=%s: want a size from 4M to 64G, such as 128M", size);
    refused(WORDS(option, "guest.elf"), line);
}

static void
bad_sizes_are_refused(void **state)
{
    static const char *const bad[] = {"",     "M",    "x",   "-1",   "+4M", " 4M",   "4M ", "4MB",
                                      "4MiB", "4.5G", "4 M", "0x8M", "4T",  "128MM", "1e9", "1,5G"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        memory_refused(bad[i]);
}

static void
sizes_out_of_range_are_refused(void **state)
{
    static const char *const bad[] = {"0", "0M", "1", "3M", "4095K", "4194303", "65G", "65537M"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        memory_refused(bad[i]);
    refused(WORDS("--memory=5000K", "guest.elf"), "--memory=5000K: want whole mebibytes");
    refused(WORDS("--memory=4194305", "guest.elf"), "--memory=4194305: want whole mebibytes");
}

/* Each would be 128M if 64 bits were all that is looked at. */
static void
sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    memory_refused("18446744073843769344");    /* 2^64 + 128M */
    memory_refused("18014398509613056K");      /* (2^64 + 128M) / 2^10 */
    memory_refused("17592186044544M");         /* (2^64 + 128M) / 2^20 */
    memory_refused("17179869185G");            /* 2^64 / 2^30 + 1: 1G */
    memory_refused("99999999999999999999999"); /* more than strtoull takes */
    memory_refused("18446744073709551615G");
}

static void
cpus_are_one_to_sixteen(void **state)
{
    static const char *const bad[] = {
        "0", "17", "-1", "", "x", "1x", "1K", "4294967297", "18446744073709551617", "1.5"};

    (void)state;
    accepted(WORDS("--cpus=1", "guest.elf"));
    assert_int_equal(parsed->options.cpus, 1);
    accepted(WORDS("--cpus=16", "guest.elf"));
    assert_int_equal(parsed->options.cpus, 16);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char option[64], line[128];

        snprintf(option, sizeof(option), "--cpus=%s", bad[i]);
        snprintf(line, sizeof(line), "--cpus=%s: want a number from 1 to 16", bad[i]);
        refused(WORDS(option, "guest.elf"), line);
    }
}

static void
log_levels_have_names(void **state)
{
    (void)state;
    accepted(WORDS("--log=error", "guest.elf"));
    assert_int_equal(parsed->options.log_level, DUET_LOG_ERROR);
    accepted(WORDS("--log=warn", "guest.elf"));
    assert_int_equal(parsed->options.log_level, DUET_LOG_WARN);
    accepted(WORDS("--log=info", "guest.elf"));
    assert_int_equal(parsed->options.log_level, DUET_LOG_INFO);
    refused(WORDS("--log=verbose", "guest.elf"), "--log=verbose: want error, warn, info or debug");
    refused(WORDS("--log=", "guest.elf"), "--log=: want error, warn, info or debug");
    refused(WORDS("--log=3", "guest.elf"), "--log=3: want error, warn, info or debug");
}

static void
a_line_without_a_guest_is_refused(void **state)
{
    (void)state;
    refused((const char *const[]){"duet", NULL}, "which guest? Name its ELF file");
    refused(WORDS("--cpus=2"), "which guest? Name its ELF file");
    refused(WORDS("--"), "which guest? Name its ELF file");
}

static void
empty_names_of_files_are_refused(void **state)
{
    (void)state;
    refused(WORDS("--disk=", "guest.elf"), "--disk=: want the name of a file");
    refused(WORDS("--disk=,ro", "guest.elf"), "--disk=: want the name of a file");
    refused(WORDS("--initrd=", "guest.elf"), "--initrd=: want the name of a file");
    refused(WORDS("--trace=", "guest.elf"), "--trace=: want the name of a file");
    refused(WORDS("--gdb=", "guest.elf"), "--gdb=: want the name of a file");
    refused(WORDS(""), "which guest? The name of its ELF file is empty");
}

static void
unknown_options_are_refused(void **state)
{
    (void)state;
    refused(WORDS("--frobnicate", "guest.elf"), "unrecognized option '--frobnicate'");
    refused(WORDS("-z", "guest.elf"), "invalid option -- 'z'");
    refused(WORDS("--cpus"), "option '--cpus' requires an argument");
    refused(WORDS("--stats=yes", "guest.elf"), "option '--stats' doesn't allow an argument");
}

static void
words_after_the_guest_are_the_guests(void **state)
{
    (void)state;
    accepted(WORDS("guest.elf", "echo", "hello"));
    assert_string_equal(parsed->bootargs, "echo hello");
    accepted(WORDS("--cpus=3", "guest.elf", "--cpus=9", "-m", "1", "--help", "--nonsense"));
    assert_string_equal(parsed->guest, "guest.elf");
    assert_string_equal(parsed->bootargs, "--cpus=9 -m 1 --help --nonsense");
    assert_int_equal(parsed->options.cpus, 3);
    assert_int_equal(parsed->options.memory, 128 * MIB);
    accepted(WORDS("guest.elf", "--", "-x"));
    assert_string_equal(parsed->bootargs, "-- -x");
    accepted(WORDS("guest.elf", "two words", "100%s"));
    assert_string_equal(parsed->bootargs, "two words 100%s");
}

static void
a_guest_may_begin_with_a_dash(void **state)
{
    (void)state;
    accepted(WORDS("--stats", "--", "-guest.elf", "--stats", "word"));
    assert_string_equal(parsed->guest, "-guest.elf");
    assert_string_equal(parsed->bootargs, "--stats word");
}

static void
help_is_no_mistake(void **state)
{
    static const char *const mentioned[] = {"Usage: duet [OPTION...] GUEST.elf [WORD...]",
                                            "--cpus=N",
                                            "--memory=SIZE",
                                            "--initrd=FILE",
                                            "--trace[=FILE]",
                                            "--stats",
                                            "--log=LEVEL",
                                            "--no-note",
                                            "--hypercalls",
                                            "--version",
                                            "man duet",
                                            "Exit status"};
    const char *said;

    (void)state;
    assert_int_equal(run(WORDS("--help"), STDOUT_FILENO, &said), 0);
    assert_false(parsed->done);
    for (size_t i = 0; i < COUNT_OF(mentioned); i++)
        expect(!!strstr(said, mentioned[i]), "--help says nothing of %s", mentioned[i]);
    assert_int_equal(run(WORDS("--help"), STDERR_FILENO, &said), 0);
    assert_string_equal(said, "");
    assert_int_equal(run(WORDS("--usage"), STDOUT_FILENO, &said), 0);
    expect(!!strstr(said, "Usage: duet"), "--usage says: %s", said);
}

static void
the_version_is_a_line_on_stdout(void **state)
{
    char want[64];
    const char *said;

    (void)state;
    snprintf(want, sizeof(want), "duet %s, ABI version %d\n", DUET_VERSION, DUET_ABI_VERSION);
    assert_int_equal(run(WORDS("--version"), STDOUT_FILENO, &said), 0);
    assert_string_equal(said, want);
    assert_false(parsed->done);
}

static void
the_table_of_hypercalls_can_be_printed(void **state)
{
    (void)state;
    accepted(WORDS("--hypercalls"));
    assert_true(parsed->options.hypercalls);
    accepted(WORDS("guest.elf"));
    assert_false(parsed->options.hypercalls);
}

static void
virtio_names_devices_of_the_board(void **state)
{
    (void)state;
    accepted(WORDS("--board", "--virtio=rng", "guest.elf"));
    assert_int_equal(parsed->options.virtio, OPTION_VIRTIO_RNG);
    accepted(WORDS("--virtio=balloon,console", "--board", "--virtio=console", "guest.elf"));
    assert_int_equal(parsed->options.virtio, OPTION_VIRTIO_BALLOON | OPTION_VIRTIO_CONSOLE);
    refused(WORDS("--virtio=rng", "guest.elf"),
            "--virtio: these are devices of the board: add --board");
    /* Of a restored machine the file says them. */
    accepted(WORDS("--board", "--virtio=rng", "--save=state", "--fork=1", "guest.elf"));
    refused(WORDS("--restore=state", "--virtio=rng"),
            "--restore: the machine is as it was saved: leave out --cpus, --memory, --initrd, "
            "--board and --virtio");
    refused(WORDS("--restore=state", "--board"),
            "--restore: the machine is as it was saved: leave out --cpus, --memory, --initrd, "
            "--board and --virtio");
    refused(WORDS("--board", "--virtio=rngs", "guest.elf"),
            "--virtio=rngs: want rng, console, balloon, or several with commas");
    refused(WORDS("--board", "--virtio=rng,", "guest.elf"),
            "--virtio=rng,: want rng, console, balloon, or several with commas");
    refused(WORDS("--board", "--virtio=", "guest.elf"),
            "--virtio=: want rng, console, balloon, or several with commas");
}

static void
save_is(const char *option, const char *path, bool disks, bool ends)
{
    accepted(WORDS(option, "guest.elf"));
    assert_string_equal(parsed->save, path);
    assert_int_equal(parsed->options.save_disks, disks);
    assert_int_equal(parsed->options.save_ends, ends);
}

static void
a_save_has_words_behind_its_file(void **state)
{
    (void)state;
    save_is("--save=state", "state", false, false);
    save_is("--save=state,end", "state", false, true);
    save_is("--save=state,disks", "state", true, false);
    save_is("--save=state,disks,end", "state", true, true);
    save_is("--save=state,end,disks", "state", true, true);
    save_is("--save=a,b,end", "a,b", false, true);
    save_is("--save=a,end,end", "a,end", false, true);
    refused(WORDS("--save=,end", "guest.elf"), "--save=: want the name of a file");
}

static void
a_tree_is_written_for_a_guest_that_starts(void **state)
{
    (void)state;
    accepted(WORDS("--dtb=tree", "guest.elf"));
    refused(WORDS("--dtb=", "guest.elf"), "--dtb=: want the name of a file");
    refused(WORDS("--dtb=tree", "--restore=saved"),
            "--dtb: a restored machine gets no device tree: leave out --restore");
    refused(WORDS("--dtb=tree"), "which guest? Name its ELF file");
}

static void
file_create(const char *name)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    fclose(file);
}

/* Two options, `first` before `second`, are refused as one file, which `writer` writes to. */
static void
one_file(const char *first, const char *second, const char *writer)
{
    size_t len = strlen(first);
    char line[256];

    if (strcmp(first + len - 3, ",ro") == 0)
        len -= 3;
    snprintf(line, sizeof(line), "%.*s and %s are one file, and %s writes to it: name another",
             (int)len, first, second, writer);
    refused(WORDS(first, second, "guest.elf"), line);
}

static void
two_options_do_not_name_one_file(void **state)
{
    char folder[] = "/tmp/duet-options-XXXXXX", *before = getcwd(NULL, 0);

    (void)state;
    assert_non_null(before);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    file_create("disk");
    file_create("guest.elf");
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(link("disk", "hard"), 0);
    assert_int_equal(symlink("../disk", "sub/soft"), 0);
    assert_int_equal(symlink("sub/new", "dangling"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);

    one_file("--disk=disk", "--dtb=disk", "--disk");
    one_file("--disk=disk,ro", "--dtb=disk", "--dtb");
    one_file("--disk=disk", "--disk=./disk", "--disk");
    one_file("--disk=disk", "--trace=sub/soft", "--disk");
    one_file("--disk=disk,ro", "--core=hard", "--core");
    one_file("--disk=disk,ro", "--save=sub/../hard", "--save");
    one_file("--initrd=disk", "--save=disk", "--save");
    one_file("--disk=disk", "--initrd=sub/soft", "--disk");
    one_file("--trace=sub/new", "--core=sub/../sub/new", "--trace");
    one_file("--core=dangling", "--save=sub/new", "--core");
    one_file("--trace=new", "--gdb=./new", "--trace");
    refused(WORDS("--core=guest.elf", "guest.elf"),
            "the guest guest.elf and --core=guest.elf are one file, and --core writes to it: name "
            "another");
    refused(WORDS("--core=disk", "--restore=disk"),
            "--restore=disk and --core=disk are one file, and --core writes to it: name another");
    refused(WORDS("--restore=disk", "--save=hard", "--trace=disk"),
            "--trace=disk and --save=hard are one file, and --trace writes to it: name another");
    refused(WORDS("--core=a", "--disk=a.new", "guest.elf"),
            "--core=a is called a.new while it is written, and --disk=a.new is that file: name "
            "another");

    accepted(WORDS("--disk=disk,ro", "--disk=disk,ro", "--initrd=disk", "guest.elf"));
    accepted(WORDS("--restore=disk", "--save=disk"));
    accepted(WORDS("--save=sub/new", "--core=new", "--trace=disk", "guest.elf"));
    accepted(WORDS("--save=nowhere/new", "--core=nowhere/new", "guest.elf"));
    accepted(WORDS("--save=loop", "--core=loop", "guest.elf"));
    accepted(WORDS("--dtb=/dev/null", "--trace=/dev/null", "--core=core", "guest.elf"));
    accepted(WORDS("--trace=disk", "--core=disk", "--core=core", "guest.elf"));
    accepted(WORDS("--trace", "--core=-", "guest.elf"));

    assert_int_equal(unlink("dangling") | unlink("loop") | unlink("sub/soft") | unlink("hard") |
                         unlink("guest.elf") | unlink("disk") | rmdir("sub"),
                     0);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(rmdir(folder), 0);
    free(before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_alone_has_the_defaults),
        cmocka_unit_test(every_option_is_taken),
        cmocka_unit_test(sizes_have_suffixes),
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(a_device_has_its_own_options),
        cmocka_unit_test(sizes_out_of_range_are_refused),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(cpus_are_one_to_sixteen),
        cmocka_unit_test(log_levels_have_names),
        cmocka_unit_test(a_line_without_a_guest_is_refused),
        cmocka_unit_test(empty_names_of_files_are_refused),
        cmocka_unit_test(unknown_options_are_refused),
        cmocka_unit_test(words_after_the_guest_are_the_guests),
        cmocka_unit_test(a_guest_may_begin_with_a_dash),
        cmocka_unit_test(help_is_no_mistake),
        cmocka_unit_test(the_version_is_a_line_on_stdout),
        cmocka_unit_test(the_table_of_hypercalls_can_be_printed),
        cmocka_unit_test(virtio_names_devices_of_the_board),
        cmocka_unit_test(a_save_has_words_behind_its_file),
        cmocka_unit_test(a_tree_is_written_for_a_guest_that_starts),
        cmocka_unit_test(two_options_do_not_name_one_file),
    };

    return cmocka_run_group_tests(tests, shared_create, NULL);
}
