/* free: memory, in KiB. */
#include "user/toyos.h"

int
main(void)
{
    struct sysinfo s;
    uint64 kib;

    if (sysinfo(&s) < 0) {
        perror("free");
        return 1;
    }
    kib = s.page_size / 1024;
    printf("     total      used      free\n");
    printf("%10lu%10lu%10lu\n", s.pages * kib, (s.pages - s.free_pages) * kib, s.free_pages * kib);
    return 0;
}
