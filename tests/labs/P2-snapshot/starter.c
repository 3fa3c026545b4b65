//@ replace vmm/state/save.c
static int
head_write(struct vm *vm, struct state_writer *to, bool with_disks)
{
    (void)vm;
    (void)with_disks;
    state_put_padded(to, SNAPSHOT_MAGIC, 8);
    return fail("head_write() is not implemented");
}

static int
callers_answer(struct vm *vm, bool failed)
{
    (void)vm;
    (void)failed;
    return fail("callers_answer() is not implemented");
}

int
restore(struct vm *vm, const struct snapshot *snapshot)
{
    (void)vm;
    (void)snapshot;
    return fail("restore() is not implemented");
}

//@ replace vmm/state/ram.c
static bool
page_is_zero(const unsigned char *page)
{
    (void)page;
    return false; /* not implemented */
}

static int
page_add(struct run *run, uint64_t page)
{
    (void)run;
    (void)page;
    errno = ENOSYS; /* not implemented */
    return -1;
}

//@ replace vmm/state/hart.c
static int
hart_save(const struct vcpu *vcpu, const struct snapshot_kind *kind, struct state_writer *to)
{
    (void)to;
    return fail("hart_save() of hart %u%s is not implemented", vcpu->id,
                has_letter(kind, 'd') ? ", with floating point," : "");
}

static int
software_interrupt_raise(struct vcpu *vcpu)
{
    return fail("software_interrupt_raise() of hart %u is not implemented", vcpu->id);
}

static int
regs_load(const struct vcpu *vcpu, struct state_reader regs)
{
    uint64_t id;

    while (snapshot_reg_get(&regs, &id))
        if (is_type(id, KVM_REG_RISCV_CORE))
            break;
    return fail("regs_load() of hart %u is not implemented", vcpu->id);
}

static int
timer_load(const struct vcpu *vcpu, const struct timer *timer, bool sstc)
{
    (void)sstc;
    return fail("timer_load() of hart %u is not implemented, for %llu", vcpu->id,
                (unsigned long long)timer->compare);
}

/* Of hart 0 only, and not in the right order. */
int
harts_load(struct vm *vm, const struct snapshot *snapshot)
{
    struct timer timer = timer_find(snapshot->hart[0].regs);
    struct vcpu *vcpu = &vm->vcpu[0];

    return timer_load(vcpu, &timer, has_sstc(&snapshot->kind)) ||
           regs_load(vcpu, snapshot->hart[0].regs) || software_interrupt_raise(vcpu);
}

//@ replace vmm/state/snapshot.c
/* What follows the preamble: not implemented, but for the boot arguments. */
static int
body_read(struct snapshot *snapshot, struct state_reader *from)
{
    snapshot->bootargs = bootargs_take(state_get_piece(from));
    return regs_are_valid(*from) ? 0 : fail("body_read() is not implemented");
}

/* Not implemented: nothing is checked. */
static int
head_read(struct snapshot *snapshot, uint64_t file_bytes)
{
    struct state_reader from = {.left = 0};

    snapshot->head = calloc(1, PAGE_SIZE);
    if (!snapshot->head || !file_read(snapshot->fd, snapshot->head, SNAPSHOT_PREAMBLE))
        return fail("head_read() is not implemented");
    snapshot->ram_offset = file_bytes;
    return body_read(snapshot, &from) || fail("head_read() is not implemented");
}
