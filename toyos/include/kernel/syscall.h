/*
 * The system call table: a line each, CALL(number, name). The number is in a7, the arguments are in
 * a0.. and the result is in a0. Numbers below 64 are xv6's; toyos's own start at 64.
 *
 * From this table follow the numbers (SYS_<name>), the kernel's dispatch to sys_<name>()
 * (kernel/trap/syscall.c) and the user library's stub <name>() (lib/usys.S).
 *
 * C and assembly can both include this.
 */
#ifndef TOYOS_SYSCALL_H
#define TOYOS_SYSCALL_H

/* clang-format off */
#define SYSCALLS(CALL)                                                                            \
    CALL(1, fork)                                                                                 \
    CALL(2, exit)                                                                                 \
    CALL(3, wait)                                                                                 \
    CALL(4, pipe)                                                                                 \
    CALL(5, read)                                                                                 \
    CALL(6, kill)                                                                                 \
    CALL(7, exec)                                                                                 \
    CALL(8, fstat)                                                                                \
    CALL(9, chdir)                                                                                \
    CALL(10, dup)                                                                                 \
    CALL(11, getpid)                                                                              \
    CALL(12, sbrk)                                                                                \
    CALL(13, pause)                                                                               \
    CALL(14, uptime)                                                                              \
    CALL(15, open)                                                                                \
    CALL(16, write)                                                                               \
    CALL(17, mknod)                                                                               \
    CALL(18, unlink)                                                                              \
    CALL(19, link)                                                                                \
    CALL(20, mkdir)                                                                               \
    CALL(21, close)                                                                               \
    CALL(64, poweroff)                                                                            \
    CALL(65, clock_wall)                                                                          \
    CALL(66, getrandom)                                                                           \
    CALL(67, hyperinfo)                                                                           \
    CALL(68, hypernull)                                                                           \
    CALL(69, kpanic)                                                                              \
    CALL(70, sysinfo)                                                                             \
    CALL(71, procinfo)                                                                            \
    CALL(72, yield)                                                                               \
    CALL(73, nanosleep)                                                                           \
    CALL(74, clock)                                                                               \
    CALL(75, mmap)                                                                                \
    CALL(76, munmap)                                                                              \
    CALL(77, thread_start)                                                                        \
    CALL(78, thread_exit)                                                                         \
    CALL(79, futex_wait)                                                                          \
    CALL(80, lseek)                                                                               \
    CALL(81, ftruncate)                                                                           \
    CALL(82, rename)                                                                              \
    CALL(83, fsync)                                                                               \
    CALL(84, futex_wake)                                                                          \
    CALL(85, newgroup)                                                                            \
    CALL(86, console_own)                                                                         \
    CALL(87, console_mode)                                                                        \
    CALL(88, poll)                                                                                \
    CALL(89, msync)                                                                               \
    CALL(90, hypercount)                                                                          \
    CALL(91, vmfork)
/* clang-format on */

#ifndef __ASSEMBLER__
#define SYSCALL_NUMBER_(nr, name) SYS_##name = (nr),
enum { SYSCALLS(SYSCALL_NUMBER_) };
#endif

#endif
