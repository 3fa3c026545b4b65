/*
 * libdw without its parts for machines other than RISC-V, which would be a sixth of duet. To unwind
 * a stack, libdw asks the backend of the file's machine, and its list of backends names them all.
 * The linker takes these, which are none, instead of libdw.a's.
 *
 * Remove when libdw can be linked with the backend of one machine.
 */
#include <elfutils/libdw.h>
#include <stddef.h>

struct ebl;

#define NO_BACKEND(machine)                                                                        \
    struct ebl *machine##_init(Elf *elf, GElf_Half number, struct ebl *backend);                   \
    struct ebl *machine##_init(Elf *elf, GElf_Half number, struct ebl *backend)                    \
    {                                                                                              \
        (void)elf, (void)number, (void)backend;                                                    \
        return NULL;                                                                               \
    }

NO_BACKEND(aarch64)
NO_BACKEND(alpha)
NO_BACKEND(arc)
NO_BACKEND(arm)
NO_BACKEND(bpf)
NO_BACKEND(csky)
NO_BACKEND(hexagon)
NO_BACKEND(i386)
NO_BACKEND(ia64)
NO_BACKEND(loongarch)
NO_BACKEND(m68k)
NO_BACKEND(mips)
NO_BACKEND(ppc)
NO_BACKEND(ppc64)
NO_BACKEND(s390)
NO_BACKEND(sh)
NO_BACKEND(sparc)
NO_BACKEND(x86_64)
