/*
 * host-hold: returns when there is a virtual machine, which is there from then on. Exit status 1,
 * and a line, when there is none.
 *
 * With the first virtual machine Linux patches itself, so that KVM is told when a thread of a vCPU
 * is taken off its hart or put on another one; with the last it takes that back. QEMU 7.2 may go on
 * with the code from before: a hart translates it while another one writes there. Then a vCPU finds
 * the registers of a hart on which it never was. So there is always one, where harts are several.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
main(void)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    pid_t child;

    if (kvm < 0 || ioctl(kvm, KVM_CREATE_VM, 0) < 0 || (child = fork()) < 0) {
        perror("host-hold: no virtual machine");
        return 1;
    }
    while (child == 0)
        pause();
    return 0;
}
