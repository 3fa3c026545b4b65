# The debug build notices mistakes with locks, and says which lock and where; toyos's own tests make it
# find none.
# limit: 600
. "$LIB"

mistake() {
	duet --cpus=2 "$TOYOS_DEBUG" "mistake=$1" 'run=top 100'
	expect_status 126
	expect_err "the guest died: panic: $2\$"
}

at='debug/mistake\.c:[0-9]+'
mistake order "lock cup, at $at: taken with plate \($at\), but before was plate \($at\) taken with cup \($at\)"
mistake circle "lock cup, at $at: taken with bowl \($at\), but before was bowl \($at\) taken with plate \($at\), plate \($at\) taken with cup \($at\)"
mistake twice "lock cup: taken twice, at $at and at $at"
mistake two-of-a-name "lock cup: two of this name, at $at and at $at"
mistake asleep "lock cup, taken at $at: its holder sleeps"
mistake may-sleep "lock cup, taken at $at: its holder sleeps"
mistake yield "lock cup, taken at $at: its holder sleeps"
mistake other-hart "lock cup, at $at: released by hart [01], but hart [01] holds it"
mistake not-held "lock cup, at $at: released, but nobody holds it"
mistake long-order "lock bed, at $at: taken with sofa \($at\), but before was sofa \($at\) taken with bed \($at\)"
mistake long-twice "lock bed: taken twice, at $at and at $at"
mistake long-release "lock bed, at $at: released by who does not hold it"
mistake operation 'lock journal operation: taken twice, at fs/journal\.c:[0-9]+ and at fs/journal\.c:[0-9]+'
mistake leave "lock bed, taken at $at: its holder leaves the kernel"

duet "$TOYOS" mistake=order 'run=true'
expect_status 0
expect_err 'mistake=order: only the debug build makes mistakes'

duet --cpus=4 "$TOYOS_DEBUG" 'run=usertests -q && usertests_fs && usertests_fsmp && stressfs'
expect_status 0
# A disk has locks of its own.
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
duet --cpus=2 --disk=disk.img "$TOYOS_DEBUG" 'run=usertests_fsmp && stressfs'
expect_status 0
