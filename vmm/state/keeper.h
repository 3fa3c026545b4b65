/*
 * The keeper: a process that creates files for duet, which can open no path once its sandbox has
 * closed. For each file that a person named it does three things: open a new file beside it, give
 * that the name, or remove it. It is started first of all, keeps none of duet's other files, and
 * ends when duet does, however that ends: what was not given its name is removed.
 */
#ifndef DUET_VMM_KEEPER_H
#define DUET_VMM_KEEPER_H

enum keeper_file { KEEPER_SAVE, KEEPER_CORE, KEEPER_FILES };

/* Starts a keeper for the file. 0, or -1 after saying why: nothing can be created there. */
int keeper_open(enum keeper_file file, const char *path);
void keeper_close(enum keeper_file file);

/* A new file to write to, in place of one that was not committed. -1 after saying why. */
int keeper_create(enum keeper_file file);

/* Puts it on stable storage, and gives it the name. 0, or -1 after saying why. */
int keeper_commit(enum keeper_file file);

/* Removes it. */
void keeper_discard(enum keeper_file file);

#endif
