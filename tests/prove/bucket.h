/*
 * A directory of toyos's, for proofs of how it is searched: its buckets are read one at a time, and
 * each is let go. What is in one, and how it is read, is the harness's.
 */
#ifndef DUET_TESTS_PROVE_BUCKET_H
#define DUET_TESTS_PROVE_BUCKET_H

#include "tests/prove/prove.h"

struct fs_super fs_super;

static struct inode dir;
static struct buf buf;
static unsigned references;

/* Gives a reference to the one buffer that all buckets are in. */
static inline void
bucket_hold(struct buf **out)
{
    prove_check(references == 0, "one bucket at a time is held");
    references++;
    *out = &buf;
}

void
buf_release(struct buf *released)
{
    prove_check(released == &buf && references > 0, "a bucket that is held");
    references--;
}

int
journal_fail(const char *format, ...)
{
    (void)format;
    return -EIO;
}

#endif
