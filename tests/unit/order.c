/* All orders of two threads' accesses to memory: see order.h. */
#include "tests/unit/order.h"

#if __STDC_HOSTED__
#include <setjmp.h>
static jmp_buf step_end;
#define step_begin() setjmp(step_end)
#define step_leave() longjmp(step_end, 1)
#else
static void *step_end[5];
#define step_begin() __builtin_setjmp(step_end)
#define step_leave() __builtin_longjmp(step_end, 1)
#endif

#define ATOMICS 4      /* different ones */
#define WORDS   8      /* of data */
#define LATE    4      /* stores of a thread that are late at a time */
#define STEPS   40     /* of a thread */
#define STATES  40000  /* at most */
#define SLOTS   131072 /* of the hash table: a power of two */

/* memory_order_*, as the compiler hands them over. */
enum { RELAXED, CONSUME, ACQUIRE, RELEASE, ACQ_REL, SEQ_CST };

/* What happened before: steps of each thread. No padding anywhere here: states are compared as
 * bytes. */
struct clock {
    uint8_t of[2];
};

struct late {
    uint32_t value;
    struct clock clock; /* not 0: it releases */
    uint8_t atomic, total;
};

struct thread {
    uint32_t loaded[STEPS];
    struct late late[LATE];
    uint8_t steps, late_count, ended, woken;
    struct clock clock;    /* what happened before the next step */
    struct clock unfenced; /* what an acquire fence would add to it */
    struct clock fence;    /* as of the last release fence */
    uint8_t zero[2];
};

struct atomic {
    uint32_t value;
    struct clock clock;
    uint8_t zero[2];
};

struct state {
    _Alignas(uint64_t) struct thread thread[2];
    struct atomic atomic[ATOMICS];
    struct {
        uint8_t read[2], written[2]; /* each thread's last access: its clock then */
    } word[WORDS];
};

/* How a state came about. */
enum kind { BEGIN, LOAD, STORE, SWAP, FENCE, WAKE, WAIT, ARRIVE, END };
struct move {
    uint32_t before, value; /* an index in states[] */
    uint8_t who, kind, atomic, on_time;
};

static const struct order_threads *threads;
static struct state states[STATES];
static struct move moves[STATES];
static uint32_t slots[SLOTS]; /* index + 1 in states[] */
static unsigned count;
static const void *atomic_address[ATOMICS];
static unsigned atomic_count;

/* The step that is being made. */
static struct state now;
static struct move move;
static unsigned replayed;
static bool running;
static bool some_end; /* both threads have ended, in one order at least */
static enum order_end end;

