# What toyos promises to programs, under duet, with 4 harts: the quick tests.
# limit: 600
. "$LIB"

duet --cpus=4 --mem=48M "$TOYOS" 'run=usertests -q'
grep -v '^ok\|page fault' out >failures
[ "$(cat failures)" = "$(grep '^usertests: [0-9]* passed, 0 failed$' out)" ] || {
	cat failures
	fail 'not only passes'
}
expect_status 0
