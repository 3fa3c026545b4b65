/* gdb's remote serial protocol: what its packets mean. */
#include "vmm/debug/gdb_stub.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vmm/debug/gdb_regs.h"

/* Bytes of memory that fit a packet, two digits each. */
#define MEMORY_MAX (GDB_PACKET_MAX / 2)

/* Answers with E and a number; gdb shows none of them, they tell our places apart. */
enum error { ERROR_SYNTAX = 1, ERROR_MEMORY, ERROR_REGISTER, ERROR_THREAD, ERROR_BREAKPOINT };

static void
answer_error(struct gdb_stub *stub, enum error error)
{
    stub->out.len = 0;
    gdb_print(&stub->out, "E%02x", error);
}

static void
answer_ok(struct gdb_stub *stub)
{
    gdb_add(&stub->out, "OK", 2);
}

static void
out_send(struct gdb_stub *stub)
{
    char frame[GDB_FRAME_MAX];

    target_send(stub->target, frame, gdb_frame(&stub->out, frame));
}

/* If `at` begins with `word`, moves behind it. */
static bool
skip(const char **at, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    return true;
}

/* A thread's number: a hart's, or all (-1), or any (0), which gives the current one. */
enum { ALL_HARTS = -1, NO_HART = -2 };

static int
thread_parse(const struct gdb_stub *stub, const char **at)
{
    uint64_t thread;

    if (skip(at, "-1"))
        return ALL_HARTS;
    if (!gdb_number(at, &thread) || thread > target_harts(stub->target))
        return NO_HART;
    return thread == 0 ? (int)stub->hart : (int)thread - 1;
}

/* Why the guest is stopped, or how it ended. */
static void
answer_stop(struct gdb_stub *stub)
{
    static const unsigned expedited[] = {GDB_REG_PC, GDB_REG_SP, GDB_REG_FP};
    uint64_t value;

    if (stub->ended) {
        gdb_print(&stub->out, "W%02x", stub->status);
        return;
    }
    gdb_print(&stub->out, "T%02x", stub->signal);
    for (unsigned i = 0; i < sizeof(expedited) / sizeof(expedited[0]); i++) {
        if (!target_reg_get(stub->target, stub->stopped, expedited[i], &value))
            continue;
        gdb_print(&stub->out, "%02x:", expedited[i]);
        gdb_add_hex(&stub->out, &value, sizeof(value));
        gdb_add(&stub->out, ";", 1);
    }
    gdb_print(&stub->out, "thread:%x;", stub->stopped + 1);
}

static void
registers_read(struct gdb_stub *stub)
{
    for (unsigned number = 0; number < GDB_REGS_GENERAL; number++) {
        uint64_t value;

        if (target_reg_get(stub->target, stub->hart, number, &value))
            gdb_add_hex(&stub->out, &value, sizeof(value));
        else
            gdb_add(&stub->out, "xxxxxxxxxxxxxxxx", 16); /* not known */
    }
}

static void
registers_write(struct gdb_stub *stub, const char *at)
{
    uint64_t value[GDB_REGS_GENERAL];

    if (!gdb_bytes(&at, value, sizeof(value)) || *at) {
        answer_error(stub, ERROR_SYNTAX);
        return;
    }
    for (unsigned number = 0; number < GDB_REGS_GENERAL; number++) {
        if (!target_reg_set(stub->target, stub->hart, number, value[number])) {
            answer_error(stub, ERROR_REGISTER);
            return;
        }
    }
    answer_ok(stub);
}

static void
register_read(struct gdb_stub *stub, const char *at)
{
    uint64_t number, value;

    if (!gdb_number(&at, &number) || *at)
        answer_error(stub, ERROR_SYNTAX);
    else if (number >= GDB_REGS ||
             !target_reg_get(stub->target, stub->hart, (unsigned)number, &value))
        answer_error(stub, ERROR_REGISTER);
    else
        gdb_add_hex(&stub->out, &value, gdb_reg_size((unsigned)number));
}

static void
register_write(struct gdb_stub *stub, const char *at)
{
    uint64_t number, value = 0;

    if (!gdb_number(&at, &number) || !skip(&at, "=") || number >= GDB_REGS ||
        !gdb_bytes(&at, &value, gdb_reg_size((unsigned)number)) || *at)
        answer_error(stub, ERROR_SYNTAX);
    else if (!target_reg_set(stub->target, stub->hart, (unsigned)number, value))
        answer_error(stub, ERROR_REGISTER);
    else
        answer_ok(stub);
}

