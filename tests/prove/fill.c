/* Memory as an input. Not in prove.h: the bound of its loop is given by the function's name (run).
 */
#include "tests/prove/prove.h"

void
prove_fill(const char *name, void *to, size_t bytes)
{
    uint64_t *word = to;

    for (size_t i = 0; i < bytes / sizeof(*word); i++)
        word[i] = prove_u64(name);
}
