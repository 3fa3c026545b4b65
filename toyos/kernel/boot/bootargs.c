/* The boot arguments: words separated by blanks. run= takes the rest of the line. Unknown words are
 * ignored. */
#include "toyos/kernel/boot/bootargs.h"

#include <string.h>

#include "abi/hypercalls.h"
#include "toyos/kernel/base/panic.h"

/* The rest of `word` after `prefix`, or NULL if it does not begin so. */
static char *
value_of(char *word, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(word, prefix, len) == 0 ? word + len : NULL;
}

void
bootargs_parse(struct bootargs *args, const char *text)
{
    static char copy[BOOTARGS_MAX];
    char *at = copy;

    *args = (struct bootargs){.log_level = DUET_LOG_WARN};
    if (strnlen(text, BOOTARGS_MAX) == BOOTARGS_MAX)
        panic("boot arguments of %d bytes or more", BOOTARGS_MAX);
    strcpy(copy, text);
    while (*at) {
        char *word = at, *value;
        if (*word == ' ') {
            at++;
            continue;
        }
        if ((value = value_of(word, "run="))) {
            args->run = value;
            return;
        }
        while (*at && *at != ' ')
            at++;
        if (*at)
            *at++ = '\0';
        if ((value = value_of(word, "mark=")))
            args->mark = value;
        else if ((value = value_of(word, "mistake=")))
            args->mistake = value;
        else if ((value = value_of(word, "loglevel=")) && *value >= '0' && *value <= '3')
            args->log_level = *value - '0';
    }
}
