//@ why A file of another version is taken for one of this.
//@ loses refuses
//@ substitute vmm/state/snapshot.c if (version != SNAPSHOT_VERSION) => if (version == 0)
