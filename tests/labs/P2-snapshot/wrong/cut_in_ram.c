//@ why Nobody looks whether all of RAM is there.
//@ loses refuses
//@ substitute vmm/state/snapshot.c if (file_bytes != needed) => if (file_bytes < snapshot->ram_offset)
