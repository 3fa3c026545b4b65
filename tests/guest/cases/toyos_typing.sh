# A line that is typed while toyos sleeps wakes it.
. "$LIB"

mkfifo keys
"$DUET" "$TOYOS" <keys >out 2>err &
pid=$!
exec 9>keys
# Each line goes out when the prompt for it is there: toyos is idle then.
for line in 'echo one' 'echo two' 'exit 4'; do
	count=$((${count:-0} + 1))
	until [ "$(grep -o 'toyos\$ ' out | wc -l)" -ge $count ]; do usleep 20000; done
	usleep 300000
	echo "$line" >&9
done
wait $pid
status=$?
expect_status 4
grep -q '^two' out || fail "output of the second line"

# poll sleeps until there is a line, and until the input has ended.
exec 9>&-
"$DUET" --cpus=2 "$TOYOS" 'run=usertests poll_console' <keys >out 2>err &
pid=$!
exec 9>keys
until grep -q 'waiting$' out; do usleep 20000; done
usleep 300000
echo hello >&9
until grep -q 'waiting again$' out; do usleep 20000; done
usleep 300000
exec 9>&-
wait $pid
status=$?
expect_status 0
