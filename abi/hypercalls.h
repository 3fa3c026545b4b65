/*
 * The hypercall table: every call that a guest can make, a line each.
 *
 * A hypercall is an SBI ecall (SBI 2.0 §3): a7 = DUET_SBI_EXT, a6 = the call's number, a0..a5 =
 * its arguments. It returns an SBI error in a0 and a value in a1 (abi/sbi.h, and DUET_ERR_* below).
 *
 * A line is CALL(number, name, "what it does", argument...). The kinds of argument:
 *
 *   NONE                  the call takes no argument
 *   VALUE(name)           any 64-bit value
 *   FLAGS(name, known)    a word of flags; a bit outside `known` is refused
 *   HANDLE(name, count)   which of `count` things; `count` and above is refused
 *   IN(name)              a buffer that the VMM reads: two registers, its guest physical address
 *                         and its length in bytes
 *   OUT(name)             a buffer that the VMM fills: two registers, as for IN. The call's value
 *                         is the number of bytes that were filled
 *
 * The VMM checks what a kind promises before the handler runs. A call that breaks the promise
 * returns SBI_ERR_INVALID_PARAM, or SBI_ERR_INVALID_ADDRESS for a buffer that is not wholly in RAM.
 *
 * To add a hypercall, add its line at the end and define hc_<name>() in vmm/call/. The guest then
 * calls duet_<name>() (abi/guest.h). Numbers have no gaps and are never used again: a call that is
 * removed leaves its number empty. abi/check.py reads this table before the compiler does,
 * and says what is wrong with a line.
 *
 * C and assembly can both include this.
 */
#ifndef DUET_ABI_HYPERCALLS_H
#define DUET_ABI_HYPERCALLS_H

/* clang-format off */
#define DUET_HYPERCALLS(CALL)                                                                     \
    CALL(0, handshake, "say which ABI the guest speaks, learn what the VMM offers",               \
         VALUE(abi_version), OUT(info))                                                           \
    CALL(1, null, "do nothing: what a hypercall costs at the least", NONE)                        \
    CALL(2, power_off, "end the machine with this exit status, 0 to DUET_STATUS_MAX",             \
         VALUE(status))                                                                           \
    CALL(3, console_write, "write to the console; the value is the number of bytes taken",        \
         IN(text))                                                                                \
    CALL(4, console_read, "take what has been typed, 0 bytes if nothing; "                        \
         "DUET_ERR_END_OF_FILE when no more can come", OUT(text))                                 \
    CALL(5, clock_wall, "nanoseconds since 1970-01-01 00:00 UTC", NONE)                           \
    CALL(6, entropy, "fill with random bytes fit for keys", OUT(bytes))                           \
    CALL(7, event_select, "choose which events raise the boot hart's external interrupt, also "   \
         "after that hart was stopped, and look at their causes again; "                          \
         "the value is the set of pending events", FLAGS(enabled, DUET_EVENTS))                   \
    CALL(8, guest_log, "a line for the developer, not for the console",                           \
         HANDLE(level, DUET_LOG_LEVELS), IN(text))                                                \
    CALL(9, guest_panic, "the guest cannot go on: report, and end as one that died; "             \
         "regs is a struct duet_trap_regs, or empty for the registers of the call",               \
         IN(text), IN(regs))                                                                      \
    CALL(10, disk_info, "describe a disk; DUET_ERR_NO_DEVICE if there is none of this number",    \
         HANDLE(disk, DUET_DISKS), OUT(info))                                                     \
    CALL(11, disk_start, "give a disk its queue of `size` entries (abi/disk.h) in place of the "  \
         "one it had, once that one's requests are done; a size of 0: none",                      \
         HANDLE(disk, DUET_DISKS), VALUE(size), IN(queue))                                        \
    CALL(12, memory_release, "give whole pages of RAM back to the host; they read as zeroes from " \
         "now on, and are the guest's again as soon as it uses them", OUT(pages))                 \
    CALL(13, console_size, "columns << 16 | rows of the terminal; 0 if there is no terminal",     \
         NONE)                                                                                    \
    CALL(14, call_stats, "count one hypercall's uses since the start, summed over all harts",     \
         VALUE(call), OUT(stats))                                                                 \
    CALL(15, save, "save the machine; the value is 0 where it goes on, and 1, later, in each "    \
         "machine that is restored from there; SBI_ERR_NOT_SUPPORTED if there is no file to "     \
         "save it in", NONE)                                                                      \
    CALL(16, generation, "a number by chance that a machine gets when it starts and whenever it " \
         "is restored; RESTORED is no longer pending", NONE)                                        \
    CALL(17, fork, "make `copies` of the machine as it is now; the value is 0 where it goes on, " \
         "and in each copy its number, 1 and up, none twice in a run; SBI_ERR_DENIED for more "   \
         "copies than are left, SBI_ERR_NOT_SUPPORTED where none may be made, as in a copy",      \
         VALUE(copies))
