/* date: the wall clock, in UTC. */
#include "user/toyos.h"

static int
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int
main(void)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 1970, month = 0;
    uint64 ns, seconds;
    long days;

    if (clock_wall(&ns) < 0) {
        fprintf(2, "date: this machine has no clock\n");
        return 1;
    }
    seconds = ns / 1000000000;
    days = (long)(seconds / 86400);
    seconds %= 86400;
    for (; days >= 365 + is_leap(year); year++)
        days -= 365 + is_leap(year);
    for (; days >= month_days[month] + (month == 1 && is_leap(year)); month++)
        days -= month_days[month] + (month == 1 && is_leap(year));
    printf("%d-%02d-%02ld %02lu:%02lu:%02lu UTC\n", year, month + 1, days + 1, seconds / 3600,
           seconds / 60 % 60, seconds % 60);
    return 0;
}
