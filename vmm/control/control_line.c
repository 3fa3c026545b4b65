/* What both ends of a control socket agree on. */
#include "vmm/control/control_line.h"

#include <ctype.h>
#include <linux/net.h>
#include <stdio.h>
#include <string.h>

/* The name of a socket is this, the user's number, a slash and the VM's name. */
#define PREFIX "duet/"

/* Most bytes of a VM's name that is made from its guest's, without the number. */
#define STEM_MAX (CONTROL_NAME_MAX - 8)

enum control_take
control_line_take(char *line, size_t len, size_t *rest)
{
    for (size_t i = 0; i < len && i < CONTROL_LINE_MAX; i++) {
        if (line[i] == '\n') {
            line[i] = '\0';
            *rest = i + 1;
            return CONTROL_TAKE_LINE;
        }
        if (!isprint((unsigned char)line[i]))
            return CONTROL_TAKE_WRONG;
    }
    return len < CONTROL_LINE_MAX ? CONTROL_TAKE_MORE : CONTROL_TAKE_WRONG;
}

char *
control_line_split(char *line)
{
    char *end = line + strcspn(line, " "), *argument = end + strspn(end, " ");

    *end = '\0';
    return argument;
}

/* Writes a text and a NUL; returns where the NUL is. Not by printf(), which would make the start of
 * duet longer. */
static char *
text_put(char *to, const char *text)
{
    while (*text)
        *to++ = *text++;
    *to = '\0';
    return to;
}

/* The same for a decimal number. */
static char *
number_put(char *to, unsigned number)
{
    char digits[10];
    unsigned count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count > 0)
        *to++ = digits[--count];
    *to = '\0';
    return to;
}

static bool
is_name_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("._-", c));
}

bool
control_name_is_valid(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (!is_name_char(name[i]))
            return false;
    return len > 0 && len < CONTROL_NAME_MAX && isalnum((unsigned char)name[0]);
}

void
control_name_make(char name[CONTROL_NAME_MAX], const char *guest, unsigned number)
{
    const char *slash = strrchr(guest, '/'), *from = slash ? slash + 1 : guest;
    size_t len = strlen(from);

    if (len > 4 && strcmp(from + len - 4, ".elf") == 0)
        len -= 4;
    if (len > STEM_MAX)
        len = STEM_MAX;
    for (size_t i = 0; i < len; i++)
        name[i] = is_name_char(from[i]) ? from[i] : '_';
    name[len] = '\0';
    if (!control_name_is_valid(name))
        len = (size_t)(text_put(name, "guest") - name);
    if (number > 1)
        number_put(text_put(name + len, "-"), number);
}

socklen_t
control_address(struct sockaddr_un *address, uid_t user, const char *name)
{
    char *path = address->sun_path + 1;

    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    /* Byte 0 stays 0: that is the abstract namespace (unix(7)). */
    path = text_put(number_put(text_put(path, PREFIX), user), "/");
    path = text_put(path, name);
    return (socklen_t)(path - (char *)address);
}

bool
control_name_find(char name[CONTROL_NAME_MAX], const char *line, uid_t user)
{
    char prefix[32];
    const char *from;
    unsigned flags;
    size_t len;

    /* "Num RefCount Protocol Flags Type St Inode Path", an `@` for the first byte of Path. Flags
     * tell the socket itself from its connections. */
    if (sscanf(line, "%*s %*x %*x %x", &flags) != 1 || !(flags & __SO_ACCEPTCON))
        return false;
    text_put(number_put(text_put(prefix, " @" PREFIX), user), "/");
    from = strstr(line, prefix);
    if (!from)
        return false;
    from += strlen(prefix);
    len = strcspn(from, "\n");
    if (len >= CONTROL_NAME_MAX)
        return false;
    memcpy(name, from, len);
    name[len] = '\0';
    return control_name_is_valid(name);
}
