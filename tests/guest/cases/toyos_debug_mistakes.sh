# More mistakes with locks that the debug build notices: those of toyos_debug's, made in other ways.
# long
# limit: 600
. "$LIB"

mistake order "lock cup, at $at: taken with plate \($at\), but before was plate \($at\) taken with cup \($at\)"
mistake two-of-a-name "lock cup: two of this name, at $at and at $at"
mistake may-sleep "lock cup, taken at $at: its holder sleeps"
mistake yield "lock cup, taken at $at: its holder sleeps"
mistake not-held "lock cup, at $at: released, but nobody holds it"
mistake long-twice "lock bed: taken twice, at $at and at $at"
mistake long-release "lock bed, at $at: released by who does not hold it"
