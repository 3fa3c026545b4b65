/*
 * The configuration of a virtio device, over MMIO: an access of any width at any offset (VIRTIO 1.2
 * §4.2.2.2), also where none is aligned. The device is one whose configuration is read-only.
 */
#include "tests/prove/prove.h"

#include "vmm/board/virtio_mmio.c"

/* with: */

static struct virtio_device device, before;

PROVE(virtio_config, 9, FULL)
{
    static const struct virtio_kind kind;
    unsigned len = 1u << prove_below("log2 of len", 4), byte = (unsigned)prove_below("byte", 8);
    struct bus_access access = {
        .offset = CONFIG + prove_below("offset", BOARD_VIRTIO_SIZE - CONFIG),
        .len = len,
        .is_store = prove_bool("a store"),
        .data = prove_u64("data"),
    };
    unsigned at = (unsigned)access.offset - CONFIG;
    bool is_in = at <= VIRTIO_CONFIG_MAX - len;

    device.kind = &kind;
    prove_fill("configuration", device.config, sizeof(device.config));
    before = device;
    prove_check(config_serve(&device, &access), "all of it is served");
    prove_check(access.is_store || byte >= len ||
                    (access.data >> 8 * byte & 0xff) == (is_in ? before.config[at + byte] : 0),
                "what is loaded is there, or 0");
    prove_check(device.config[at % VIRTIO_CONFIG_MAX] == before.config[at % VIRTIO_CONFIG_MAX],
                "what is read-only is not written");
}
