/*
 * Open files, of whatever kind, and each process's table of them. An open file lives as long as
 * there is a reference: a descriptor has one, and so has a system call that uses the file while
 * another thread may close the descriptor.
 */
#ifndef TOYOS_FILE_H
#define TOYOS_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/sched/sleep_lock.h"

struct file;
struct inode;
struct poll_queue;
struct stat;

/* What a kind of file can do; NULL: it cannot. `va` is the user's buffer; results are bytes, or
 * -errno. `poll` returns the POLL* that hold now, and puts the queue that is woken after a change
 * into *queue; NULL: reading and writing never wait. `close` is called once, when the last
 * reference has gone. */
struct file_ops {
    int (*read)(struct file *file, uint64_t va, int len);
    int (*write)(struct file *file, uint64_t va, int len);
    int (*poll)(struct file *file, struct poll_queue **queue);
    void (*stat)(struct file *file, struct stat *st);
    void (*close)(struct file *file);
};

struct file {
    _Atomic int references;
    const struct file_ops *ops; /* constant while it is open; NULL: this place is free */
    bool is_readable, is_writable;
    struct pipe *pipe;   /* of a pipe's end */
    struct inode *inode; /* with a reference, of what has a name; NULL: none */
    bool is_dir, is_append;
    struct sleep_lock lock;
    uint64_t offset;     /* lock */
    bool may_leave_hole; /* lock: lseek was used, so a write may go beyond the end */
};

/* Of files and directories: file_inode.c. */
extern const struct file_ops file_inode_ops;
int file_inode_stat(struct inode *inode, struct stat *st); /* 0 or -errno */

/* A new open file with one reference, or NULL. */
struct file *file_alloc(const struct file_ops *ops, bool is_readable, bool is_writable);

/* One more reference, and one less; the last one closes the file. */
struct file *file_hold(struct file *file);
void file_put(struct file *file);

/* The open file of a descriptor of the current process, with a reference; or NULL. */
struct file *file_get(uint64_t fd);

/* Gives `file` the lowest free descriptor of the current process, with a reference of its own. The
 * descriptor, or -EMFILE. */
int file_install(struct file *file);

/* Closes a descriptor, below NOFILE, of the current process. False if it is not one for `file`:
 * another thread may have closed it. */
bool file_uninstall(int fd, struct file *file);

/* Copies the current process's table, NOFILE descriptors. */
void file_table_copy(struct file **to);

/* Closes all descriptors of a table that nobody else uses. */
void file_table_close(struct file **files);

#endif
