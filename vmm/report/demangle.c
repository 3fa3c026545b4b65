/* The names of C++ and Rust functions: what both ways share, and C++'s (Itanium C++ ABI §5.1). */
#include "vmm/report/demangle.h"

#include <string.h>

#include "vmm/report/demangle_text.h"

/* How deep functions may be local to functions. */
#define LOCAL_MAX 8

void
text_put(struct demangling *d, const char *text, size_t len)
{
    for (size_t i = 0; i < len && !d->quiet && d->len + 1 < d->size; i++)
        d->to[d->len++] = text[i];
}

void
text_say(struct demangling *d, const char *text)
{
    text_put(d, text, strlen(text));
}

bool
text_take(struct demangling *d, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(d->at, text, len) != 0)
        return false;
    d->at += len;
    return true;
}

bool
text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
text_number(struct demangling *d, size_t *number)
{
    if (!text_is_digit(*d->at))
        return false;
    for (*number = 0; text_is_digit(*d->at); d->at++)
        if (*number < TEXT_MAX)
            *number = *number * 10 + (size_t)(*d->at - '0');
    return true;
}

bool
text_name(struct demangling *d, const char **name, size_t *len)
{
    if (!text_number(d, len) || strnlen(d->at, *len) < *len)
        return false;
    *name = d->at;
    d->at += *len;
    return true;
}

static const struct {
    char code[3];
    const char *name;
} operators[] = {
    {"nw", "new"}, {"na", "new[]"}, {"dl", "delete"}, {"da", "delete[]"}, {"aw", "co_await"},
    {"ps", "+"},   {"ng", "-"},     {"ad", "&"},      {"de", "*"},        {"co", "~"},
    {"pl", "+"},   {"mi", "-"},     {"ml", "*"},      {"dv", "/"},        {"rm", "%"},
    {"an", "&"},   {"or", "|"},     {"eo", "^"},      {"aS", "="},        {"pL", "+="},
    {"mI", "-="},  {"mL", "*="},    {"dV", "/="},     {"rM", "%="},       {"aN", "&="},
    {"oR", "|="},  {"eO", "^="},    {"ls", "<<"},     {"rs", ">>"},       {"lS", "<<="},
    {"rS", ">>="}, {"eq", "=="},    {"ne", "!="},     {"lt", "<"},        {"gt", ">"},
    {"le", "<="},  {"ge", ">="},    {"ss", "<=>"},    {"nt", "!"},        {"aa", "&&"},
    {"oo", "||"},  {"pp", "++"},    {"mm", "--"},     {"cm", ","},        {"pm", "->*"},
    {"pt", "->"},  {"cl", "()"},    {"ix", "[]"},
};

/* Abbreviations of the standard library (§5.1.10). */
static const struct {
    char code[3];
    const char *name;
} standard[] = {
    {"St", "std"},           {"Sa", "std::allocator"}, {"Sb", "std::basic_string"},
    {"Ss", "std::string"},   {"Si", "std::istream"},   {"So", "std::ostream"},
    {"Sd", "std::iostream"},
};

