/* What the packets of gdb's remote serial protocol mean. */
#include "vmm/debug/gdb_stub.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/debug/gdb_regs.h"

/* How many bytes of memory fit a packet, at two digits each. */
#define MEMORY_MAX (GDB_PACKET_MAX / 2)

/* Answers E and a number. gdb does not show the number; it tells our error places apart. */
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

    stub->send(stub->line, frame, gdb_frame(&stub->out, frame));
}

/* If `at` begins with `word`, moves `at` behind it. */
static bool
skip(const char **at, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    return true;
}

/* A thread number: one hart, or all (-1), or any (0), for which the current hart is taken. */
enum { ALL_HARTS = -1, NO_HART = -2 };

static int
thread_parse(const struct gdb_stub *stub, const char **at)
{
    uint64_t thread;

    if (skip(at, "-1"))
        return ALL_HARTS;
    if (!gdb_number(at, &thread) || thread > stub->ops->harts(stub->target))
        return NO_HART;
    return thread == 0 ? (int)stub->hart : (int)thread - 1;
}

/* Why the guest is stopped, or how it ended. */
static void
answer_stop(struct gdb_stub *stub)
{
    /* Signals by gdb's numbers (gdb's include/gdb/signals.def). */
    static const unsigned signal[] = {
        [STOP_NONE] = 0,   /* none */
        [STOP_ASKED] = 2,  /* SIGINT */
        [STOP_POINT] = 5,  /* SIGTRAP */
        [STOP_PANIC] = 6,  /* SIGABRT */
        [STOP_FAULT] = 11, /* SIGSEGV */
    };
    static const unsigned expedited[] = {GDB_REG_PC, GDB_REG_X0 + X_SP, GDB_REG_X0 + X_FP};
    uint64_t value;

    if (stub->ended) {
        gdb_print(&stub->out, "W%02x", stub->status);
        return;
    }
    gdb_print(&stub->out, "T%02x", signal[stub->reason]);
    for (unsigned i = 0; i < sizeof(expedited) / sizeof(expedited[0]); i++) {
        if (!stub->ops->reg_read(stub->target, stub->stopped, expedited[i], &value))
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

        if (stub->ops->reg_read(stub->target, stub->hart, number, &value))
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
        if (!stub->ops->reg_write(stub->target, stub->hart, number, value[number])) {
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
             !stub->ops->reg_read(stub->target, stub->hart, (unsigned)number, &value))
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
    else if (!stub->ops->reg_write(stub->target, stub->hart, (unsigned)number, value))
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
    else if (!stub->ops->mem_read(stub->target, stub->hart, gva, data, len))
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
    else if (!stub->ops->mem_write(stub->target, stub->hart, gva, is_binary ? at : data, len))
        answer_error(stub, ERROR_MEMORY);
    else
        answer_ok(stub);
}

/* Z and z: "TYPE,ADDRESS,KIND". KIND, the length of the EBREAK, is ignored: gdb may ask before the
 * code has been loaded. Types 0 and 1 are software and hardware breakpoints. Watchpoints are not
 * supported, and get the empty answer. */
static void
breakpoint_change(struct gdb_stub *stub, const char *at, bool is_set)
{
    uint64_t type, gva;

    if (!gdb_number(&at, &type) || !skip(&at, ",") || !gdb_number(&at, &gva) || !skip(&at, ","))
        answer_error(stub, ERROR_SYNTAX);
    else if (type > 1)
        return;
    else if (!(is_set ? stub->ops->breakpoint_set : stub->ops->breakpoint_clear)(
                 stub->target, gva, type ? BREAKPOINT_HARDWARE : BREAKPOINT_SOFTWARE))
        answer_error(stub, ERROR_BREAKPOINT);
    else
        answer_ok(stub);
}

static void
go(struct gdb_stub *stub, const struct target_action action[CPUS_MAX])
{
    stub->running = true;
    if (stub->interrupted)
        gdb_stub_stopped(stub, stub->hart, STOP_ASKED);
    else
        stub->ops->resume(stub->target, action);
}

/* "c", "s", "CSIGNAL", "SSIGNAL" or "rSTART,END". Signals have no meaning for a hart. */
static bool
action_parse(const char **at, struct target_action *action)
{
    char kind = **at;
    uint64_t signal;

    if (!kind || !strchr("cCsSr", kind))
        return false;
    (*at)++;
    *action = (struct target_action){.run = strchr("cC", kind) ? TARGET_CONTINUE : TARGET_STEP};
    if (kind == 'r')
        return gdb_number(at, &action->start) && skip(at, ",") && gdb_number(at, &action->end);
    return strchr("cs", kind) || gdb_number(at, &signal);
}

/* ";ACTION[:THREAD]...": for each hart the leftmost action that names it counts. Returns false
 * after an error, which has been answered. */
static bool
resume(struct gdb_stub *stub, const char *at)
{
    struct target_action given[CPUS_MAX] = {{TARGET_HOLD, 0, 0}}, action;
    bool is_given[CPUS_MAX] = {false};

    while (skip(&at, ";")) {
        int hart = ALL_HARTS;

        if (!action_parse(&at, &action) ||
            (skip(&at, ":") && (hart = thread_parse(stub, &at)) == NO_HART)) {
            answer_error(stub, ERROR_SYNTAX);
            return false;
        }
        for (unsigned i = 0; i < stub->ops->harts(stub->target); i++) {
            if ((hart == ALL_HARTS || hart == (int)i) && !is_given[i]) {
                given[i] = action;
                is_given[i] = true;
            }
        }
    }
    if (*at) {
        answer_error(stub, ERROR_SYNTAX);
        return false;
    }
    go(stub, given);
    return true;
}

/* c and s come from a gdb that does not know vCont. They resume the current hart or all. The
 * optional address is never sent. */
static void
resume_old(struct gdb_stub *stub, bool is_step)
{
    struct target_action action[CPUS_MAX];

    for (unsigned i = 0; i < CPUS_MAX; i++)
        action[i] = (struct target_action){.run = is_step && i == stub->hart ? TARGET_STEP
                                                                             : TARGET_CONTINUE};
    go(stub, action);
}

/* H sets the hart for the packets that follow. Hc, which old gdbs send, has no effect beside
 * vCont. */
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
             stub->ops->is_started(stub->target, (unsigned)hart) ? "started" : "stopped");
    gdb_add_hex(&stub->out, text, strlen(text));
}

