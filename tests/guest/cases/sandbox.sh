# A handler that was taken over can open no file and start no program; the line says what it tried.
. "$LIB"

[ -e "$EXTENDED/breach.elf" ] || fail "tests/abi/extend has not built breach"
mkdir -p /etc && echo secret >/etc/secret
DUET=$EXTENDED/duet
for pair in read:openat write:openat exec:execve fork:clone socket:socket code:mmap root:setuid; do
	BREACH=${pair%:*}
	export BREACH
	duet "$EXTENDED/breach.elf"
	expect_status 127
	expect_one_line "^duet: sandbox: the vCPU thread made the system call ${pair#*:} \\("
	[ ! -e /tmp/broken-out ] || fail "$BREACH got out"
done

# Without the filters Landlock and the lost privileges remain: 13 is EACCES, 1 EPERM.
DUET=$EXTENDED/duet-unfiltered
for pair in read:13 write:13 exec:13 root:1; do
	BREACH=${pair%:*}
	duet "$EXTENDED/breach.elf"
	expect_status "${pair#*:}"
	[ ! -e /tmp/broken-out ] || fail "$BREACH got out"
done

# This test is worth something: outside the sandbox each of them works.
DUET=$EXTENDED/duet
for BREACH in read write socket code root; do
	duet --sandbox=off "$EXTENDED/breach.elf"
	expect_status 0
	expect_err '^duet: --sandbox=off: '
done
[ -e /tmp/broken-out ] || fail "write without the sandbox"
rm /tmp/broken-out
BREACH=exec
duet --sandbox=off "$EXTENDED/breach.elf"
[ -e /tmp/broken-out ] || fail "exec without the sandbox"

duet --sandbox=maybe "$EXTENDED/breach.elf"
expect_status 2
