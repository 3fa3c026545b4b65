# What duet keeps when root starts it: no user, no groups, no capabilities, no further privileges, and no core file,
# which would have the guest's memory in it.
. "$LIB"

# run OPTION...: starts a guest that never ends; $pid.
run() {
	: >out
	"$DUET" --cpus=2 --memory=4M "$@" "$PROGRAMS/spin.elf" >out 2>err </dev/null &
	pid=$!
	until grep -q running out; do usleep 10000; done
}

# has FILE PATTERN: a line of this file of duet's in /proc.
has() {
	grep -Eq "$2" "/proc/$pid/$1" || fail "expected in $1 a line with: $2; it is: $(cat "/proc/$pid/$1")"
}

ulimit -c unlimited
[ ! -e /proc/sys/kernel/core_pattern ] || echo core >/proc/sys/kernel/core_pattern

run
for task in "/proc/$pid/task"/*; do
	status=task/${task##*/}/status
	has "$status" '^Uid:	65534	65534	65534	65534$'
	has "$status" '^Gid:	65534	65534	65534	65534$'
	has "$status" '^Groups:	 *$'
	has "$status" '^CapEff:	0+$'
	has "$status" '^CapPrm:	0+$'
	has "$status" '^NoNewPrivs:	1$'
	has "$status" '^Seccomp:	2$'
done
has limits '^Max core file size +0 +0 '
kill -SEGV "$pid"
wait "$pid"
status=$?
expect_status 139 # 128 + SIGSEGV
[ -z "$(ls core* 2>/dev/null)" ] || fail 'a core file'

# This test is worth something: without the sandbox it is root that runs, and a crash leaves a core file.
run --sandbox=off
has status '^Uid:	0	0	0	0$'
kill -SEGV "$pid"
wait "$pid"
status=$?
expect_status 139
is_mended || [ -n "$(ls core* 2>/dev/null)" ] || fail 'no core file without the sandbox'
