//@ why The used ring has the length of the data alone: the status was written, too.
//@ loses reads scattered
//@ substitute vmm/board/virtio_blk.c (status == STATUS_OK ? request->written : 0) + 1); => status == STATUS_OK ? request->written : 0);
