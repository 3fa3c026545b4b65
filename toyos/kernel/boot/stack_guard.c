/* Debian's libfdt is compiled with a stack protector, which calls this function when it finds a
 * damaged stack. */
#include <stdint.h>

#include "toyos/kernel/base/panic.h"

extern uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

uintptr_t __stack_chk_guard = 0x00bad57ac4bad000;

_Noreturn void
__stack_chk_fail(void)
{
    panic("libfdt: the stack was overwritten");
}
