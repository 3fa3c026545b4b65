/* Packets of gdb's remote serial protocol. */
#include "vmm/debug/gdb_packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE      '}'
#define ESCAPE_FLIP 0x20
#define CTRL_C      0x03

static const char digits[] = "0123456789abcdef";

/* The value of a hexadecimal digit, or -1. */
static int
digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static void
contents_add(struct gdb_receiver *receiver, uint8_t byte)
{
    if (receiver->len < GDB_PACKET_MAX)
        receiver->data[receiver->len++] = (char)byte;
    else
        receiver->bad = true;
}

static void
checksum_add(struct gdb_receiver *receiver, uint8_t byte)
{
    int value = digit_value((char)byte);

    if (value < 0)
        receiver->bad = true;
    receiver->sum_sent = (uint8_t)(receiver->sum_sent << 4 | (value & 0xf));
}

enum gdb_input
gdb_receive(struct gdb_receiver *receiver, uint8_t byte)
{
    if (byte == '$' && receiver->state != GDB_ESCAPED) { /* '$' is always escaped in contents */
        receiver->state = GDB_CONTENTS;
        receiver->sum = receiver->sum_sent = 0;
        receiver->bad = false;
        receiver->len = 0;
        return GDB_INPUT_NONE;
    }
    switch (receiver->state) {
    case GDB_IDLE:
        return byte == CTRL_C ? GDB_INPUT_INTERRUPT
               : byte == '-'  ? GDB_INPUT_AGAIN
                              : GDB_INPUT_NONE;
    case GDB_CONTENTS:
        if (byte == '#') {
            receiver->state = GDB_CHECKSUM_1;
            return GDB_INPUT_NONE;
        }
        receiver->sum = (uint8_t)(receiver->sum + byte);
        if (byte == ESCAPE)
            receiver->state = GDB_ESCAPED;
        else
            contents_add(receiver, byte);
        return GDB_INPUT_NONE;
    case GDB_ESCAPED:
        receiver->sum = (uint8_t)(receiver->sum + byte);
        contents_add(receiver, byte ^ ESCAPE_FLIP);
        receiver->state = GDB_CONTENTS;
        return GDB_INPUT_NONE;
    case GDB_CHECKSUM_1:
        checksum_add(receiver, byte);
        receiver->state = GDB_CHECKSUM_2;
        return GDB_INPUT_NONE;
    case GDB_CHECKSUM_2:
        checksum_add(receiver, byte);
        receiver->state = GDB_IDLE;
        receiver->data[receiver->len] = '\0';
        return receiver->bad || receiver->sum != receiver->sum_sent ? GDB_INPUT_DAMAGED
                                                                    : GDB_INPUT_PACKET;
    }
    return GDB_INPUT_NONE;
}

void
gdb_add(struct gdb_packet *packet, const void *data, size_t len)
{
    size_t room = sizeof(packet->data) - packet->len;

    if (len > room) {
        packet->full = true;
        len = room;
    }
    memcpy(packet->data + packet->len, data, len);
    packet->len += len;
}

void
gdb_add_hex(struct gdb_packet *packet, const void *data, size_t len)
{
    const uint8_t *byte = data;

    for (size_t i = 0; i < len; i++) {
        char pair[2] = {digits[byte[i] >> 4], digits[byte[i] & 0xf]};
        gdb_add(packet, pair, sizeof(pair));
    }
}

void
gdb_print(struct gdb_packet *packet, const char *format, ...)
{
    char text[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (len >= (int)sizeof(text)) {
        packet->full = true;
        len = sizeof(text) - 1;
    }
    gdb_add(packet, text, len > 0 ? (size_t)len : 0);
}

size_t
gdb_frame(const struct gdb_packet *packet, char frame[GDB_FRAME_MAX])
{
    char *at = frame;
    uint8_t sum = 0;

    *at++ = '$';
    for (size_t i = 0; i < packet->len; i++) {
        char c = packet->data[i];

        if (c == '#' || c == '$' || c == ESCAPE || c == '*') {
            *at++ = ESCAPE;
            c ^= ESCAPE_FLIP;
        }
        *at++ = c;
    }
    for (const char *c = frame + 1; c < at; c++)
        sum = (uint8_t)(sum + (uint8_t)*c);
    *at++ = '#';
    *at++ = digits[sum >> 4];
    *at++ = digits[sum & 0xf];
    return (size_t)(at - frame);
}

bool
gdb_number(const char **at, uint64_t *number)
{
    const char *start = *at;
    int value;

    *number = 0;
    while ((value = digit_value(**at)) >= 0) {
        if (*number >> 60)
            return false;
        *number = *number << 4 | (uint64_t)value;
        ++*at;
    }
    return *at > start;
}

bool
gdb_bytes(const char **at, void *bytes, size_t len)
{
    uint8_t *byte = bytes;

    for (size_t i = 0; i < len; i++) {
        int high = digit_value((*at)[0]);
        int low = high < 0 ? -1 : digit_value((*at)[1]);

        if (low < 0)
            return false;
        byte[i] = (uint8_t)(high << 4 | low);
        *at += 2;
    }
    return true;
}
