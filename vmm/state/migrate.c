/* Has a guest go on in another duet: both ends. */
#include "vmm/state/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/riscv.h"
#include "vmm/control/address.h"
#include "vmm/device/image_file.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/state/hart.h"
#include "vmm/state/migrate_stream.h"
#include "vmm/state/ram.h"
#include "vmm/state/save.h"
#include "vmm/trace/clock.h"

/* The guest is stopped when no more pages than these are left, or after so many rounds: one that
 * writes to all of its memory all the time has to move, too. */
#define STOP_PAGES 64
#define ROUNDS_MAX 10

/* How often the owner looks at other things while it waits for the other side, and how long it
 * waits for a byte to be taken or to come. */
#define LOOK_MS     100
#define PATIENCE_MS 60000

#define PROGRESS_STEPS 16

/* Begins each line about a guest that does not move. */
#define STAYS "the guest stays here: "

struct sender {
    struct vm *vm;
    void (*meanwhile)(struct vm *vm);
    int fd;
    uint64_t *dirty; /* a bit a page: what is to be sent */
    uint64_t *log;   /* room for KVM's, as large */
    uint64_t pages;  /* of RAM */
    uint64_t bytes;  /* that were sent */
    struct migrating_progress progress;
};

static const struct sandbox_group sender_calls =
    SANDBOX_GROUP(SANDBOX_IOCTL(KVM_ENABLE_CAP), SANDBOX_IOCTL(KVM_GET_DIRTY_LOG),
                  SANDBOX_IOCTL(KVM_CLEAR_DIRTY_LOG), SANDBOX_IOCTL(KVM_GET_REG_LIST),
                  SANDBOX_CALL(fdatasync), SANDBOX_CALL(recvfrom), SANDBOX_CALL(setitimer));

void
migrate_allow(void)
{
    sandbox_allow(NULL, NULL, &sender_calls);
}

/* Serves other things. 0, or -1 after saying why the guest cannot go. */
static int
sender_look(struct sender *sender)
{
    struct vm *vm = sender->vm;

    sender->meanwhile(vm);
    if (atomic_load(&vm->ending.how))
        return fail(STAYS "it has ended");
    if (atomic_load(&vm->migrating.cancelled))
        return fail(STAYS "who has asked for that has gone");
    return 0;
}

/* Waits for the other side. `waited` is 0 at first. */
static int
sender_wait(struct sender *sender, short events, unsigned *waited)
{
    struct pollfd fd = {.fd = sender->fd, .events = events};

    if (poll(&fd, 1, LOOK_MS) == 0 && (*waited += LOOK_MS) >= PATIENCE_MS)
        return fail(STAYS "the other side has done nothing for %d s", PATIENCE_MS / 1000);
    return sender_look(sender);
}

static int
bytes_send(struct sender *sender, const void *bytes, size_t len, int flags)
{
    unsigned waited = 0;

    sender->bytes += len;
    while (len > 0) {
        ssize_t put = send(sender->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL | flags);

        if (put > 0) {
            bytes = (const char *)bytes + put;
            len -= (size_t)put;
            waited = 0;
        } else if (put < 0 && errno != EINTR && errno != EAGAIN) {
            return fail_errno(STAYS "the connection");
        } else if (sender_wait(sender, POLLOUT, &waited)) {
            return -1;
        }
    }
    return 0;
}

static int
record_send(struct sender *sender, uint64_t kind, uint64_t at, const void *bytes, uint64_t len)
{
    const struct stream_record record = {.kind = kind, .at = at, .len = len};

    return bytes_send(sender, &record, sizeof(record), bytes ? MSG_MORE : 0) ||
                   (bytes && bytes_send(sender, bytes, len, 0))
               ? -1
               : 0;
}

/* Takes a byte that the receiver says. */
static int
answer_take(struct sender *sender, char wanted)
{
    unsigned waited = 0;
    char answer;

    for (;;) {
        ssize_t got = recv(sender->fd, &answer, 1, MSG_DONTWAIT);

        if (got == 1)
            return answer == wanted ? 0 : fail(STAYS "the other side is no duet that waits for it");
        if (got == 0)
            return fail(STAYS "the other side has refused it, or was ended: it says why");
        if (errno != EINTR && errno != EAGAIN)
            return fail_errno(STAYS "the connection");
        if (sender_wait(sender, POLLIN, &waited))
            return -1;
    }
}

