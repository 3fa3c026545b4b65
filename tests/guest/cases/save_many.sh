# One toyos, saved at its prompt, goes on many times at once: each has a console, memory and exit status of its own.
# 8 of them; 1,000 in make test-full, 50 at a time.
# limit: 1800
. "$LIB"

mkfifo keys
"$DUET" --save=state,end --mem=24M "$TOYOS" <keys >out 2>err &
pid=$!
exec 3>keys
until grep -q 'toyos\$' out; do usleep 10000; done
kill -PWR $pid
wait $pid
status=$?
exec 3>&-
expect_status 0

many=$(amount 8 1000)
at_once=$(amount 8 50)
first=0
while [ $first -lt "$many" ]; do
	pids=''
	for n in $(seq $first $((first + at_once - 1))); do
		printf 'echo %d >/mine\nsleep 1\ncat /mine\nexit %d\n' "$n" $((n % 100)) >"in.$n"
		"$DUET" --restore=state <"in.$n" >"out.$n" 2>"err.$n" &
		pids="$pids $!"
	done
	n=$first
	for pid in $pids; do
		wait "$pid"
		status=$?
		mv "out.$n" out
		mv "err.$n" err
		expect_status $((n % 100))
		grep -q "\$ $n\$" out || fail "guest $n has not found its own number in its file"
		[ ! -s err ] || fail "guest $n: something on stderr"
		rm "in.$n"
		n=$((n + 1))
	done
	first=$n
done
