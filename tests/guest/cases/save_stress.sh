# toyos works on a disk, with 4 harts and some of its tests: timers, interrupts from hart to hart, sleeping and
# waking, pipes, page faults, floating point. At random moments it is saved and ended, and goes on in another duet.
# Nothing is lost and nothing comes twice, on the console or on the disk. 3 times; 500 in make test-full.
# limit: 3600
. "$LIB"

work_begin
saves=0
wanted=$(amount 3 500)
while [ $saves -lt "$wanted" ]; do
	cp "$ROOT_IMAGE" disk.img
	truncate -s 16M disk.img
	rm -f state all
	set -- --cpus=4 --mem=48M "$TOYOS" "run=$line"
	while :; do
		: >part
		"$DUET" --disk=disk.img --save=state,end "$@" </dev/null >part 2>err &
		pid=$!
		# By the processor time that the guest has had, in hundredths of a second: each time it gets on.
		moment=$((5 + $(od -An -N1 -tu1 /dev/urandom) / 8))
		waited=0
		while [ $waited -lt 300 ] && [ "$(awk '{ print $14 }' /proc/$pid/stat 2>/dev/null || echo 99999)" -lt $moment ]; do
			usleep 5000
			waited=$((waited + 1))
		done
		[ $saves -ge "$wanted" ] || kill -PWR $pid 2>/dev/null
		wait $pid 2>/dev/null
		status=$?
		[ $status -ne 158 ] || continue # killed by the signal: it had not begun
		cat part >>all
		mv all out
		expect_status 0
		mv out all
		grep -q 'the machine is saved' err || break
		saves=$((saves + 1))
		set -- --restore=state "$TOYOS"
	done
	mv all out
	sed -i '/^duet: the machine is not saved: it was to end before/d' err # asked for as the guest powered off
	[ ! -s err ] || fail 'something on stderr'
	work_check "after $saves saves"
done
echo "figures: $saves saves and restores"
