/*
 * The machine's console as a virtio console device (VIRTIO 1.2 §5.3), of one port and without a
 * size. The UART is the same console: input goes to whichever of them the guest takes it from
 * first, and a driver's receive buffers take all there is, once the driver has sent something.
 */
#ifndef DUET_VMM_VIRTIO_CONSOLE_H
#define DUET_VMM_VIRTIO_CONSOLE_H

struct virtio_device;
struct vm;

/* Puts one into a slot. NULL after saying why. */
struct virtio_device *virtio_console_create(struct vm *vm, unsigned slot);

/* While it is paused, and the vCPUs' threads too, nobody serves it. What came meanwhile is served
 * after virtio_device_look_again(). */
void virtio_console_pause(struct virtio_device *device);
void virtio_console_resume(struct virtio_device *device);

/* The vCPUs' threads have ended. */
void virtio_console_destroy(struct virtio_device *device);

#endif
