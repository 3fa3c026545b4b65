/*
 * The hypercall ABI stays what guests were built for: tests/unit/abi.list is the table as it was
 * committed, and the table of today has to keep every call in it. A call that is new is free to
 * come; it is held to its line once `make abi-list` has written it down.
 *
 * The list's first line is `version <DUET_ABI_VERSION>`; then a line a call, its number, its name
 * and its arguments, `kind:name` or `kind:name:limit`. A call that has gone is kept as
 * `<number> gone:<name>`, because its number is never used again.
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

#include "vmm/call/hypercall.h"

#define CALLS_MAX 256

struct listed {
    unsigned nr;
    bool gone;
    char name[64];
    char signature[256]; /* name and arguments, as in the list */
};

struct list {
    unsigned version;
    unsigned count;
    struct listed call[CALLS_MAX];
};

static const char *
list_path(void)
{
    const char *path = getenv("ABI_LIST");

    return path ? path : "tests/unit/abi.list";
}

/* The table of today, as text of the list's form. To be freed. */
static char *
table_text(void)
{
    static const char *const kind[] = {[KIND_VALUE] = "value",
                                       [KIND_FLAGS] = "flags",
                                       [KIND_HANDLE] = "handle",
                                       [KIND_IN] = "in",
                                       [KIND_OUT] = "out"};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    fprintf(to, "version %d\n", DUET_ABI_VERSION);
    for (unsigned nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        if (!call)
            continue;
        fprintf(to, "%u %s", nr, call->name);
        for (unsigned i = 0; i < call->param_count; i++) {
            const struct hypercall_param *param = &call->param[i];

            fprintf(to, " %s:%s", kind[param->kind], param->name);
            if (param->kind == KIND_FLAGS)
                fprintf(to, ":0x%" PRIx64, param->limit);
            else if (param->kind == KIND_HANDLE)
                fprintf(to, ":%" PRIu64, param->limit);
        }
        fprintf(to, "\n");
    }
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
line_parse(struct list *list, const char *line)
{
    struct listed *call = &list->call[list->count];
    int at = 0;

    if (list->count == CALLS_MAX || sscanf(line, "%u %n", &call->nr, &at) != 1 || at == 0 ||
        strlen(line + at) >= sizeof(call->signature))
        return false;
    strcpy(call->signature, line + at);
    call->gone = strncmp(call->signature, "gone:", 5) == 0;
    list->count++;
    return sscanf(call->signature + (call->gone ? 5 : 0), "%63s", call->name) == 1;
}

static bool
list_parse(struct list *list, const char *text)
{
    char line[512];
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

static const struct listed *
list_find(const struct list *list, unsigned nr)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->call[i].nr == nr)
            return &list->call[i];
    return NULL;
}

/* What is wrong with `is`, the call that has the number of `was` today, NULL for none; "" if
 * nothing is. `moved`: since the list's `version`, DUET_ABI_VERSION has gone up. */
static const char *
call_check(const struct listed *was, const struct listed *is, bool moved, unsigned version)
{
    static char text[1024];

    text[0] = '\0';
    if (is && strcmp(was->name, is->name) != 0)
        snprintf(text, sizeof(text),
                 "hypercall %u was `%s`, is `%s`: a number is never used again; put %s back%s, and "
                 "give %s a number of its own, at the end",
                 was->nr, was->signature, is->signature, was->name,
                 was->gone ? " or leave it empty" : "", is->name);
    else if (!moved && !was->gone && (!is || strcmp(was->signature, is->signature) != 0))
        snprintf(text, sizeof(text),
                 "hypercall %u was `%s`, is `%s`: put it back, or move DUET_ABI_VERSION to %u and "
                 "run make abi-list",
                 was->nr, was->signature, is ? is->signature : "gone", version + 1);
    return text;
}

/* What is wrong with the table `now` for those who go by `listed`; "" if nothing is. */
static const char *
abi_check(const char *listed, const char *now)
{
    static struct list was, is;
    static char text[256];

    if (!list_parse(&was, listed) || !list_parse(&is, now))
        return "the list of hypercalls makes no sense: put it back, or run make abi-list";
    if (is.version != was.version && is.version != was.version + 1) {
        snprintf(text, sizeof(text),
                 "DUET_ABI_VERSION is %u and the list has %u: set it to %u, or to %u if calls "
                 "changed",
                 is.version, was.version, was.version, was.version + 1);
        return text;
    }
    for (unsigned i = 0; i < was.count; i++) {
        const char *wrong = call_check(&was.call[i], list_find(&is, was.call[i].nr),
                                       is.version != was.version, was.version);

        if (wrong[0])
            return wrong;
    }
    return "";
}