static void
progress_tell(struct sender *sender, uint64_t more)
{
    struct migrating_progress *progress = &sender->progress;
    uint64_t step = progress->pages / PROGRESS_STEPS + 1, before = progress->sent / step;

    progress->sent += more;
    if (more == 0 || progress->sent / step != before)
        migrating_progress_tell(sender->vm, *progress);
}

static bool
is_dirty(const struct sender *sender, uint64_t page)
{
    return sender->dirty[page / 64] >> page % 64 & 1;
}

/* Sends the pages that are dirty. In the first round the receiver has zeroes. */
static int
round_send(struct sender *sender, bool is_first, uint64_t pages)
{
    const unsigned char *ram = sender->vm->mem.hva;
    uint64_t end;

    sender->progress = (struct migrating_progress){sender->progress.round + 1, pages, 0};
    progress_tell(sender, 0);
    for (uint64_t page = 0; page < sender->pages; page = end) {
        uint64_t at = page * PAGE_SIZE;
        bool is_zero;

        end = page + 1;
        if (!is_dirty(sender, page)) {
            if (page % 64 == 0 && sender->dirty[page / 64] == 0)
                end = page + 64;
            continue;
        }
        is_zero = ram_page_is_zero(ram + at);
        while (end < sender->pages && (end - page) * PAGE_SIZE < STREAM_RUN_MAX &&
               is_dirty(sender, end) && ram_page_is_zero(ram + end * PAGE_SIZE) == is_zero)
            end++;
        if ((!is_zero || !is_first) &&
            record_send(sender, is_zero ? STREAM_ZEROES : STREAM_PAGES, at,
                        is_zero ? NULL : ram + at, (end - page) * PAGE_SIZE))
            return -1;
        progress_tell(sender, end - page);
        if (sender_look(sender))
            return -1;
    }
    memset(sender->dirty, 0, sender->pages / 8);
    return 0;
}

