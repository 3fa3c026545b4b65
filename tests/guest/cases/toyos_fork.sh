# toyos is copied while it works: its program vmfork, on one hart and on 4 that are busy, with a disk that all read.
# long
# limit: 3600
. "$LIB"

sorted() {
	sort out >out.sorted
	mv out.sorted out
}

duet --fork=3 "$TOYOS" 'run=vmfork 3; echo after'
expect_status 0
sorted
expect_out '[1] after
[1] copy 1
[2] after
[2] copy 2
[3] after
[3] copy 3
after
original'
for n in 1 2 3; do
	expect_err "^duet: copy $n ended with status 0\$"
done
[ "$(wc -l <err)" -eq 3 ] || fail 'expected three lines on stderr'

# Each has the files as they were, and changes its own. The copies' status is the run's, as the original has 0.
duet --fork=2 --cpus=2 "$TOYOS" 'run=echo before >/f; vmfork 2 sh -c "cat /f; echo mine >/f; cat /f; exit 7"; sleep 1; cat /f'
expect_status 7
sorted
expect_out '[1] before
[1] mine
[2] before
[2] mine
before'

# As many as are left, and none where none may be made.
duet --fork=2 "$TOYOS" 'run=vmfork 3; vmfork 2 true; vmfork 1; vmfork 0'
expect_status 1
grep -c '^vmfork: ' out | grep -qx 3 || fail 'three of the four calls fail'
duet "$TOYOS" 'run=vmfork 1'
expect_status 1
grep -q '^vmfork: ' out || fail 'vmfork has not said why'

# 4 harts with much to do, and a disk that all read: what is under way goes on in each. 4 copies; 1,000 in make test-full,
# 50 at a time.
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
copies=$(amount 4 50)
work=$(amount 'pipe_holds thread_condition cow_chain' 'pipe_holds preempt')
passed="usertests: $(echo "$work" | wc -w) passed, 0 failed"
rounds=$(amount 1 20)
for round in $(seq "$rounds"); do
	# vmfork is the one behind: usertests counts pages, and a shell that waits for it there would share its pages with the
	# other, which takes one more for each that it writes to.
	duet --fork="$copies" --cpus=4 --memory=48M --disk=disk.img,ro "$TOYOS" \
		"run=vmfork $copies & usertests $work; fg || true" # it may have ended
	expect_status 0
	grep -qx original out || fail "round $round: the original has no copies"
	grep -qx "$passed" out || fail "round $round: the original has not passed"
	for n in $(seq "$copies"); do
		grep -qx "\[$n\] copy $n" out || fail "round $round: copy $n does not know which it is"
		grep -qx "\[$n\] $passed" out || fail "round $round: copy $n has not passed"
		expect_err "^duet: copy $n ended with status 0\$"
	done
	[ "$(wc -l <err)" -eq "$copies" ] || fail "round $round: something else on stderr"
done
echo "figures: $((rounds * copies)) copies"
