# A machine with flash memory is saved, restored and moved in the middle of a command. The files have to be as they were,
# but for variables that were saved with it. Nobody else has them meanwhile.
# long
. "$LIB"

cp "$PROGRAMS/firmware.flat" code
truncate -s 32M code
: >vars
truncate -s 32M vars
printf '\1' | dd of=vars bs=1 seek=$((2 * 0x40000)) conv=notrunc 2>dd
mkfifo keys
exec 3<>keys

# saved SAVE: it is saved, and ends.
saved() {
	moving half --board --cpus=2 --memory=16M --flash=code,vars --save="$1"
	line_wait half.out half "$moving"
	kill -PWR "$moving"
	moving_end half "$moving" 0
}
ln -s keys half.in
printf k >in # for what is restored

# whole FILES: it goes on.
whole() {
	duet --restore=state --flash="$1"
	expect_status 0
	expect_out whole
	[ ! -s err ] || fail 'something on stderr'
}

# refused PATTERN OPTION...
refused() {
	pattern=$1
	shift
	duet "$@"
	expect_status 127
	expect_one_line "$pattern"
	[ ! -s out ] || fail 'it ran'
}

saved state,end
refused 'the machine that was saved has flash memory: name its files with --flash$' --restore=state
cp code other
refused 'other: has been written to since the machine was saved' --restore=state --flash=other,vars
whole code,vars
refused 'vars: has been written to since the machine was saved: .* as it was$' --restore=state --flash=code,vars
refused '--flash=CODE,vars,saved: there is no copy of it' --restore=state --flash=code,vars,saved

# With the variables: as often as one likes.
saved state,disks,end
whole code,vars
refused 'vars: has been written to since .*: --flash=CODE,FILE,saved writes that$' --restore=state --flash=code,vars
whole code,vars,saved
whole code,vars,saved
whole code,new,saved

# A machine without.
printf ab >in
duet --board --cpus=2 --save=none "$PROGRAMS/board_save.elf" '<uart>'
expect_status 0
refused 'the machine that was saved has no flash memory: leave out --flash$' --restore=none --flash=code,vars
rm in

# It moves, with the lock of its variables.
ln -s keys m0.in
ln -s keys m1.in
moving m0 --board --memory=16M --flash=code,vars
source=$moving
line_wait m0.out half "$source"
moving m1 --migrate-from=./socket --flash=code,vars
line_wait m1.err 'waiting for a guest' "$moving"
duet migrate m0 ./socket
[ $status -eq 0 ] || fail "it does not move: $(cat m0.err m1.err)"
moving_end m0 "$source" 0
refused 'vars: is in use by another duet' --board --flash=code,vars
printf k >&3
moving_end m1 "$moving" 0
[ "$(cat m1.out)" = whole ] || fail "it has not gone on: $(cat m1.out m1.err)"
