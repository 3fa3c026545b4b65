/*
 * host-resume SECONDS <SEED: makes the host Linux's clock and random numbers those of now, for its
 * state may have been saved long ago and started many times. Exit status 1, and a line, when it
 * cannot.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SEED_MAX      512
#define TIMER_WAIT_NS INT64_C(2000000000)

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
set_clock(double seconds)
{
    struct timespec now = {.tv_sec = (time_t)seconds};

    now.tv_nsec = (long)((seconds - (double)now.tv_sec) * 1e9);
    if (clock_settime(CLOCK_REALTIME, &now) < 0)
        fail("clock_settime");
}

static int64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/*
 * QEMU forgets the harts' armed timers when it saves the machine, and Linux arms one anew only for
 * something earlier than what it thinks is armed. So each hart gets a timer that is earlier than
 * any. It may be in vain: where Linux had put a timer off for taking too long, it does not arm it
 * earlier.
 */
static void
rearm_timers(void)
{
    long harts = sysconf(_SC_NPROCESSORS_ONLN);
    struct itimerspec after_boot = {.it_value.tv_nsec = 1};

    for (int hart = 0; hart < harts; hart++) {
        int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        int64_t start = now_ns();
        uint64_t count;
        cpu_set_t set;

        CPU_ZERO(&set);
        CPU_SET(hart, &set);
        if (sched_setaffinity(0, sizeof(set), &set) < 0)
            fail("sched_setaffinity");
        if (timer < 0 || timerfd_settime(timer, TFD_TIMER_ABSTIME, &after_boot, NULL) < 0)
            fail("timerfd");
        while (read(timer, &count, sizeof(count)) < 0)
            if (now_ns() - start > TIMER_WAIT_NS) {
                fprintf(stderr, "host-resume: the timer of hart %d does not run\n", hart);
                exit(1);
            }
    }
}

/* At once, not at the kernel's next reseeding: random(4). */
static void
reseed(void)
{
    static _Alignas(struct rand_pool_info) char buffer[sizeof(struct rand_pool_info) + SEED_MAX];
    struct rand_pool_info *pool = (struct rand_pool_info *)buffer;
    ssize_t len = read(STDIN_FILENO, pool->buf, SEED_MAX);
    int random = open("/dev/random", O_WRONLY | O_CLOEXEC);

    pool->entropy_count = (int)len * 8;
    pool->buf_size = (int)len;
    if (len <= 0 || random < 0 || ioctl(random, RNDADDENTROPY, pool) < 0 ||
        ioctl(random, RNDRESEEDCRNG) < 0)
        fail("random numbers");
}

int
main(int argc, char **argv)
{
    double now = argc == 2 ? atof(argv[1]) : 0;

    if (now <= 0) {
        fprintf(stderr, "usage: host-resume SECONDS <SEED\n");
        return 2;
    }
    rearm_timers();
    set_clock(now);
    reseed();
    return 0;
}
