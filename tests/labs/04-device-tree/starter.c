//@ replace vmm/boot/device_tree.c
/* Lab 04: the node of hart `id`, with its interrupt controller in it. Like those below it gives 0, or libfdt's error. */
static int
cpu_add(void *fdt, const struct device_tree *machine, unsigned id)
{
    (void)fdt, (void)machine, (void)id;
    return 0; /* not implemented */
}

/* Lab 04: /cpus, and in it the node of each hart. */
static int
cpus_add(void *fdt, const struct device_tree *machine)
{
    return cpu_add(fdt, machine, 0); /* not implemented */
}

/* Lab 04: begins the node of something that is at `base` and `size` bytes long; the caller ends it. */
int
device_tree_node_begin(void *fdt, const char *name, uint64_t base, uint64_t size)
{
    (void)base, (void)size;
    return fdt_begin_node(fdt, name); /* not implemented: the rest of its name, and `reg` */
}

/* Lab 04: the node of RAM. */
static int
memory_add(void *fdt, const struct device_tree *machine)
{
    (void)fdt, (void)machine;
    return 0; /* not implemented */
}

/* Lab 04: /chosen, what is handed to the guest. */
static int
chosen_add(void *fdt, const struct device_tree *machine)
{
    (void)fdt, (void)machine;
    return 0; /* not implemented */
}

/* Lab 04: the nodes of Duet's own devices are in here. Where do their interrupts go? */
static int
hypervisor_add(void *fdt, const struct device_tree *machine)
{
    TRY(fdt_begin_node(fdt, "hypervisor"));
    TRY(fdt_property_string(fdt, "compatible", "duet,hypervisor"));
    TRY(fdt_property_u32(fdt, "duet,abi-version", DUET_ABI_VERSION));
    TRY(fdt_property_u32(fdt, "duet,sbi-extension", DUET_SBI_EXT));
    if (machine->devices_describe)
        TRY(machine->devices_describe(machine->vm, false, fdt));
    return fdt_end_node(fdt);
}
//@ replace vmm/machine/vm.c
/* Lab 04: the state in which hart 0 is entered (SBI 2.0 §9.1). */
static int
boot_state_set(struct vm *vm, uint64_t fdt_gpa)
{
    (void)vm, (void)fdt_gpa;
    return fail("boot_state_set() is not implemented");
}
