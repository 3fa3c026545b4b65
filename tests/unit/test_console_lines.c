/* A copy's console: whole lines, each in one piece and behind the copy's number, as long as a pipe
 * takes at once. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/device/console_lines.h"

#define PREFIX "[7] "

/* The longest line that is written whole, without its end: what a C string has at its end is as
 * long as that. */
#define LONGEST (4096 - sizeof(PREFIX))

static char written[64 << 10];
static size_t written_len;
static unsigned pieces;

static struct sbi_ret
put(const struct vm *vm, const void *text, uint64_t len)
{
    (void)vm;
    assert_true(len <= 4096 && written_len + len < sizeof(written));
    memcpy(written + written_len, text, len);
    written_len += len;
    written[written_len] = '\0';
    pieces++;
    return sbi_value(len);
}

static int
begin(void **state)
{
    (void)state;
    console_lines_end(put);
    written_len = pieces = 0;
    written[0] = '\0';
    console_lines_begin(7);
    return 0;
}

static void
say(const char *text)
{
    struct sbi_ret ret = console_lines_write(NULL, text, strlen(text), put);

    assert_int_equal(ret.error, 0);
    assert_int_equal(ret.value, strlen(text));
}

/* So many x. */
static void
say_long(size_t len)
{
    char text[8192];

    assert_true(len < sizeof(text));
    memset(text, 'x', len);
    text[len] = '\0';
    say(text);
}

static void
whole_lines(void **state)
{
    (void)state;
    say("one\ntw");
    assert_string_equal(written, PREFIX "one\n");
    say("o");
    assert_int_equal(pieces, 1);
    say("\n\nthree");
    assert_string_equal(written, PREFIX "one\n" PREFIX "two\n" PREFIX "\n");
    assert_int_equal(pieces, 3);
    console_lines_end(put);
    assert_string_equal(written, PREFIX "one\n" PREFIX "two\n" PREFIX "\n" PREFIX "three\n");
    console_lines_end(put);
    assert_int_equal(pieces, 4);
}

/* Whatever its length, a line that is cut has one end only, the guest's. */
static void
cut_lines(void **state)
{
    (void)state;
    for (size_t len = LONGEST - 2; len <= LONGEST + 2; len++) {
        size_t lines = 0;

        begin(NULL);
        say_long(len);
        say("\n");
        say("next\n");
        for (size_t i = 0; i < written_len; i++)
            lines += written[i] == '\n';
        assert_int_equal(lines, len <= LONGEST ? 2 : 3);
        assert_int_equal(pieces, lines);
        assert_string_equal(written + written_len - strlen(PREFIX "next\n"), PREFIX "next\n");
        assert_null(strstr(written, PREFIX "\n"));
    }
}

/* An end that is not that of a cut line is a line. */
static void
empty_lines(void **state)
{
    (void)state;
    say_long(LONGEST);
    say("\n\n");
    assert_int_equal(pieces, 2);
    say_long(LONGEST);
    say("y\n\n");
    assert_int_equal(pieces, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whole_lines, begin),
        cmocka_unit_test_setup(cut_lines, begin),
        cmocka_unit_test_setup(empty_lines, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
