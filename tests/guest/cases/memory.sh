# What a guest gives back the process has no more, until the guest uses it again.
. "$LIB"

rss_mib() { awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$pid/status"; }
step() { # WORDS: the guest has come that far
	until grep -q "^$1" out; do usleep 10000; done
	mib=$(rss_mib)
	echo "$1: $mib MiB"
	echo >&9
}
mkfifo keys
"$DUET" "$PROGRAMS/memory.elf" <keys >out 2>err &
pid=$!
exec 9>keys
step used
[ "$mib" -ge 8 ] || fail "the guest uses 8 MiB"
step 'given back'
[ "$mib" -le 3 ] || fail "it gave them back"
step 'used again'
[ "$mib" -ge 4 ] && [ "$mib" -le 7 ] || fail "it uses 4 MiB"
wait $pid
status=$?
expect_status 0
