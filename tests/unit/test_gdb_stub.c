/* gdb's protocol: what its packets do to a guest, and what it is told. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/gdb_fake.h"

static struct debugger fake;

static int
begin(void **state)
{
    (void)state;
    fake_begin(&fake);
    gdb_stub_input(&fake.stub, "$QStartNoAckMode#b0", 19);
    assert_string_equal(fake.sent, "+$OK#9a");
    return 0;
}

static void
packet_send(const char *contents, size_t len)
{
    static struct gdb_packet packet;
    static char frame[GDB_FRAME_MAX];

    packet = (struct gdb_packet){0};
    gdb_add(&packet, contents, len);
    fake_clear(&fake);
    gdb_stub_input(&fake.stub, frame, gdb_frame(&packet, frame));
}

/* The contents of the answer to a packet; NULL if there was none. */
static const char *
answer_to_bytes(const char *contents, size_t len)
{
    static struct gdb_receiver receiver;

    packet_send(contents, len);
    for (size_t i = 0; i < fake.sent_len; i++)
        if (gdb_receive(&receiver, (uint8_t)fake.sent[i]) == GDB_INPUT_PACKET)
            return receiver.data;
    return NULL;
}

static const char *
answer_to(const char *contents)
{
    return answer_to_bytes(contents, strlen(contents));
}

static void
test_registers(void **state)
{
    const char *text;

    (void)state;
    text = answer_to("g");
    assert_int_equal(strlen(text), 33 * 16);
    assert_memory_equal(text + 16, "0100000000000000", 16);
    assert_string_equal(answer_to("p20"), "2000000000000000"); /* the pc */
    assert_string_equal(answer_to("Hg2"), "OK");
    assert_string_equal(answer_to("p20"), "2001000000000000");
    assert_string_equal(answer_to("P1=efcdab8967452301"), "OK");
    assert_int_equal(fake.reg[1][1], 0x0123456789abcdef);
    assert_string_equal(answer_to("p41"), "41010000"); /* fflags has 32 bits */
    assert_string_equal(answer_to("P41=1f000000"), "OK");
    assert_int_equal(fake.reg[1][GDB_REG_FFLAGS], 0x1f);
    /* What is not there, or not whole. */
    assert_string_equal(answer_to("p4e"), "E03");
    assert_string_equal(answer_to("pffffffffffffffff"), "E03");
    assert_string_equal(answer_to("p"), "E01");
    assert_string_equal(answer_to("P1=ef"), "E01");
    assert_string_equal(answer_to("P1=efcdab896745230100"), "E01");
    assert_string_equal(answer_to("Pfffffff=00"), "E01");
    assert_string_equal(answer_to("G00"), "E01");
}

static void
test_memory(void **state)
{
    (void)state;
    assert_string_equal(answer_to("m1001,3"), "010203");
    assert_string_equal(answer_to("m13ff,1"), "ff");
    assert_string_equal(answer_to("m13ff,2"), "E02");
    assert_string_equal(answer_to("mffffffffffffffff,2"), "E02");
    assert_string_equal(answer_to("m1000,801"), "E01");
    assert_string_equal(answer_to("m1000"), "E01");
    assert_string_equal(answer_to("M1000,2:abcd"), "OK");
    assert_string_equal(answer_to("m1000,3"), "abcd02");
    assert_string_equal(answer_to("M1000,2:ab"), "E01");
    assert_string_equal(answer_to("M1000,2:abcdef"), "E01");
    assert_string_equal(answer_to_bytes("X1000,4:$#}*", 12), "OK");
    assert_string_equal(answer_to("m1000,4"), "24237d2a");
    assert_string_equal(answer_to_bytes("X1000,4:abc", 11), "E01");
    assert_string_equal(answer_to("X1000,0:"), "OK");
}

static void
test_breakpoints(void **state)
{
    (void)state;
    assert_string_equal(answer_to("Z0,80200000,2"), "OK");
    assert_int_equal(fake.breakpoint, 0x80200000);
    assert_string_equal(answer_to("Z0,80200004,4"), "E05");
    assert_string_equal(answer_to("z0,80200000,2"), "OK");
    assert_string_equal(answer_to("z0,80200000,2"), "E05");
    /* hbreak: served alike, and told apart. */
    assert_string_equal(answer_to("Z1,80200000,4"), "OK");
    assert_int_equal(fake.kind, BREAKPOINT_HARDWARE);
    assert_string_equal(answer_to("z0,80200000,4"), "E05");
    assert_string_equal(answer_to("z1,80200000,4"), "OK");
    for (char type = '2'; type <= '4'; type++) { /* watchpoints */
        char text[] = "Z2,80200000,4";

        text[1] = type;
        assert_string_equal(answer_to(text), "");
    }
    assert_string_equal(answer_to("Z0"), "E01");
}