static void
the_table_keeps_what_is_listed(void **state)
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

#define LIST "version 3\n0 hello value:x out:info\n1 pick handle:which:4\n2 gone:old\n"

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
    accepted("version 3\n0 hello value:x out:info\n1 pick handle:which:4\n");
}

static void
a_new_call_is_accepted(void **state)
{
    (void)state;
    accepted("version 3\n0 hello value:x out:info\n1 pick handle:which:4\n3 new\n");
}

static void
a_changed_signature_is_refused(void **state)
{
    (void)state;
    refused("version 3\n0 hello value:x in:info\n1 pick handle:which:4\n",
            "hypercall 0 was `hello value:x out:info`, is `hello value:x in:info`: put it back, or "
            "move DUET_ABI_VERSION to 4 and run make abi-list");
    refused("version 3\n0 hello value:x\n1 pick handle:which:4\n",
            "hypercall 0 was `hello value:x out:info`, is `hello value:x`: put it back, or "
            "move DUET_ABI_VERSION to 4 and run make abi-list");
    refused("version 3\n0 hello value:x out:info\n1 pick handle:which:3\n",
            "hypercall 1 was `pick handle:which:4`, is `pick handle:which:3`: put it back, or "
            "move DUET_ABI_VERSION to 4 and run make abi-list");
}

static void
a_call_that_went_is_refused(void **state)
{
    (void)state;
    refused("version 3\n0 hello value:x out:info\n",
            "hypercall 1 was `pick handle:which:4`, is `gone`: put it back, or move "
            "DUET_ABI_VERSION to 4 and run make abi-list");
}

static void
a_moved_version_allows_changes(void **state)
{
    (void)state;
    accepted("version 4\n0 hello in:x\n1 pick handle:which:4\n");
    accepted("version 4\n1 pick flags:which:0x4\n3 new\n");
    refused("version 5\n0 hello value:x out:info\n1 pick handle:which:4\n",
            "DUET_ABI_VERSION is 5 and the list has 3: set it to 3, or to 4 if calls changed");
    refused("version 2\n0 hello value:x out:info\n1 pick handle:which:4\n",
            "DUET_ABI_VERSION is 2 and the list has 3: set it to 3, or to 4 if calls changed");
}

static void
a_number_used_again_is_refused_whatever_the_version(void **state)
{
    (void)state;
    refused("version 3\n0 hello value:x out:info\n1 choose handle:which:4\n",
            "hypercall 1 was `pick handle:which:4`, is `choose handle:which:4`: a number is never "
            "used again; put pick back, and give choose a number of its own, at the end");
    refused("version 4\n0 hello value:x out:info\n1 choose handle:which:4\n",
            "hypercall 1 was `pick handle:which:4`, is `choose handle:which:4`: a number is never "
            "used again; put pick back, and give choose a number of its own, at the end");
    refused("version 4\n0 hello value:x out:info\n1 pick handle:which:4\n2 new\n",
            "hypercall 2 was `gone:old`, is `new`: a number is never used again; put old back or "
            "leave it empty, and give new a number of its own, at the end");
    accepted("version 3\n0 hello value:x out:info\n1 pick handle:which:4\n2 old in:text\n");
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
                                          "version 3\n\n"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(damaged); i++)
        expect(!!strstr(abi_check(damaged[i], LIST), "makes no sense"), "accepted: %s", damaged[i]);
}

/* Rewrites the list: the table of today, and what the old list has and the table has no more. */
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
        const struct listed *call = list_find(&is, old.call[i].nr);

        if (call && strcmp(call->name, old.call[i].name) != 0) {
            fprintf(stderr, "%s\n", call_check(&old.call[i], call, true, old.version));
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
        if (!list_find(&is, old.call[i].nr))
            fprintf(to, "%u gone:%s\n", old.call[i].nr, old.call[i].name);
    if (fclose(to)) {
        perror(list_path());
        return 1;
    }
    printf("%s: %u calls of ABI version %u\n", list_path(), is.count, is.version);
    return 0;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_keeps_what_is_listed),
        cmocka_unit_test(the_same_table_is_accepted),
        cmocka_unit_test(a_new_call_is_accepted),
        cmocka_unit_test(a_changed_signature_is_refused),
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