/* "OFFSET,LENGTH": a part of the description of the registers. */
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

/* The answer to `monitor` is hexadecimal, as is the command line in the request. What does not fit
 * a packet is cut off. */
static void
monitor(struct gdb_stub *stub, const char *at)
{
    char line[256], *text = NULL;
    size_t len = strlen(at) / 2, size = 0;
    FILE *answer;

    if (len >= sizeof(line) || !gdb_bytes(&at, line, len) || *at) {
        answer_error(stub, ERROR_SYNTAX);
        return;
    }
    line[len] = '\0';
    answer = open_memstream(&text, &size);
    if (!answer) {
        answer_error(stub, ERROR_MEMORY);
        return;
    }
    stub->ops->monitor(stub->target, stub->hart, line, answer);
    fclose(answer);
    if (size == 0)
        answer_ok(stub);
    else
        gdb_add_hex(&stub->out, text, size < MEMORY_MAX ? size : MEMORY_MAX);
    free(text);
}

/* gdb's first packet. A device may have replaced one gdb by another without a report; this packet
 * shows it. */
static void
begin(struct gdb_stub *stub)
{
    stub->no_ack = false;
    stub->interrupted = false;
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
        for (unsigned i = 0; i < stub->ops->harts(stub->target); i++)
            gdb_print(&stub->out, "%c%x", i ? ',' : 'm', i + 1);
    } else if (skip(&at, "sThreadInfo")) {
        gdb_add(&stub->out, "l", 1);
    } else if (skip(&at, "ThreadExtraInfo,")) {
        thread_extra(stub, at);
    } else if (skip(&at, "Rcmd,")) {
        monitor(stub, at);
    } else if (skip(&at, "Attached")) {
        gdb_add(&stub->out, "1", 1); /* the guest goes on when gdb leaves */
    } else if (strcmp(at, "C") == 0) {
        gdb_print(&stub->out, "QC%x", stub->hart + 1);
    }
}

/* True if gdb expects an answer now. An empty answer means "not supported". */
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
        return false;
    case 'v':
        if (skip(&at, "Cont?")) {
            gdb_print(&stub->out, "vCont;c;C;s;S;r");
        } else if (skip(&at, "Cont")) {
            return !resume(stub, at);
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
        stub->send(stub->line, "+", 1);
    /* While the guest runs, gdb sends nothing on its own but Ctrl-C; a packet then comes from a new
     * gdb. */
    if (stub->running) {
        if (strncmp(data, "qSupported", 10) != 0)
            return;
        stub->running = false;
        stub->stopped = 0;
        stub->reason = STOP_POINT;
        if (!stub->ops->stop(stub->target))
            return;
    }
    stub->out.len = 0;
    stub->out.full = false;
    if (stub->ended) { /* nothing else can be said about it */
        answer_stop(stub);
        out_send(stub);
        return;
    }
    if (packet_serve(stub))
        out_send(stub);
    if (!stub->attached && data[0] == 'D')
        stub->ops->detach(stub->target);
    else if (!stub->attached)
        stub->ops->kill(stub->target);
}

void
gdb_stub_attach(struct gdb_stub *stub)
{
    stub->attached = true;
    stub->running = false;
    stub->no_ack = false;
    stub->interrupted = false;
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
            stub->send(stub->line, "-", 1);
            break;
        case GDB_INPUT_AGAIN:
            if (!stub->no_ack && !stub->running)
                out_send(stub);
            break;
        case GDB_INPUT_INTERRUPT:
            if (!stub->running) /* the Ctrl-C came between two steps: it stops the next one */
                stub->interrupted = true;
            else if (stub->ops->stop(stub->target))
                gdb_stub_stopped(stub, stub->hart, STOP_ASKED);
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
gdb_stub_stopped(struct gdb_stub *stub, unsigned hart, enum stop_reason reason)
{
    stub->stopped = hart;
    stub->reason = reason;
    if (!stub->attached || !stub->running)
        return;
    if (reason == STOP_ASKED)
        stub->interrupted = false;
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
