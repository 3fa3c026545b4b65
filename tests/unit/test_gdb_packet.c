/* gdb's packets: framing, checksums, escapes; numbers and bytes in them. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "vmm/debug/gdb_packet.h"

static struct gdb_receiver receiver;

static int
begin(void **state)
{
    (void)state;
    memset(&receiver, 0, sizeof(receiver));
    return 0;
}

/* Feeds all of it; what the last byte completed. Those before it must complete nothing. */
static enum gdb_input
feed(const void *data, size_t len)
{
    const uint8_t *byte = data;

    for (size_t i = 0; i + 1 < len; i++)
        assert_int_equal(gdb_receive(&receiver, byte[i]), GDB_INPUT_NONE);
    return gdb_receive(&receiver, byte[len - 1]);
}

static enum gdb_input
feed_text(const char *text)
{
    return feed(text, strlen(text));
}

static void
test_receive(void **state)
{
    (void)state;
    assert_int_equal(feed_text("$g#67"), GDB_INPUT_PACKET);
    assert_string_equal(receiver.data, "g");
    assert_int_equal(feed_text("$#00"), GDB_INPUT_PACKET);
    assert_int_equal(receiver.len, 0);
    /* An acknowledgement of our own packet comes in between; upper-case digits are digits. */
    assert_int_equal(feed_text("+$OK#9A"), GDB_INPUT_PACKET);
    assert_string_equal(receiver.data, "OK");
    assert_int_equal(feed_text("\x03"), GDB_INPUT_INTERRUPT);
    assert_int_equal(feed_text("-"), GDB_INPUT_AGAIN);
}

static void
test_receive_escapes(void **state)
{
    static const char sent[] = {'$', 'X', '}', '$' ^ 0x20, '}', ']', 0x03, '#', '0', '0'};
    uint8_t sum = 0;
    char packet[sizeof(sent)];

    (void)state;
    memcpy(packet, sent, sizeof(sent));
    for (size_t i = 1; i < sizeof(packet) - 3; i++)
        sum = (uint8_t)(sum + (uint8_t)packet[i]);
    packet[8] = "0123456789abcdef"[sum >> 4];
    packet[9] = "0123456789abcdef"[sum & 0xf];
    assert_int_equal(feed(packet, sizeof(packet)), GDB_INPUT_PACKET);
    assert_int_equal(receiver.len, 4);
    assert_memory_equal(receiver.data, "X$}\x03", 4); /* a Ctrl-C in a packet is none */
}

static void
test_receive_damaged(void **state)
{
    static char large[GDB_PACKET_MAX + 2];

    (void)state;
    assert_int_equal(feed_text("$g#68"), GDB_INPUT_DAMAGED);
    assert_int_equal(feed_text("$g#x7"), GDB_INPUT_DAMAGED);
    /* One that is cut off by the next is forgotten. */
    assert_int_equal(feed_text("$qSupp$g#67"), GDB_INPUT_PACKET);
    assert_string_equal(receiver.data, "g");
    /* The longest, and one byte more. */
    memset(large, 'a', sizeof(large));
    for (size_t len = GDB_PACKET_MAX; len <= GDB_PACKET_MAX + 1; len++) {
        char tail[4];

        snprintf(tail, sizeof(tail), "#%02x", (unsigned)(uint8_t)(len * 'a'));
        feed_text("$");
        feed(large, len);
        assert_int_equal(feed_text(tail),
                         len == GDB_PACKET_MAX ? GDB_INPUT_PACKET : GDB_INPUT_DAMAGED);
    }
    assert_int_equal(feed_text("$g#67"), GDB_INPUT_PACKET);
}

/* Whatever is sent arrives. */
static void
test_round_trip(void **state)
{
    static struct gdb_packet packet;
    static char frame[GDB_FRAME_MAX];
    size_t len;

    (void)state;
    packet = (struct gdb_packet){0};
    for (unsigned i = 0; i < GDB_PACKET_MAX; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        gdb_add(&packet, &byte, 1);
    }
    assert_false(packet.full);
    len = gdb_frame(&packet, frame);
    assert_int_equal(feed(frame, len), GDB_INPUT_PACKET);
    assert_int_equal(receiver.len, packet.len);
    assert_memory_equal(receiver.data, packet.data, packet.len);

    /* All escapes: the longest frame. */
    memset(packet.data, '}', sizeof(packet.data));
    len = gdb_frame(&packet, frame);
    assert_int_equal(len, GDB_FRAME_MAX);
    assert_int_equal(feed(frame, len), GDB_INPUT_PACKET);
    assert_memory_equal(receiver.data, packet.data, packet.len);
}

static void
test_full(void **state)
{
    static struct gdb_packet packet;
    static char data[GDB_PACKET_MAX];

    (void)state;
    packet = (struct gdb_packet){0};
    gdb_add(&packet, data, sizeof(data) - 1);
    assert_false(packet.full);
    gdb_add_hex(&packet, data, 1);
    assert_true(packet.full);
    assert_int_equal(packet.len, GDB_PACKET_MAX);
    gdb_print(&packet, "%d", 1);
    assert_int_equal(packet.len, GDB_PACKET_MAX);
}

static void
test_parse(void **state)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t number;
        char rest;
    } numbers[] = {
        {"0", true, 0, '\0'},
        {"1F,", true, 0x1f, ','},
        {"ffffffffffffffff:", true, UINT64_MAX, ':'},
        {"10000000000000000", false, 0, 0},
        {"", false, 0, 0},
        {",1", false, 0, 0},
        {"-1", false, 0, 0},
    };
    uint8_t bytes[3];
    const char *at = "01fFzz";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        const char *text = numbers[i].text;
        uint64_t number;
        bool good = gdb_number(&text, &number);

        expect(good == numbers[i].good && (!good || number == numbers[i].number) &&
                   (!good || *text == numbers[i].rest),
               "gdb_number of \"%s\"", numbers[i].text);
    }
    assert_true(gdb_bytes(&at, bytes, 2));
    assert_int_equal(bytes[0], 0x01);
    assert_int_equal(bytes[1], 0xff);
    assert_false(gdb_bytes(&at, bytes, 1));
    at = "abc";
    assert_false(gdb_bytes(&at, bytes, 2));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_receive, begin),
        cmocka_unit_test_setup(test_receive_escapes, begin),
        cmocka_unit_test_setup(test_receive_damaged, begin),
        cmocka_unit_test_setup(test_round_trip, begin),
        cmocka_unit_test_setup(test_full, begin),
        cmocka_unit_test_setup(test_parse, begin),
    };

    return cmocka_run_group_tests_name("gdb_packet", tests, NULL, NULL);
}
