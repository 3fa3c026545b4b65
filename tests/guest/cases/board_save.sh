# A machine with a board has itself saved, with something in each device; it goes on, and so does what is restored: as
# often as one likes, without the options, in the sandbox and without. So do its copies. A kernel for M-mode is saved
# before it leaves that mode, and at random moments afterwards.
# limit: 3600
. "$LIB"

guest=$PROGRAMS/board_save.elf

# restored TEXT OPTION...: goes on three times.
restored() {
	text=$1
	shift
	for round in '' "$guest" --sandbox=off; do
		duet --restore=state "$@" $round
		expect_status 1
		expect_out "$text"
		[ "$round" = --sandbox=off ] || [ ! -s err ] || fail 'expected nothing on stderr'
	done
}

printf ab >in
duet --board --cpus=2 --save=state "$guest" '<uart>'
expect_status 0
expect_out '.saved'
rm in
restored restored

printf abcdef >in
truncate -s 64K disk
duet --board --cpus=2 --virtio=rng,console,balloon --disk=disk --save=state "$guest" '<virtio>'
expect_status 0
expect_out '.out
saved
out'
rm in
restored 'restored
out' --disk=disk

# As it was saved: what can be said of it is said in the file.
for option in --board --virtio=rng; do
	duet --restore=state --disk=disk $option
	expect_status 2
	expect_err 'leave out --cpus, --memory, --initrd, --board and --virtio'
done
duet --restore=state
expect_status 127
expect_one_line 'the machine that was saved has 1 disks'

truncate -s 64K zeroes
duet --board --cpus=2 --virtio=rng,console,balloon --disk=zeroes,ro --fork=1 "$guest" '<fork>'
expect_status 1
expect_one_line '^duet: copy 1 ended with status 1$'
grep -v '^\[1\]' out >original
printf '.out\nsaved\nout\n' | cmp -s - original || fail 'the original has not gone on'
grep '^\[1\]' out >copy
printf '[1] restored\n[1] out\n' | cmp -s - copy || fail 'the copy has not gone on'

# In M-mode, whose registers duet keeps.
kernel=$PROGRAMS/mkernel.elf
echo typed >in
for harts in 1 3; do
	duet --board --cpus=$harts --save=state "$kernel" harts=$harts save=1
	expect_status 0
	expect_out "saved
polled
by interrupts
$harts harts
typed"
	duet --restore=state "$kernel"
	expect_status 0
	expect_out "restored
polled
by interrupts
$harts harts
typed"
	[ ! -s err ] || fail 'expected nothing on stderr'
done

# With its timer in M-mode.
for harts in 1 3; do
	duet --board --cpus=$harts --save=state "$PROGRAMS/mtimer.elf" harts=$harts save=1
	expect_status 0
	expect_out "calls
typed
saved
$harts harts"
	duet --restore=state
	expect_status 0
	expect_out "restored
$harts harts"
	[ ! -s err ] || fail 'expected nothing on stderr'
done
rm in

# At random moments of its work, with and without GUEST.elf. Nothing is lost and nothing comes twice: not a byte, not an
# interrupt, not a block.
line='a line that is sent byte by byte, each after the interrupt for the last'
rounds=$(amount 4 30)
wanted=$(amount 6 100)
saves=0
mkfifo typed
while [ $saves -lt "$wanted" ]; do
	rm -f disk all
	truncate -s 64K disk
	set -- --board --cpus=3 "$kernel" harts=3 disk=1 rounds="$rounds"
	while :; do
		: >part
		"$DUET" --disk=disk --save=state,end "$@" <typed >part 2>err &
		pid=$!
		exec 3>typed
		# By the processor time that it has had, in hundredths of a second: each time it gets on.
		moment=$((3 + $(od -An -N1 -tu1 /dev/urandom) / 8))
		until [ "$(awk '{ print $14 + $15 }' /proc/$pid/stat 2>/dev/null || echo 99999)" -ge $moment ] ||
			grep -q '^3 harts' part; do
			usleep 5000
		done
		[ $saves -ge "$wanted" ] || kill -PWR $pid 2>/dev/null
		if [ $saves -ge "$wanted" ] || grep -q '^3 harts' part; then echo typed >&3; fi
		exec 3>&-
		wait $pid
		status=$?
		cat part >>all
		cp all out
		expect_status 0
		grep -q 'the machine is saved' err || break
		saves=$((saves + 1))
		set -- --restore=state "$kernel"
	done
	sed -i '/^duet: the machine is not saved: it was to end before/d' err # asked for as the guest powered off
	[ ! -s err ] || fail 'something on stderr'
	{
		printf 'polled\nby interrupts\ndisk\n'
		for round in $(seq "$rounds"); do echo "$line"; done
		printf '3 harts\ntyped\n'
	} | cmp -s - all || fail "after $saves saves: something is lost, or came twice"
done
echo "figures: $saves saves and restores at random moments"
