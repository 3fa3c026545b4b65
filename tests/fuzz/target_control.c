/*
 * What comes over a control socket, and where its name comes from. The first byte says what the
 * rest is: what a client says, in pieces as long as the second byte says; the path of a guest; a
 * line of /proc/net/unix, where other users' sockets are, too.
 */
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <string.h>

#include "vmm/control/control_line.h"

enum { SAID, GUEST, SOCKET, KINDS };

/* A line is the same in whatever pieces it comes. */
static void
said_check(struct input *input)
{
    size_t piece = (size_t)take(input, 1) + 1, len = 0, rest = 0, all_rest = 0;
    char said[CONTROL_LINE_MAX], all[CONTROL_LINE_MAX];
    enum control_take took = CONTROL_TAKE_MORE, all_took;
    size_t most = input->left < sizeof(all) ? input->left : sizeof(all);

    memcpy(all, input->at, most);
    all_took = control_line_take(all, most, &all_rest);
    while (took == CONTROL_TAKE_MORE && input->left > 0 && len < sizeof(said)) {
        size_t now = piece < input->left ? piece : input->left;

        if (now > sizeof(said) - len)
            now = sizeof(said) - len;
        take_bytes(input, said + len, now);
        len += now;
        took = control_line_take(said, len, &rest);
    }
    fuzz_check(took == all_took && rest == all_rest, "in pieces it is %d, at once %d", took,
               all_took);
    if (took != CONTROL_TAKE_LINE)
        return;
    fuzz_check(rest > 0 && rest <= len && strlen(said) == rest - 1, "%zu of %zu bytes", rest, len);
    for (size_t i = 0; i < rest - 1; i++)
        fuzz_check(isprint((unsigned char)said[i]), "0x%02x in a line", (uint8_t)said[i]);
    {
        const char *argument = control_line_split(said);

        fuzz_check(argument >= said && argument < said + rest && argument[0] != ' ' &&
                       !strchr(said, ' '),
                   "an argument that is none");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    unsigned kind = (unsigned)take(&input, 1) % KINDS;
    char name[CONTROL_NAME_MAX], text[512] = "";
    struct sockaddr_un address;
    unsigned number;

    if (kind == SAID) {
        said_check(&input);
        return 0;
    }
    number = (unsigned)take(&input, 2);
    take_bytes(&input, text, sizeof(text) - 1);
    if (kind == GUEST)
        control_name_make(name, text, number);
    else if (!control_name_find(name, text, number))
        return 0;
    fuzz_check(control_name_is_valid(name), "`%s` is a name", name);
    fuzz_check(control_address(&address, UINT32_MAX, name) <= sizeof(address), "too long a name");
    return 0;
}

static void
seed(const char *name, unsigned kind, unsigned number, unsigned bytes, const char *text)
{
    struct output output = {0};

    give(&output, kind, 1);
    give(&output, number, bytes);
    give_bytes(&output, text, strlen(text));
    seed_write(name, output.data, output.len);
}

void
fuzz_seeds(void)
{
    seed("line", SAID, 2, 1, "walk 0x80200000\n");
    seed("lines", SAID, 255, 1, "console\necho hello\n");
    seed("guest", GUEST, 2, 2, "build/toyos/toyos.elf");
    seed("socket", SOCKET, 1000, 2,
         "0000000000000000: 00000002 00000000 00010000 0001 01 12345 @duet/1000/toyos\n");
}
