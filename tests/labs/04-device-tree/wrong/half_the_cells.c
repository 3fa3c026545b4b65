//@ why The RAM is in two cells, where the tree says that it is four.
//@ loses memory toyos
//@ substitute vmm/boot/device_tree.c
    return fdt_property(fdt, "reg", reg, sizeof(reg));
//@ by
    return fdt_property(fdt, "reg", (fdt32_t[2]){reg[0] >> 32, reg[1] >> 32}, 8);
