# Running VMs from outside: duet list, and what can be said to each of them.
. "$LIB"

# vm NAME OPTION... GUEST...: starts one in the background; $pid. Its output is in NAME.out and NAME.err.
vm() {
	vm_name=$1
	shift
	"$DUET" "$@" >"$vm_name.out" 2>"$vm_name.err" </dev/null &
	pid=$!
}
# until_has FILE PATTERN: waits for a line.
until_has() {
	until grep -Eq -- "$2" "$1"; do usleep 10000; done
}
# expect_list PATTERN...: a line of `duet list` for each, and no other VM of this case.
expect_list() {
	duet list
	expect_status 0
	[ "$(grep -Ec '^(my\.toy|mine|spinner|copier|waits)' out)" -eq $# ] || fail "expected $# VMs"
	for pattern; do
		grep -Eq -- "$pattern" out || fail "expected in the list: $pattern"
	done
}
# What the process has had of its processors, in ticks.
busy() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# Names that no other case has.
cp "$TOYOS" mine.elf
cp "$PROGRAMS/spin.elf" spinner.elf
cp "$PROGRAMS/copy.elf" copier.elf

expect_list
grep -q '^NAME  *PID  *STATE ' out || fail 'no heading'

# The name that was given, or that of the guest; one more of it has a number.
vm toy --no-stdin --name=my.toy "$TOYOS"
toy=$pid
vm first --no-stdin mine.elf
first=$pid
until_has first.out 'toyos\$ '
vm second --no-stdin --cpus=2 --memory=64M --stats mine.elf
second=$pid
for vm_name in toy second; do until_has $vm_name.out 'toyos\$ '; done
expect_list "^my.toy +$toy +running +1 +128 +$TOYOS\$" "^mine +$first +running +1 " "^mine-2 +$second +running +2 +64 "
duet --name=my.toy "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '^duet: --name=my.toy: another VM has this name'
for name in '' .hidden 'a b' a/b 123456789012345678901234567890123456789012345678; do
	duet "--name=$name" "$PROGRAMS/hello.elf"
	expect_status 2
	expect_err '^duet: --name='
done

# Mistakes are one line.
duet stats nobody
expect_status 1
expect_one_line '^duet: no VM of yours is called nobody; there are: .*my\.toy'
duet walk mine
expect_status 2
duet list mine
expect_status 2
duet walk mine 0x80200000
expect_status 1
expect_one_line '^duet: mine: walk: pause the guest first'

# Counters; more of them if the VM was started with --stats.
duet stats my.toy
expect_status 0
grep -Eq '^  console_write  +[1-9]' out || fail 'no counters of hypercalls'
grep -q 'memory of duet' out && fail 'memory without --stats'
duet stats mine-2
grep -Eq '^memory of duet +[0-9]+ KiB' out || fail 'no memory'

# Killed without a chance to tidy up: nothing is left, and the name can be had again.
kill -KILL "$first" "$second"
wait "$first" "$second"
expect_list '^my.toy '

# A pause: the guest takes no processor time, until it is resumed.
vm spin --cpus=2 --memory=4M spinner.elf
spin=$pid
until_has spin.out running
duet info spinner
grep -Eq 'spinner.elf: 2 harts, 4 MiB of RAM' out || fail 'no machine'
duet pause spinner
expect_status 0
expect_list '^my.toy ' '^spinner +[0-9]+ +paused '
was=$(busy "$spin")
for n in 1 2 3; do duet "$PROGRAMS/hello.elf"; done # other guests, all of their lives
[ "$(busy "$spin")" -le "$((was + 2))" ] || fail "a paused guest took $(($(busy "$spin") - was)) ticks"
duet info spinner
grep -q '^hart 0: started, ' out && grep -q '^hart 1: stopped, ' out || fail "the harts' states"
duet walk spinner 0x80200000
expect_status 0
grep -q '^0x80200000 is guest physical 0x80200000$' out || fail 'no walk'
duet resume spinner
expect_status 0
until [ "$(busy "$spin")" -gt "$((was + 20))" ]; do usleep 10000; done
expect_list '^my.toy ' '^spinner +[0-9]+ +running '

# All threads have a filter, that which serves this too: main, the vCPUs, control, and the console's reader.
[ "$(ls /proc/"$spin"/task | wc -l)" -eq 5 ] || fail 'other threads than those'
for task in /proc/"$spin"/task/*; do
	grep -Eq '^Seccomp:	2$' "$task/status" || fail "no filter: $task"
done
duet stop spinner # it has not asked for that event
expect_status 0
grep -q '^the guest is ended, for it cannot be asked' out || fail 'not ended'
wait "$spin"
status=$?
expect_status 0

# The console: what is typed there reaches the guest, what the guest says comes to both.
mkfifo typed
"$DUET" console my.toy <typed >console.out 2>console.err &
console=$!
exec 9>typed
echo 'echo first | cat' >&9
until_has console.out '^first$'
until_has toy.out '^first$'
duet console my.toy
expect_status 1
expect_one_line '^duet: my.toy: somebody is at its console already'
# A reset: who is at the console stays there.
duet reset my.toy
expect_status 0
until [ "$(grep -o 'toyos\$ ' console.out | wc -l)" -ge 2 ]; do usleep 10000; done
echo 'echo again | cat' >&9
until_has console.out '^again$'
exec 9>&-

# Stopped: toyos shuts down by itself. Whoever is at the console is told.
duet stop my.toy
expect_status 0
grep -q '^asked the guest to shut down; stop again ends it$' out || fail 'not asked'
wait "$toy"
status=$?
expect_status 0
wait "$console"
status=$?
expect_status 0
grep -q '^duet: my.toy has ended$' console.err || fail "the console's end: $(cat console.err)"
expect_list

# More than there is room for waits, and none of it is lost, either way.
head -c 100000 /dev/urandom | od -x >typed.all
vm copy --no-stdin copier.elf
until duet list && grep -q '^copier ' out; do usleep 10000; done
"$DUET" console copier <typed.all >console.out 2>console.err &
console=$!
until [ "$(wc -c <copy.out)" -ge "$(wc -c <typed.all)" ]; do usleep 10000; done
duet quit copier
wait "$pid" "$console"
cmp typed.all copy.out || fail 'what was typed came in another way'
cmp typed.all console.out || fail 'what the guest said came in another way'

# One that waits for gdb can be ended, too.
vm waits --name=waits --gdb=:4321 "$PROGRAMS/spin.elf"
until_has waits.err 'waiting for gdb'
until duet quit waits && [ "$status" -eq 0 ]; do usleep 10000; done
wait "$pid"
status=$?
expect_status 0
