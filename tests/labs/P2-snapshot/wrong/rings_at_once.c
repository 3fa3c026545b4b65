//@ why The timer rings when the machine is restored, whenever it was set for.
//@ loses timer
//@ replace vmm/state/hart.c
static int
timer_load(const struct vcpu *vcpu, const struct timer *timer, bool sstc)
{
    (void)sstc;
    return reg_set(vcpu->fd, REG_TIMER(compare), timer->time);
}
