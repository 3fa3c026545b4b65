//@ why A cell for an address and one for a size: RAM of 4 GiB does not fit.
//@ loses memory
//@ substitute vmm/boot/device_tree.c
    return fdt_property(fdt, "reg", reg, sizeof(reg));
//@ by
    return fdt_property(fdt, "reg", (fdt32_t[2]){reg[0] >> 32, reg[1] >> 32}, 8);
//@ substitute vmm/boot/device_tree.c
    TRY(fdt_property_string(fdt, "model", "duet"));
    TRY(fdt_property_u32(fdt, "#address-cells", 2));
    TRY(fdt_property_u32(fdt, "#size-cells", 2));
//@ by
    TRY(fdt_property_string(fdt, "model", "duet"));
    TRY(fdt_property_u32(fdt, "#address-cells", 1));
    TRY(fdt_property_u32(fdt, "#size-cells", 1));
