//@ why A type that there is not is an error of the disk's.
//@ loses refused
//@ substitute vmm/board/virtio_blk.c
    default:
        return STATUS_UNSUPPORTED;
//@ by
    default:
        return STATUS_IO_ERROR;
