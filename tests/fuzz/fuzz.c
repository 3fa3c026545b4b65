/* What the fuzz targets share. */
#include "tests/fuzz/fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
fuzz_check(bool good, const char *format, ...)
{
    va_list args;

    if (good)
        return;
    va_start(args, format);
    dprintf(2, "not as promised: ");
    vdprintf(2, format, args);
    dprintf(2, "\n");
    va_end(args);
    abort();
}

static struct {
    FILE *before;
    char *text;
    size_t len;
} said;

void
said_begin(void)
{
    free(said.text);
    said.text = NULL;
    said.before = stderr;
    stderr = open_memstream(&said.text, &said.len);
}

const char *
said_end(void)
{
    fclose(stderr);
    stderr = said.before;
    return said.text;
}

void
check_one_line(const char *text)
{
    const char *newline = strchr(text, '\n');

    fuzz_check(strncmp(text, "duet: ", 6) == 0 && newline && !newline[1], "want one line, got: %s",
               text);
}

uint64_t
take(struct input *input, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes && input->left > 0; i++, input->left--)
        value |= (uint64_t)*input->at++ << (8 * i);
    return value;
}

void
take_bytes(struct input *input, void *to, size_t len)
{
    size_t part = len < input->left ? len : input->left;

    if (part)
        memcpy(to, input->at, part);
    memset((char *)to + part, 0, len - part);
    input->at += part;
    input->left -= part;
}

enum { TAG_SMALL, TAG_WORD, TAG_BASE, TAG_BELOW_BASE, TAG_END, TAG_BELOW_END, TAG_TOP, TAG_BIT };
#define TAGS 8

uint64_t
take_value(struct input *input, uint64_t base, uint64_t end)
{
    switch (take(input, 1) % TAGS) {
    case TAG_SMALL:
        return take(input, 2);
    case TAG_WORD:
        return take(input, 8);
    case TAG_BASE:
        return base + take(input, 2);
    case TAG_BELOW_BASE:
        return base - take(input, 1);
    case TAG_END:
        return end + take(input, 1);
    case TAG_BELOW_END:
        return end - take(input, 2);
    case TAG_TOP:
        return UINT64_MAX - take(input, 2);
    default:
        return (uint64_t)1 << take(input, 1) % 64;
    }
}

void
give(struct output *output, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8) {
        fuzz_check(output->len < sizeof(output->data), "a seed is too long");
        output->data[output->len++] = (uint8_t)value;
    }
}

void
give_bytes(struct output *output, const void *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        give(output, ((const uint8_t *)from)[i], 1);
}

void
give_value(struct output *output, uint64_t value)
{
    give(output, TAG_WORD, 1);
    give(output, value, 8);
}

static const char *seeds_dir;

void
seed_write(const char *name, const void *data, size_t len)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", seeds_dir, name);
    file = fopen(path, "w");
    fuzz_check(file && fwrite(data, 1, len, file) == len && fclose(file) == 0, "cannot write %s",
               path);
}

/* For libFuzzer too: it calls this before all else. `TARGET --seeds DIR` writes the seeds. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    if (*argc == 3 && strcmp((*argv)[1], "--seeds") == 0) {
        seeds_dir = (*argv)[2];
        fuzz_seeds();
        exit(0);
    }
    return 0;
}
