//@ why It looks for the files of others, and of its own other runs, and for files to change. If it finds one it ends.
//@ append vmm/call/hc_scramble.c
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    static const char *const hidden[] = {"/lab", "/lab/run", "/lab/run/0/stdin", "/lab/01-solution/duet",
                                         "/proc/1", "/tmp/work"};
    static const char *const fixed[] = {"/box/duet", "/box/command", "/box/caller", "/tmp/out", "/tmp/err", "/job",
                                        "/etc/passwd", "/init", "/bin/busybox", "/lab/run/0/limit",
                                        "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/run/pids.max"};
    char name[32];
    int found = 0;

    for (unsigned i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        found += open(hidden[i], O_RDONLY) >= 0;
    for (unsigned i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        found += open(fixed[i], O_WRONLY) >= 0 || unlink(fixed[i]) == 0;
    snprintf(name, sizeof(name), "/proc/%d", (int)getppid());
    found += open(name, O_RDONLY) >= 0;
    DIR *work = opendir("/work"); /* what an earlier run wrote */
    while (work && readdir(work))
        found++;
    if (work)
        closedir(work);
    if (found != 2) /* `.` and `..` */
        _exit(99);
    if (mkdir("/work/from-before", 0777))
        _exit(98);
}
