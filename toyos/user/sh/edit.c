/*
 * Typing a line at a terminal (ECMA-48 control sequences). A line longer than the terminal is wide
 * shows the part around the cursor.
 */
#include "sh.h"

#define HISTORY_MAX  64
#define CTRL(c)      ((c) - '@')
#define ESCAPE       0x1b
#define DELETE       0x7f
#define END_OF_INPUT (-1)

/* Keys that are more than one byte. */
enum { KEY_UP = 256, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END, KEY_DELETE, KEY_OTHER };

static char *history[HISTORY_MAX]; /* the oldest first */
static int history_count;

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

static void
history_add(void)
{
    char *copy;

    if (!len || (history_count && strcmp(history[history_count - 1], line) == 0))
        return;
    copy = malloc((uint)len + 1);
    if (!copy)
        return; /* the line runs, and is not remembered */
    if (history_count == HISTORY_MAX) {
        free(history[0]);
        memmove(history, history + 1, sizeof(history) - sizeof(history[0]));
        history_count--;
    }
    history[history_count++] = strcpy(copy, line);
}

/* Show entry `n` instead of the line; behind the last there is an empty one. */
static void
history_show(int n)
{
    len = 0;
    if (n < history_count) {
        strcpy(line, history[n]);
        len = (int)strlen(line);
    }
    cursor = len;
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
    int shown = history_count, key = 0, is_old = 1;

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
            shown = history_count;
        } else if ((key == KEY_UP || key == CTRL('P')) && shown > 0) {
            history_show(--shown);
        } else if ((key == KEY_DOWN || key == CTRL('N')) && shown < history_count) {
            history_show(++shown);
        } else {
            is_old = edit(key);
        }
    }
    line[len] = '\0';
    console_mode(0, CONSOLE_LINES); /* first: what is typed from now on is for the program */
    printf("\n");
    history_add();
    return 0;
}
