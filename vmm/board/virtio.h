/* The board's virtio devices, for those outside of the board. */
#ifndef DUET_VMM_VIRTIO_H
#define DUET_VMM_VIRTIO_H

struct vcpu;
struct virtio_balloon;
struct vm;

/* The machine's balloon, or NULL if it has none. */
struct virtio_balloon *virtio_balloon_of(const struct vm *vm);

/* On the vCPU's thread after a kick, when nobody wants it to stay out of the guest: vCPU 0 serves
 * what was left in the queues of devices without a thread. */
void virtio_vcpu_kicked(const struct vcpu *vcpu);

#endif
