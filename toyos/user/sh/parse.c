/* From the line to words and commands. */
#include "kernel/fcntl.h"
#include "sh.h"

/* What is left of the line, and where the words that were read are put. */
static const char *at;
static char words[2 * LINE_MAX];
static char *words_end;

void
parse_begin(const char *line)
{
    at = line;
    words_end = words;
}

const char *
parse_place(void)
{
    return at;
}

static int
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static int
is_special(char c)
{
    return c == ';' || c == '&' || c == '|' || c == '<' || c == '>';
}

static void
skip_blanks(void)
{
    while (is_blank(*at))
        at++;
    if (*at == '#')
        at += strlen(at);
}

int
parse_is_end(void)
{
    skip_blanks();
    return !*at;
}

int
parse_take(const char *text)
{
    uint len = (uint)strlen(text);

    skip_blanks();
    if (strncmp(at, text, len) != 0 || (strcmp(text, "|") == 0 && at[1] == '|'))
        return 0;
    at += len;
    return 1;
}

int
parse_is_background(void)
{
    char quote = 0;

    for (const char *p = at; *p; p++) {
        if (*p == '\\' && p[1] && quote != '\'')
            p++;
        else if (quote)
            quote = *p == quote ? 0 : quote;
        else if (*p == '\'' || *p == '"')
            quote = *p;
        else if ((*p == '&' || *p == '>') && p[1] == '&')
            p++;
        else if (*p == '#' && p > at && is_blank(p[-1]))
            return 0;
        else if (*p == ';' || *p == '&')
            return *p == '&';
    }
    return 0;
}

static int
put(const char *text, int length)
{
    if (length >= words + sizeof(words) - words_end)
        return complain("line too long");
    memcpy(words_end, text, (uint)length);
    words_end += length;
    return 0;
}

static int
put_number(int n)
{
    char digits[12];
    int i = sizeof(digits);
    uint left = n < 0 ? -(uint)n : (uint)n;

    do
        digits[--i] = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0)
        digits[--i] = '-';
    return put(digits + i, (int)sizeof(digits) - i);
}

/* What begins with '$', and take it. A '$' that nothing follows is itself. */
static int
put_expansion(void)
{
    int is_braced = at[1] == '{', length;
    const char *name = at + 1 + is_braced, *value;

    if (at[1] == '?' || at[1] == '$') {
        at += 2;
        return put_number(at[-1] == '?' ? last_status : getpid());
    }
    length = name_length(name);
    if (is_braced && (!length || name[length] != '}'))
        return complain("${NAME} is missing its name or its end");
    if (!length)
        return put(at++, 1);
    at = name + length + is_braced;
    value = variable_get(name, length);
    return put(value, (int)strlen(value));
}

/* The word that comes next, unquoted and with marks for glob.c, in *word; 0 in it if it stands for
 * nothing. 0, or -1 and a message. */
static int
read_word(char **word)
{
    char quote = 0;
    int is_quoted = 0, error = 0;

    *word = words_end;
    skip_blanks();
    if (!*at || is_special(*at))
        return complain("a word is missing");
    while (!error && *at && (quote || (!is_blank(*at) && !is_special(*at)))) {
        if (quote ? *at == quote : *at == '\'' || *at == '"') {
            quote = quote ? 0 : *at;
            is_quoted = 1;
            at++;
        } else if (*at == '$' && quote != '\'') {
            error = put_expansion();
        } else if (!quote && (*at == '*' || *at == '?')) {
            char mark = *at++ == '*' ? GLOB_TEXT : GLOB_CHAR;
            error = put(&mark, 1);
        } else {
            if (*at == '\\' && at[1] && quote != '\'')
                at++;
            error = put(at++, 1);
        }
    }
    if (error)
        return -1;
    if (quote)
        return complain("a quote is not closed");
    if (words_end == *word && !is_quoted)
        *word = 0;
    return put("", 1);
}

/* A redirection, if one comes next: 1, 0, or -1 and a message. */
static int
read_redirect(struct redirect *r)
{
    char *path;

    *r = (struct redirect){.fd = 1, .flags = O_WRONLY | O_CREATE | O_TRUNC};
    if (parse_take("2>&1")) {
        r->fd = 2;
        return 1;
    }
    if (parse_take("<")) {
        r->fd = 0;
        r->flags = O_RDONLY;
    } else if (parse_take("2>>") || parse_take("2>")) {
        r->fd = 2;
    } else if (!parse_take(">>") && !parse_take(">")) {
        return 0;
    }
    if (at[-1] == '>' && at[-2] == '>')
        r->flags = O_WRONLY | O_CREATE | O_APPEND;
    if (read_word(&path) < 0)
        return -1;
    if (!path)
        return complain("a file name is empty");
    glob_to_text(path);
    r->path = path;
    return 1;
}

static struct command *command; /* that is read */

static int
add_argument(char *word)
{
    if (command->argc == EXECARGS)
        return complain("too many arguments");
    command->argv[command->argc++] = word;
    return 0;
}

static int
add_path(const char *path)
{
    char *copy = words_end;

    return put(path, (int)strlen(path) + 1) < 0 ? -1 : add_argument(copy);
}

/* A word, or the paths that it stands for, sorted. */
static int
add_word(char *word)
{
    int first = command->argc;
    char **argv = command->argv;

    if (glob_is_pattern(word) && glob_each(word, add_path) < 0)
        return -1;
    if (command->argc == first) {
        glob_to_text(word);
        return add_argument(word);
    }
    for (int i = first + 1; i < command->argc; i++) {
        for (int j = i; j > first && strcmp(argv[j - 1], argv[j]) > 0; j--) {
            char *later = argv[j - 1];
            argv[j - 1] = argv[j];
            argv[j] = later;
        }
    }
    return 0;
}

int
parse_command(struct command *c)
{
    int words_read = 0;

    command = c;

    memset(c, 0, sizeof(*c));
    c->is_assignment = 1;
    for (;;) {
        struct redirect redirect;
        char *word;
        int length, result = read_redirect(&redirect);
        if (result < 0)
            return -1;
        if (result && c->redirect_count == REDIRECT_MAX)
            return complain("too many redirections");
        if (result) {
            c->redirects[c->redirect_count++] = redirect;
            continue;
        }
        if (parse_is_end() || is_special(*at))
            break;
        length = name_length(at);
        if (!length || at[length] != '=')
            c->is_assignment = 0;
        if (read_word(&word) < 0)
            return -1;
        words_read++;
        if (word && add_word(word) < 0)
            return -1;
    }
    c->is_assignment = c->is_assignment && c->argc;
    return words_read || c->redirect_count ? 0 : complain("a command is missing");
}
