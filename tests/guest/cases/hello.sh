# A guest's output is on stdout, its status is duet's, and nothing else is said.
. "$LIB"

duet "$PROGRAMS/hello.elf"
expect_status 7
expect_out hello
[ ! -s err ] || fail "expected nothing on stderr"
