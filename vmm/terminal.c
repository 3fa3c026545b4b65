/* The terminal on stdin. */
#include "vmm/terminal.h"

#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved, now;
static volatile bool raw;
static bool registered;

bool
terminal_raw(bool with_signals)
{
    if (!raw && tcgetattr(STDIN_FILENO, &saved))
        return false;
    now = saved;
    now.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    if (!with_signals)
        now.c_lflag &= ~(tcflag_t)ISIG;
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    if (!registered)
        registered = atexit(terminal_restore) == 0;
    raw = true;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
    return true;
}

bool
terminal_is_ours(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void
terminal_raw_again(void)
{
    if (raw && terminal_is_ours())
        tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

void
terminal_restore(void)
{
    if (raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    raw = false;
}
