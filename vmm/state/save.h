/* Saves a machine that runs, in the file that --save names, and restores one (snapshot.h). What has
 * to be done to copy one is the same, but for the file (copies.h). */
#ifndef DUET_VMM_SAVE_H
#define DUET_VMM_SAVE_H

struct options;
struct snapshot;
struct state_writer;
struct vm;

/* What saving and copying need, before the sandbox closes and before any other file is open. 0, or
 * -1 after saying why. */
int save_open(const struct options *options);
void save_close(void);

/* On the owner, while the machine runs: serves requests (guest/saving.h). Of a save it says on
 * stderr how that went; the harts that asked are told, too. `meanwhile` is called as long as it
 * waits for harts: if that ends the machine or asks it to shut down, it is neither saved nor
 * copied. */
void save_serve(struct vm *vm, void (*meanwhile)(struct vm *vm));

/* Writes the state of a machine whose harts and devices are paused: all but RAM (snapshot.h). 0, or
 * -1 after saying why. */
int state_save(struct vm *vm, struct state_writer *to);

/* Puts the state into a machine that was just created, with its RAM; its devices are not started.
 * 0, or -1 after saying why. */
int restore(struct vm *vm, const struct snapshot *snapshot);

#endif