/* clang-format on */

#define DUET_SBI_EXT 0x08445554 /* "DUT", in SBI's experimental space (SBI 2.0 §3.4) */

/* Goes up by one when the meaning of an existing call changes. A new call does not move it. */
#define DUET_ABI_VERSION 1

/* Errors of our own, beside SBI's (abi/sbi.h). */
#define DUET_ERR_END_OF_FILE (-1000) /* the other end was closed and all was read */

#define DUET_ERR_NO_DEVICE (-1001) /* there is no device of this number */

/* What struct duet_info.features says. */
#define DUET_FEATURE_EVENTS 0x1 /* event_select works */
#define DUET_FEATURE_DISKS  0x2 /* disk_info and disk_start work; there may be no disk yet */

/* Disks are numbered from 0 to DUET_DISKS - 1 (abi/disk.h). */
#define DUET_DISKS 4

/*
 * Events, a line each: EVENT(name, bits, "pending while"). C has an enumerator DUET_EVENT_<name>
 * for each line. Devices of one sort share a line and have a bit each.
 */
/* clang-format off */
#define DUET_EVENT_TABLE(EVENT)                                                                   \
    EVENT(CONSOLE, 0x1, "console_read would return bytes or DUET_ERR_END_OF_FILE")                \
    EVENT(SHUTDOWN, 0x2, "the guest is asked to power off")                                       \
    EVENT(CONSOLE_SIZE, 0x4, "the terminal has another size than console_size returned last")     \
    EVENT(RESTORED, 0x8, "the machine was restored since `generation` was called last: random "   \
          "numbers are to be seeded, and the time of day asked for, anew")                        \
    EVENT(DISKS, DUET_EVENT_DISK(DUET_DISKS) - DUET_EVENT_DISK(0),                                \
          "the tail of a disk's completions is beyond their wake")
/* clang-format on */

/* One disk's event. */
#define DUET_EVENT_DISK(disk) (0x10 << (disk))

/* The bits of all events. */
#define DUET_EVENT_OR_(name, bits, what) | (bits)
#define DUET_EVENTS                      (0 DUET_EVENT_TABLE(DUET_EVENT_OR_))

/* Levels of guest_log. */
#define DUET_LOG_ERROR  0
#define DUET_LOG_WARN   1
#define DUET_LOG_INFO   2
#define DUET_LOG_DEBUG  3
#define DUET_LOG_LEVELS 4

/* power_off takes these; the shell's convention keeps 126 and up for other troubles. */
#define DUET_STATUS_MAX 125

/*
 * The kinds of argument, a row each: DUET_KIND_<kind>(name, ...) is
 *
 *     how it travels, the kind, the argument's name, the limit that the VMM checks it against
 *
 * A WORD travels in one register; a buffer that is READ or FILLed in two, its address and its
 * length. A new kind is a row here, its name in DUET_KINDS, and what the VMM checks: a case in
 * hypercall_args_check().
 */
#define DUET_KINDS(KIND)              KIND(VALUE) KIND(FLAGS) KIND(HANDLE) KIND(IN) KIND(OUT)
#define DUET_KIND_NONE                NOTHING, NONE, none, 0
#define DUET_KIND_VALUE(name)         WORD, VALUE, name, 0
#define DUET_KIND_FLAGS(name, known)  WORD, FLAGS, name, known
#define DUET_KIND_HANDLE(name, count) WORD, HANDLE, name, count
#define DUET_KIND_IN(name)            READ, IN, name, 0
#define DUET_KIND_OUT(name)           FILL, OUT, name, 0

/* Makes code of a line's arguments: M(travels, kind, name, limit) for each of them, one after the
 * other (EACH) or with commas between (LIST). */
#define DUET_ARGS_EACH(M, ...)                                                                     \
    DUET_ARGS_PASTE(DUET_ARGS_EACH_, DUET_ARGS_COUNT(__VA_ARGS__))(M, __VA_ARGS__)
#define DUET_ARGS_EACH_1(M, a)      DUET_ARG(M, DUET_KIND_##a)
#define DUET_ARGS_EACH_2(M, a, ...) DUET_ARG(M, DUET_KIND_##a) DUET_ARGS_EACH_1(M, __VA_ARGS__)
#define DUET_ARGS_EACH_3(M, a, ...) DUET_ARG(M, DUET_KIND_##a) DUET_ARGS_EACH_2(M, __VA_ARGS__)
#define DUET_ARGS_EACH_4(M, a, ...) DUET_ARG(M, DUET_KIND_##a) DUET_ARGS_EACH_3(M, __VA_ARGS__)
#define DUET_ARGS_EACH_5(M, a, ...) DUET_ARG(M, DUET_KIND_##a) DUET_ARGS_EACH_4(M, __VA_ARGS__)
#define DUET_ARGS_EACH_6(M, a, ...) DUET_ARG(M, DUET_KIND_##a) DUET_ARGS_EACH_5(M, __VA_ARGS__)
#define DUET_ARGS_LIST(M, ...)                                                                     \
    DUET_ARGS_PASTE(DUET_ARGS_LIST_, DUET_ARGS_COUNT(__VA_ARGS__))(M, __VA_ARGS__)
