/*
 * The board (--board): the devices of QEMU's machine `virt`, at its addresses and with its
 * interrupt numbers (hw/riscv/virt.c there), for kernels that were written for that machine and
 * know nothing of Duet.
 */
#ifndef DUET_VMM_BOARD_H
#define DUET_VMM_BOARD_H

#define BOARD_TEST_BASE 0x100000
#define BOARD_TEST_SIZE 0x1000

#define BOARD_RTC_BASE 0x101000
#define BOARD_RTC_SIZE 0x1000
#define BOARD_RTC_IRQ  11

#define BOARD_CLINT_BASE 0x2000000
#define BOARD_CLINT_SIZE 0x10000

#define BOARD_PLIC_BASE 0x0c000000
#define BOARD_PLIC_SIZE 0x600000

#define BOARD_UART_BASE 0x10000000
#define BOARD_UART_SIZE 0x100
#define BOARD_UART_IRQ  10

/* Units of flash memory, numbered from 0: they are there with --flash. */
#define BOARD_FLASH_BASE(unit) (0x20000000ULL + BOARD_FLASH_SIZE * (unit))
#define BOARD_FLASH_SIZE       0x2000000ULL
#define BOARD_FLASH_BLOCK      0x40000 /* bytes that are erased together */

/* Slots of virtio-mmio, numbered from 0. */
#define BOARD_VIRTIO_SLOTS      8
#define BOARD_VIRTIO_BASE(slot) (0x10001000 + 0x1000 * (slot))
#define BOARD_VIRTIO_SIZE       0x1000
#define BOARD_VIRTIO_IRQ(slot)  (1 + (slot))

/* The highest interrupt number that a device has. */
#define BOARD_IRQ_LAST BOARD_RTC_IRQ

#endif