static void
test_threads(void **state)
{
    (void)state;
    assert_string_equal(answer_to("qfThreadInfo"), "m1,2,3");
    assert_string_equal(answer_to("qsThreadInfo"), "l");
    assert_string_equal(answer_to("T3"), "OK");
    assert_string_equal(answer_to("T4"), "E04");
    assert_string_equal(answer_to("Hg4"), "E04");
    assert_string_equal(answer_to("Hg0"), "OK");
    assert_string_equal(answer_to("qC"), "QC1");
    /* "hart 1, stopped" */
    assert_string_equal(answer_to("qThreadExtraInfo,2"), "6861727420312c2073746f70706564");
    assert_string_equal(answer_to("qThreadExtraInfo,-1"), "E04");
}

/* The action of each hart. */
static void
expect_run(const char *packet, enum target_run hart_0, enum target_run hart_1,
           enum target_run hart_2)
{
    unsigned before = fake.resumed;

    assert_null(answer_to(packet));
    expect(fake.resumed == before + 1 && fake.action[0].run == hart_0 &&
               fake.action[1].run == hart_1 && fake.action[2].run == hart_2,
           "%s: %d %d %d", packet, fake.action[0].run, fake.action[1].run, fake.action[2].run);
    fake_clear(&fake);
    gdb_stub_stopped(&fake.stub, 1, STOP_POINT);
    assert_non_null(strstr(fake.sent, "$T05"));
    assert_non_null(strstr(fake.sent, ";thread:2;"));
}

static void
test_resume(void **state)
{
    (void)state;
    assert_string_equal(answer_to("vCont?"), "vCont;c;C;s;S;r");
    expect_run("vCont;c", TARGET_CONTINUE, TARGET_CONTINUE, TARGET_CONTINUE);
    expect_run("vCont;s:2;c", TARGET_CONTINUE, TARGET_STEP, TARGET_CONTINUE);
    expect_run("vCont;s:2", TARGET_HOLD, TARGET_STEP, TARGET_HOLD);
    expect_run("vCont;S05:1;C0b:3", TARGET_STEP, TARGET_HOLD, TARGET_CONTINUE);
    expect_run("vCont;c:-1;s:1", TARGET_CONTINUE, TARGET_CONTINUE, TARGET_CONTINUE);
    expect_run("s", TARGET_CONTINUE, TARGET_STEP, TARGET_CONTINUE); /* 2 stopped last */
    expect_run("vCont;r80200000,80200010:2;c", TARGET_CONTINUE, TARGET_STEP, TARGET_CONTINUE);
    assert_int_equal(fake.action[1].start, 0x80200000);
    assert_int_equal(fake.action[1].end, 0x80200010);
    expect_run("vCont;s:2;c", TARGET_CONTINUE, TARGET_STEP, TARGET_CONTINUE);
    assert_int_equal(fake.action[1].end, 0);
    assert_string_equal(answer_to("vCont;r"), "E01");
    assert_string_equal(answer_to("vCont;r80200000"), "E01");
    assert_string_equal(answer_to("vCont;r80200000:1"), "E01");
    assert_string_equal(answer_to("vCont;x"), "E01");
    assert_string_equal(answer_to("vCont;s:9"), "E01");
    assert_string_equal(answer_to("vCont;c:"), "E01");
    assert_string_equal(answer_to("vCont;"), "E01");
}

static void
test_stops(void **state)
{
    (void)state;
    /* pc, sp and fp come along. */
    assert_string_equal(answer_to("?"), "T0520:2000000000000000;02:0200000000000000;"
                                        "08:0800000000000000;thread:1;");
    assert_null(answer_to("vCont;c"));
    /* Nothing is served while the guest runs: its registers are not to be had. */
    assert_null(answer_to("g"));
    assert_null(answer_to("Z0,1000,2"));
    assert_int_equal(fake.breakpoint, 0);
    gdb_stub_say(&fake.stub, "hi");
    assert_string_equal(fake.sent, "$O6869#2c");
    fake_clear(&fake);
    gdb_stub_input(&fake.stub, "\x03", 1);
    assert_int_equal(fake.stopped, 1);
    assert_non_null(strstr(fake.sent, "$T02"));
    fake_clear(&fake);
    /* The end. */
    assert_null(answer_to("vCont;c"));
    gdb_stub_ended(&fake.stub, 126);
    assert_string_equal(fake.sent, "$W7e#f3");
    assert_string_equal(answer_to("g"), "W7e");
}

/* gdb's own steps: Ctrl-C between two of them is for the next, which does not begin. */
static void
test_interrupt(void **state)
{
    unsigned resumed;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        assert_null(answer_to("vCont;s:1"));
        fake_clear(&fake);
        gdb_stub_stopped(&fake.stub, 0, STOP_POINT);
        fake_clear(&fake);
        gdb_stub_input(&fake.stub, "\x03", 1); /* it is stopped */
        assert_int_equal(fake.sent_len, 0);
        assert_int_equal(fake.stopped, 0);
        assert_non_null(answer_to("g"));
        resumed = fake.resumed;
        assert_memory_equal(answer_to(i ? "c" : "vCont;s:1"), "T02", 3);
        assert_int_equal(fake.resumed, resumed);
        assert_null(answer_to("vCont;s:1")); /* once */
        assert_int_equal(fake.resumed, resumed + 1);
        gdb_stub_stopped(&fake.stub, 0, STOP_POINT);
    }
    /* A mistake, and another gdb. */
    gdb_stub_input(&fake.stub, "\x03", 1);
    assert_string_equal(answer_to("vCont;x"), "E01");
    assert_non_null(strstr(answer_to("qSupported:swbreak+"), "PacketSize"));
    assert_null(answer_to("vCont;c"));
}

