/*
 * Typing a line at a terminal (ECMA-48 control sequences). A line longer than the terminal is wide
 * shows the part around the cursor.
 */
#include "sh.h"

#define CTRL(c)      ((c) - '@')
#define ESCAPE       0x1b
#define DELETE       0x7f
#define END_OF_INPUT (-1)

/* Keys that are more than one byte. */
enum { KEY_UP = 256, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END, KEY_DELETE, KEY_OTHER };

static const char *prompt;
static char *line;
static int len, cursor;
static int width; /* characters of the line that are shown */

static void
redraw(void)
{
    int start = cursor > width ? cursor - width : 0;
    int shown = len - start < width ? len - start : width;

    printf("\r%s", prompt);
    write(1, line + start, shown);
    printf("\033[K");
    if (start + shown > cursor)
        printf("\033[%dD", start + shown - cursor);
}

static int
read_key(void)
{
    static const struct {
        char code;
        int key;
    } letters[] = {{'A', KEY_UP},   {'B', KEY_DOWN}, {'C', KEY_RIGHT},
                   {'D', KEY_LEFT}, {'H', KEY_HOME}, {'F', KEY_END}};
    char c;
    int number = 0;

    if (read(0, &c, 1) != 1)
        return END_OF_INPUT;
    if (c != ESCAPE)
        return (unsigned char)c;
    if (read(0, &c, 1) != 1)
        return END_OF_INPUT;
    if (c != '[' && c != 'O')
        return KEY_OTHER;
    do { /* parameters, and then the final byte */
        if (read(0, &c, 1) != 1)
            return END_OF_INPUT;
        if (c >= '0' && c <= '9')
            number = (number * 10 + c - '0') % 1000;
    } while (c < '@' || c > '~');
    if (c == '~')
        return number == 1 || number == 7   ? KEY_HOME
               : number == 4 || number == 8 ? KEY_END
               : number == 3                ? KEY_DELETE
                                            : KEY_OTHER;
    for (unsigned i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (letters[i].code == c)
            return letters[i].key;
    return KEY_OTHER;
}

/* Take out [from, to). */
static void
cut(int from, int to)
{
    memmove(line + from, line + to, (uint)(len - to));
    len -= to - from;
    cursor = from;
}

/* Whether the line has to be drawn anew. */
static int
insert(int key)
{
    if (len == LINE_MAX - 1) {
        printf("\a");
        return 0;
    }
    memmove(line + cursor + 1, line + cursor, (uint)(len - cursor));
    line[cursor++] = (char)key;
    len++;
    if (cursor < len || cursor > width)
        return 1;
    write(1, line + cursor - 1, 1);
    return 0;
}

/* Show entry `n` instead of the line; behind the last there is an empty one. */
static void
history_show(int n)
{
    const char *text = history_get(n);

    len = 0;
    if (text) {
        strcpy(line, text);
        len = (int)strlen(line);
    }
    cursor = len;
}

/* What the word before the cursor can become: as much of it as is known, or else a list. */
static void
complete_word(void)
{
    char more[DIRSIZ + 2];
    int count;

    line[len] = '\0';
    count = complete(line, line + cursor, more);
    for (const char *c = more; *c; c++)
        insert(*c);
    if (count == 0)
        printf("\a");
    if (count > 1 && !*more) {
        printf("\n");
        complete_list(line, line + cursor);
    }
}

/* Whether the line has to be drawn anew. */
static int
edit(int key)
{
    switch (key) {
    case CTRL('A'):
    case KEY_HOME:
        cursor = 0;
        break;
    case CTRL('E'):
    case KEY_END:
        cursor = len;
        break;
    case CTRL('B'):
    case KEY_LEFT:
        cursor -= cursor > 0;
        break;
    case CTRL('F'):
    case KEY_RIGHT:
        cursor += cursor < len;
        break;
    case CTRL('H'):
    case DELETE:
        if (cursor)
            cut(cursor - 1, cursor);
        break;
    case CTRL('D'):
    case KEY_DELETE:
        if (cursor < len)
            cut(cursor, cursor + 1);
        break;
    case CTRL('K'):
        len = cursor;
        break;
    case CTRL('U'):
        cut(0, cursor);
        break;
    case '\t':
        complete_word();
        break;
    default:
        return key >= ' ' && key < 256 && insert(key);
    }
    return 1;
}

/* The columns that the line has beside the prompt. */
static int
line_width(void)
{
    struct hyperinfo info;
    int columns = hyperinfo(&info) == 0 && info.columns ? (int)info.columns : 80;

    columns -= (int)strlen(prompt) + 1;
    return columns > 1 ? columns : 1;
}

int
edit_line(const char *text, char to[LINE_MAX])
{
    int shown = history_count(), key = 0, is_old = 1;

    prompt = text;
    line = to;
    len = cursor = 0;
    width = line_width();
    while (key != '\n') {
        if (is_old)
            redraw();
        is_old = 1;
        key = read_key();
        if (key == END_OF_INPUT || (key == CTRL('D') && !len)) {
            console_mode(0, CONSOLE_LINES);
            printf("\n");
            return -1;
        }
        if (key == CTRL('C')) {
            printf("^C\n");
            len = cursor = 0;
            shown = history_count();
        } else if ((key == KEY_UP || key == CTRL('P')) && shown > 0) {
            history_show(--shown);
        } else if ((key == KEY_DOWN || key == CTRL('N')) && shown < history_count()) {
            history_show(++shown);
        } else {
            is_old = edit(key);
        }
    }
    line[len] = '\0';
    console_mode(0, CONSOLE_LINES); /* first: what is typed from now on is for the program */
    printf("\n");
    history_add(line);
    return 0;
}
