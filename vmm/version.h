/* Duet's version: here, and nowhere else. What else names it is made from this line, or held to it
 * by a test: the manual, the archive of a release, .github/CHANGELOG.md.
 *
 * Semantic versioning: while it is 0.x, a new x may change the command line. What a guest is held
 * to is DUET_ABI_VERSION alone. */
#ifndef DUET_VMM_VERSION_H
#define DUET_VMM_VERSION_H

#define DUET_VERSION "0.1.0"

#endif
