//@ why A tail that cannot be is believed.
//@ loses tail
//@ substitute vmm/device/queue.h if (count > queue->requests.size) { => if (0) {