#define DUET_ARGS_LIST_1(M, a)      DUET_ARG(M, DUET_KIND_##a)
#define DUET_ARGS_LIST_2(M, a, ...) DUET_ARG(M, DUET_KIND_##a), DUET_ARGS_LIST_1(M, __VA_ARGS__)
#define DUET_ARGS_LIST_3(M, a, ...) DUET_ARG(M, DUET_KIND_##a), DUET_ARGS_LIST_2(M, __VA_ARGS__)
#define DUET_ARGS_LIST_4(M, a, ...) DUET_ARG(M, DUET_KIND_##a), DUET_ARGS_LIST_3(M, __VA_ARGS__)
#define DUET_ARGS_LIST_5(M, a, ...) DUET_ARG(M, DUET_KIND_##a), DUET_ARGS_LIST_4(M, __VA_ARGS__)
#define DUET_ARGS_LIST_6(M, a, ...) DUET_ARG(M, DUET_KIND_##a), DUET_ARGS_LIST_5(M, __VA_ARGS__)
#define DUET_ARG(M, ...)            M(__VA_ARGS__)

/* How many arguments there are, 1 to 6, as a token to paste. */
#define DUET_ARGS_COUNT(...)                             DUET_ARGS_COUNT_(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)
#define DUET_ARGS_COUNT_(a1, a2, a3, a4, a5, a6, n, ...) n
#define DUET_ARGS_PASTE(a, b)                            DUET_ARGS_PASTE_(a, b)
#define DUET_ARGS_PASTE_(a, b)                           a##b

#ifndef __ASSEMBLER__

#include "abi/layout.h"

/* The numbers: DUET_CALL_<name>. */
#define DUET_CALL_NUMBER_(nr, name, ...) DUET_CALL_##name = (nr),
enum duet_call { DUET_HYPERCALLS(DUET_CALL_NUMBER_) };

/* One past the highest number. */
#define DUET_CALL_TOP_(nr, name, ...) char call_##name[(nr) + 1];
union duet_call_top_ {
    DUET_HYPERCALLS(DUET_CALL_TOP_)
};
#define DUET_CALLS sizeof(union duet_call_top_)

/* DUET_EVENT_<name>. */
#define DUET_EVENT_BITS_(name, bits, what) DUET_EVENT_##name = (bits),
enum duet_event { DUET_EVENT_TABLE(DUET_EVENT_BITS_) };

#define DUET_EVENT_SUM_(name, bits, what) +(bits)
_Static_assert((0 DUET_EVENT_TABLE(DUET_EVENT_SUM_)) == DUET_EVENTS,
               "two events of DUET_EVENT_TABLE share a bit");

/* What handshake fills in. A guest with a shorter struct gets the part that it knows. */
struct duet_info {
    uint32_t abi_version; /* the VMM's DUET_ABI_VERSION */
    uint32_t calls;       /* numbers from 0 to calls - 1 are known */
    uint64_t features;    /* DUET_FEATURE_* */
};
#define DUET_LAYOUT_INFO(STRUCT, FIELD)                                                            \
    STRUCT(duet_info, 16)                                                                          \
    FIELD(duet_info, abi_version, 0, 4)                                                            \
    FIELD(duet_info, calls, 4, 4)                                                                  \
    FIELD(duet_info, features, 8, 8)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_INFO)

/* What call_stats fills in; a shorter buffer gets the first part. A call counts when it has ended.
 */
struct duet_call_stats {
    uint64_t count;
    uint64_t errors; /* how many of them returned an error */
    uint64_t bytes;  /* in buffers read and filled */
};
#define DUET_LAYOUT_CALL_STATS(STRUCT, FIELD)                                                      \
    STRUCT(duet_call_stats, 24)                                                                    \
    FIELD(duet_call_stats, count, 0, 8)                                                            \
    FIELD(duet_call_stats, errors, 8, 8)                                                           \
    FIELD(duet_call_stats, bytes, 16, 8)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_CALL_STATS)

/* A hart's state when it trapped, for guest_panic. */
struct duet_trap_regs {
    uint64_t pc;
    uint64_t x[32]; /* x[0] is 0 */
    uint64_t scause;
    uint64_t stval;
};
#define DUET_LAYOUT_TRAP_REGS(STRUCT, FIELD)                                                       \
    STRUCT(duet_trap_regs, 280)                                                                    \
    FIELD(duet_trap_regs, pc, 0, 8)                                                                \
    FIELD(duet_trap_regs, x, 8, 256)                                                               \
    FIELD(duet_trap_regs, scause, 264, 8)                                                          \
    FIELD(duet_trap_regs, stval, 272, 8)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_TRAP_REGS)

#endif
#endif
