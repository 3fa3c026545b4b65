/* What a file is that is no ELF file, and what can be done about it: for the person who gave it. */
#ifndef DUET_VMM_FILE_KIND_H
#define DUET_VMM_FILE_KIND_H

#include <stddef.h>

/* How many bytes of a file's beginning file_kind() looks at, at the most. */
#define FILE_KIND_BYTES 64

/* The file that begins with these `len` bytes, in words that follow the file's name: "is ...: do
 * ...". */
const char *file_kind(const unsigned char *begin, size_t len);

#endif
