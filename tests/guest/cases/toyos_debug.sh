# The debug build notices mistakes with locks, and says which lock and where.
# limit: 600
. "$LIB"

mistake circle "lock cup, at $at: taken with bowl \($at\), but before was bowl \($at\) taken with plate \($at\), plate \($at\) taken with cup \($at\)"
mistake twice "lock cup: taken twice, at $at and at $at"
mistake asleep "lock cup, taken at $at: its holder sleeps"
mistake other-hart "lock cup, at $at: released by hart [01], but hart [01] holds it"
mistake long-order "lock bed, at $at: taken with sofa \($at\), but before was sofa \($at\) taken with bed \($at\)"
mistake operation 'lock journal operation: taken twice, at fs/journal\.c:[0-9]+ and at fs/journal\.c:[0-9]+'
mistake leave "lock bed, taken at $at: its holder leaves the kernel"

duet "$TOYOS" mistake=order 'run=true'
expect_status 0
expect_err 'mistake=order: only the debug build makes mistakes'