/* "ADDRESS,LENGTH" */
static bool
range_parse(const char **at, uint64_t *gva, uint64_t *len)
{
    return gdb_number(at, gva) && skip(at, ",") && gdb_number(at, len) && *len <= MEMORY_MAX;
}

static void
memory_read(struct gdb_stub *stub, const char *at)
{
    char data[MEMORY_MAX];
    uint64_t gva, len;

    if (!range_parse(&at, &gva, &len) || *at)
        answer_error(stub, ERROR_SYNTAX);
    else if (!target_read(stub->target, stub->hart, gva, data, len))
        answer_error(stub, ERROR_MEMORY);
    else
        gdb_add_hex(&stub->out, data, len);
}

static void
memory_write(struct gdb_stub *stub, const char *at, bool is_binary)
{
    const char *end = stub->in.data + stub->in.len;
    char data[MEMORY_MAX];
    uint64_t gva, len;

    if (!range_parse(&at, &gva, &len) || !skip(&at, ":")) {
        answer_error(stub, ERROR_SYNTAX);
        return;
    }
    if (is_binary ? (uint64_t)(end - at) != len : !gdb_bytes(&at, data, len) || at != end)
        answer_error(stub, ERROR_SYNTAX);
    else if (!target_write(stub->target, stub->hart, gva, is_binary ? at : data, len))
        answer_error(stub, ERROR_MEMORY);
    else
        answer_ok(stub);
}

/* Z and z: "TYPE,ADDRESS,KIND". The kind, EBREAK's length, is not gdb's to say: it asks before the
 * code may be there. Other types than 0, software, have no answer: they are not supported. */
static void
breakpoint_change(struct gdb_stub *stub, const char *at, bool is_set)
{
    uint64_t type, gva;

    if (!gdb_number(&at, &type) || !skip(&at, ",") || !gdb_number(&at, &gva) || !skip(&at, ","))
        answer_error(stub, ERROR_SYNTAX);
    else if (type != 0)
        return;
    else if (!(is_set ? target_breakpoint_set : target_breakpoint_clear)(stub->target, gva))
        answer_error(stub, ERROR_BREAKPOINT);
    else
        answer_ok(stub);
}

/* ";ACTION[:THREAD]..."; for each hart the leftmost action that names it counts. */
static void
resume(struct gdb_stub *stub, const char *at)
{
    enum target_run run[CPUS_MAX] = {TARGET_HOLD};
    bool is_given[CPUS_MAX] = {false};

    while (skip(&at, ";")) {
        enum target_run action = *at == 's' || *at == 'S' ? TARGET_STEP : TARGET_CONTINUE;
        bool has_signal = *at == 'C' || *at == 'S';
        uint64_t signal;
        int hart = ALL_HARTS;

        if (!strchr("cCsS", *at) || !*at++ || (has_signal && !gdb_number(&at, &signal)) ||
            (skip(&at, ":") && (hart = thread_parse(stub, &at)) == NO_HART)) {
            answer_error(stub, ERROR_SYNTAX);
            return;
        }
        for (unsigned i = 0; i < target_harts(stub->target); i++) {
            if ((hart == ALL_HARTS || hart == (int)i) && !is_given[i]) {
                run[i] = action;
                is_given[i] = true;
            }
        }
    }
    if (*at) {
        answer_error(stub, ERROR_SYNTAX);
        return;
    }
    stub->running = true;
    target_resume(stub->target, run);
}

/* c and s, of gdbs that know no vCont: of the current hart, or all. The address that may follow is
 * never sent. */
static void
resume_old(struct gdb_stub *stub, bool is_step)
{
    enum target_run run[CPUS_MAX];

    for (unsigned i = 0; i < CPUS_MAX; i++)
        run[i] = is_step && i == stub->hart ? TARGET_STEP : TARGET_CONTINUE;
    stub->running = true;
    target_resume(stub->target, run);
}

