//@ why The sum is not looked at.
//@ loses refuses
//@ substitute vmm/state/snapshot.c if (state_sum(STATE_SUM_NONE, from.at, from.left) != sum) => if (sum == 0)
