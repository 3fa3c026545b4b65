# virtio devices besides disks: random bytes, a console, a balloon. Each only where it was asked for.
. "$LIB"

duet --board "$PROGRAMS/board_virtio.elf" '<none>'
expect_status 0
expect_out 'done'

duet --board --virtio=rng --trace --stats "$PROGRAMS/board_virtio.elf" '<rng>'
expect_status 0
expect_err 'virtio-rng notify 0' '^  virtio-rng 0 +8$'
expect_out 'done'
expect_err "virtio-rng: the guest's queue 0 makes no sense"

echo typed >in
duet --board --virtio=rng,console "$PROGRAMS/board_virtio.elf" '<console>'
expect_status 0
expect_out 'out by virtio
out by virtio
oo
out by virtio
done'
duet --board --virtio=console "$PROGRAMS/board_virtio.elf" '<reset>'
expect_status 0
expect_out 'out by virtio
out by virtio
done'
rm in

# What is in the balloon is what the driver says; what it is asked for, a person.
"$DUET" --no-stdin --name=balloon --board --virtio=balloon "$PROGRAMS/board_virtio.elf" '<balloon>' >out 2>err &
until grep -q asked out; do usleep 10000; done
"$DUET" balloon balloon >said
grep -qx '100 KiB are in the balloon' said || fail "it said: $(cat said)"
for size in 64 64MB -1M 129M M; do
	! "$DUET" balloon balloon $size 2>said || fail "$size was taken"
	grep -q 'want a size such as 64M, up to the 128M of RAM' said || fail "it said of $size: $(cat said)"
done
"$DUET" balloon balloon 1M >said || fail "it said: $(cat said)"
wait $!
status=$?
expect_status 0
expect_out 'asked
done'

"$DUET" --no-stdin --name=none "$PROGRAMS/spin.elf" >out 2>err &
until "$DUET" list | grep -q '^none '; do usleep 10000; done
! "$DUET" balloon none 1M 2>said || fail "a machine without a balloon took it"
grep -q 'start duet with --board --virtio=balloon' said || fail "it said: $(cat said)"
"$DUET" quit none >/dev/null
wait $!

duet --virtio=rng "$PROGRAMS/hello.elf"
expect_status 2
expect_err 'add --board'
duet --board --virtio=rng,disk "$PROGRAMS/hello.elf"
expect_status 2
expect_err '--virtio=rng,disk: want rng, console, balloon'