/* Passes over types or template arguments up to the E that ends them, and over that. */
static bool
arguments_skip(struct demangling *d)
{
    unsigned depth = 1;

    while (depth > 0) {
        const char *name;
        size_t len;
        char c = *d->at;

        if (text_is_digit(c)) {
            if (!text_name(d, &name, &len))
                return false;
            continue;
        }
        d->at += c != '\0';
        if (c == 'E') {
            depth--;
        } else if (c == 'I' || c == 'N' || c == 'J' || c == 'F') {
            depth++;
        } else if (c ==
                   'L') { /* a value: of a builtin type, of a type with a name, or a function */
            if (text_take(d, "_Z")) {
                depth++;
                continue;
            }
            if (text_is_digit(*d->at) ? !text_name(d, &name, &len)
                                      : !(*d->at >= 'a' && *d->at <= 'z'))
                return false;
            d->at += strcspn(d->at, "E");
            if (!text_take(d, "E"))
                return false;
        } else if (c == 'S' || c == 'T') { /* something again: S_, S1A_, St; T_, T0_, TL0__ */
            if (c == 'T' && *d->at == 'L')
                return false;
            if (*d->at == '_' || text_is_digit(*d->at) || (*d->at >= 'A' && *d->at <= 'Z')) {
                d->at += strspn(d->at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
                if (!text_take(d, "_"))
                    return false;
            } else if (*d->at) {
                d->at++;
            }
        } else if (c == 'A') { /* an array of so many */
            d->at += strspn(d->at, "0123456789");
            if (!text_take(d, "_"))
                return false;
        } else if (c == 'D') {
            if (!*d->at || !strchr("pnhisuacdefox", *d->at))
                return false;
            d->at++;
        } else if (!(c >= 'a' && c <= 'z') && (!c || !strchr("MPROKVCGU", c))) {
            return false; /* an expression, or no mangled name */
        }
    }
    return true;
}

/* Rust's old names are C++'s, with these for what C++ does not have in names, and a hash at the
 * end.
 */
static void
rust_text(struct demangling *d, const char *name, size_t len)
{
    static const struct {
        const char *code, *text;
    } escapes[] = {
        {"$SP$", "@"},  {"$BP$", "*"},  {"$RF$", "&"},  {"$LT$", "<"},
        {"$GT$", ">"},  {"$LP$", "("},  {"$RP$", ")"},  {"$C$", ","},
        {"$u20$", " "}, {"$u27$", "'"}, {"$u5b$", "["}, {"$u5d$", "]"},
        {"$u7b$", "{"}, {"$u7d$", "}"}, {"$u7e$", "~"}, {"..", "::"},
    };
    const char *end = name + len;

    if (len > 1 && name[0] == '_' && name[1] == '$')
        name++;
    while (name < end) {
        size_t used = 0;

        for (unsigned i = 0; i < sizeof(escapes) / sizeof(escapes[0]) && !used; i++) {
            size_t code_len = strlen(escapes[i].code);

            if (code_len <= (size_t)(end - name) && strncmp(name, escapes[i].code, code_len) == 0) {
                text_say(d, escapes[i].text);
                used = code_len;
            }
        }
        if (!used) {
            text_put(d, name, 1);
            used = 1;
        }
        name += used;
    }
}

static bool
is_rust_hash(const char *name, size_t len)
{
    return len == 17 && name[0] == 'h' && strspn(name + 1, "0123456789abcdef") >= 16 &&
           name[17] == 'E';
}

/* A name without its scope; `*last` is what a constructor there is called. */
static bool
unqualified(struct demangling *d, const char **last, size_t *last_len)
{
    const char *name;
    size_t len;

    text_take(d, "L"); /* of internal linkage */
    if (text_is_digit(*d->at)) {
        if (!text_name(d, &name, &len))
            return false;
        if (len >= 10 && strncmp(name, "_GLOBAL_", 8) == 0 && name[9] == 'N')
            text_say(d, "(anonymous namespace)");
        else if (memchr(name, '$', len) || d->is_rust)
            rust_text(d, name, len);
        else
            text_put(d, name, len);
        *last = name;
        *last_len = len;
    } else if (*d->at == 'C' || (*d->at == 'D' && text_is_digit(d->at[1]))) {
        if (!*last || !text_is_digit(d->at[1]))
            return false;
        if (*d->at == 'D')
            text_say(d, "~");
        text_put(d, *last, *last_len);
        d->at += 2;
    } else if (text_take(d, "Ul")) {
        if (!arguments_skip(d))
            return false;
        d->at += strspn(d->at, "0123456789");
        text_say(d, "{lambda}");
        return text_take(d, "_");
    } else if (text_take(d, "Ut")) {
        d->at += strspn(d->at, "0123456789");
        text_say(d, "{unnamed}");
        return text_take(d, "_");
    } else {
        for (unsigned i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
            if (text_take(d, operators[i].code)) {
                text_say(d, operators[i].name[0] >= 'a' ? "operator " : "operator");
                text_say(d, operators[i].name);
                return true;
            }
        return false;
    }
    return true;
}

/* One of the standard library's abbreviations. */
static bool
standard_take(struct demangling *d, const char **last, size_t *last_len)
{
    for (unsigned i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
        if (text_take(d, standard[i].code)) {
            const char *colon = strrchr(standard[i].name, ':');

            text_say(d, standard[i].name);
            *last = colon ? colon + 1 : standard[i].name;
            *last_len = strlen(*last);
            return true;
        }
    return false;
}

static bool
after_part(struct demangling *d)
{
    const char *tag;
    size_t len;

    while (text_take(d, "B")) /* an ABI's tag */
        if (!text_name(d, &tag, &len))
            return false;
    if (text_take(d, "I")) {
        if (!arguments_skip(d))
            return false;
        text_say(d, "<...>");
    }
    return true;
}

static bool
nested_name(struct demangling *d)
{
    const char *last = NULL;
    size_t last_len = 0;
    bool is_first = true;

    d->at += strspn(d->at, "rVKRO"); /* of the object that it is called with */
    while (!text_take(d, "E")) {
        /* Rust has a hash of the function last. */
        if (!is_first && text_is_digit(*d->at) && strncmp(d->at, "17h", 3) == 0 &&
            strlen(d->at) > 19 && is_rust_hash(d->at + 2, 17)) {
            d->at += 20;
            return true;
        }
        if (!is_first)
            text_say(d, "::");
        is_first = false;
        if (!standard_take(d, &last, &last_len) && !unqualified(d, &last, &last_len))
            return false;
        if (!after_part(d))
            return false;
    }
    return !is_first;
}

static bool
cpp_name(struct demangling *d, unsigned depth)
{
    const char *last = NULL;
    size_t last_len = 0;

    if (text_take(d, "N"))
        return nested_name(d);
    if (text_take(d, "Z")) { /* in a function: its name and arguments, then the name */
        if (depth == LOCAL_MAX || !cpp_name(d, depth + 1) || !arguments_skip(d))
            return false;
        text_say(d, "::");
        if (text_take(d, "d")) {
            d->at += strspn(d->at, "0123456789");
            if (!text_take(d, "_"))
                return false;
        }
        return cpp_name(d, depth + 1);
    }
    if (text_take(d, "St"))
        text_say(d, "std::");
    return unqualified(d, &last, &last_len) && after_part(d);
}

bool
demangle(const char *name, char *to, size_t size)
{
    struct demangling d = {.from = name, .at = name, .to = to, .size = size};
    bool is_known;

    if (size == 0 || strnlen(name, TEXT_MAX) == TEXT_MAX)
        return false;
    if (text_take(&d, "_Z")) {
        size_t len = strlen(name);

        d.is_rust = len > 23 && strncmp(name + len - 20, "17h", 3) == 0 &&
                    is_rust_hash(name + len - 18, 17);
        is_known = cpp_name(&d, 0);
    } else {
        is_known = text_take(&d, "_R") && demangle_rust(&d);
    }
    to[d.len] = '\0';
    return is_known && d.len > 0;
}
