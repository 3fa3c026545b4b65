/* The console's output of a copy, line by line. */
#include "vmm/device/console_lines.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* With its prefix: what the kernel writes to a pipe in one piece, pipe(7). */
#define LINE_MAX_BYTES 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the line, which includes... */
static char line[LINE_MAX_BYTES];
static size_t prefix_len; /* ...these bytes; 0: this is no copy */
static size_t line_len;
static bool is_cut; /* what was written last was as long as a line may be, and its end may follow */

void
console_lines_begin(unsigned copy)
{
    prefix_len = (size_t)snprintf(line, sizeof(line), "[%u] ", copy);
    line_len = prefix_len;
}

bool
console_lines_are_on(void)
{
    return prefix_len > 0;
}

/* With the lock held, and room for one byte more. */
static struct sbi_ret
line_put(const struct vm *vm, console_put *put)
{
    size_t len = line_len;

    line_len = prefix_len;
    is_cut = line[len - 1] != '\n';
    if (is_cut)
        line[len++] = '\n';
    return put(vm, line, len);
}

struct sbi_ret
console_lines_write(const struct vm *vm, const void *text, uint64_t len, console_put *put)
{
    struct sbi_ret ret = sbi_value(0);

    pthread_mutex_lock(&lock);
    for (uint64_t done = 0; done < len && !ret.error; done++) {
        char c = ((const char *)text)[done];

        if (c == '\n' && is_cut && line_len == prefix_len) {
            is_cut = false; /* the end of what was written, which has one */
            continue;
        }
        line[line_len++] = c;
        if (c == '\n' || line_len == sizeof(line) - 1)
            ret = line_put(vm, put);
    }
    pthread_mutex_unlock(&lock);
    return ret.error ? ret : sbi_value(len);
}

void
console_lines_end(console_put *put)
{
    pthread_mutex_lock(&lock);
    if (line_len > prefix_len)
        line_put(NULL, put);
    pthread_mutex_unlock(&lock);
}