/* H: which hart the packets that follow are of. Hc, of old gdbs, is of no use with vCont. */
static void
hart_select(struct gdb_stub *stub, const char *at)
{
    bool is_general = *at == 'g';
    int hart;

    if (*at)
        at++;
    hart = thread_parse(stub, &at);
    if (hart == NO_HART || *at) {
        answer_error(stub, ERROR_THREAD);
        return;
    }
    if (is_general && hart != ALL_HARTS)
        stub->hart = (unsigned)hart;
    answer_ok(stub);
}

static void
thread_extra(struct gdb_stub *stub, const char *at)
{
    int hart = thread_parse(stub, &at);
    char text[64];

    if (hart < 0 || *at) {
        answer_error(stub, ERROR_THREAD);
        return;
    }
    snprintf(text, sizeof(text), "hart %d, %s", hart,
             target_is_started(stub->target, (unsigned)hart) ? "started" : "stopped");
    gdb_add_hex(&stub->out, text, strlen(text));
}

/* "OFFSET,LENGTH" of the description of the registers. */
static void
features_read(struct gdb_stub *stub, const char *at)
{
    uint64_t offset, len;
    size_t size;
    const char *xml = gdb_regs_xml(&size);

    if (!gdb_number(&at, &offset) || !skip(&at, ",") || !gdb_number(&at, &len) || *at ||
        offset > size) {
        answer_error(stub, ERROR_SYNTAX);
        return;
    }
    if (len > MEMORY_MAX)
        len = MEMORY_MAX;
    if (len > size - offset)
        len = size - offset;
    gdb_print(&stub->out, "%c", offset + len < size ? 'm' : 'l');
    gdb_add(&stub->out, xml + offset, len);
}

/* The answer to `monitor` is hexadecimal, and a line that comes before it. */
static void
monitor(struct gdb_stub *stub, const char *at)
{
    static struct gdb_packet answer; /* it is large, and there is one debugger's thread */
    char line[256];
    size_t len = strlen(at) / 2;

    if (len >= sizeof(line) || !gdb_bytes(&at, line, len) || *at) {
        answer_error(stub, ERROR_SYNTAX);
        return;
    }
    line[len] = '\0';
    answer.len = 0;
    answer.full = false;
    target_monitor(stub->target, stub->hart, line, &answer);
    if (answer.len == 0)
        answer_ok(stub);
    else
        gdb_add_hex(&stub->out, answer.data, answer.len < MEMORY_MAX ? answer.len : MEMORY_MAX);
}

/* gdb's first packet. It also tells of one that came in place of another unnoticed. */
static void
begin(struct gdb_stub *stub)
{
    stub->no_ack = false;
    stub->hart = 0;
    gdb_print(&stub->out, "PacketSize=%x;qXfer:features:read+;vContSupported+;QStartNoAckMode+",
              GDB_PACKET_MAX);
}

static void
query(struct gdb_stub *stub, const char *at)
{
    if (skip(&at, "Supported")) {
        begin(stub);
    } else if (skip(&at, "Xfer:features:read:target.xml:")) {
        features_read(stub, at);
    } else if (skip(&at, "fThreadInfo")) {
        for (unsigned i = 0; i < target_harts(stub->target); i++)
            gdb_print(&stub->out, "%c%x", i ? ',' : 'm', i + 1);
    } else if (skip(&at, "sThreadInfo")) {
        gdb_add(&stub->out, "l", 1);
    } else if (skip(&at, "ThreadExtraInfo,")) {
        thread_extra(stub, at);
    } else if (skip(&at, "Rcmd,")) {
        monitor(stub, at);
    } else if (skip(&at, "Attached")) {
        gdb_add(&stub->out, "1", 1); /* leaving gdb leaves the guest running */
    } else if (strcmp(at, "C") == 0) {
        gdb_print(&stub->out, "QC%x", stub->hart + 1);
    }
}

