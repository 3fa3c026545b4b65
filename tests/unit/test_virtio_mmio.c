/* The transport of virtio devices (VIRTIO 1.2 §4.2), with a device of this file's that has no
 * thread. */
#include "tests/unit/board_bus.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/memory.h"
#include "vmm/board/board.h"
#include "vmm/board/plic.h"
#include "vmm/board/virtio_mmio.h"
#include "vmm/device/queue.h"

#define SLOT 3
#define RAM  0x4000

#define DESCRIPTORS DUET_RAM_BASE
#define AVAILABLE   (DUET_RAM_BASE + 0x1000)
#define USED        (DUET_RAM_BASE + 0x2000)
#define BUFFER      (DUET_RAM_BASE + 0x3000)
#define SIZE        8

#define F_OWN       (1ULL << 3)
#define F_VERSION_1 (1ULL << 32)

#define WRITE        2
#define NEEDS_RESET  0x40
#define DRIVER_OK    15
#define CONFIG_EVENT 2

static struct virtio_device device;
static unsigned raised, served, not_ready, kicked;
static bool refills; /* another hart puts a chain as soon as one was served */
static unsigned stored_at, stored_len;

void
plic_raise(struct vm *vm, unsigned irq)
{
    assert_ptr_equal(vm, &board_vm);
    assert_int_equal(irq, BOARD_VIRTIO_IRQ(SLOT));
    raised++;
}

void
queue_thread_wake(int doorbell_fd)
{
    (void)doorbell_fd;
    fail_msg("there is no thread to wake");
}

void
vcpu_kick(struct vcpu *vcpu)
{
    assert_ptr_equal(vcpu, &board_vm.vcpu[0]);
    kicked++;
}

static void put(unsigned head);

/* Fills the chain's buffers with the queue's number. */
static uint32_t
serve(struct virtio_device *of, unsigned number, struct virtqueue_chain *chain)
{
    uint32_t sum = 0;

    assert_ptr_equal(of, &device);
    served++;
    if (refills && served < 1000)
        put(served % SIZE);
    for (unsigned i = chain->readable; i < chain->count; i++) {
        memset(chain->part[i].iov_base, (int)number + 1, chain->part[i].iov_len);
        sum += (uint32_t)chain->part[i].iov_len;
    }
    return sum;
}

static bool
is_ready(struct virtio_device *of, unsigned number)
{
    assert_ptr_equal(of, &device);
    return !(not_ready >> number & 1);
}

static void
config_stored(struct virtio_device *of, unsigned offset, unsigned len)
{
    assert_ptr_equal(of, &device);
    stored_at = offset;
    stored_len = len;
}

static const struct virtio_kind kind = {
    .name = "virtio-test",
    .id = 77,
    .queues = 2,
    .queue_size_max = 16,
    .serve = serve,
    .is_ready = is_ready,
    .config_stored = config_stored,
};

static uint32_t
load(unsigned offset)
{
    return (uint32_t)board_load(BOARD_VIRTIO_BASE(SLOT) + offset, 4);
}

static void
store(unsigned offset, uint64_t value)
{
    board_store(BOARD_VIRTIO_BASE(SLOT) + offset, 4, (uint32_t)value);
}

static int
begin(void **state)
{
    (void)state;
    board_begin();
    memset(&device, 0, sizeof(device));
    raised = served = not_ready = kicked = stored_at = stored_len = 0;
    refills = false;
    device.kind = &kind;
    device.features = F_OWN;
    device.doorbell_fd = -1;
    if (guest_mem_create(&board_vm.mem, DUET_RAM_BASE, RAM))
        return -1;
    return virtio_device_add(&device, &board_vm, SLOT);
}

static int
end(void **state)
{
    (void)state;
    guest_mem_destroy(&board_vm.mem);
    return 0;
}

static void
agree(uint64_t features)
{
    store(0x70, 0);
    store(0x70, 3);
    for (unsigned half = 0; half < 2; half++) {
        store(0x24, half);
        store(0x20, features >> 32 * half);
    }
    store(0x70, 11);
}

static void
place(unsigned number, uint32_t size, uint64_t descriptors, uint64_t available, uint64_t used)
{
    store(0x30, number);
    store(0x38, size);
    store(0x80, descriptors);
    store(0x84, descriptors >> 32);
    store(0x90, available);
    store(0x94, available >> 32);
    store(0xa0, used);
    store(0xa4, used >> 32);
    store(0x44, 1);
}

static void
start(unsigned number, uint64_t features)
{
    agree(features);
    place(number, SIZE, DESCRIPTORS, AVAILABLE, USED);
    store(0x70, DRIVER_OK);
    assert_int_equal(load(0x44), 1);
}

static uint16_t *
ring(uint64_t gpa)
{
    return guest_mem_slice(&board_vm.mem, gpa, 64);
}

