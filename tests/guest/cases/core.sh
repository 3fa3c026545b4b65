# A guest that died leaves a core file, whole or not at all; tests/gdb has gdb read it.
. "$LIB"

duet --cpus=2 --core=core "$PROGRAMS/core.elf"
expect_status 126
expect_err '^duet: core has its registers and memory, for gdb$'
[ "$(head -c 4 core)" = "$(printf '\177ELF')" ] || fail 'it is no ELF file'
[ "$(stat -c %s core)" -gt $((128 << 20)) ] || fail 'RAM is not in it'
[ "$(du -k core | cut -f 1)" -lt 1024 ] || fail 'pages of zeroes take room'
[ ! -e core.new ] || fail 'the new file is still there'

# Tables without end: there is an end to the file, and to the time that it takes.
duet --memory=4M --core=tables "$PROGRAMS/core_hostile.elf"
expect_status 126
expect_err '^duet: tables: only the first 65533 areas of memory are in it: the guest.s page tables have more$' \
	'^duet: tables has its registers and memory'

# One that ends well leaves none, and the one from before stays; so it does where the new one finds no room.
duet --memory=4M --core=core "$PROGRAMS/panic.elf"
cp core before
duet --memory=4M --core=core "$PROGRAMS/hello.elf"
expect_status 7
cmp core before || fail 'it has changed'
(
	ulimit -f 64
	"$DUET" --memory=4M --core=core "$PROGRAMS/panic.elf" </dev/null >out 2>err
	echo $? >status
)
status=$(cat status)
expect_status 126
expect_err '^duet: core: cannot be written: File too large$'
cmp core before || fail 'the old one is lost'
[ ! -e core.new ] || fail 'what was written of the new one stays'

# Signals that are not to end it do not, while the core is written: here that waits for the process that creates it,
# which is one of two.
mkfifo keys
exec 3<>keys
"$DUET" --mem=24M --save=state --core=core "$TOYOS" <keys >out 2>err 3<&- &
pid=$!
until grep -q 'toyos\$' out; do usleep 10000; done
keepers=$(awk -v parent="$pid" '$4 == parent { print $1 }' /proc/[0-9]*/stat 2>/dev/null)
# A keeper has nothing open but null, its folder and its socket.
for keeper in $keepers; do
	[ "$(ls "/proc/$keeper/fd" | wc -l)" -eq 5 ] || fail "the keeper has open: $(ls -l "/proc/$keeper/fd")"
done
# shellcheck disable=SC2086
kill -STOP $keepers
echo panic >&3
until grep -Eq 'skb|unix' "/proc/$pid/task/$pid/wchan"; do usleep 10000; done
kill -USR1 "$pid"
kill -PWR "$pid"
kill -WINCH "$pid"
# shellcheck disable=SC2086
kill -CONT $keepers
wait "$pid"
status=$?
expect_status 126
expect_err '^duet: core has its registers and memory, for gdb$'
exec 3<&-

duet --core=nofolder/core "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line 'duet: nofolder/core: its folder: No such file'
duet --core=core --gdb "$PROGRAMS/hello.elf"
expect_status 2
expect_err '^duet: --core: with --gdb, gdb has the guest when it dies: leave out one$'

# Without the sandbox, too.
duet --sandbox=off --core=off "$PROGRAMS/panic.elf"
expect_status 126
expect_err '^duet: off has its registers'
