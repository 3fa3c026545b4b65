/*
 * The ABI stays what guests were built for: abi/abi.list is the ABI as it was committed, and that
 * of today has to keep everything in it. What is new is free to come; it is held to its line once
 * `make abi-list` has written it down.
 *
 * The list's first line is `version <DUET_ABI_VERSION>`. Then there is a line for each
 *
 *     hypercall   <number> <name> <kind>:<argument> <kind>:<argument>:<limit> ...
 *     event       event <name> <bits>
 *     struct      struct <name> <bytes> <field>:<offset>:<bytes> ...
 *
 * A hypercall that was removed stays as `<number> gone:<name>`, because its number is never used
 * again. More flags, or a larger count of a HANDLE, are no change of a hypercall.
 *
 * `test_abi --write` rewrites the list. ABI_LIST in the environment names another one.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/disk.h"
#include "abi/layout.h"
#include "abi/queue.h"
#include "vmm/call/hypercall.h"

#define LINES_MAX 256

struct line {
    char subject[80]; /* what it is about: "hypercall 3", "event CONSOLE", "struct duet_info" */
    bool is_call;
    bool gone;           /* a hypercall that was removed */
    unsigned nr;         /* of a hypercall */
    char name[64];       /* of a hypercall */
    char signature[512]; /* the rest: of a hypercall its name and arguments */
};

struct list {
    unsigned version;
    unsigned count;
    struct line line[LINES_MAX];
};

static const char *
list_path(void)
{
    const char *path = getenv("ABI_LIST");

    return path ? path : "abi/abi.list";
}

