# What cannot be saved or restored is refused in one line that says why, and what to do; the old file stays.
# SIGKILL at any moment of saving leaves the file from before or the new one, whole.
# limit: 900
. "$LIB"

# refused STATUS PATTERN OPTION...
refused() {
	want=$1
	pattern=$2
	shift 2
	duet "$@"
	[ "$want" = 2 ] || expect_one_line "$pattern"
	expect_err "$pattern"
	expect_status "$want"
	[ ! -s out ] || fail 'the guest ran'
}

# A file to restore: toyos with a disk, which went on a little and was ended.
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
save() {
	: >out
	"$DUET" --save="$1" --disk=disk.img --mem=24M "$TOYOS" "run=$2" </dev/null >out 2>err &
	pid=$!
	until grep -q ready out; do usleep 10000; done
	kill -PWR $pid
	wait $pid
	status=$?
}
save 'state,end' 'echo ready; sleep 100000'
expect_status 0
expect_one_line 'duet: the machine is saved: --restore=state goes on with it'

refused 127 'duet: nowhere: No such file' --restore=nowhere
refused 127 'duet: \.: is not a file' --restore=.
refused 127 'is no file that duet has saved' --restore="$TOYOS"
head -c 1000 state >cut
refused 127 'cut: is cut off' --restore=cut
head -c 1000000 state >cut
refused 127 'cut: has 1000000 bytes, and the machine in it needs [0-9]*: it was cut off' --restore=cut
cp state flipped
printf '\377' | dd of=flipped bs=1 seek=200 conv=notrunc 2>dd
refused 127 'flipped: is damaged: its sum is wrong' --restore=flipped
cp state other
printf '\7' | dd of=other bs=1 seek=8 conv=notrunc 2>dd
refused 127 'other: has version 7 of the format, this duet reads version 5' --restore=other
refused 127 'hello.elf: is not the program that was saved' --restore=state --disk=disk.img "$PROGRAMS/hello.elf"
refused 127 'the machine that was saved has 1 disks' --restore=state
refused 127 'to write, too: without ,ro' --restore=state --disk=disk.img,ro
refused 2 'leave out --cpus, --memory, --initrd, --board and --virtio' --restore=state --cpus=2
refused 2 'which guest' --save=state
refused 127 'nofolder/state: its folder: No such file' --save=nofolder/state "$PROGRAMS/hello.elf"
refused 127 '/dev/null: is not a file' --save=/dev/null "$PROGRAMS/hello.elf"

# The image moves on: the guest would see another disk than it knows.
mv disk.img kept.img
cp kept.img disk.img
duet --disk=disk.img "$TOYOS" 'run=echo more >/more'
expect_status 0
refused 127 'disk.img: has been written to since the machine was saved' --restore=state --disk=disk.img
truncate -s 8M small.img
refused 127 'small.img: has 8388608 bytes, the disk of the machine that was saved has 16777216' \
	--restore=state --disk=small.img
# The image as it was.
"$DUET" --restore=state --disk=kept.img --trace=trace </dev/null >out 2>err &
pid=$!
until [ -s trace ]; do usleep 10000; done # it runs
kill -TERM $pid
wait $pid
status=$?
expect_status 0

# A guest that asks for a reset, and nothing is there to start. With its ELF file, it starts.
save 'reset,end' 'echo ready; sleep 1'
"$DUET" --restore=reset --disk=disk.img "$TOYOS" </dev/null >out 2>err
status=$?
expect_status 0

# Killed while it saves.
rounds=$(amount 1 60)
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
save 'state,end' 'echo ready; sleep 100000'
for round in $(seq "$rounds"); do
	"$DUET" --restore=state --save=state --disk=disk.img </dev/null >out 2>err &
	pid=$!
	usleep $((50000 + $(od -An -N2 -tu2 /dev/urandom) * 3))
	kill -PWR $pid
	usleep $(($(od -An -N2 -tu2 /dev/urandom) * 2))
	kill -9 $pid
	wait $pid 2>/dev/null
	"$DUET" --restore=state --disk=disk.img </dev/null >out 2>err &
	pid=$!
	usleep 200000
	kill -9 $pid || fail "round $round: it is not there any more"
	wait $pid 2>/dev/null
	[ ! -s err ] || fail "round $round: something on stderr"
done
waited=0
while [ -e state.new ] && [ $waited -lt 100 ]; do
	usleep 100000
	waited=$((waited + 1))
done
[ ! -e state.new ] || fail 'the new file of a duet that was killed stays'
