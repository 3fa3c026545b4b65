# What the guest tests share; the cases source it. They run in the host Linux, each in an empty
# folder of its own; $DUET, $TOYOS, $TOYOS_DEBUG and $PROGRAMS say where things are. A failed expectation ends the
# case with status 1, after saying what was expected and what there was.

# shellcheck shell=sh disable=SC2034

fail() {
	echo "FAILED: $*"
	for file in out err; do
		[ -s "$file" ] && echo "--- std$file" && head -c 8000 "$file"
	done
	exit 1
}

# duet ARG...: runs duet with input from /dev/null, or from the file `in` if the case made one.
# Leaves its output in `out` and `err`, its exit status in $status.
duet() {
	input=/dev/null
	[ -e in ] && input=in
	"$DUET" "$@" <$input >out 2>err
	status=$?
}

expect_status() {
	[ "$status" -eq "$1" ] || fail "expected exit status $1, got $status"
}

# expect_out TEXT: stdout is exactly TEXT and a newline; '' for nothing.
expect_out() {
	if [ -z "$1" ]; then : >want; else printf '%s\n' "$1" >want; fi
	cmp -s want out || fail "expected on stdout: $1"
}

# expect_err PATTERN...: stderr has a line for each extended regular expression.
expect_err() {
	for pattern in "$@"; do
		grep -Eq -- "$pattern" err || fail "expected on stderr a line with: $pattern"
	done
}

# expect_one_line PATTERN: stderr is one line, and it matches.
expect_one_line() {
	[ "$(wc -l <err)" -eq 1 ] || fail "expected one line on stderr"
	expect_err "$1"
}

# Whether the kernel is of `make kernel`, which has scripts/kernel.patch; Debian's has not.
is_mended() {
	case $(uname -r) in
	*deb*) return 1 ;;
	esac
}

# Whether harts have Sstc here, and KVM no timers of its own to keep (tests/README.md).
has_sstc() { grep -q sstc /proc/cpuinfo; }

# The ways to set a timer that work here, as boot arguments of guests: by register, or by SBI call. Debian's kernel loses
# some that are set by call where there is Sstc.
timer_ways() {
	if has_sstc; then echo '<register>'; fi
	if is_mended || ! has_sstc; then echo '<sbi>'; fi
}

# mistake NAME TEXT: toyos's debug build makes this mistake with a lock, and says so; in it $at is a place.
at='debug/mistake\.c:[0-9]+'
mistake() {
	duet --cpus=2 "$TOYOS_DEBUG" "mistake=$1" 'run=top 100'
	expect_status 126
	expect_err "the guest died: panic: $2\$"
}

# amount QUICK FULL: how much of something, in `make test` and in `make test-full`.
amount() {
	if [ -e "$FULL" ]; then echo "$2"; else echo "$1"; fi
}

# What a guest that goes by chance begins with: `make test-guest SEED=N` repeats a run. In `make test` always
# the same, in `make test-full` another each time.
# shellcheck disable=SC2153
seed=$(cat "$SEED" 2>/dev/null || amount 1 "$(date +%s)")

# Work for toyos that is disturbed: $line, a line of its shell. Done once undisturbed, to know what it says.
work_begin() {
	line='usertests pipe_holds thread_condition cow_chain map_file_shared && fptest'
	[ ! -e "$FULL" ] || line='usertests -q && fptest && stressfs'
	duet --cpus=4 --mem=48M "$TOYOS" "run=$line"
	expect_status 0
	grep '^ok' out | sort >tests
}

# work_check WHEN: `out` has all of it once, and disk.img is whole.
work_check() {
	grep -q '^usertests: [0-9]* passed, 0 failed$' out || fail "$1: not only passes"
	grep '^ok' out | sort | cmp -s - tests || fail "$1: not each test once"
	"$MKFS" fsck disk.img >fsck.out || fail 'fsck finds damage'
}

# moving NAME: starts a duet of this name in the background, with its console in NAME.out, NAME.err and, if there
# is one, NAME.in: moving NAME ARG... Its process is $moving.
moving() {
	vm=$1
	shift
	: >"$vm.out"
	: >"$vm.err"
	[ -e "$vm.in" ] || : >"$vm.in"
	"$DUET" --name="$vm" "$@" <"$vm.in" >"$vm.out" 2>"$vm.err" 3<&- &
	moving=$!
}

