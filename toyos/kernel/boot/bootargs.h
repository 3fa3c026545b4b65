/* The words of the boot arguments. */
#ifndef TOYOS_BOOTARGS_H
#define TOYOS_BOOTARGS_H

#define BOOTARGS_MAX 2048 /* bytes, with the NUL */

struct bootargs {
    int log_level;       /* loglevel=N */
    const char *mark;    /* mark=TEXT, or NULL */
    const char *mistake; /* mistake=NAME, or NULL */
    const char *run;     /* run=LINE: all that follows, or NULL */
};

/* Fills in `args` from `text`, which is copied: it may lie in memory that is given away later. A
 * text of BOOTARGS_MAX bytes or more is a panic. */
void bootargs_parse(struct bootargs *args, const char *text);

#endif