/* The ABI of today, as text of the list's form. To be freed. */
static char *
table_text(void)
{
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    int first = 0;

    fprintf(to, "version %d\n", DUET_ABI_VERSION);
    for (unsigned nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        if (!call)
            continue;
        fprintf(to, "%u %s", nr, call->name);
        for (unsigned i = 0; i < call->param_count; i++) {
            const struct hypercall_param *param = &call->param[i];

            fprintf(to, " %s:%s", hypercall_kind_name(param->kind), param->name);
            if (param->kind == KIND_FLAGS)
                fprintf(to, ":0x%" PRIx64, param->limit);
            else if (param->kind == KIND_HANDLE)
                fprintf(to, ":%" PRIu64, param->limit);
        }
        fprintf(to, "\n");
    }
#define EVENT_WRITE(name, bits, what)                                                              \
    fprintf(to, "event " #name " 0x%" PRIx64 "\n", (uint64_t)(bits));
    DUET_EVENT_TABLE(EVENT_WRITE)
#define STRUCT_WRITE(tag, bytes)           fprintf(to, "%sstruct " #tag " %d", first++ ? "\n" : "", bytes);
#define FIELD_WRITE(tag, field, at, bytes) fprintf(to, " " #field ":%d:%d", at, bytes);
    DUET_LAYOUTS(STRUCT_WRITE, FIELD_WRITE)
    fprintf(to, "\n");
    fclose(to);
    return text;
}

/* NULL with errno if it cannot be read. To be freed. */
static char *
file_text(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    if (!file)
        return NULL;
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

static bool
line_parse(struct list *list, const char *text)
{
    struct line *line = &list->line[list->count];
    char word[16], name[64];
    int at = 0;

    if (list->count++ == LINES_MAX || strlen(text) >= sizeof(line->signature))
        return false;
    *line = (struct line){0};
    if (sscanf(text, "%u %n", &line->nr, &at) == 1 && at > 0) {
        line->is_call = true;
        strcpy(line->signature, text + at);
        snprintf(line->subject, sizeof(line->subject), "hypercall %u", line->nr);
        line->gone = strncmp(line->signature, "gone:", 5) == 0;
        return sscanf(line->signature + (line->gone ? 5 : 0), "%63s", line->name) == 1;
    }
    if (sscanf(text, "%15s %63s %n", word, name, &at) != 2 || at == 0 ||
        (strcmp(word, "event") != 0 && strcmp(word, "struct") != 0))
        return false;
    strcpy(line->signature, text + at);
    snprintf(line->subject, sizeof(line->subject), "%s %s", word, name);
    return true;
}

static bool
list_parse(struct list *list, const char *text)
{
    char line[600];
    int len;

    list->count = 0;
    if (sscanf(text, "version %u%n", &list->version, &len) != 1 || text[len] != '\n')
        return false;
    for (text += len + 1; *text; text += len + 1) {
        len = (int)strcspn(text, "\n");
        if (text[len] != '\n' || len >= (int)sizeof(line))
            return false;
        memcpy(line, text, (size_t)len);
        line[len] = '\0';
        if (!line_parse(list, line))
            return false;
    }
    return true;
}

static const struct line *
list_find(const struct list *list, const char *subject)
{
    for (unsigned i = 0; i < list->count; i++)
        if (strcmp(list->line[i].subject, subject) == 0)
            return &list->line[i];
    return NULL;
}

/* Whether an argument `is` takes all that `was` took: the same, or FLAGS and HANDLE with more. */
static bool
argument_is_kept(const char *was, const char *is)
{
    const char *limit = strrchr(was, ':');
    size_t len = limit ? (size_t)(limit + 1 - was) : 0;
    uint64_t old, new;

    if (strcmp(was, is) == 0)
        return true;
    if (!limit || strncmp(was, is, len) != 0)
        return false;
    old = strtoull(was + len, NULL, 0);
    new = strtoull(is + len, NULL, 0);
    if (strncmp(was, "FLAGS:", 6) == 0)
        return (old & ~new) == 0;
    return strncmp(was, "HANDLE:", 7) == 0 && old <= new;
}

static bool
signature_is_kept(const char *was, const char *is)
{
    char old[128], new[128];
    int old_len, new_len;

    for (;; was += old_len, is += new_len) {
        int old_words = sscanf(was, "%127s%n", old, &old_len);
        int new_words = sscanf(is, "%127s%n", new, &new_len);

        if (old_words != 1 || new_words != 1)
            return old_words == new_words;
        if (!argument_is_kept(old, new))
            return false;
    }
}

/* What is wrong with `is`, which stands for `was` today, NULL for none; "" if nothing is. `moved`:
 * since the list's `version`, DUET_ABI_VERSION has gone up. */
static const char *
line_check(const struct line *was, const struct line *is, bool moved, unsigned version)
{
    static char text[2048];

    text[0] = '\0';
    if (is && was->is_call && strcmp(was->name, is->name) != 0)
        snprintf(text, sizeof(text),
                 "%s was `%s`, is `%s`: a number is never used again; put %s back%s, and "
                 "give %s a number of its own, at the end",
                 was->subject, was->signature, is->signature, was->name,
                 was->gone ? " or leave it empty" : "", is->name);
    else if (!moved && !was->gone && (!is || !signature_is_kept(was->signature, is->signature)))
        snprintf(text, sizeof(text),
                 "%s was `%s`, is `%s`: put it back, or move DUET_ABI_VERSION to %u and "
                 "run make abi-list",
                 was->subject, was->signature, is ? is->signature : "gone", version + 1);
    return text;
}

/* What is wrong with the ABI `now` for those who go by `listed`; "" if nothing is. */
static const char *
abi_check(const char *listed, const char *now)
{
    static struct list was, is;
    static char text[256];

    if (!list_parse(&was, listed) || !list_parse(&is, now))
        return "the list of the ABI makes no sense: put it back, or run make abi-list";
    if (is.version != was.version && is.version != was.version + 1) {
        snprintf(text, sizeof(text),
                 "DUET_ABI_VERSION is %u and the list has %u: set it to %u, or to %u if calls "
                 "changed",
                 is.version, was.version, was.version, was.version + 1);
        return text;
    }
    for (unsigned i = 0; i < was.count; i++) {
        const char *wrong = line_check(&was.line[i], list_find(&is, was.line[i].subject),
                                       is.version != was.version, was.version);

        if (wrong[0])
            return wrong;
    }
    return "";
}

static void
the_abi_keeps_what_is_listed(void **state)
{
    char *listed = file_text(list_path());
    const char *wrong;
    char *now;

    (void)state;
    expect(!!listed, "%s: %s: put it back, or run make abi-list", list_path(), strerror(errno));
    now = table_text();
    wrong = abi_check(listed, now);
    free(listed);
    free(now);
    expect(!wrong[0], "%s", wrong);
}

/* The rest holds the check itself to what it promises. */

#define LIST "version 3\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n2 gone:old\n"

static void
accepted(const char *now)
{
    const char *wrong = abi_check(LIST, now);

    expect(!wrong[0], "%s", wrong);
}

static void
refused(const char *now, const char *want)
{
    assert_string_equal(abi_check(LIST, now), want);
}

static void
the_same_table_is_accepted(void **state)
{
    (void)state;
    accepted("version 3\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n");
}

static void
a_new_call_is_accepted(void **state)
{
    (void)state;
    accepted("version 3\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n3 new\n");
}

static void
a_changed_signature_is_refused(void **state)
{
    (void)state;
    refused("version 3\n0 hello VALUE:x IN:info\n1 pick HANDLE:which:4\n",
            "hypercall 0 was `hello VALUE:x OUT:info`, is `hello VALUE:x IN:info`: put it back, or "
            "move DUET_ABI_VERSION to 4 and run make abi-list");
    refused("version 3\n0 hello VALUE:x\n1 pick HANDLE:which:4\n",
            "hypercall 0 was `hello VALUE:x OUT:info`, is `hello VALUE:x`: put it back, or "
            "move DUET_ABI_VERSION to 4 and run make abi-list");
    refused("version 3\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:3\n",
            "hypercall 1 was `pick HANDLE:which:4`, is `pick HANDLE:which:3`: put it back, or "
            "move DUET_ABI_VERSION to 4 and run make abi-list");
}

static void
more_flags_and_more_things_are_accepted(void **state)
{
    (void)state;
    accepted("version 3\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:5\n");
    assert_string_equal(
        abi_check("version 3\n0 set FLAGS:f:0x5\n", "version 3\n0 set FLAGS:f:0x7\n"), "");
    assert_string_equal(
        abi_check("version 3\n0 set FLAGS:f:0x5\n", "version 3\n0 set FLAGS:f:0xb\n"),
        "hypercall 0 was `set FLAGS:f:0x5`, is `set FLAGS:f:0xb`: put it back, or "
        "move DUET_ABI_VERSION to 4 and run make abi-list");
}

static void
a_changed_struct_or_event_is_refused(void **state)
{
    static const char was[] = "version 3\nevent DISKS 0xf0\nstruct duet_x 8 a:0:4 b:4:4\n";
    static const struct {
        const char *now, *want;
    } changed[] = {
        {"version 3\nevent DISKS 0xf8\nstruct duet_x 8 a:0:4 b:4:4\n",
         "event DISKS was `0xf0`, is `0xf8`"},
        {"version 3\nstruct duet_x 8 a:0:4 b:4:4\n", "event DISKS was `0xf0`, is `gone`"},
        {"version 3\nevent DISKS 0xf0\nstruct duet_x 8 b:0:4 a:4:4\n",
         "struct duet_x was `8 a:0:4 b:4:4`, is `8 b:0:4 a:4:4`"},
        {"version 3\nevent DISKS 0xf0\nstruct duet_x 12 a:0:4 b:4:4 c:8:4\n",
         "struct duet_x was `8 a:0:4 b:4:4`, is `12 a:0:4 b:4:4 c:8:4`"},
        {"version 3\nevent DISKS 0xf0\n", "struct duet_x was `8 a:0:4 b:4:4`, is `gone`"},
    };
    char want[256];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(changed); i++) {
        snprintf(want, sizeof(want),
                 "%s: put it back, or move DUET_ABI_VERSION to 4 and run make abi-list",
                 changed[i].want);
        assert_string_equal(abi_check(was, changed[i].now), want);
    }
    assert_string_equal(abi_check(was, "version 4\nevent DISKS 0xf8\nstruct duet_x 4 a:0:4\n"), "");
    assert_string_equal(abi_check("version 3\n", was), "");
}

static void
a_call_that_went_is_refused(void **state)
{
    (void)state;
    refused("version 3\n0 hello VALUE:x OUT:info\n",
            "hypercall 1 was `pick HANDLE:which:4`, is `gone`: put it back, or move "
            "DUET_ABI_VERSION to 4 and run make abi-list");
}

static void
a_moved_version_allows_changes(void **state)
{
    (void)state;
    accepted("version 4\n0 hello IN:x\n1 pick HANDLE:which:4\n");
    accepted("version 4\n1 pick FLAGS:which:0x4\n3 new\n");
    refused("version 5\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n",
            "DUET_ABI_VERSION is 5 and the list has 3: set it to 3, or to 4 if calls changed");
    refused("version 2\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n",
            "DUET_ABI_VERSION is 2 and the list has 3: set it to 3, or to 4 if calls changed");
}

static void
a_number_used_again_is_refused_whatever_the_version(void **state)
{
    (void)state;
    refused("version 3\n0 hello VALUE:x OUT:info\n1 choose HANDLE:which:4\n",
            "hypercall 1 was `pick HANDLE:which:4`, is `choose HANDLE:which:4`: a number is never "
            "used again; put pick back, and give choose a number of its own, at the end");
    refused("version 4\n0 hello VALUE:x OUT:info\n1 choose HANDLE:which:4\n",
            "hypercall 1 was `pick HANDLE:which:4`, is `choose HANDLE:which:4`: a number is never "
            "used again; put pick back, and give choose a number of its own, at the end");
    refused("version 4\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n2 new\n",
            "hypercall 2 was `gone:old`, is `new`: a number is never used again; put old back or "
            "leave it empty, and give new a number of its own, at the end");
    accepted("version 3\n0 hello VALUE:x OUT:info\n1 pick HANDLE:which:4\n2 old IN:text\n");
}

static void
a_damaged_list_is_refused(void **state)
{
    static const char *const damaged[] = {"",
                                          "version\n",
                                          "0 hello\n",
                                          "version 3",
                                          "version 3x\n",
                                          "version 3\nhello\n",
                                          "version 3\n0\n",
                                          "version 3\nthing x 3\n",
                                          "version 3\nstruct\n",
                                          "version 3\n\n"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(damaged); i++)
        expect(!!strstr(abi_check(damaged[i], LIST), "makes no sense"), "accepted: %s", damaged[i]);
}

/* Rewrites the list: the ABI of today, and the hypercalls that were removed. */
static int
list_write(const char *old_text, const char *now)
{
    static struct list old, is;
    FILE *to;

    if (!list_parse(&is, now) || (old_text && !list_parse(&old, old_text))) {
        fprintf(stderr, "%s: makes no sense: remove it first\n", list_path());
        return 1;
    }
    for (unsigned i = 0; i < old.count; i++) {
        const struct line *line = list_find(&is, old.line[i].subject);

        if (line && strcmp(line->name, old.line[i].name) != 0) {
            fprintf(stderr, "%s\n", line_check(&old.line[i], line, true, old.version));
            return 1;
        }
    }
    to = fopen(list_path(), "w");
    if (!to) {
        perror(list_path());
        return 1;
    }
    fputs(now, to);
    for (unsigned i = 0; i < old.count; i++)
        if (old.line[i].is_call && !list_find(&is, old.line[i].subject))
            fprintf(to, "%u gone:%s\n", old.line[i].nr, old.line[i].name);
    if (fclose(to)) {
        perror(list_path());
        return 1;
    }
    printf("%s: %u lines of ABI version %u\n", list_path(), is.count, is.version);
    return 0;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_abi_keeps_what_is_listed),
        cmocka_unit_test(the_same_table_is_accepted),
        cmocka_unit_test(a_new_call_is_accepted),
        cmocka_unit_test(a_changed_signature_is_refused),
        cmocka_unit_test(more_flags_and_more_things_are_accepted),
        cmocka_unit_test(a_changed_struct_or_event_is_refused),
        cmocka_unit_test(a_call_that_went_is_refused),
        cmocka_unit_test(a_moved_version_allows_changes),
        cmocka_unit_test(a_number_used_again_is_refused_whatever_the_version),
        cmocka_unit_test(a_damaged_list_is_refused),
    };

    if (argc == 2 && strcmp(argv[1], "--write") == 0) {
        char *old = file_text(list_path());
        char *now = table_text();
        int status = list_write(old, now);

        free(old);
        free(now);
        return status;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