static void
bytes_copy(void *to, const void *from, uint64_t len)
{
    for (uint64_t i = 0; i < len; i++)
        ((volatile unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}

/* A state in words, for what is done often. */
typedef uint64_t __attribute__((may_alias)) state_word;
#define STATE_WORDS (sizeof(struct state) / sizeof(state_word))
_Static_assert(sizeof(struct state) ==
                   2 * sizeof(struct thread) + ATOMICS * sizeof(struct atomic) + WORDS * 4,
               "there is padding in a state");

static void
state_copy(struct state *to, const struct state *from)
{
    for (unsigned i = 0; i < STATE_WORDS; i++)
        ((volatile state_word *)to)[i] = ((const state_word *)from)[i];
}

/* No caller goes on after it. */
static void
step_fail(enum order_end why)
{
    end = why;
    step_leave();
}

/* --- Clocks ----------------------------------------------------------------------------------- */

static void
clock_join(struct clock *clock, struct clock other)
{
    for (unsigned i = 0; i < 2; i++)
        if (clock->of[i] < other.of[i])
            clock->of[i] = other.of[i];
}

static bool
is_acquire(int order)
{
    return order == ACQUIRE || order == ACQ_REL || order == SEQ_CST;
}

static bool
is_release(int order)
{
    return order == RELEASE || order == ACQ_REL || order == SEQ_CST;
}

static void
acquire(struct thread *thread, struct clock clock, int order)
{
    clock_join(is_acquire(order) ? &thread->clock : &thread->unfenced, clock);
}

/* The clock that a store of this order publishes. */
static struct clock
release(struct thread *thread, int order)
{
    struct clock clock = thread->fence;

    if (is_release(order)) {
        clock = thread->clock;
        thread->clock.of[move.who]++;
    }
    return clock;
}

/* --- Stores that are late --------------------------------------------------------------------- */

/* A store may arrive before older ones of the thread's, but not of the same atomic's, and not if it
 * releases. */
static bool
late_may_arrive(const struct thread *thread, unsigned number)
{
    const struct late *late = &thread->late[number];

    if (number > 0 && (late->clock.of[0] || late->clock.of[1]))
        return false;
    for (unsigned i = 0; i < number; i++)
        if (thread->late[i].atomic == late->atomic)
            return false;
    return true;
}

static void
late_arrive(struct state *state, struct thread *thread, unsigned number)
{
    struct late *late = &thread->late[number];

    state->atomic[late->atomic].value = late->value;
    state->atomic[late->atomic].clock = late->clock;
    thread->late_count--;
    for (unsigned i = number; i < LATE; i++) {
        static const struct late none;
        bytes_copy(&thread->late[i], i < thread->late_count ? &thread->late[i + 1] : &none,
                   sizeof(none));
    }
}

static void
late_arrive_all(struct thread *thread)
{
    while (thread->late_count)
        late_arrive(&now, thread, 0);
}

/* --- Steps, which is what the compiler tells of ------------------------------------------------
 */

static unsigned
atomic_of(const volatile void *address)
{
    for (unsigned i = 0; i < atomic_count; i++)
        if (atomic_address[i] == (const void *)(uintptr_t)address)
            return i;
    if (atomic_count == ATOMICS)
        step_fail(ORDER_MANY);
    atomic_address[atomic_count] = (const void *)(uintptr_t)address;
    return atomic_count++;
}

/* Whether this step was made before; then *loaded is what it loaded. Otherwise it is to be made. */
static bool
step_was(uint32_t *loaded)
{
    const struct thread *thread = &now.thread[move.who];

    if (replayed < thread->steps) {
        *loaded = thread->loaded[replayed++];
        return true;
    }
    if (thread->steps == STEPS)
        step_fail(ORDER_ENDLESS);
    return false;
}

static void
step_made(enum kind kind, uint32_t value)
{
    struct thread *thread = &now.thread[move.who];

    move.kind = (uint8_t)kind;
    move.value = value;
    thread->loaded[thread->steps++] = kind == STORE ? 0 : value;
    step_leave();
}

static uint32_t
load(const volatile void *address, int order)
{
    struct thread *thread = &now.thread[move.who];
    unsigned atomic = atomic_of(address);
    uint32_t value;

    if (step_was(&value))
        return value;
    /* All that is seq_cst has one order. */
    if (order == SEQ_CST)
        for (unsigned i = thread->late_count; i-- > 0;)
            for (unsigned j = 0; thread->late[i].total && j <= i; j++)
                late_arrive(&now, thread, 0);
    move.atomic = (uint8_t)atomic;
    for (unsigned i = thread->late_count; i-- > 0;)
        if (thread->late[i].atomic == atomic)
            step_made(LOAD, thread->late[i].value);
    acquire(thread, now.atomic[atomic].clock, order);
    step_made(LOAD, now.atomic[atomic].value);
    return 0;
}

static void
store(const volatile void *address, uint32_t value, int order)
{
    struct thread *thread = &now.thread[move.who];
    struct late *late = &thread->late[thread->late_count];
    unsigned atomic = atomic_of(address);
    uint32_t nothing;

    if (step_was(&nothing))
        return;
    if (thread->late_count == LATE)
        step_fail(ORDER_MANY);
    thread->late_count++;
    late->value = value;
    late->atomic = (uint8_t)atomic;
    late->total = order == SEQ_CST;
    late->clock = release(thread, order);
    move.atomic = late->atomic;
    step_made(STORE, value);
}

/* A read-modify-write is not late, and what was is not any more. */
static uint32_t
swap(const volatile void *address, uint32_t value, bool add, int order)
{
    struct thread *thread = &now.thread[move.who];
    struct atomic *atomic = &now.atomic[atomic_of(address)];
    uint32_t old;

    if (step_was(&old))
        return old;
    late_arrive_all(thread);
    old = atomic->value;
    acquire(thread, atomic->clock, order);
    clock_join(&atomic->clock, release(thread, order)); /* it goes on with a release sequence */
    atomic->value = add ? old + value : value;
    move.atomic = (uint8_t)(atomic - now.atomic);
    step_made(SWAP, old);
    return 0;
}

static void
fence(int order)
{
    struct thread *thread = &now.thread[move.who];
    uint32_t nothing;

    if (step_was(&nothing))
        return;
    if (order == SEQ_CST)
        late_arrive_all(thread);
    if (is_acquire(order))
        clock_join(&thread->clock, thread->unfenced);
    if (is_release(order)) {
        thread->fence = thread->clock;
        thread->clock.of[move.who]++;
    }
    step_made(FENCE, (uint32_t)order);
}

static void
data_access(const volatile void *address, uint64_t len, bool is_store)
{
    uintptr_t at = (uintptr_t)address, first = (uintptr_t)threads->data;
    unsigned me = move.who, other = !me;
    struct clock clock = now.thread[me].clock;

    if (!running || replayed < now.thread[me].steps || threads->ignored & 1u << ORDER_RACE)
        return; /* or it was looked at when it was made */
    if (at - (uintptr_t)threads->atomics < threads->atomics_bytes)
        step_fail(ORDER_RACE);
    for (; len > 0 && at - first < threads->words * sizeof(uint64_t); at++, len--) {
        unsigned word = (unsigned)((at - first) / sizeof(uint64_t));

        if (now.word[word].written[other] > clock.of[other] ||
            (is_store && now.word[word].read[other] > clock.of[other]))
            step_fail(ORDER_RACE);
        if (is_store)
            now.word[word].written[me] = clock.of[me];
        else
            now.word[word].read[me] = clock.of[me];
    }
}

void
order_wake(unsigned thread)
{
    uint32_t nothing;

    if (step_was(&nothing))
        return;
    now.thread[thread].woken = 1;
    step_made(WAKE, 0);
}

void
order_wait(unsigned thread)
{
    uint32_t nothing;

    if (step_was(&nothing))
        return;
    if (!now.thread[thread].woken) {
        move.kind = BEGIN; /* no step: it goes on waiting */
        step_leave();
    }
    now.thread[thread].woken = 0;
    step_made(WAIT, 0);
}

void
order_wrong(void)
{
    if (replayed == now.thread[move.who].steps)
        step_fail(ORDER_WRONG);
}

/* --- All states ------------------------------------------------------------------------------- */

static bool
state_equals(const struct state *a, const struct state *b)
{
    unsigned i = 0;

    while (i < STATE_WORDS && ((const state_word *)a)[i] == ((const state_word *)b)[i])
        i++;
    return i == STATE_WORDS;
}

/* Adds `now`, if it is new. */
static void
state_add(void)
{
    uint64_t hash = 0;
    uint32_t slot;

    for (unsigned i = 0; i < STATE_WORDS; i++)
        hash = (hash ^ hash >> 32 ^ ((const state_word *)&now)[i]) * 0x9e3779b97f4a7c15;
    for (slot = (uint32_t)(hash >> 32) % SLOTS; slots[slot]; slot = (slot + 1) % SLOTS)
        if (state_equals(&states[slots[slot] - 1], &now))
            return;
    if (count == STATES) {
        end = ORDER_MANY;
        return;
    }
    state_copy(&states[count], &now);
    moves[count] = move;
    slots[slot] = ++count;
}

/* Makes the next step of a thread in `now`. Whether it makes one. */
static bool
thread_step(unsigned who)
{
    replayed = 0;
    move.who = (uint8_t)who;
    if (!step_begin()) {
        running = true;
        threads->run[who]();
        now.thread[who].ended = 1;
        move.kind = END;
    }
    running = false;
    return move.kind != BEGIN;
}

/* All states that follow on number `from`. */
static void
state_follow(unsigned from)
{
    bool moved = false;

    for (unsigned who = 0; who < 2; who++) {
        for (unsigned i = 0; i < states[from].thread[who].late_count; i++) {
            struct thread *thread = &now.thread[who];

            if (!late_may_arrive(&states[from].thread[who], i))
                continue;
            state_copy(&now, &states[from]);
            move = (struct move){.before = from,
                                 .who = (uint8_t)who,
                                 .kind = ARRIVE,
                                 .atomic = thread->late[i].atomic,
                                 .value = thread->late[i].value};
            late_arrive(&now, thread, i);
            state_add();
            moved = true;
        }
        if (states[from].thread[who].ended)
            continue;
        state_copy(&now, &states[from]);
        move = (struct move){.before = from};
        if (thread_step(who) && end == ORDER_SOUND) {
            state_add();
            moved = true;
        }
        if (end != ORDER_SOUND)
            return;
    }
    if (states[from].thread[0].ended && states[from].thread[1].ended)
        some_end = true;
    else if (!moved && !(threads->ignored & 1u << ORDER_STUCK))
        end = ORDER_STUCK;
}

/* --- What is printed ---------------------------------------------------------------------------
 */

static void
number_print(uint32_t number, void (*print)(const char *text))
{
    char digits[11];
    char *at = digits + sizeof(digits) - 1;

    *at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    print(at);
}

static void
move_print(const struct move *made, void (*print)(const char *text))
{
    static const char *const verb[] = {
        [LOAD] = " loads ",
        [STORE] = " stores ",
        [SWAP] = " swaps ",
        [FENCE] = ": a fence",
        [WAKE] = " wakes ",
        [WAIT] = " is woken",
        [ARRIVE] = "'s store reaches memory: ",
        [END] = " ends",
    };

    print("  ");
    print(threads->name[made->who]);
    print(verb[made->kind]);
    if (made->kind == WAKE)
        print("the other");
    if (made->kind == LOAD || made->kind == STORE || made->kind == SWAP || made->kind == ARRIVE) {
        print(threads->atomic_name(atomic_address[made->atomic]));
        print(" ");
        number_print(made->value, print);
    }
    print("\n");
}

/* How state number `last` came about. */
static void
history_print(uint32_t last, void (*print)(const char *text))
{
    uint32_t way[256];
    unsigned steps = 0;

    for (; last > 0 && steps < 256; last = moves[last].before)
        way[steps++] = last;
    while (steps-- > 0)
        move_print(&moves[way[steps]], print);
}

enum order_end
order_explore(const struct order_threads *explored, void (*print)(const char *text))
{
    static const char *const what[] = {
        [ORDER_STUCK] = "nobody goes on any more: a wake-up was lost",
        [ORDER_RACE] = "an access to data that is not ordered with the other thread's",
        [ORDER_WRONG] = "entries are missing, or come twice",
        [ORDER_ENDLESS] = "it goes on for ever",
        [ORDER_MANY] = "too many orders",
    };
    static const struct state none;
    unsigned from;

    threads = explored;
    end = ORDER_SOUND;
    some_end = false;
    count = atomic_count = 0;
    for (unsigned i = 0; i < SLOTS; i++)
        slots[i] = 0;
    state_copy(&now, &none);
    now.thread[0].clock.of[0] = now.thread[1].clock.of[1] = 1;
    move = (struct move){.kind = BEGIN};
    state_add();
    for (from = 0; from < count && end == ORDER_SOUND; from++)
        state_follow(from);
    if (end == ORDER_SOUND && !some_end)
        end = ORDER_STUCK;
    if (end != ORDER_SOUND) {
        history_print(from - 1, print);
        print("  ");
        if (end != ORDER_STUCK) {
            print(threads->name[move.who]);
            print(": ");
        }
        print(what[end]);
        print("\n");
    }
    return end;
}

unsigned
order_states(void)
{
    return count;
}

/* --- What gcc and clang call in code that is compiled with -fsanitize=thread ---------------------
 */

#define PLAIN(bytes)                                                                               \
    void __tsan_read##bytes(void *address);                                                        \
    void __tsan_read##bytes(void *address)                                                         \
    {                                                                                              \
        data_access(address, bytes, false);                                                        \
    }                                                                                              \
    void __tsan_write##bytes(void *address);                                                       \
    void __tsan_write##bytes(void *address)                                                        \
    {                                                                                              \
        data_access(address, bytes, true);                                                         \
    }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

/* The types are those of gcc's built-in functions. */
#define HOOK(type, name, ...)                                                                      \
    type __tsan_##name(__VA_ARGS__);                                                               \
    type __tsan_##name(__VA_ARGS__)

HOOK(void, init, void)
{
}
HOOK(void, func_entry, void *from)
{
    (void)from;
}
HOOK(void, func_exit, void *from)
{
    (void)from;
}
HOOK(void, read_range, void *at, long len)
{
    data_access(at, (uint64_t)len, false);
}
HOOK(void, write_range, void *at, long len)
{
    data_access(at, (uint64_t)len, true);
}
HOOK(void *, memset, void *to, int byte, unsigned long len)
{
    data_access(to, len, true);
    for (unsigned long i = 0; i < len; i++)
        ((volatile unsigned char *)to)[i] = (unsigned char)byte;
    return to;
}
HOOK(void *, memcpy, void *to, const void *from, unsigned long len)
{
    data_access(from, len, false);
    data_access(to, len, true);
    bytes_copy(to, from, len);
    return to;
}
HOOK(unsigned, atomic32_load, const volatile void *at, int order)
{
    return load(at, order);
}
HOOK(void, atomic32_store, volatile void *at, unsigned value, int order)
{
    store(at, value, order);
}
HOOK(unsigned, atomic32_exchange, volatile void *at, unsigned value, int order)
{
    return swap(at, value, false, order);
}
HOOK(unsigned, atomic32_fetch_add, volatile void *at, unsigned value, int order)
{
    return swap(at, value, true, order);
}
HOOK(void, atomic_thread_fence, int order)
{
    fence(order);
}
HOOK(void, atomic_signal_fence, int order)
{
    (void)order;
}