static void
test_leaving(void **state)
{
    (void)state;
    assert_string_equal(answer_to("D"), "OK");
    assert_int_equal(fake.detached, 1);
    assert_null(answer_to("g"));
    fake_begin(&fake);
    assert_null(answer_to("k"));
    assert_int_equal(fake.killed, 1);
    fake_begin(&fake);
    assert_string_equal(answer_to("vKill;1"), "OK");
    assert_int_equal(fake.killed, 1);
    assert_int_equal(fake.detached, 0);
}

/* A gdb in place of one that left unnoticed: it is acknowledged, and has the guest stopped. */
static void
test_another(void **state)
{
    (void)state;
    assert_null(answer_to("vCont;c"));
    packet_send("qSupported:swbreak+", 19);
    assert_int_equal(fake.stopped, 1);
    assert_non_null(strstr(fake.sent, "PacketSize=1000"));
    assert_non_null(strstr(answer_to("qAttached"), "1"));
    assert_int_equal(fake.sent[0], '+');
}

static void
test_damaged(void **state)
{
    (void)state;
    fake_clear(&fake);
    gdb_stub_input(&fake.stub, "$g#00", 5);
    assert_string_equal(fake.sent, "-");
    fake_begin(&fake);
    assert_string_equal(answer_to("T1"), "OK");
    fake_clear(&fake);
    gdb_stub_input(&fake.stub, "-", 1); /* ours came damaged */
    assert_string_equal(fake.sent, "$OK#9a");
}

static void
test_monitor(void **state)
{
    (void)state;
    assert_string_equal(answer_to("qRcmd,68656c70"), "796573");
    assert_string_equal(fake.monitored, "0: help");
    assert_string_equal(answer_to("qRcmd,"), "OK");
    assert_string_equal(answer_to("qRcmd,6"), "E01");
}

/* What is not known has an empty answer, of which gdb makes its own. */
static void
test_unknown(void **state)
{
    static const char *const unknown[] = {
        "!",    "vRun;", "vMustReplyEmpty", "qOffsets",         "Qx", "qSymbol::",
        "\x01", "",      "x1000,4",         "vFile:open:00,0,0"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_string_equal(answer_to(unknown[i]), "");
}

/* The description in parts of all sizes is the same, and XML that names each register. */
static void
test_description(void **state)
{
    static char whole[16384];
    size_t size, len = 0;
    const char *xml = gdb_regs_xml(&size), *part;
    char text[64];

    (void)state;
    do {
        snprintf(text, sizeof(text), "qXfer:features:read:target.xml:%zx,%x", len, 0x123);
        part = answer_to(text);
        assert_non_null(part);
        strcpy(whole + len, part + 1);
        len += strlen(part + 1);
    } while (part[0] == 'm');
    assert_int_equal(part[0], 'l');
    assert_int_equal(len, size);
    assert_memory_equal(whole, xml, size);
    assert_non_null(strstr(whole, "</target>"));
    for (unsigned number = 0; number < GDB_REGS; number++) {
        snprintf(text, sizeof(text), " regnum=\"%u\"/>", number);
        expect(strstr(whole, text) != NULL, "register %u is not described", number);
    }
    assert_non_null(strstr(whole, "<reg name=\"ft11\" bitsize=\"64\" type=\"fp\" regnum=\"64\"/>"));
    assert_non_null(strstr(whole, "<reg name=\"fs0\" bitsize=\"64\" type=\"fp\" regnum=\"41\"/>"));
    assert_string_equal(answer_to("qXfer:features:read:target.xml:ffffff,10"), "E01");
    assert_string_equal(answer_to("qXfer:features:read:other.xml:0,10"), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_registers, begin),
        cmocka_unit_test_setup(test_memory, begin),
        cmocka_unit_test_setup(test_breakpoints, begin),
        cmocka_unit_test_setup(test_threads, begin),
        cmocka_unit_test_setup(test_resume, begin),
        cmocka_unit_test_setup(test_stops, begin),
        cmocka_unit_test_setup(test_interrupt, begin),
        cmocka_unit_test_setup(test_leaving, begin),
        cmocka_unit_test_setup(test_another, begin),
        cmocka_unit_test_setup(test_damaged, begin),
        cmocka_unit_test_setup(test_monitor, begin),
        cmocka_unit_test_setup(test_unknown, begin),
        cmocka_unit_test_setup(test_description, begin),
    };

    return cmocka_run_group_tests_name("gdb_stub", tests, NULL, NULL);
}
