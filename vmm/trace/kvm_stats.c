/* KVM's own counters, whose names and layout KVM tells at run time. */
#include "vmm/trace/kvm_stats.h"

#include <inttypes.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* More than any KVM has; KVM's numbers are checked against these. */
#define DESCRIPTORS_MAX 1024
#define NAME_MAX_SIZE   256
#define VALUES_MAX      1024

struct source {
    struct kvm_stats_header header;
    unsigned char *descriptors;
    size_t descriptor_size;
};

static int
source_read(struct source *source, int fd)
{
    struct kvm_stats_header *header = &source->header;
    size_t size;

    if (pread(fd, header, sizeof(*header), 0) != (ssize_t)sizeof(*header) ||
        header->num_desc > DESCRIPTORS_MAX || header->name_size == 0 ||
        header->name_size > NAME_MAX_SIZE)
        return -1;
    source->descriptor_size = sizeof(struct kvm_stats_desc) + header->name_size;
    size = source->descriptor_size * header->num_desc;
    source->descriptors = malloc(size);
    if (!source->descriptors ||
        pread(fd, source->descriptors, size, header->desc_offset) != (ssize_t)size)
        return -1;
    return 0;
}

/* The unit in a person's words. */
static const char *
unit_name(const struct kvm_stats_desc *descriptor)
{
    switch (descriptor->flags & KVM_STATS_UNIT_MASK) {
    case KVM_STATS_UNIT_BYTES:
        return descriptor->exponent == 0 ? " bytes" : " bytes, scaled";
    case KVM_STATS_UNIT_SECONDS:
        return descriptor->exponent == -9 ? " ns" : " s, scaled";
    default:
        return "";
    }
}

/* Prints one counter, and *title before the first: the sum over all objects. A histogram is printed
 * as the number of its samples. */
static void
counter_print(FILE *to, const char **title, const struct source *source,
              const struct kvm_stats_desc *descriptor, const int *fd, unsigned count)
{
    uint32_t type = descriptor->flags & KVM_STATS_TYPE_MASK;
    bool histogram = type == KVM_STATS_TYPE_LINEAR_HIST || type == KVM_STATS_TYPE_LOG_HIST;
    uint64_t value[VALUES_MAX], sum = 0;
    size_t size = descriptor->size * sizeof(value[0]);

    if (descriptor->size > VALUES_MAX)
        return;
    for (unsigned i = 0; i < count; i++) {
        if (fd[i] < 0 ||
            pread(fd[i], value, size, (off_t)source->header.data_offset + descriptor->offset) !=
                (ssize_t)size)
            continue;
        for (unsigned n = 0; n < descriptor->size; n++)
            sum += value[n];
    }
    if (!sum)
        return;
    if (*title)
        fprintf(to, "%s\n", *title);
    *title = NULL;
    fprintf(to, "  %-30.*s %12" PRIu64 "%s\n", (int)source->header.name_size, descriptor->name, sum,
            histogram ? " samples" : unit_name(descriptor));
}

int
kvm_stats_open(int fd)
{
    return ioctl(fd, KVM_GET_STATS_FD, NULL);
}

void
kvm_stats_print(FILE *to, const char *title, const int *stats_fd, unsigned count)
{
    struct source source = {0};

    if (stats_fd[0] >= 0 && source_read(&source, stats_fd[0]) == 0)
        for (uint32_t i = 0; i < source.header.num_desc; i++)
            counter_print(to, &title, &source,
                          (const void *)(source.descriptors + i * source.descriptor_size), stats_fd,
                          count);
    free(source.descriptors);
}
