# toyos is copied while it works: its program vmfork, on one hart and on 4 that are busy, with a disk that all read.
# long
# limit: 1800
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

# 4 harts with much to do, and a disk that all read: what is under way goes on in each.
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
duet --fork=4 --cpus=4 --memory=48M --disk=disk.img,ro "$TOYOS" \
	'run=usertests pipe_holds thread_condition cow_chain & vmfork 4; fg'
expect_status 0
for prefix in '' '\[1\] ' '\[2\] ' '\[3\] ' '\[4\] '; do
	grep -q "^${prefix}usertests: 3 passed, 0 failed\$" out || fail "a machine has not passed: $prefix"
done
