/*
 * Packets of gdb's remote serial protocol: $contents#checksum, with escapes in the contents (gdb's
 * manual, "Remote Protocol", Overview). No packet that goes out is run-length encoded, and none
 * that comes in is: gdb does not send those. Knows nothing of what packets mean.
 */
#ifndef DUET_VMM_GDB_PACKET_H
#define DUET_VMM_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of contents, before escapes; more would fit 2 KiB of memory a packet. */
#define GDB_PACKET_MAX 4096

/* What a byte that came in has completed. */
enum gdb_input {
    GDB_INPUT_NONE,
    GDB_INPUT_PACKET,    /* the contents are in the receiver until the next byte */
    GDB_INPUT_DAMAGED,   /* a packet with a wrong checksum, or a longer one than we take */
    GDB_INPUT_AGAIN,     /* '-': our last packet came damaged */
    GDB_INPUT_INTERRUPT, /* Ctrl-C */
};

/* A packet as it comes in. Zeroed is the beginning. */
struct gdb_receiver {
    enum { GDB_IDLE, GDB_CONTENTS, GDB_ESCAPED, GDB_CHECKSUM_1, GDB_CHECKSUM_2 } state;
    uint8_t sum, sum_sent;
    bool bad;
    size_t len;
    char data[GDB_PACKET_MAX + 1]; /* a NUL behind the contents */
};

/* Takes the next byte that gdb sent. */
enum gdb_input gdb_receive(struct gdb_receiver *receiver, uint8_t byte);

/* A packet to send. What does not fit is dropped, and `full` says so. Zeroed is empty. */
struct gdb_packet {
    size_t len;
    bool full;
    char data[GDB_PACKET_MAX];
};

/* Add to the contents: `len` bytes as they are, the same as two hexadecimal digits each, a text. */
void gdb_add(struct gdb_packet *packet, const void *data, size_t len);
void gdb_add_hex(struct gdb_packet *packet, const void *data, size_t len);
void gdb_print(struct gdb_packet *packet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The most that gdb_frame() makes of a packet. */
#define GDB_FRAME_MAX (2 * GDB_PACKET_MAX + 4)

/* Writes the packet as it goes over the line. Its length. */
size_t gdb_frame(const struct gdb_packet *packet, char frame[GDB_FRAME_MAX]);

/* Reads a hexadecimal number of up to 64 bits at *at, and moves *at behind it. False if there is
 * none, or a larger one. */
bool gdb_number(const char **at, uint64_t *number);

/* Reads `len` bytes, two hexadecimal digits each. False unless there are as many. */
bool gdb_bytes(const char **at, void *bytes, size_t len);

#endif
