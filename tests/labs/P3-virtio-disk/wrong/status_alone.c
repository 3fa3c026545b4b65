//@ why The status is thought to be a buffer of its own.
//@ loses scattered
//@ substitute vmm/board/virtio_blk.c if (chain->count == chain->readable) => if (chain->count == chain->readable || last->iov_len != 1)
