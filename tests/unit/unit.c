/* Helpers of the unit tests. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    int fd;    /* the one that is captured */
    int saved; /* where it led before */
    int file;  /* where it leads meanwhile */
} capture;

void
capture_begin(int fd)
{
    fflush(NULL);
    capture.fd = fd;
    capture.saved = dup(fd);
    capture.file = memfd_create("capture", MFD_CLOEXEC);
    assert_true(capture.saved >= 0 && capture.file >= 0);
    assert_true(dup2(capture.file, fd) == fd);
}

const char *
capture_end(void)
{
    static char text[65536];
    ssize_t len;

    fflush(NULL);
    dup2(capture.saved, capture.fd);
    close(capture.saved);
    len = pread(capture.file, text, sizeof(text) - 1, 0);
    close(capture.file);
    assert_true(len >= 0);
    text[len] = '\0';
    return text;
}

void
expect(int good, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (good)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    fail_msg("%s", text);
}

void
expect_one_line(const char *text)
{
    const char *newline = strchr(text, '\n');

    expect(newline && newline[1] == '\0', "want one line, got: %s", text);
}
