/* The thread of the control socket, with clients that speak while the machine ends. What it calls
 * of other rooms is this file's; the control socket itself is left out. */
#include "vmm/control/control.c"

/* Later: cmocka has a macro fail(). */
#include "tests/unit/unit.h"

static struct vm vm;

void
vm_owner_wake(const struct vm *of)
{
    assert_ptr_equal(of, &vm);
}

void
hold_vcpu_begin(struct vcpu *vcpu)
{
    (void)vcpu;
    fail_msg("no hart asks here");
}

const struct command *
command_find(const char *name, bool by_gdb)
{
    static const struct command known[] = {
        {.name = "save"}, {.name = "pause"}, {.name = "migrate"}};

    assert_false(by_gdb);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(name, known[i].name) == 0)
            return &known[i];
    return NULL;
}

void
vm_pause(struct vm *of, int notify_fd)
{
    (void)notify_fd;
    atomic_store(&of->pause.wanted, true);
}

bool
vm_is_paused(const struct vm *of)
{
    return atomic_load(&of->ending.how);
}

size_t
console_feed(struct vm *of, const char *text, size_t len, int notify_fd)
{
    (void)of, (void)text, (void)notify_fd;
    return len;
}

bool
console_tap_attach(int fd)
{
    (void)fd;
    return true;
}

void
console_tap_detach(void)
{
}

/* What a client is told whose line, with the file `passed_fd` or none (-1), the thread has read
 * just before it ends with the machine. */
static void
last_words(const char *line, int passed_fd, unsigned how, char *told, size_t size)
{
    static const struct options options;
    struct client *client = &control.client[0];
    int pair[2];
    ssize_t got;

    memset(&vm, 0, sizeof(vm));
    vm.options = &options;
    saving_init(&vm.saving, true);
    migrating_init(&vm.migrating);
    atomic_store(&vm.ending.how, how);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    control.vm = &vm;
    control.listen_fd = -1;
    control.wake_fd = eventfd(0, EFD_NONBLOCK);
    atomic_store(&control.stop, true);
    *client = (struct client){
        .state = CLIENT_TALKS, .fd = pair[0], .passed_fd = passed_fd, .len = strlen(line)};
    memcpy(client->said, line, client->len);
    control_main(NULL);
    got = read(pair[1], told, size - 1);
    told[got > 0 ? got : 0] = '\0';
    close(pair[1]);
    control_close();
    migrating_destroy(&vm.migrating);
}

static void
a_save_is_answered_while_the_machine_resets(void **state)
{
    char told[128];

    (void)state;
    last_words("save\n", -1, VM_ENDED | VM_RESET, told, sizeof(told));
    expect(!!strstr(told, "-it could not be saved"), "told: %s", told);
    last_words("save\n", -1, VM_ENDED, told, sizeof(told));
    expect(!!strstr(told, "-it could not be saved"), "told: %s", told);
}

static void
a_migration_is_answered_while_the_machine_resets(void **state)
{
    char told[128];

    (void)state;
    last_words("migrate there\n", dup(STDERR_FILENO), VM_ENDED | VM_RESET, told, sizeof(told));
    expect(!!strstr(told, "-it stays"), "told: %s", told);
    last_words("migrate there\n", -1, VM_ENDED | VM_RESET, told, sizeof(told));
    expect(!!strstr(told, "-there is no connection"), "told: %s", told);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_is_answered_while_the_machine_resets),
        cmocka_unit_test(a_migration_is_answered_while_the_machine_resets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
