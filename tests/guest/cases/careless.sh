# A handler's mistakes: each is one line that names the handler and says what to do.
# waits
. "$LIB"

[ -e "$EXTENDED/careless.elf" ] || fail "tests/abi/extend has not built careless"
DUET=$EXTENDED/duet
export MISTAKE

# One that waits is no mistake; it takes longer than it takes to notice a loop, so it begins here.
MISTAKE=wait
"$DUET" "$EXTENDED/careless.elf" >wait.out 2>wait.err &
waits=$!

MISTAKE=none
duet "$EXTENDED/careless.elf"
expect_status 16
[ ! -s err ] || fail "expected nothing on stderr"

MISTAKE=null
duet "$EXTENDED/careless.elf"
expect_status 139 # 128 + SIGSEGV, as without the line
expect_err '^duet: hypercall careless: its handler hc_careless\(\) used a bad pointer, 0x0, which is near NULL \(SIGSEGV\): `make gdb-vmm`'
[ "$(grep -c '^duet: ' err)" -eq 1 ] || fail "expected one line of duet's"

MISTAKE=overflow
duet "$EXTENDED/careless.elf"
expect_status 139
expect_err '^duet: hypercall careless: its handler hc_careless\(\) has used up its thread.s stack '

# On a terminal the C library asks for its settings first, which a vCPU's thread may not.
MISTAKE=printf
"$DUET" "$EXTENDED/careless.elf" >/dev/console 2>err </dev/null
status=$?
expect_status 127
expect_one_line '^duet: sandbox: the vCPU thread made the system call [a-z0-9]+ .* in the hypercall careless, .*hc_careless\(\) is yours: print with say\(\) .*--sandbox=off'
duet --sandbox=off "$EXTENDED/careless.elf"
expect_status 16
grep -q '^16 bytes' out || fail "expected what printf wrote"

MISTAKE=overfill
duet "$EXTENDED/careless.elf"
expect_status 101 # the guest got an error, each time that it called
expect_one_line '^duet: hypercall careless: its handler hc_careless\(\) says that it filled 17 bytes of a buffer of 16: '

MISTAKE=loop
rm err
"$DUET" "$EXTENDED/careless.elf" >out 2>err &
loops=$!
until grep -qs . err; do sleep 0.2; done
expect_one_line '^duet: hypercall careless: its handler hc_careless\(\) has run for more than 5 s, hart 0 .*`make gdb-vmm`'
# It cannot be left: duet ends without it.
kill "$loops"
wait "$loops"
status=$?
expect_status 143
expect_err '^duet: hypercall careless: its handler hc_careless\(\) does not return, though the machine has ended'
"$DUET" --name=loops "$EXTENDED/careless.elf" >out 2>err &
loops=$!
until "$DUET" quit loops 2>/dev/null; do sleep 0.2; done
wait "$loops"
status=$?
expect_status 0

wait "$waits"
status=$?
expect_status 16
[ ! -s wait.err ] || fail "expected nothing on stderr of a handler that waits: $(cat wait.err)"
