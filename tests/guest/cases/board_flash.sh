# Firmware in the board's flash memory: it runs there, and what it keeps is in the file, over a reset and runs.
. "$LIB"

cp "$PROGRAMS/firmware.flat" code
truncate -s 32M code
: >vars
truncate -s 32M vars

duet --board --flash=code,vars
expect_status 0
printf 'run 0\nrun 1\n' >want
cmp -s out want || fail "expected on stdout: $(cat want)"
duet --board --cpus=3 --trace=trace --flash=code,vars
expect_status 0
printf 'run 2\nrun 3\n' >want
cmp -s out want || fail "expected on stdout: $(cat want)"
[ "$(od -An -tx4 -N4 vars | tr -d ' ')" = fffffff0 ] || fail 'expected four runs in the file'

# What the host does not take, the guest is told.
mkdir small
mount -t tmpfs -o size=64K none small || fail 'no file system'
: >small/vars
truncate -s 32M small/vars
duet --board --flash=code,small/vars
umount small
expect_status 5
expect_out 'erase failed'

# One machine at a time.
mkfifo keys
"$DUET" --board --name=one --flash=code,vars "--gdb=$PWD/socket" <keys >/dev/null 2>one.err &
one=$!
exec 3>keys
until [ -S socket ]; do kill -0 $one || fail "$(cat one.err)"; usleep 10000; done
duet --board --flash=code,vars
expect_status 127
expect_one_line 'vars: is in use by another duet'
kill $one
wait $one
exec 3>&-

truncate -s 1M short
duet --board --flash=code,short
expect_status 127
expect_one_line 'short: has 1048576 bytes, and .* 32 MiB'
for wrong in "--flash=code,vars" "--board --flash=code" "--board --flash=code," "--board --flash=code,vars $TOYOS" \
	"--board --flash=code,vars --fork=1" "--board --flash=code,vars --initrd=short" "--board --flash=vars,vars"; do
	# shellcheck disable=SC2086 # words
	duet $wrong
	expect_status 2
	expect_err '^duet: .*--flash'
done
