//@ why The header is thought to be the first buffer, and nothing else.
//@ loses scattered
//@ substitute vmm/board/virtio_blk.c     while (len > 0 && *parts > 0) { =>     if (*parts == 0 || (*part)->iov_len != len)\n        return false;\n    while (len > 0 && *parts > 0) {