static int
region_set(const struct vm *vm, uint32_t flags, uint64_t size)
{
    struct kvm_userspace_memory_region region = {.flags = flags,
                                                 .guest_phys_addr = vm->mem.base,
                                                 .memory_size = size,
                                                 .userspace_addr = (uint64_t)vm->mem.hva};

    return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

/* Has KVM log the pages that the guest writes to, or not any more. The harts are out. KVM cannot
 * take a page of 2 MiB apart (Linux 6.12), so it has to forget those first. */
static int
log_set(const struct vm *vm, bool on)
{
    struct kvm_enable_cap manual = {.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
                                    .args[0] = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE};

    if (on && ioctl(vm->fd, KVM_ENABLE_CAP, &manual))
        return fail_errno(STAYS "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
    if ((vm->mem.huge && region_set(vm, 0, 0)) ||
        region_set(vm, on ? KVM_MEM_LOG_DIRTY_PAGES : 0, vm->mem.size))
        return fail_errno(STAYS "KVM_SET_USER_MEMORY_REGION with a log");
    return 0;
}

/* Takes from the logs which pages are to be sent, besides those that are already; and how many that
 * are in all. What is written to from here on is in the logs again, so the pages are to be read
 * after this. */
static int
dirty_take(struct sender *sender, uint64_t *count)
{
    struct vm *vm = sender->vm;
    struct kvm_dirty_log log = {.dirty_bitmap = sender->log};
    struct kvm_clear_dirty_log clear = {.num_pages = (uint32_t)sender->pages,
                                        .dirty_bitmap = sender->log};

    if (ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log))
        return fail_errno(STAYS "KVM_GET_DIRTY_LOG");
    if (ioctl(vm->fd, KVM_CLEAR_DIRTY_LOG, &clear))
        return fail_errno(STAYS "KVM_CLEAR_DIRTY_LOG");
    *count = 0;
    for (uint64_t i = 0; i < sender->pages / 64; i++) {
        sender->dirty[i] |=
            sender->log[i] | __atomic_exchange_n(&vm->mem.written[i], 0, __ATOMIC_ACQUIRE);
        *count += (uint64_t)__builtin_popcountll(sender->dirty[i]);
    }
    return 0;
}

/* Stops the guest and all that is done for it. 0, or -1 after saying why: it runs on then. */
static int
guest_stop(struct sender *sender)
{
    struct vm *vm = sender->vm;
    const char *why_not;

    while (!(why_not = vm_hold(vm, sender->meanwhile))) {
        if (!saving_is_asked(vm)) {
            devices_pause(vm);
            return 0;
        }
        save_serve(vm, sender->meanwhile); /* a hart waits for that; then all run again */
        if (sender_look(sender))
            return -1;
    }
    vm_let_go(vm);
    return fail(STAYS "%s", why_not);
}

static void
guest_go_on(struct vm *vm)
{
    devices_resume(vm);
    vm_let_go(vm);
}

/* With the guest stopped for a moment: writes down what it is, and has all writes logged. */
static int
machine_look(struct sender *sender, struct state_writer *head)
{
    struct vm *vm = sender->vm;
    int failed;

    if (guest_stop(sender))
        return -1;
    failed = state_save(vm, head);
    if (!failed && guest_mem_watch(&vm->mem))
        failed = fail_errno(STAYS "memory");
    failed = failed || log_set(vm, true);
    guest_go_on(vm);
    return failed ? -1 : 0;
}

/* Waits until the receiver has all that was sent. Before the guest is stopped, nothing may be on
 * its way: it would stand still until that has arrived. */
static int
round_end(struct sender *sender)
{
    return record_send(sender, STREAM_ROUND, 0, NULL, 0) || answer_take(sender, STREAM_HERE) ? -1
                                                                                             : 0;
}

/* All of it while the guest runs, but for what it has written to last. */
static int
running_send(struct sender *sender)
{
    struct state_writer head = {0};
    uint64_t count = sender->pages;
    int failed = machine_look(sender, &head) ||
                 record_send(sender, STREAM_HEAD, sender->vm->mem.size, head.bytes, head.len) ||
                 answer_take(sender, STREAM_READY);

    free(head.bytes);
    memset(sender->dirty, 0xff, sender->pages / 8);
    for (unsigned round = 0; !failed && count > STOP_PAGES && round < ROUNDS_MAX; round++)
        failed = round_send(sender, round == 0, count) || round_end(sender) ||
                 dirty_take(sender, &count);
    return failed ? -1 : 0; /* what the last look has found is sent with the rest */
}

/* With the guest stopped: what is left of RAM, the machine, and with it the disks. */
static int
rest_send(struct sender *sender, bool *disks_are_given)
{
    struct vm *vm = sender->vm;
    struct state_writer head = {0};
    uint64_t count;
    int failed = state_save(vm, &head); /* first: it notes writes to the queues' memory */

    failed = failed || dirty_take(sender, &count) || round_send(sender, false, count);
    if (!failed) {
        image_files_unlock();
        *disks_are_given = true;
        failed = record_send(sender, STREAM_HEAD, vm->mem.size, head.bytes, head.len) ||
                 answer_take(sender, STREAM_READY);
    }
    free(head.bytes);
    return failed ? -1 : 0;
}

/* Whether the receiver has given up, although it was ready. */
static bool
has_gone(const struct sender *sender)
{
    char byte;

    return recv(sender->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Whether the receiver says that the guest runs there. The guest is not ours any more, whatever it
 * says. */
static bool
runs_there(const struct sender *sender)
{
    struct pollfd fd = {.fd = sender->fd, .events = POLLIN};
    char answer;

    return poll(&fd, 1, PATIENCE_MS) > 0 && recv(sender->fd, &answer, 1, 0) == 1 &&
           answer == STREAM_RUNS;
}

/* Stops the guest, and hands it over. 0, or -1 after saying why: it is ours still. */
static int
hand_over(struct sender *sender)
{
    const char go = STREAM_GO;
    struct vm *vm = sender->vm;
    bool disks_are_given = false, was_asked;
    const uint64_t begin = clock_ns();
    uint64_t stood_us;
    int failed;

    if (guest_stop(sender))
        return -1;
    was_asked = atomic_load(&vm->ending.asked);
    failed = rest_send(sender, &disks_are_given);
    if (!failed && atomic_load(&vm->ending.asked) != was_asked)
        failed = fail(STAYS "it was asked to shut down");
    if (!failed && has_gone(sender))
        failed = fail(STAYS "the other side has not waited for it");
    if (!failed && send(sender->fd, &go, 1, MSG_NOSIGNAL) != 1)
        failed = fail_errno(STAYS "the connection");
    if (failed) {
        if (disks_are_given && image_files_lock_again()) {
            fail("the guest has lost its disks, and is ended");
            vm_end(vm, STATUS_FAILED);
            vm_let_go(vm);
        } else {
            guest_go_on(vm);
        }
        return -1;
    }
    if (runs_there(sender)) {
        stood_us = (clock_ns() - begin) / 1000;
        say("the guest has moved: %" PRIu64 " KiB in %u rounds, and %" PRIu64 ".%03" PRIu64
            " ms in which it did not run",
            sender->bytes >> 10, sender->progress.round, stood_us / 1000, stood_us % 1000);
        vm_end(vm, 0);
    } else {
        fail("the connection has broken while the guest was handed over: it runs at the other end, "
             "or nowhere");
        vm_end(vm, STATUS_FAILED);
    }
    vm_let_go(vm); /* the devices stay paused: what they would do is done there */
    return 0;
}

void
migrate_serve(struct vm *vm, void (*meanwhile)(struct vm *vm))
{
    struct sender sender = {.vm = vm,
                            .meanwhile = meanwhile,
                            .fd = migrating_take(vm),
                            .pages = vm->mem.size / PAGE_SIZE};
    int failed;

    if (sender.fd < 0)
        return;
    sender.dirty = malloc(sender.pages / 8);
    sender.log = malloc(sender.pages / 8);
    failed = sender.dirty && sender.log ? running_send(&sender) || hand_over(&sender)
                                        : fail_errno(STAYS "memory");
    if (failed && vm->mem.written && !atomic_load(&vm->ending.how)) {
        if (!vm_hold(vm, meanwhile))
            log_set(vm, false);
        vm_let_go(vm);
    }
    free(sender.dirty);
    free(sender.log);
    close(sender.fd);
    migrating_end_tell(vm, failed);
}

/* --- The receiver ----------------------------------------------------------------------------- */

static int connection = -1;
static const sigset_t *signals_of_guest;

int
migrate_accept(struct snapshot *snapshot, const char *address, const sigset_t *signals)
{
    signals_of_guest = signals;
    connection = address_accept(address);
    if (connection < 0 || stream_head_receive(connection, address, snapshot))
        return -1;
    say("a guest with %" PRIu64 " MiB of RAM is coming", snapshot->memory >> 20);
    return 0;
}

/* Waits until the guest is ours. Not for ever: signals are blocked. */
static int
go_take(void)
{
    struct pollfd fd = {.fd = connection, .events = POLLIN};
    char byte;

    while (poll(&fd, 1, PATIENCE_MS) < 0 && errno == EINTR)
        ;
    return recv(connection, &byte, 1, MSG_DONTWAIT) == 1 && byte == STREAM_GO
               ? 0
               : fail("the guest stays at the other side");
}

/* Says that all is here, and takes the guest. From the first on, it may be ours without our knowing
 * it yet, so a signal that asks for the end must not end duet before the guest: it waits until the
 * guest runs, and is served then; or duet ends because the guest does not come. */
static int
guest_take(const char *from)
{
    sigprocmask(SIG_BLOCK, signals_of_guest, NULL);
    return stream_byte_say(connection, from, STREAM_READY) || go_take() ? -1 : 0;
}

int
migrate_finish(struct vm *vm, const struct snapshot *first)
{
    struct snapshot last = {.fd = -1};
    struct snapshot_kind kind;
    int failed = hart_kind_read(vm->vcpu[0].fd, &kind);

    if (!failed && memcmp(&kind, &first->kind, sizeof(kind)) != 0)
        failed = fail("%s: the guest comes from a host whose harts have another instruction set, "
                      "paging or clock",
                      first->path);
    failed = failed || stream_byte_say(connection, first->path, STREAM_READY) ||
             stream_ram_receive(connection, first->path, &vm->mem, first, &last);
    if (!failed) {
        failed = image_files_lock() || restore(vm, &last) || guest_take(first->path);
        if (!failed) {
            /* It runs, whether the other side gets that or not. */
            stream_byte_say(connection, first->path, STREAM_RUNS);
            say("the guest is here, and goes on");
        }
        snapshot_close(&last);
    }
    close(connection);
    connection = -1;
    return failed ? -1 : 0;
}
