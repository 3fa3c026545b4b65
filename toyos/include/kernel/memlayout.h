/*
 * Addresses that xv6's programs know. In toyos a program has nothing at KERNBASE, and the two pages
 * below MAXVA stay empty: its heap ends at TRAPFRAME.
 */
#ifndef TOYOS_MEMLAYOUT_H
#define TOYOS_MEMLAYOUT_H

#include "kernel/riscv.h"

#define KERNBASE 0x80000000L
#define PHYSTOP  (KERNBASE + 128 * 1024 * 1024)

#define TRAMPOLINE (MAXVA - PGSIZE)
#define TRAPFRAME  (TRAMPOLINE - PGSIZE)

#endif
