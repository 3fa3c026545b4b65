/* Mistakes on purpose, for the tests of what the debug build notices: the boot argument mistake=.
 */
#ifndef TOYOS_MISTAKE_H
#define TOYOS_MISTAKE_H

#ifdef TOYOS_DEBUG
/* Makes the mistake of this name, in a thread of the kernel's own. NULL: none. */
void mistake_start(const char *name);
#else
#include "toyos/kernel/base/log.h"

static inline void
mistake_start(const char *name)
{
    if (name)
        log_error("mistake=%s: only the debug build makes mistakes", name);
}
#endif

#endif
