//@ why The RAM is in the byte order of the host.
//@ loses memory toyos
//@ substitute vmm/boot/device_tree.c cpu_to_fdt64(base), cpu_to_fdt64(size) => base, size
