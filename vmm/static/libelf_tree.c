/*
 * Five functions that Debian 13's libelf.a and libdw.a call and do not have: elfutils 0.192 keeps
 * them in a library of its build, of which only the shared libelf gets a copy. The tree is glibc's;
 * its root is the first member of the structure that libelf passes. libelf is built there without
 * locks, and so is this: one thread at a time uses an ELF descriptor (crash.c sees to it).
 *
 * Remove when duet links without it: the static libelf has them then.
 */
#include <search.h>
#include <stddef.h>

void eu_search_tree_init(void **root);
void eu_search_tree_fini(void **root, void (*node_free)(void *));
void *eu_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));
void *eu_tfind(const void *key, void *const *root, int (*compare)(const void *, const void *));
void *eu_tdelete(const void *key, void **root, int (*compare)(const void *, const void *));

void
eu_search_tree_init(void **root)
{
    *root = NULL;
}

void
eu_search_tree_fini(void **root, void (*node_free)(void *))
{
    tdestroy(*root, node_free);
    *root = NULL;
}

void *
eu_tsearch(const void *key, void **root, int (*compare)(const void *, const void *))
{
    return tsearch(key, root, compare);
}

void *
eu_tfind(const void *key, void *const *root, int (*compare)(const void *, const void *))
{
    return tfind(key, root, compare);
}

void *
eu_tdelete(const void *key, void **root, int (*compare)(const void *, const void *))
{
    return tdelete(key, root, compare);
}