/* Puts one buffer of 16 bytes as the next chain. */
static void
put(unsigned head)
{
    uint64_t *descriptor = guest_mem_slice(&board_vm.mem, DESCRIPTORS + 16 * (uint64_t)head, 16);
    uint16_t *available = ring(AVAILABLE);

    descriptor[0] = BUFFER + 16 * (uint64_t)head;
    descriptor[1] = 16 | (uint64_t)WRITE << 32;
    available[2 + available[1] % SIZE] = (uint16_t)head;
    available[1]++;
}

static void
the_slot_says_what_is_in_it(void **state)
{
    (void)state;
    assert_int_equal(load(0), 0x74726976);
    assert_int_equal(load(4), 2);
    assert_int_equal(load(8), 77);
    assert_int_equal(load(0xc), 0x554d4551);
    assert_int_equal(load(0x34), 16);
    store(0x30, 2); /* there is no third queue */
    assert_int_equal(load(0x34), 0);
    assert_int_equal(load(0x44), 0);
    store(0x44, 1);
    assert_int_equal(load(0x44), 0);
    assert_int_equal(load(0xb0), UINT32_MAX); /* no shared memory */
}

static void
features_are_agreed_upon_in_halves(void **state)
{
    (void)state;
    store(0x14, 0);
    assert_int_equal(load(0x10), F_OWN | VIRTQUEUE_F_INDIRECT | VIRTQUEUE_F_EVENT_IDX);
    store(0x14, 1);
    assert_int_equal(load(0x10), 1);
    store(0x14, 2);
    assert_int_equal(load(0x10), 0);
    agree(F_OWN | F_VERSION_1);
    assert_int_equal(load(0x70), 11);
    assert_int_equal(device.driver_features, F_OWN | F_VERSION_1);
    /* Too late: they are agreed upon (§2.2). */
    store(0x24, 0);
    store(0x20, 0);
    assert_int_equal(device.driver_features, F_OWN | F_VERSION_1);
    agree(F_OWN << 1);
    assert_int_equal(load(0x70), 3);
}

static void
a_notification_serves_the_queue_at_once(void **state)
{
    (void)state;
    start(1, F_VERSION_1);
    put(2);
    put(5);
    assert_int_equal(served, 0);
    store(0x50, 1);
    assert_int_equal(served, 2);
    assert_int_equal(ring(USED)[1], 2);
    assert_int_equal(ring(USED)[2], 2);
    assert_int_equal(ring(USED)[4], 16);
    assert_int_equal(ring(USED)[6], 5);
    assert_int_equal(*(char *)guest_mem_slice(&board_vm.mem, BUFFER + 16 * 5 + 15, 1), 2);
    assert_int_equal(raised, 1);
    assert_int_equal(load(0x60), 1);
    store(0x64, 1);
    assert_int_equal(load(0x60), 0);
    /* Another queue, and none. */
    put(3);
    store(0x50, 0);
    store(0x50, 2);
    store(0x50, UINT32_MAX);
    assert_int_equal(served, 2);
}

static void
nothing_is_taken_before_the_device_is_ready(void **state)
{
    (void)state;
    start(0, F_VERSION_1);
    not_ready = 1;
    put(0);
    store(0x50, 0);
    assert_int_equal(served, 0);
    assert_int_equal(raised, 0);
    not_ready = 0;
    virtio_queue_serve(&device, 0);
    assert_int_equal(served, 1);
    assert_int_equal(raised, 1);
}

static void
a_queue_that_is_filled_again_keeps_nobody(void **state)
{
    (void)state;
    start(0, F_VERSION_1);
    refills = true;
    put(0);
    store(0x50, 0);
    assert_int_equal(served, SIZE);
    assert_int_equal(ring(USED)[1], SIZE);
    assert_int_equal(kicked, 1);
    virtio_device_go_on(&device);
    assert_int_equal(served, 2 * SIZE);
    assert_int_equal(kicked, 2);
    refills = false;
    virtio_device_go_on(&device);
    assert_int_equal(served, 2 * SIZE + 1);
    assert_int_equal(ring(USED)[1], 2 * SIZE + 1);
    virtio_device_go_on(&device);
    assert_int_equal(served, 2 * SIZE + 1);
    assert_int_equal(kicked, 2);
}

static void
an_event_index_says_when_to_interrupt(void **state)
{
    (void)state;
    start(0, F_VERSION_1 | VIRTQUEUE_F_EVENT_IDX);
    ring(AVAILABLE)[2 + SIZE] = 1; /* used_event: the second */
    put(0);
    store(0x50, 0);
    assert_int_equal(served, 1);
    assert_int_equal(raised, 0);
    put(1);
    store(0x50, 0);
    assert_int_equal(raised, 1);
    assert_int_equal(ring(USED)[2 + 4 * SIZE], 2); /* avail_event: the next */
}

