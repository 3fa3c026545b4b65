/*
 * The core file of a guest that died: an ELF file (ET_CORE) that gdb opens beside the guest's own.
 * Its threads are the harts, the one that the guest died on first; its memory is at the virtual
 * addresses that this hart's page tables give it.
 */
#ifndef DUET_VMM_CORE_H
#define DUET_VMM_CORE_H

struct options;
struct vm;

/* What writing one needs, before the sandbox closes and before any other file is open. 0, or -1
 * after saying why. */
int core_open(const struct options *options);
void core_close(void);

/* On the owner, when the vCPUs of a guest that died have left: writes the file that --core names,
 * and says how that went. */
void core_write(struct vm *vm);

#endif
