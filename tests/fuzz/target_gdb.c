/* gdb's packets, sent to the stub and to the fake guest of the unit tests. The first byte says what
 * the rest is: bytes as they arrive over the line, or contents of packets, which are framed here so
 * that no input is wasted on a wrong checksum. In the latter a length of 0 stands for something
 * else than a packet: Ctrl-C, a gdb that comes back, or an event in the guest. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "tests/unit/gdb_fake.h"

enum { LINE, PACKETS };
enum { CTRL_C, COME_BACK, STOP, END, SAY, AGAIN, HAPPENINGS };

static struct debugger fake;
static struct gdb_receiver receiver;

/* Checks that only acknowledgements and whole packets go to gdb. */
static void
sent_check(void)
{
    fuzz_check(fake.sent_len < sizeof(fake.sent) - 1, "more was sent than one packet can ask for");
    for (size_t i = 0; i < fake.sent_len; i++) {
        bool idle = receiver.state == GDB_IDLE;
        char c = fake.sent[i];
        enum gdb_input got = gdb_receive(&receiver, (uint8_t)c);

        fuzz_check(got == GDB_INPUT_NONE || got == GDB_INPUT_PACKET || got == GDB_INPUT_AGAIN,
                   "a damaged packet was sent");
        fuzz_check(!idle || c == '+' || c == '-' || c == '$', "0x%02x was sent", (uint8_t)c);
    }
    fuzz_check(receiver.state == GDB_IDLE, "half a packet was sent");
    fuzz_check(fake.stub.hart < FAKE_HARTS, "hart %u is selected", fake.stub.hart);
    fake_clear(&fake);
}

static void
happen(struct input *input)
{
    switch (take(input, 1) % HAPPENINGS) {
    case CTRL_C:
        gdb_stub_input(&fake.stub, "\3", 1);
        break;
    case COME_BACK:
        gdb_stub_detach(&fake.stub);
        gdb_stub_attach(&fake.stub);
        break;
    case STOP:
        gdb_stub_stopped(&fake.stub, (unsigned)take(input, 1) % FAKE_HARTS, STOP_POINT);
        break;
    case END:
        gdb_stub_ended(&fake.stub, (unsigned)take(input, 1));
        break;
    case SAY:
        gdb_stub_say(&fake.stub, "words of duet's\n");
        break;
    case AGAIN:
        gdb_stub_input(&fake.stub, "-", 1);
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    bool is_line = take(&input, 1) % 2 == LINE;

    fake_begin(&fake);
    receiver = (struct gdb_receiver){0};
    if (is_line) {
        for (; input.left > 0; input.at++, input.left--) {
            gdb_stub_input(&fake.stub, input.at, 1);
            sent_check();
        }
        return 0;
    }
    while (input.left > 0) {
        static struct gdb_packet packet;
        static char frame[GDB_FRAME_MAX];
        size_t len = take(&input, 1);

        if (len == 0) {
            happen(&input);
        } else {
            len = len < input.left ? len : input.left;
            packet.len = 0;
            packet.full = false;
            gdb_add(&packet, input.at, len);
            take_bytes(&input, packet.data, len);
            gdb_stub_input(&fake.stub, frame, gdb_frame(&packet, frame));
        }
        sent_check();
    }
    return 0;
}

/* What gdb 13 sends for `target remote` and for its commands (gdb's `set debug remote 1` shows
 * it). */
static const char *const session[] = {
    "qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn+;fork-events+;vContSupported+",
    "QStartNoAckMode",
    "qXfer:features:read:target.xml:0,ffb",
    "qXfer:features:read:target.xml:ffb,ffb",
    "vCont?",
    "Hg0",
    "qTStatus",
    "?",
    "qfThreadInfo",
    "qsThreadInfo",
    "qThreadExtraInfo,1",
    "qAttached",
    "Hc-1",
    "qC",
    "g",
    "p20",
    "P1=efcdab8967452301",
    "m1000,40",
    "M1010,4:deadbeef",
    "X1020,2:ab",
    "Z0,1000,4",
    "vCont;s:1;c",
    "z0,1000,4",
    "Z1,1000,4",
    "vCont;r1000,1010:1;c",
    "z1,1000,4",
    "qRcmd,68656c70",
    "T2",
    "vCont;c",
    "D;1",
};

static void
packet_give(struct output *seed, const char *contents)
{
    give(seed, strlen(contents), 1);
    give_bytes(seed, contents, strlen(contents));
    if (strncmp(contents, "vCont;", 6) == 0) {
        give(seed, 0, 1);
        give(seed, STOP, 1);
        give(seed, 1, 1);
    }
}

void
fuzz_seeds(void)
{
    struct output all = {0}, line = {0};
    struct gdb_packet packet = {0};
    char frame[GDB_FRAME_MAX];

    give(&all, PACKETS, 1);
    for (size_t i = 0; i < COUNT_OF(session); i++) {
        struct output one = {0};
        char name[32] = "packet-0a";

        name[7] = (char)('0' + i / 10);
        name[8] = (char)('0' + i % 10);
        packet_give(&all, session[i]);
        give(&one, PACKETS, 1);
        packet_give(&one, session[i]);
        seed_write(name, one.data, one.len);
    }
    seed_write("session", all.data, all.len);
    give(&line, LINE, 1);
    gdb_add(&packet, session[0], strlen(session[0]));
    give_bytes(&line, frame, gdb_frame(&packet, frame));
    seed_write("line", line.data, line.len);
}
