# A hart of toyos that has nothing to do takes a program that waits for another hart: of two that make 2,000 null calls
# each, hart 1 runs one. Never are two programs waiting, so that no hart gives one away (balance() in sched.c).
. "$LIB"

duet --cpus=2 --trace=trace "$TOYOS" 'run=hc & hc'
expect_status 0
stolen=$(grep -c ' 1 null()' trace)
[ "$stolen" -ge 1000 ] || fail "hart 1 makes $stolen null calls"
