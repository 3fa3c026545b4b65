/*
 * The names of C++ and Rust functions as their authors wrote them: "core::panicking::panic" for
 * _ZN4core9panicking5panic17h..E. Only names: arguments and those of templates are left out.
 *
 * Not by libiberty or __cxa_demangle(), the usual ones: with a name of 250 bytes they compute for
 * minutes, for a name may refer to its own parts again and again, and the guest's ELF file is not
 * trusted. The time that this takes is proportional to the name's length.
 */
#ifndef DUET_VMM_DEMANGLE_H
#define DUET_VMM_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the name to `to`, cut at `size` bytes with the NUL. False if `name` is not mangled, or in
 * a way that is not known here (Itanium C++ ABI §5.1; Rust's RFC 2603, and what was before it). */
bool demangle(const char *name, char *to, size_t size);

#endif
