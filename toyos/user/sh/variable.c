/* Variables. */
#include "sh.h"

struct variable {
    struct variable *next;
    char *value;
    char name[]; /* with its NUL */
};

static struct variable *variables;

int
name_length(const char *text)
{
    int n = 0;

    while ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z') ||
           text[n] == '_' || (n && text[n] >= '0' && text[n] <= '9'))
        n++;
    return n;
}

static struct variable *
find(const char *name, int length)
{
    struct variable *v = variables;

    while (v && (strncmp(v->name, name, (uint)length) != 0 || v->name[length]))
        v = v->next;
    return v;
}

const char *
variable_get(const char *name, int length)
{
    const struct variable *v = find(name, length);

    return v ? v->value : "";
}

int
variable_set(const char *assignment)
{
    int length = name_length(assignment);
    const char *value = assignment + length + 1;
    struct variable *v = find(assignment, length);
    char *copy = malloc((uint)strlen(value) + 1);

    if (copy && !v && (v = malloc(sizeof(*v) + (uint)length + 1))) {
        memcpy(v->name, assignment, (uint)length);
        v->name[length] = '\0';
        v->value = 0;
        v->next = variables;
        variables = v;
    }
    if (!copy || !v) {
        free(copy);
        return complain("no memory for a variable");
    }
    free(v->value);
    v->value = strcpy(copy, value);
    return 0;
}

void
variable_list(void)
{
    for (const struct variable *v = variables; v; v = v->next)
        printf("%s=%s\n", v->name, v->value);
}
