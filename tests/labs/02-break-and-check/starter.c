//@ replace tests/labs/02-break-and-check/exploit.c
void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    put("no secret yet\n"); /* Lab 02: yours */
    duet_power_off(0);
}
//@ replace vmm/guest/guest_mem.c
void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    /* Lab 02: three mistakes. Address and length are what the guest chose. */
    if (len >= mem->size || gpa + len > mem->base + mem->size)
        return NULL;
    return mem->hva + (gpa - mem->base);
}
//@ replace vmm/call/hypercall.c
int64_t
hypercall_args_check(const struct hypercall *call, const struct guest_mem *mem,
                     const uint64_t reg[6], struct hypercall_arg arg[6])
{
    /* Lab 02: nothing is refused. */
    for (unsigned i = 0; i < call->param_count; i++) {
        arg[i] = (struct hypercall_arg){.value = *reg++};
        if (call->param[i].kind != KIND_IN && call->param[i].kind != KIND_OUT)
            continue;
        arg[i].len = *reg++;
        arg[i].data = guest_mem_slice(mem, arg[i].value, arg[i].len);
    }
    return 0;
}
