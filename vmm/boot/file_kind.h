/* Says what a file is that is no ELF file, and what the person who gave it can do. */
#ifndef DUET_VMM_FILE_KIND_H
#define DUET_VMM_FILE_KIND_H

#include <stddef.h>

/* The most bytes of a file's beginning that file_kind() looks at. */
#define FILE_KIND_BYTES 64

/* Describes the file that begins with these `len` bytes, in words that follow its name in a
 * message: "is ...: do ...". */
const char *file_kind(const unsigned char *begin, size_t len);

#endif