static void
a_queue_that_cannot_be_is_refused(void **state)
{
    static const uint32_t sizes[] = {0, 3, 17, 32, 65535, 0x80000000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        agree(F_VERSION_1);
        place(0, sizes[i], DESCRIPTORS, AVAILABLE, USED);
        assert_int_equal(load(0x44), 0);
        assert_true(load(0x70) & NEEDS_RESET);
    }
    agree(F_VERSION_1);
    place(0, SIZE, DUET_RAM_BASE + RAM - 64, AVAILABLE, USED);
    assert_int_equal(load(0x44), 0);
    agree(F_VERSION_1);
    place(0, SIZE, DESCRIPTORS + 8, AVAILABLE, USED);
    assert_int_equal(load(0x44), 0);
    assert_int_equal(raised, 0); /* no driver is there to be told */
}

static void
a_queue_that_makes_no_sense_wants_a_reset(void **state)
{
    const char *said;

    (void)state;
    start(0, F_VERSION_1);
    ring(AVAILABLE)[1] = SIZE + 1;
    capture_begin(STDERR_FILENO);
    store(0x50, 0);
    said = capture_end();
    expect_one_line(said);
    expect(!!strstr(said, "virtio-test: the guest's queue 0 makes no sense"), "said: %s", said);
    assert_true(load(0x70) & NEEDS_RESET);
    assert_int_equal(load(0x60), CONFIG_EVENT);
    ring(AVAILABLE)[1] = 0;
    put(0);
    store(0x50, 0);
    assert_int_equal(served, 0);
    /* It cannot be stored away; a reset takes all back. */
    store(0x70, DRIVER_OK);
    assert_true(load(0x70) & NEEDS_RESET);
    ring(AVAILABLE)[1] = 0;
    start(0, F_VERSION_1);
    assert_int_equal(load(0x70), DRIVER_OK);
    put(0);
    store(0x50, 0);
    assert_int_equal(served, 1);
}

static void
a_queue_that_is_ready_stays_where_it_is(void **state)
{
    (void)state;
    start(0, F_VERSION_1);
    store(0x80, 0x1000);
    store(0x38, 1);
    put(7);
    store(0x50, 0);
    assert_int_equal(served, 1);
    store(0x44, 0);
    assert_int_equal(load(0x44), 0);
    put(1);
    store(0x50, 0);
    assert_int_equal(served, 1);
}

static void
the_configuration_is_the_devices(void **state)
{
    (void)state;
    memcpy(device.config, "\1\2\3\4\5\6\7\10", 8);
    assert_int_equal(board_load(BOARD_VIRTIO_BASE(SLOT) + 0x100, 8), 0x0807060504030201);
    assert_int_equal(board_load(BOARD_VIRTIO_BASE(SLOT) + 0x103, 1), 4);
    board_store(BOARD_VIRTIO_BASE(SLOT) + 0x106, 2, 0xbbaa);
    assert_int_equal(stored_at, 6);
    assert_int_equal(stored_len, 2);
    assert_memory_equal(device.config, "\1\2\3\4\5\6\xaa\xbb", 8);
    assert_int_equal(board_load(BOARD_VIRTIO_BASE(SLOT) + 0xff8, 8), 0);
    board_store(BOARD_VIRTIO_BASE(SLOT) + 0x100 + VIRTIO_CONFIG_MAX, 8, ~0UL);
    /* Its registers are words. */
    assert_true(board_faults(BOARD_VIRTIO_BASE(SLOT), 1, false));
    assert_true(board_faults(BOARD_VIRTIO_BASE(SLOT) + 0x70, 8, true));
    /* A change is told to a driver that is there. */
    pthread_mutex_lock(&device.lock);
    virtio_config_changed(&device);
    assert_int_equal(raised, 0);
    pthread_mutex_unlock(&device.lock);
    start(0, F_VERSION_1);
    pthread_mutex_lock(&device.lock);
    virtio_config_changed(&device);
    pthread_mutex_unlock(&device.lock);
    assert_int_equal(raised, 1);
    assert_int_equal(load(0x60), CONFIG_EVENT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_slot_says_what_is_in_it, begin, end),
        cmocka_unit_test_setup_teardown(features_are_agreed_upon_in_halves, begin, end),
        cmocka_unit_test_setup_teardown(a_notification_serves_the_queue_at_once, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_taken_before_the_device_is_ready, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_that_is_filled_again_keeps_nobody, begin, end),
        cmocka_unit_test_setup_teardown(an_event_index_says_when_to_interrupt, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_that_cannot_be_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_that_makes_no_sense_wants_a_reset, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_that_is_ready_stays_where_it_is, begin, end),
        cmocka_unit_test_setup_teardown(the_configuration_is_the_devices, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
