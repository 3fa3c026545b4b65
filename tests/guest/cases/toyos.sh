# toyos runs a line and ends with its status; its output is the line's alone.
. "$LIB"

for n in 1 4; do
	duet --cpus=$n "$TOYOS" 'run=echo hello; exit 3'
	expect_status 3
	expect_out hello
done
duet "$TOYOS" 'run=true && false || echo "a  b" | cat'
expect_status 0
expect_out 'a  b'
