//@ why An interrupt goes to all harts.
//@ loses only
//@ substitute toyos/kernel/base/hart.c {1, hart->id} => {1, UINT64_MAX + 0 * hart->id}
