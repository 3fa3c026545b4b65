/* The lines that were typed. */
#include "sh.h"

#define HISTORY_MAX 64

static char *lines[HISTORY_MAX];
static int count;

int
history_count(void)
{
    return count;
}

const char *
history_get(int n)
{
    return n < count ? lines[n] : 0;
}

void
history_add(const char *line)
{
    char *copy;

    if (!*line || (count && strcmp(lines[count - 1], line) == 0))
        return;
    copy = malloc((uint)strlen(line) + 1);
    if (!copy)
        return; /* the line runs, and is not remembered */
    if (count == HISTORY_MAX) {
        free(lines[0]);
        memmove(lines, lines + 1, sizeof(lines) - sizeof(lines[0]));
        count--;
    }
    lines[count++] = strcpy(copy, line);
}
