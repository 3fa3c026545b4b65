//@ why The grader's sbi_call(): it tells duet of each call, before it makes it.
//@ replace toyos/kernel/base/sbi_call.h
static inline struct duet_ret
sbi_call(uint64_t extension, uint64_t function, const uint64_t arg[6])
{
    const uint64_t told[6] = {extension, function, arg[0], arg[1], arg[2], arg[3]};

    duet_ecall(DUET_SBI_EXT, 1, told); /* null */
    return duet_ecall(extension, function, arg);
}
