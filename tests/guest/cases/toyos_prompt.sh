# Without a line, toyos has a prompt; the end of its input ends it.
. "$LIB"

printf 'echo one\necho two\n' >in
duet "$TOYOS"
expect_status 0
grep -q '^toyos\$ one$' out || fail "prompt and output of the first command"
grep -q '^toyos\$ two$' out || fail "prompt and output of the second command"
printf 'exit 9\n' >in
duet --cpus=4 "$TOYOS"
expect_status 9
