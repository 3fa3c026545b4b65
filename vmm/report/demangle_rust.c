/* Rust's names since RFC 2603 ("v0"). */
#include <string.h>

#include "vmm/report/demangle_text.h"

/* Limits on what a name may have within itself, also by referring back. */
#define DEPTH_MAX 64
#define STEPS_MAX 4096

static bool path(struct demangling *d);
static bool type(struct demangling *d);

/* A number in base 62: "_" is 0, "0_" is 1. */
static bool
base62(struct demangling *d, size_t *number)
{
    size_t n = 0;

    if (text_take(d, "_")) {
        *number = 0;
        return true;
    }
    for (; *d->at && *d->at != '_'; d->at++) {
        char c = *d->at;
        size_t digit;

        if (text_is_digit(c))
            digit = (size_t)(c - '0');
        else if (c >= 'a' && c <= 'z')
            digit = (size_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'Z')
            digit = (size_t)(c - 'A') + 36;
        else
            return false;
        if (n < TEXT_MAX)
            n = n * 62 + digit;
    }
    *number = n + 1;
    return text_take(d, "_");
}

/* What tells things of the same name from each other. */
static bool
disambiguator(struct demangling *d)
{
    size_t number;

    return !text_take(d, "s") || base62(d, &number);
}

static bool
identifier(struct demangling *d, const char **name, size_t *len)
{
    if (!disambiguator(d))
        return false;
    text_take(d, "u"); /* in Punycode, which is left as it is */
    if (!text_number(d, len))
        return false;
    text_take(d, "_");
    if (strnlen(d->at, *len) < *len)
        return false;
    *name = d->at;
    d->at += *len;
    return true;
}

/* Reads with `read` what stands where a reference back leads, which is before it. */
static bool
back(struct demangling *d, bool (*read)(struct demangling *d))
{
    const char *reference = d->at - 1, *after;
    size_t offset;
    bool ok;

    if (!base62(d, &offset) || offset + 2 >= (size_t)(reference - d->from))
        return false;
    if (d->quiet)
        return true;
    after = d->at;
    d->at = d->from + 2 + offset;
    ok = read(d);
    d->at = after;
    return ok;
}

static bool
skip(struct demangling *d, bool (*read)(struct demangling *d))
{
    bool was = d->quiet, ok;

    d->quiet = true;
    ok = read(d);
    d->quiet = was;
    return ok;
}

static bool
constant(struct demangling *d)
{
    if (text_take(d, "p"))
        return true;
    if (text_take(d, "B"))
        return back(d, constant);
    if (!type(d))
        return false;
    d->at += strspn(d->at, "n0123456789abcdef");
    return text_take(d, "_");
}

static bool
argument(struct demangling *d)
{
    size_t number;

    if (text_take(d, "L"))
        return base62(d, &number);
    return text_take(d, "K") ? constant(d) : type(d);
}

static bool
arguments(struct demangling *d)
{
    while (!text_take(d, "E"))
        if (!argument(d))
            return false;
    return true;
}

/* Types and bounds up to an E. Within: "p" and a name is an associated type that is bound. */
static bool
bounds(struct demangling *d)
{
    const char *name;
    size_t len;

    while (!text_take(d, "E")) {
        if (!path(d))
            return false;
        while (text_take(d, "p"))
            if (!identifier(d, &name, &len) || !type(d))
                return false;
    }
    return text_take(d, "L") && base62(d, &len);
}

static bool
function(struct demangling *d)
{
    const char *name;
    size_t len;

    if (text_take(d, "G") && !base62(d, &len))
        return false;
    text_take(d, "U");
    if (text_take(d, "K") && !text_take(d, "C") && !identifier(d, &name, &len))
        return false;
    while (!text_take(d, "E"))
        if (!type(d))
            return false;
    return type(d);
}

static bool
type_within(struct demangling *d)
{
    size_t number;
    char c = *d->at;

    if (c && strchr("CNMXYI", c))
        return path(d);
    if (c >= 'a' && c <= 'z') {
        d->at++;
        text_say(d, "_");
        return true;
    }
    d->at += c != '\0';
    switch (c) {
    case 'B':
        return back(d, type);
    case 'R':
    case 'Q':
        text_say(d, c == 'R' ? "&" : "&mut ");
        if (text_take(d, "L") && !base62(d, &number))
            return false;
        return type(d);
    case 'P':
    case 'O':
        text_say(d, c == 'P' ? "*const " : "*mut ");
        return type(d);
    case 'S':
    case 'A':
        text_say(d, "[_]");
        return skip(d, type) && (c == 'S' || skip(d, constant));
    case 'T':
        text_say(d, "(_)");
        while (!text_take(d, "E"))
            if (!skip(d, type))
                return false;
        return true;
    case 'F':
        text_say(d, "fn");
        return skip(d, function);
    case 'D':
        text_say(d, "dyn _");
        if (text_take(d, "G") && !base62(d, &number))
            return false;
        return skip(d, bounds);
    default:
        return false;
    }
}

/* Parses one level deeper, within the bounds of depth and work. */
static bool
nest(struct demangling *d, bool (*within)(struct demangling *d))
{
    bool ok;

    if (d->depth == DEPTH_MAX || d->steps == STEPS_MAX)
        return false;
    d->depth++;
    d->steps++;
    ok = within(d);
    d->depth--;
    return ok;
}

static bool
type(struct demangling *d)
{
    return nest(d, type_within);
}

/* An implementation's own path, which is where it stands. */
static bool
place(struct demangling *d)
{
    return disambiguator(d) && path(d);
}

static bool
path_within(struct demangling *d)
{
    const char *name;
    size_t len;
    char c = *d->at, space;

    d->at += c != '\0';
    switch (c) {
    case 'C':
        if (!identifier(d, &name, &len))
            return false;
        text_put(d, name, len);
        return true;
    case 'N':
        space = *d->at;
        d->at += space != '\0';
        if (!path(d) || !identifier(d, &name, &len))
            return false;
        text_say(d, "::");
        text_put(d, name, len);
        if (space >= 'A' && space <= 'Z')
            text_say(d, space == 'C' ? "{closure}" : space == 'S' ? "{shim}" : "{?}");
        return true;
    case 'M':
    case 'X':
        if (!skip(d, place))
            return false;
        /* fall through */
    case 'Y':
        text_say(d, "<");
        if (!type(d))
            return false;
        if (c != 'M') {
            text_say(d, " as ");
            if (!path(d))
                return false;
        }
        text_say(d, ">");
        return true;
    case 'I':
        if (!path(d))
            return false;
        text_say(d, "<...>");
        return skip(d, arguments);
    case 'B':
        return back(d, path);
    default:
        return false;
    }
}

static bool
path(struct demangling *d)
{
    return nest(d, path_within);
}

bool
demangle_rust(struct demangling *d)
{
    return path(d);
}
