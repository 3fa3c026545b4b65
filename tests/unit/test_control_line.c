/* Lines, names and addresses of control sockets. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "vmm/control/control_line.h"

static enum control_take
take(const char *text, size_t len, char line[CONTROL_LINE_MAX], size_t *rest)
{
    memset(line, 'z', CONTROL_LINE_MAX);
    memcpy(line, text, len);
    return control_line_take(line, len, rest);
}

static void
a_line_ends_at_its_newline(void **state)
{
    char line[CONTROL_LINE_MAX];
    size_t rest = 0;

    (void)state;
    assert_int_equal(take("", 0, line, &rest), CONTROL_TAKE_MORE);
    assert_int_equal(take("info", 4, line, &rest), CONTROL_TAKE_MORE);
    assert_int_equal(take("info\nmore", 9, line, &rest), CONTROL_TAKE_LINE);
    assert_string_equal(line, "info");
    assert_int_equal(rest, 5);
    assert_memory_equal(line + rest, "more", 4);
    assert_int_equal(take("\n", 1, line, &rest), CONTROL_TAKE_LINE);
    assert_string_equal(line, "");
}

static void
what_is_no_text_or_too_long_is_no_line(void **state)
{
    char line[CONTROL_LINE_MAX], many[CONTROL_LINE_MAX];
    size_t rest = 0;

    (void)state;
    assert_int_equal(take("in\0fo\n", 6, line, &rest), CONTROL_TAKE_WRONG);
    assert_int_equal(take("in\tfo\n", 6, line, &rest), CONTROL_TAKE_WRONG);
    assert_int_equal(take("in\377fo\n", 6, line, &rest), CONTROL_TAKE_WRONG);
    memset(many, 'a', sizeof(many));
    assert_int_equal(take(many, sizeof(many) - 1, line, &rest), CONTROL_TAKE_MORE);
    assert_int_equal(take(many, sizeof(many), line, &rest), CONTROL_TAKE_WRONG);
    many[sizeof(many) - 1] = '\n';
    assert_int_equal(take(many, sizeof(many), line, &rest), CONTROL_TAKE_LINE);
    assert_int_equal(strlen(line), sizeof(many) - 1);
}

static void
an_argument_is_behind_the_blanks(void **state)
{
    char none[] = "info", one[] = "walk   0x80 00", blank[] = "info  ", first[] = " info";

    (void)state;
    assert_string_equal(control_line_split(none), "");
    assert_string_equal(control_line_split(one), "0x80 00");
    assert_string_equal(one, "walk");
    assert_string_equal(control_line_split(blank), "");
    assert_string_equal(blank, "info");
    assert_string_equal(control_line_split(first), "info");
    assert_string_equal(first, "");
}

static void
names_are_words(void **state)
{
    static const char *const good[] = {"a", "toyos", "my.toy_2-b", "0",
                                       "12345678901234567890123456789012345678901234567"};
    static const char *const bad[] = {
        "",    ".a",  "-a",    "_a",       "a b",
        "a/b", "a\n", "a\x7f", "\xc3\xa4", "123456789012345678901234567890123456789012345678"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        expect(control_name_is_valid(good[i]), "%s is refused", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        expect(!control_name_is_valid(bad[i]), "%s is taken", bad[i]);
}

static void
a_name_is_made_from_the_guests(void **state)
{
    static const struct {
        const char *guest, *name;
        unsigned number;
    } made[] = {
        {"toyos.elf", "toyos", 1},
        {"/a/b.elf/my kernel.elf", "my_kernel", 1},
        {"kernel", "kernel-2", 2},
        {".elf", "guest", 1},
        {"-x", "guest-10000", 10000},
        {"a/", "guest", 1},
        {"123456789012345678901234567890123456789012345678901234567890.elf",
         "1234567890123456789012345678901234567890-10000", 10000},
    };
    char name[CONTROL_NAME_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(made); i++) {
        control_name_make(name, made[i].guest, made[i].number);
        assert_string_equal(name, made[i].name);
    }
}

/* As Linux 6.12 prints them. */
static void
sockets_of_this_user_are_found(void **state)
{
    static const struct {
        const char *line, *name;
    } found[] = {
        {"Num       RefCount Protocol Flags    Type St Inode Path\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345 @duet/1000/toyos\n", "toyos"},
        {"0000000000000000: 00000003 00000000 00000000 0001 03 12345 @duet/1000/toyos\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345 @duet/100/toyos\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345 @duet/10001/toyos\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345 @duet/1000/../x\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345 @duet/1000/\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345 duet/1000/toyos\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 12345\n", NULL},
        {"0000000000000000: 00000002 00000000 00010000 0001 01 1 "
         "@duet/1000/123456789012345678901234567890123456789012345678\n",
         NULL},
        {"", NULL},
    };
    char name[CONTROL_NAME_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(found); i++) {
        bool is_found = control_name_find(name, found[i].line, 1000);

        expect(is_found == !!found[i].name, "%s: %d", found[i].line, is_found);
        if (is_found)
            assert_string_equal(name, found[i].name);
    }
}

static void
an_address_is_abstract_and_its_users(void **state)
{
    struct sockaddr_un address;
    socklen_t len = control_address(&address, 1000, "toyos");

    (void)state;
    assert_int_equal(address.sun_family, AF_UNIX);
    assert_int_equal(len, offsetof(struct sockaddr_un, sun_path) + 1 + strlen("duet/1000/toyos"));
    assert_memory_equal(address.sun_path, "\0duet/1000/toyos", 17);
    /* The longest of all. */
    len = control_address(&address, 4294967295, "12345678901234567890123456789012345678901234567");
    assert_true(len <= sizeof(address));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_at_its_newline),
        cmocka_unit_test(what_is_no_text_or_too_long_is_no_line),
        cmocka_unit_test(an_argument_is_behind_the_blanks),
        cmocka_unit_test(names_are_words),
        cmocka_unit_test(a_name_is_made_from_the_guests),
        cmocka_unit_test(sockets_of_this_user_are_found),
        cmocka_unit_test(an_address_is_abstract_and_its_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