/* True if gdb is to get an answer now. An empty one says: not supported. */
static bool
packet_serve(struct gdb_stub *stub)
{
    const char *at = stub->in.data;
    char kind = *at;

    if (kind)
        at++;
    switch (kind) {
    case '?':
        answer_stop(stub);
        return true;
    case 'g':
        registers_read(stub);
        return true;
    case 'G':
        registers_write(stub, at);
        return true;
    case 'p':
        register_read(stub, at);
        return true;
    case 'P':
        register_write(stub, at);
        return true;
    case 'm':
        memory_read(stub, at);
        return true;
    case 'M':
    case 'X':
        memory_write(stub, at, kind == 'X');
        return true;
    case 'Z':
    case 'z':
        breakpoint_change(stub, at, kind == 'Z');
        return true;
    case 'H':
        hart_select(stub, at);
        return true;
    case 'T':
        if (thread_parse(stub, &at) < 0)
            answer_error(stub, ERROR_THREAD);
        else
            answer_ok(stub);
        return true;
    case 'q':
        query(stub, at);
        return true;
    case 'Q':
        if (strcmp(at, "StartNoAckMode") == 0) {
            answer_ok(stub);
            stub->no_ack = true;
        }
        return true;
    case 'c':
    case 's':
        resume_old(stub, kind == 's');
        return !stub->running;
    case 'v':
        if (skip(&at, "Cont?")) {
            gdb_print(&stub->out, "vCont;c;C;s;S");
        } else if (skip(&at, "Cont")) {
            resume(stub, at);
            return !stub->running;
        } else if (skip(&at, "Kill;")) {
            answer_ok(stub);
            stub->attached = false;
        }
        return true;
    case 'D':
        answer_ok(stub);
        stub->attached = false;
        return true;
    case 'k':
        stub->attached = false;
        return false;
    default:
        return true;
    }
}

static void
packet_take(struct gdb_stub *stub)
{
    const char *data = stub->in.data;

    if (!stub->no_ack)
        target_send(stub->target, "+", 1);
    /* All that gdb sends of its own while the guest runs is Ctrl-C; but a new gdb may be there. */
    if (stub->running) {
        if (strncmp(data, "qSupported", 10) != 0)
            return;
        stub->running = false;
        stub->stopped = 0;
        stub->signal = GDB_SIGNAL_TRAP;
        if (!target_stop(stub->target))
            return;
    }
    stub->out.len = 0;
    stub->out.full = false;
    if (stub->ended) { /* nothing else can be said of it */
        answer_stop(stub);
        out_send(stub);
        return;
    }
    if (packet_serve(stub))
        out_send(stub);
    if (!stub->attached && data[0] == 'D')
        target_detach(stub->target);
    else if (!stub->attached)
        target_kill(stub->target);
}

void
gdb_stub_attach(struct gdb_stub *stub)
{
    stub->attached = true;
    stub->running = false;
    stub->no_ack = false;
    stub->hart = 0;
    stub->in = (struct gdb_receiver){0};
}

void
gdb_stub_input(struct gdb_stub *stub, const void *data, size_t len)
{
    const uint8_t *byte = data;

    for (size_t i = 0; i < len && stub->attached; i++) {
        switch (gdb_receive(&stub->in, byte[i])) {
        case GDB_INPUT_PACKET:
            packet_take(stub);
            break;
        case GDB_INPUT_DAMAGED:
            target_send(stub->target, "-", 1);
            break;
        case GDB_INPUT_AGAIN:
            if (!stub->no_ack && !stub->running)
                out_send(stub);
            break;
        case GDB_INPUT_INTERRUPT:
            if (stub->running && target_stop(stub->target))
                gdb_stub_stopped(stub, stub->hart, GDB_SIGNAL_INT);
            break;
        case GDB_INPUT_NONE:
            break;
        }
    }
}

void
gdb_stub_detach(struct gdb_stub *stub)
{
    stub->attached = false;
    stub->running = false;
}

void
gdb_stub_stopped(struct gdb_stub *stub, unsigned hart, enum gdb_signal signal)
{
    stub->stopped = hart;
    stub->signal = signal;
    if (!stub->attached || !stub->running)
        return;
    stub->running = false;
    stub->hart = hart;
    stub->out.len = 0;
    answer_stop(stub);
    out_send(stub);
}

void
gdb_stub_ended(struct gdb_stub *stub, unsigned status)
{
    stub->ended = true;
    stub->status = status;
    if (!stub->attached || !stub->running)
        return;
    stub->running = false;
    stub->out.len = 0;
    answer_stop(stub);
    out_send(stub);
}

void
gdb_stub_say(struct gdb_stub *stub, const char *text)
{
    struct gdb_packet *out = &stub->out;

    if (!stub->attached || !stub->running)
        return;
    out->len = 0;
    out->full = false;
    gdb_add(out, "O", 1);
    gdb_add_hex(out, text, strlen(text));
    out_send(stub);
}
