# toyos runs a line and ends with its status; its output is the line's alone.
. "$LIB"

for n in 1 4; do
	duet --cpus=$n "$TOYOS" 'run=echo hello; exit 3'
	expect_status 3
	expect_out hello
done
# A guest has the statuses 0 to 125: toyos makes 125 of any other.
for n in 126 300; do
	duet "$TOYOS" "run=exit $n"
	expect_status 125
done
duet "$TOYOS" 'run=true && false || echo "a  b" | cat'
expect_status 0
expect_out 'a  b'

# The shell's language: variables, quotes, comments, redirections.
duet "$TOYOS" 'run=X="a  b"; echo $X ${X}c $? \$X '"'\$X'"'; false; echo $?; echo one >f; echo two >>f; cat <f; cat nope 2>e; wc e; cat nope >o 2>&1 || cat o; N=; echo a $N b; echo c#d # e'
expect_status 0
expect_out 'a  b a  bc 0 $X $X
1
one
two
1 4 21 e
cat: nope: not found
a b
c#d'
duet "$TOYOS" 'run=echo "a'
expect_status 2
expect_out 'sh: a quote is not closed'

# The programs that look at the system.
duet "$TOYOS" 'run=ps | grep " ps"; kill 999; free | wc; time true; top 1 | grep "CPU"'
expect_status 0
grep -q '^ *[0-9]* *[0-9]* *1 .* ps$' out || fail "ps shows itself"
grep -q '^kill: 999: no such process$' out || fail "kill's complaint"
grep -q '^0\.[0-9]* s$' out || fail "the time of true"
grep -q 'CPU%' out || fail "top"
