/*
 * The guest's side of the hypercalls: a typed inline stub for each line of abi/hypercalls.h.
 *
 *     struct duet_ret duet_console_write(const void *text, uint64_t text_len);
 *
 * A buffer goes by guest physical address, and so has to lie in one physically contiguous piece. A
 * guest that does not run on physical addresses defines DUET_PHYS(pointer) before it includes this.
 */
#ifndef DUET_ABI_GUEST_H
#define DUET_ABI_GUEST_H

#include "abi/hypercalls.h"
#include "abi/sbi.h"

#ifndef DUET_PHYS
#define DUET_PHYS(pointer) ((uint64_t)(pointer))
#endif

struct duet_ret {
    int64_t error;  /* 0, SBI_ERR_* or DUET_ERR_* */
    uint64_t value; /* meaningful when error is 0 */
};

static inline struct duet_ret
duet_ecall(uint64_t ext, uint64_t call, const uint64_t arg[6])
{
    register uint64_t a0 __asm__("a0") = arg[0];
    register uint64_t a1 __asm__("a1") = arg[1];
    register uint64_t a2 __asm__("a2") = arg[2];
    register uint64_t a3 __asm__("a3") = arg[3];
    register uint64_t a4 __asm__("a4") = arg[4];
    register uint64_t a5 __asm__("a5") = arg[5];
    register uint64_t a6 __asm__("a6") = call;
    register uint64_t a7 __asm__("a7") = ext;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7)
                     : "memory");
    return (struct duet_ret){(int64_t)a0, a1};
}

#define DUET_PARAM_(travels, kind, name, limit) DUET_PARAM_##travels(name)
#define DUET_PARAM_NOTHING(name)                void
#define DUET_PARAM_WORD(name)                   uint64_t name
#define DUET_PARAM_READ(name)                   const void *name, uint64_t name##_len
#define DUET_PARAM_FILL(name)                   void *name, uint64_t name##_len

#define DUET_REG_(travels, kind, name, limit) DUET_REG_##travels(name)
#define DUET_REG_NOTHING(name)
#define DUET_REG_WORD(name) (name),
#define DUET_REG_READ(name) DUET_PHYS(name), (name##_len),
#define DUET_REG_FILL(name) DUET_PHYS(name), (name##_len),

/* More registers than six do not fit the array: a line with too many arguments fails here. The
 * leading 0 that pads it keeps a call without arguments from being an empty initializer. */
#define DUET_STUB_(nr, name, what, ...)                                                            \
    static inline struct duet_ret duet_##name(DUET_ARGS_LIST(DUET_PARAM_, __VA_ARGS__))            \
    {                                                                                              \
        const uint64_t reg[7] = {0, DUET_ARGS_EACH(DUET_REG_, __VA_ARGS__)};                       \
        return duet_ecall(DUET_SBI_EXT, nr, reg + 1);                                              \
    }
DUET_HYPERCALLS(DUET_STUB_)

#endif
