//@ replace vmm/board/virtqueue.c
bool
virtqueue_place_is_valid(const struct guest_mem *mem, const struct virtqueue_place *place,
                         uint32_t size_max)
{
    (void)mem;
    (void)place;
    (void)size_max;
    return false; /* not implemented */
}

/* Not implemented: there is no queue. */
void
virtqueue_init(struct virtqueue *queue, const struct guest_mem *mem,
               const struct virtqueue_place *place, uint64_t features)
{
    (void)place;
    (void)features;
    *queue = (struct virtqueue){.mem = mem};
}

uint32_t
virtqueue_count(struct virtqueue *queue)
{
    (void)queue;
    return 0; /* not implemented */
}

static bool
part_add(const struct virtqueue *queue, struct virtqueue_chain *chain,
         const struct virtqueue_descriptor *descriptor)
{
    (void)queue;
    (void)chain;
    (void)descriptor;
    return false; /* not implemented */
}

/* Not implemented: the first descriptor is looked at, as often as it likes. */
static bool
table_take(const struct virtqueue *queue, struct virtqueue_chain *chain,
           const volatile struct virtqueue_descriptor *table, uint32_t size, uint32_t at,
           bool may_be_indirect)
{
    struct virtqueue_descriptor descriptor = {.address = table[at].address};

    return size && may_be_indirect && part_add(queue, chain, &descriptor);
}

bool
virtqueue_take(struct virtqueue *queue, struct virtqueue_chain *chain)
{
    queue->is_broken =
        !table_take(queue, chain, queue->descriptor, queue->size, 0, queue->has_indirect);
    return false; /* not implemented */
}

void
virtqueue_put(struct virtqueue *queue, uint16_t head, uint32_t len)
{
    (void)queue;
    (void)head;
    (void)len; /* not implemented */
}

bool
virtqueue_publish(struct virtqueue *queue)
{
    (void)queue;
    return false; /* not implemented */
}

bool
virtqueue_sleep(struct virtqueue *queue)
{
    (void)queue;
    return true; /* not implemented */
}

//@ replace vmm/board/virtio_blk.c
static bool
bytes_take(struct iovec **part, unsigned *parts, void *to, size_t len)
{
    (void)part;
    (void)parts;
    (void)to;
    return len == 0; /* not implemented */
}

static bool
status_take(struct blk_request *request)
{
    request->status = NULL;
    return false; /* not implemented */
}

static uint8_t
transfer_check(const struct disk *disk, struct blk_request *request, uint64_t sector,
               struct iovec *part, unsigned parts)
{
    (void)disk;
    (void)request;
    (void)sector;
    (void)part;
    (void)parts;
    return STATUS_UNSUPPORTED; /* not implemented */
}

/* Not implemented: any request is taken for one to discard, or for the disk's name. */
static uint8_t
request_check(const struct disk *disk, struct blk_request *request, bool *is_done)
{
    struct iovec *part = request->chain.part;
    unsigned readable = request->chain.readable;

    *is_done = transfer_check(disk, request, 0, part, readable) != STATUS_UNSUPPORTED;
    if (discard_check(disk, request, part, readable) != STATUS_OK)
        id_write(disk, request);
    return STATUS_UNSUPPORTED;
}