# Whether a process of ours has not ended; for the shell's kill one that nobody has waited for is there still.
is_there() { readlink "/proc/$1/exe" >/dev/null; }

# line_wait FILE PATTERN PROCESS: until the file has such a line, or the process has ended.
line_wait() {
	until grep -Eq -- "$2" "$1"; do
		is_there "$3" || grep -Eq -- "$2" "$1" || fail "$(cat "$1"): ended before $2"
		usleep 10000
	done
}

# port_wait PORT: until somebody listens there.
port_wait() {
	until grep -q ":$(printf %04X "$1") [0:]* 0A " /proc/net/tcp*; do usleep 10000; done
}

# moving_end NAME PROCESS STATUS: waits for its end.
moving_end() {
	wait "$2"
	status=$?
	[ "$status" -eq "$3" ] || fail "$1: expected exit status $3, got $status: $(tail -n 3 "$1.out" "$1.err")"
}

# Types the alphabet until there is a file `enough`, then q, and leaves in `typed` how many letters that were.
typing() {
	typed=0
	until [ -e enough ]; do
		printf ABCDEFGHIJKLMNOPQRSTUVWXYZ
		typed=$((typed + 26))
		usleep 50000
	done
	echo $typed >typed
	printf q
}

# The guest that moves_check and others have move: it is in the duet m$move, whose process is $source. How long it stood
# still each time is in $stood.
move=0
stood=

# move_on ADDRESS ARG...: has it move to another duet, which waits there.
move_on() {
	address=$1
	shift
	from=m$move
	move=$((move + 1))
	ln -s keys m$move.in
	moving m$move --migrate-from="$address" "$@"
	line_wait m$move.err '^duet: waiting for a guest' "$moving"
	case $address in
	*/*) [ -S "$address" ] || fail 'there is no socket' ;;
	esac
	duet migrate $from "$address"
	[ $status -eq 0 ] || fail "it does not move: $(tail -n 3 $from.out $from.err)"
	expect_err "^duet: $from: round [0-9]+: [0-9]+ of [0-9]+ pages\$"
	[ ! -e "$address" ] || fail 'the socket is still there'
	moving_end $from "$source" 0
	grep -Eq '^duet: the guest has moved: [0-9]+ KiB in [0-9]+ rounds, and [0-9]+\.[0-9]{3} ms' $from.err || fail 'no report'
	[ "$(grep -vc '^duet: [0-9]* MiB of the guest have come$' $from.err)" -le 4 ] ||
		fail "more on stderr than that: $(cat $from.err)"
	grep -q '^duet: the guest is here, and goes on$' m$move.err || fail 'no report at the other end'
	source=$moving
	stood="$stood $(sed -n 's/.*and \([0-9]*\)\.[0-9]* ms.*/\1/p' $from.err)"
}

# moves_check MOVES GUEST OPTION...: has a guest with a disk move so often, by a Unix socket and by TCP. Each line that it
# writes, the number of its round, is there once, and in order. Each key that is typed meanwhile, on a stdin that all of
# them have, comes to it once, and in order. Its status is how often it has moved.
moves_check() {
	moves=$1
	guest=$2
	shift 2
	truncate -s 1M disk
	mkfifo keys
	exec 3<>keys # for nobody is to wait for another to open it
	typing >&3 &
	ln -s keys m0.in
	moving m0 "$@" --disk=disk "$guest"
	source=$moving
	line_wait m0.out '^20$' "$source"
	while [ $move -lt "$moves" ]; do
		address=./socket
		[ $((move % 2)) -eq 1 ] || address=:$((4001 + move))
		set -- "$guest"
		[ $((move % 3)) -ne 1 ] || set -- # it may be left out
		move_on $address --disk=disk "$@"
		line_wait m$move.out . "$source"
	done
	: >enough
	moving_end m$move "$source" "$moves"
	for i in $(seq 0 "$moves"); do cat "m$i.out"; done >all
	[ "$(tail -n 1 all)" = "typed $(cat typed)" ] || fail "$(cat typed) were typed, but the guest says: $(tail -n 1 all)"
	rounds=$(($(wc -l <all) - 1))
	head -n $rounds all >lines
	seq 1 $rounds | cmp -s - lines || fail "not each line once: $(seq 1 $rounds | diff - lines | head)"
	echo "figures: $rounds rounds, $(cat typed) keys, stood still for$stood ms"
}
