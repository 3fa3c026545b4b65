/*
 * gdb's packets: any byte at any moment, and what a packet is over the line. A packet has up to 3
 * bytes where it goes there and back, numbers and bytes up to 18 digits: the code goes from one to
 * the next, and knows no more of a length than that it is over, or full.
 */
#include "tests/prove/prove.h"

#include <stdlib.h>

#include "vmm/debug/gdb_packet.h"

/* with: vmm/debug/gdb_packet.c */

/* Whatever came before: where the contents end is all that a receiver relies on. */
PROVE(gdb_receive, 2, FULL)
{
    static struct gdb_receiver receiver;
    uint8_t byte = (uint8_t)prove_below("byte", 256);
    enum gdb_input input;
    size_t before;
    bool bad;

    receiver.state = (unsigned)prove_below("state", GDB_CHECKSUM_2 + 1);
    receiver.sum = (uint8_t)prove_below("sum", 256);
    receiver.sum_sent = (uint8_t)prove_below("sum_sent", 256);
    receiver.bad = bad = prove_bool("bad");
    receiver.len = before = prove_below("len", GDB_PACKET_MAX + 1);
    input = gdb_receive(&receiver, byte);
    prove_check(receiver.len <= GDB_PACKET_MAX && receiver.state <= GDB_CHECKSUM_2,
                "the contents stay within their room");
    prove_check(receiver.len == before || receiver.len == before + 1 ||
                    (receiver.len == 0 && byte == '$'),
                "a byte adds one, or begins anew");
    if (input == GDB_INPUT_PACKET || input == GDB_INPUT_DAMAGED)
        prove_check(receiver.state == GDB_IDLE && receiver.data[receiver.len] == '\0',
                    "a packet ends with a NUL");
    prove_check(input != GDB_INPUT_PACKET || (!bad && receiver.sum == receiver.sum_sent),
                "a packet that came whole");
}

#define CONTENTS 3

static unsigned
digit_of(char c)
{
    return c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* What goes over the line, read as gdb's manual has it: Overview, and "}" for what is special. */
PROVE(gdb_frame, 8, LONG)
{
    static struct gdb_packet packet;
    char *frame = malloc(2 * CONTENTS + 4);
    uint8_t sum = 0;
    size_t len, at = 1;

    prove_assume(frame);
    packet.len = prove_below("len", CONTENTS + 1);
    for (unsigned i = 0; i < CONTENTS; i++)
        packet.data[i] = (char)prove_below("byte", 256);
    len = gdb_frame(&packet, frame);
    prove_check(frame[0] == '$', "it begins");
    for (unsigned i = 0; i < CONTENTS && i < packet.len; i++) {
        bool is_escaped = frame[at] == '}';

        prove_check(frame[at] != '$' && frame[at] != '#' && frame[at] != '*', "nothing is special");
        sum = (uint8_t)(sum + (uint8_t)frame[at++]);
        if (is_escaped)
            sum = (uint8_t)(sum + (uint8_t)frame[at++]);
        prove_check((is_escaped ? frame[at - 1] ^ 0x20 : frame[at - 1]) == packet.data[i],
                    "each byte is there");
    }
    prove_check(frame[at] == '#' && len == at + 3, "it ends with a checksum");
    prove_check(digit_of(frame[at + 1]) * 16 + digit_of(frame[at + 2]) == sum, "which is right");
    free(frame);
}

#define DIGITS 18

PROVE(gdb_number, 20, FULL)
{
    char text[DIGITS + 1];
    const char *at = text;
    uint64_t number, model = 0;
    bool is_good, fits = true;
    unsigned digits = 0;

    for (unsigned i = 0; i < DIGITS; i++)
        text[i] = (char)prove_below("character", 256);
    text[DIGITS] = '\0';
    is_good = gdb_number(&at, &number);
    for (unsigned i = 0; i < DIGITS && digits == i; i++) {
        unsigned c = (unsigned char)text[i], lower = c | 0x20;
        unsigned digit = c >= '0' && c <= '9'           ? c - '0'
                         : lower >= 'a' && lower <= 'f' ? lower - 87
                                                        : 16;

        if (digit < 16 && fits) {
            fits = model < (uint64_t)1 << 60;
            model = model * 16 + digit;
            digits++;
        }
    }
    prove_check(is_good == (digits > 0 && fits), "a number of up to 64 bits");
    prove_check(!is_good || (number == model && at == text + digits), "it is this one");
}

PROVE(gdb_bytes, 8, QUICK)
{
    char text[7];
    uint8_t bytes[5] = {0};
    const char *at = text;
    size_t len = prove_below("len", 5), any = prove_below("any byte", 5);
    bool is_good;

    for (unsigned i = 0; i < sizeof(text); i++)
        text[i] = (char)prove_below("character", 256);
    text[prove_below("end", sizeof(text))] = '\0';
    is_good = gdb_bytes(&at, bytes, len);
    prove_check((size_t)(at - text) <= 2 * len, "no more is read than was asked for");
    prove_check(is_good == ((size_t)(at - text) == 2 * len), "good if there are as many");
    prove_check(any < len || bytes[any] == 0, "no more is written than was asked for");
}

/* With so much room left. */
static void
check_add(size_t room)
{
    static struct gdb_packet packet;
    char data[8] = "abcdefg";
    size_t len = prove_below("len", sizeof(data) + 1);

    packet.len = GDB_PACKET_MAX - room;
    gdb_add(&packet, data, len);
    prove_check(packet.len == GDB_PACKET_MAX - room + (len < room ? len : room),
                "as much is added as there is room for");
    prove_check(packet.full == (len > room), "what does not fit is noted");
}

PROVE(gdb_add, 11, LONG)
{
    size_t room = prove_below("room", 10);

    for (size_t i = 0; i < 10; i++) /* CBMC knows the place then */
        if (i == room)
            check_add(i);
}
