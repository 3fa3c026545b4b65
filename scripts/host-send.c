/*
 * host-send FILE: writes to stdout what of FILE is not a hole, for CoreFile in host_linux.py: a
 * core file is as large as the guest's memory, and next to nothing of it may have been used. Each
 * part has a head of two words, little-endian as the machine is: where in the file it is, and its
 * length in bytes. The last head is the file's length, and 0. Exit status 1, and a line, when it
 * cannot.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE_MAX (64 << 10) /* bytes that are read at once */

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
put(const void *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, len);

        if (done < 0 && errno != EINTR)
            fail("host-send: write");
        if (done > 0) {
            bytes = (const char *)bytes + done;
            len -= (size_t)done;
        }
    }
}

static void
head_put(off_t place, off_t len)
{
    const uint64_t head[2] = {(uint64_t)place, (uint64_t)len};

    put(head, sizeof(head));
}

static void
part_put(int file, off_t begin, off_t end)
{
    static char piece[PIECE_MAX];

    head_put(begin, end - begin);
    while (begin < end) {
        size_t want = end - begin < PIECE_MAX ? (size_t)(end - begin) : PIECE_MAX;
        ssize_t got = pread(file, piece, want, begin);

        if (got <= 0)
            fail("host-send: read");
        put(piece, (size_t)got);
        begin += got;
    }
}

int
main(int argc, char **argv)
{
    int file = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    off_t begin, end = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: host-send FILE\n");
        return 2;
    }
    if (file < 0)
        fail(argv[1]);
    while ((begin = lseek(file, end, SEEK_DATA)) >= 0) {
        end = lseek(file, begin, SEEK_HOLE);
        if (end < 0)
            fail(argv[1]);
        part_put(file, begin, end);
    }
    if (errno != ENXIO) /* no more data */
        fail(argv[1]);
    head_put(lseek(file, 0, SEEK_END), 0);
    return 0;
}
