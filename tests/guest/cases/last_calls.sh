# The report on a guest's death has the last 16 hypercalls of all harts, the newest last.
. "$LIB"

duet --cpus=2 "$PROGRAMS/last_calls.elf"
expect_status 126
sed -n '/^last hypercalls: /,$p' err | sed '1d; $d; s/^  -0\.[0-9]* //' >calls
{
	cat <<-'EOF'
		0 console_write("\x1b[2J", 4) = 4
		0 console_write(0x10, 1000) = -5 INVALID_ADDRESS
		0 guest_log(4, "hello", 5) = -3 INVALID_PARAM
		0 unknown hypercall(0x123456789) = -2 NOT_SUPPORTED
	EOF
	for _ in 1 2 3 4 5 6 7 8 9 10 11; do
		echo "1 null() = 0"
	done
	echo '1 guest_panic("jello", 5, "", 0) = ?'
} >want
cmp -s want calls || fail "expected these calls: $(cat want)"
