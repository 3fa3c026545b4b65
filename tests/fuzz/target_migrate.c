/* A guest that another duet sends: the input is the head of the machine, behind its first words,
 * which are made right, and then what is sent of RAM; the same head comes at the end. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/memory.h"
#include "common/riscv.h"
#include "vmm/log.h"
#include "vmm/state/migrate_stream.h"

/* Larger machines are not made. */
#define RAM_MAX (16 << 20)

/* So that the receiver has no progress to tell. */
#define INPUT_MAX 65536

static int stream;

static void
put(const void *bytes, size_t len)
{
    fuzz_check(write(stream, bytes, len) == (ssize_t)len, "no memory");
}

static void
head_put(const uint8_t *body, size_t size)
{
    uint64_t preamble[4] = {0, SNAPSHOT_VERSION, sizeof(preamble) + size,
                            state_sum(STATE_SUM_NONE, body, size)};
    struct stream_record record = {.kind = STREAM_HEAD, .len = sizeof(preamble) + size};

    memcpy(preamble, SNAPSHOT_MAGIC, 8);
    if (size >= 16)
        memcpy(&record.at, body + 8, 8);
    put(&record, sizeof(record));
    put(preamble, sizeof(preamble));
    put(body, size);
}

/* RAM, for a machine that has been accepted. */
static void
ram_check(const struct snapshot *first)
{
    struct snapshot last = {.fd = -1};
    struct guest_mem mem;
    const char *said;
    int result;

    fuzz_check(guest_mem_create(&mem, DUET_RAM_BASE, first->memory) == 0, "no memory");
    said_begin();
    result = stream_ram_receive(stream, "peer", &mem, first, &last);
    said = said_end();
    if (result) {
        check_one_line(said);
        fuzz_check(last.fd == -1 && !last.head, "what is refused stays open");
    } else {
        fuzz_check(!said[0] && last.is_sent && last.memory == mem.size && last.cpus == first->cpus,
                   "accepted: %s", said);
        snapshot_close(&last);
    }
    guest_mem_destroy(&mem);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snapshot first = {.fd = -1};
    const char *said;
    uint16_t words;
    size_t head;

    if (size < sizeof(words) || size > INPUT_MAX)
        return 0;
    memcpy(&words, data, sizeof(words));
    data += sizeof(words);
    size -= sizeof(words);
    head = words * sizeof(uint64_t) < size ? words * sizeof(uint64_t) : size / 8 * 8;
    stream = memfd_create("stream", MFD_CLOEXEC);
    head_put(data, head);
    put(data + head, size - head);
    head_put(data, head);
    lseek(stream, 0, SEEK_SET);
    said_begin();
    if (stream_head_receive(stream, "peer", &first)) {
        said = said_end();
        check_one_line(said);
        fuzz_check(first.fd == -1 && !first.head, "what is refused stays open");
    } else {
        said = said_end();
        fuzz_check(!said[0] && first.is_sent, "accepted, with words: %s", said);
        if (first.memory <= RAM_MAX)
            ram_check(&first);
        snapshot_close(&first);
    }
    close(stream);
    return 0;
}

void
fuzz_seeds(void)
{
    struct stream_record pages = {.kind = STREAM_PAGES, .at = 0x3000, .len = 2 * PAGE_SIZE};
    struct stream_record zeroes = {.kind = STREAM_ZEROES, .at = 0x4000, .len = 0x10000};
    static const uint8_t page[2 * PAGE_SIZE] = {1};
    struct state_writer body = {0}, to = {0};
    uint16_t words;

    state_put(&body, DUET_ABI_VERSION);
    state_put(&body, 1 << 20);
    state_put(&body, 1);
    for (unsigned word = 0; word < 6; word++)
        state_put(&body, word);
    state_put_piece(&body, "run=ls", 6);
    state_put(&body, 0); /* no board, and no devices of one */
    state_put(&body, 0);
    state_put(&body, 0); /* a hart that is not stopped, without registers */
    state_put(&body, 0);
    state_put(&body, DUET_EVENTS);
    state_put(&body, 0); /* nothing of M-mode, and no devices */
    state_put(&body, 0);
    words = (uint16_t)(body.len / 8);
    state_put_bytes(&to, &words, sizeof(words));
    state_put_bytes(&to, body.bytes, body.len);
    state_put_bytes(&to, &pages, sizeof(pages));
    state_put_bytes(&to, page, sizeof(page));
    state_put_bytes(&to, &zeroes, sizeof(zeroes));
    seed_write("machine", to.bytes, to.len);
    free(body.bytes);
    free(to.bytes);
}
