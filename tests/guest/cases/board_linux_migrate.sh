# limit: 3600
# Debian's unmodified Linux on the board moves from duet to duet: while it writes to its disk and reads that again, and
# random bytes, and answers each line that is typed; once with the shell on the serial port and once on virtio's
# console. No line is lost and none comes twice, and what is on the disk is what was written. In make test-full only: a
# boot is a minute of processor time.
. "$LIB"

[ -e /test/linux/Image ] || {
	echo "figures: in make test-full"
	exit 0
}

# What a pass of the guest writes: content PASS.
content='content() { seq $(($1 * 100000)) $(($1 * 100000 + 99999)) | head -c 512K; }'
eval "$content"

# Types lines with their numbers until there is a file `enough`, then one that ends them, and leaves in `typed` how many
# they were.
lines_type() {
	typed=0
	until [ -e enough ]; do
		typed=$((typed + 1))
		echo "line $typed"
		usleep 50000
	done
	echo $typed >typed
	echo end
}

mkfifo keys
for run in ttyS0:2 hvc0:1; do
	console=${run%:*}
	rm -f disk enough m*.in m*.out m*.err
	truncate -s 1M disk
	move=0
	ln -s keys m0.in
	exec 3<>keys
	moving m0 --board --cpus=${run#*:} --memory=256M --virtio=rng,console,balloon --initrd=/test/linux/initrd --disk=disk \
		/test/linux/Image console=$console quiet
	source=$moving
	cat >&3 <<END_OF_KEYS
$content
work() {
pass=0; damage=none
until [ -e /stop ]; do
pass=\$((pass + 1)); content \$pass | dd of=/dev/vda bs=64k conv=fsync 2>/dev/null
echo 3 >/proc/sys/vm/drop_caches
[ "\$(content \$pass | md5sum)" = "\$(head -c 512K /dev/vda | md5sum)" ] || damage="in pass \$pass"
head -c 5000 /dev/hwrng | wc -c | grep -qx 5000 || damage="of random bytes"
done
echo passes: \$pass damage: \$damage >/result; }
answer() { n=0; while read -r line && [ "\$line" != end ]; do n=\$((n + 1)); [ "\$line" = "line \$n" ] && echo "answer \$n"; done; }
stty -echo; work & echo rea""dy; answer; touch /stop; wait; cat /result; poweroff -f
END_OF_KEYS
	line_wait m0.out '^ready' "$source"
	lines_type >&3 3<&- &
	exec 3<&-
	while [ $move -lt 3 ]; do
		lines=$(($(wc -l <m$move.out) + 20))
		until [ "$(wc -l <m$move.out)" -ge $lines ]; do
			is_there "$source" || fail "$console: it has ended: $(tail m$move.out m$move.err)"
			usleep 20000
		done
		address=./socket
		[ $((move % 2)) -eq 1 ] || address=:$((4001 + move))
		move_on $address --disk=disk
	done
	line_wait m$move.out '^answer' "$source"
	: >enough
	moving_end m$move "$source" 0
	cat m[0-3].out | tr -d '\r' >all
	grep '^answer ' all >answers
	seq "$(cat typed)" | sed 's/^/answer /' >wanted
	cmp -s wanted answers || fail "$console: not each answer once: $(diff wanted answers | head)"
	grep -q '^passes: [0-9]* damage: none' all || fail "$console: damage: $(tail all)"
	passes=$(sed -n 's/^passes: \([0-9]*\) .*/\1/p' all)
	[ "$(content "$passes" | md5sum)" = "$(head -c 512K disk | md5sum)" ] || fail "$console: the disk does not have what was written last"
	! grep -Eq 'stall|Call trace|hung' all || fail "$console: Linux complains: $(grep -E 'stall|Call trace|hung' all)"
	figures="${figures:-}${figures:+; }$console: $passes passes, $(cat typed) lines, stood still for$stood ms"
	stood=
done
echo "figures: $figures"
