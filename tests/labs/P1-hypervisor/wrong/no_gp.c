//@ why gp is not saved and not loaded, as the guests that were tried do not use it.
//@ loses returns
//@ substitute tests/labs/P1-hypervisor/hv/vcpu_run.S
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
//@ by
    .irp n, 1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
