/*
 * Lab 08: two files of duet's debugger, which do what the console says. A line is a command; bytes
 * are in hexadecimal, and RAM is 4 pages at RAM_BASE.
 *
 *     receive BYTES           shows each thing that a byte completes
 *     frame BYTES             shows the packet as it goes over the line
 *     begin WIDTH             breakpoints anew, with EBREAKs of 2 or 4 bytes; RAM is zeroes
 *     code GPA BYTES          writes to RAM; `show GPA LENGTH` reads
 *     move FROM TO LENGTH     copies RAM
 *     set GVA, clear GVA, plant GVA GPA PASSING, planted GPA, copy GVA GPA KEEP
 *                             show 1 for true, 0 for false
 *     unplant, replant
 */
#include "tests/labs/08-debugger/include/stdio.h"
#include "tests/labs/guests/commands.h"
#include "vmm/debug/breakpoint.h"
#include "vmm/debug/gdb_packet.h"

#define RAM_BASE 0x80000000
#define RAM_SIZE (4 * PAGE_SIZE)

static _Alignas(PAGE_SIZE) unsigned char ram[RAM_SIZE];
static struct guest_mem mem;
static struct breakpoints points;
static struct gdb_receiver receiver;

void *
guest_mem_slice(const struct guest_mem *of, uint64_t gpa, uint64_t len)
{
    (void)of;
    return gpa - RAM_BASE < RAM_SIZE && len <= RAM_SIZE - (gpa - RAM_BASE) ? ram + (gpa - RAM_BASE)
                                                                           : NULL;
}

/* For gdb_print(), which is not used here. */
int
vsnprintf(char *text, size_t size, const char *format, va_list args)
{
    (void)text, (void)size, (void)format, (void)args;
    return 0;
}

/* gcc's way to make a hart see code that was written. */
int __riscv_flush_icache(void *start, void *end, unsigned long flags);
int
__riscv_flush_icache(void *start, void *end, unsigned long flags)
{
    (void)start, (void)end, (void)flags;
    __asm__ volatile("fence.i" ::: "memory");
    return 0;
}

/* The bytes that the rest of the line has, over the line itself. Their number. */
static uint64_t
bytes_next(char *at, unsigned char **bytes)
{
    uint64_t len = 0;

    while (*at == ' ')
        at++;
    *bytes = (unsigned char *)at;
    for (; digit_of(at[2 * len]) >= 0 && digit_of(at[2 * len + 1]) >= 0; len++)
        (*bytes)[len] = (unsigned char)(digit_of(at[2 * len]) << 4 | digit_of(at[2 * len + 1]));
    return len;
}

static void
receive(const unsigned char *bytes, uint64_t len)
{
    for (uint64_t i = 0; i < len; i++) {
        switch (gdb_receive(&receiver, bytes[i])) {
        case GDB_INPUT_NONE:
            break;
        case GDB_INPUT_PACKET:
            put("packet ");
            put(receiver.len ? "" : "\n");
            put_hex((const unsigned char *)receiver.data, receiver.len);
            break;
        case GDB_INPUT_DAMAGED:
            put("damaged\n");
            break;
        case GDB_INPUT_AGAIN:
            put("again\n");
            break;
        case GDB_INPUT_INTERRUPT:
            put("interrupt\n");
            break;
        }
    }
    put("received\n");
}

static void
frame(const unsigned char *bytes, uint64_t len)
{
    static struct gdb_packet packet;
    static char out[GDB_FRAME_MAX];

    packet.len = 0;
    gdb_add(&packet, bytes, len);
    put_hex((const unsigned char *)out, gdb_frame(&packet, out));
    put("framed\n");
}

static void
truth(bool is_true)
{
    put(is_true ? "1\n" : "0\n");
}

static void
begin(unsigned width)
{
    points.mem = &mem;
    points.width = width;
    points.set_count = points.plant_count = 0;
    points.lasting.next = points.lasting.count = points.passing.next = points.passing.count = 0;
    for (unsigned i = 0; i < RAM_SIZE; i++)
        ram[i] = 0;
}

static void
line_do(char *line)
{
    char *words = line;
    const char *at;
    unsigned char *bytes;
    uint64_t len, a, b, c;

    while (*words && *words != ' ')
        words++;
    if (starts_with(line, "receive") || starts_with(line, "frame")) {
        len = bytes_next(words, &bytes);
        if (line[0] == 'r')
            receive(bytes, len);
        else
            frame(bytes, len);
        return;
    }
    at = words;
    a = number_next(&at);
    if (starts_with(line, "code")) {
        len = bytes_next(words + (at - words), &bytes);
        for (uint64_t i = 0; i < len; i++)
            ram[(a - RAM_BASE + i) % RAM_SIZE] = bytes[i];
        return;
    }
    b = number_next(&at);
    c = number_next(&at);
    if (starts_with(line, "begin"))
        begin((unsigned)a);
    else if (starts_with(line, "show"))
        put_hex(ram + (a - RAM_BASE) % RAM_SIZE, b);
    else if (starts_with(line, "move"))
        for (uint64_t i = 0; i < c; i++)
            ram[(b - RAM_BASE + i) % RAM_SIZE] = ram[(a - RAM_BASE + i) % RAM_SIZE];
    else if (starts_with(line, "set"))
        truth(breakpoint_set(&points, a, BREAKPOINT_SOFTWARE));
    else if (starts_with(line, "clear"))
        truth(breakpoint_clear(&points, a, BREAKPOINT_SOFTWARE));
    else if (starts_with(line, "planted"))
        truth(breakpoint_is_planted(&points, a));
    else if (starts_with(line, "plant"))
        truth(breakpoint_plant(&points, a, b, c));
    else if (starts_with(line, "copy"))
        truth(breakpoint_copy(&points, a, b, c));
    else if (starts_with(line, "unplant"))
        breakpoint_unplant(&points);
    else if (starts_with(line, "replant"))
        breakpoint_replant(&points);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];

    (void)hart, (void)fdt;
    while (read_line(line))
        line_do(line);
    duet_power_off(0);
}
