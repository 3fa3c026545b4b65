/* Checks whether a text is JSON (RFC 8259). A trace is not deep, so recursion is safe. */
#include "tests/fuzz/json.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MAX 16

struct reader {
    const char *at, *end;
    unsigned depth;
};

static bool value(struct reader *reader);

static void
blanks(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
        reader->at++;
}

static bool
is_next(struct reader *reader, char c)
{
    blanks(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool
string(struct reader *reader)
{
    if (!is_next(reader, '"'))
        return false;
    while (reader->at < reader->end) {
        unsigned char c = (unsigned char)*reader->at++;

        if (c == '"')
            return true;
        if (c < ' ' || c >= 0x7f) /* ours is ASCII */
            return false;
        if (c != '\\')
            continue;
        if (reader->at == reader->end || !memchr("\"\\/bfnrtu", *reader->at, 9))
            return false;
        if (*reader->at++ != 'u')
            continue;
        for (int i = 0; i < 4; i++, reader->at++)
            if (reader->at == reader->end || !isxdigit((unsigned char)*reader->at))
                return false;
    }
    return false;
}

static bool
digits(struct reader *reader)
{
    const char *begin = reader->at;

    while (reader->at < reader->end && isdigit((unsigned char)*reader->at))
        reader->at++;
    return reader->at > begin;
}

static bool
number(struct reader *reader)
{
    const char *begin;

    if (*reader->at == '-')
        reader->at++;
    begin = reader->at;
    if (!digits(reader) || (*begin == '0' && reader->at > begin + 1))
        return false;
    if (reader->at < reader->end && *reader->at == '.') {
        reader->at++;
        return digits(reader);
    }
    return true;
}

/* Parses what follows `open`, which has been read: values, with names in an object. */
static bool
members(struct reader *reader, char close)
{
    if (is_next(reader, close))
        return true;
    do {
        if (close == '}' && (!string(reader) || !is_next(reader, ':')))
            return false;
        if (!value(reader))
            return false;
    } while (is_next(reader, ','));
    return is_next(reader, close);
}

static bool
value(struct reader *reader)
{
    bool good;

    blanks(reader);
    if (reader->at == reader->end || ++reader->depth > DEPTH_MAX)
        return false;
    if (*reader->at == '"')
        good = string(reader);
    else if (is_next(reader, '{'))
        good = members(reader, '}');
    else if (is_next(reader, '['))
        good = members(reader, ']');
    else
        good = number(reader);
    reader->depth--;
    return good;
}

bool
json_is_valid(const char *text, size_t len)
{
    struct reader reader = {.at = text, .end = text + len};

    if (!value(&reader))
        return false;
    blanks(&reader);
    return reader.at == reader.end;
}
