# `duet save NAME` returns when the machine is saved, or says why it is not.
. "$LIB"

# vm OPTION...: starts toyos at its prompt, called toy, in the background.
vm() {
	: >toy.out
	"$DUET" --name=toy --mem=24M "$@" "$TOYOS" 3<&- <keys >toy.out 2>toy.err &
	pid=$!
	until grep -q 'toyos\$' toy.out; do usleep 10000; done
}

ended() {
	wait "$pid"
	status=$?
}

mkfifo keys
exec 3<>keys

vm
duet save toy
expect_status 1
expect_one_line '^duet: toy: start it with --save=FILE$'
duet quit toy
ended

# It is there when the command is over, and the machine goes on; also while it is paused.
vm --save=state
for round in 1 2 3; do
	rm -f state
	duet save toy
	expect_status 0
	[ -s state ] || fail "$round: nothing is saved"
done
[ "$(grep -c '^duet: the machine is saved in state; it goes on$' toy.err)" -eq 3 ] || fail 'other saves than those'
# While the process that creates files does nothing, nothing is saved: who asked waits.
keeper=$(awk -v parent="$pid" '$4 == parent { print $1 }' /proc/[0-9]*/stat 2>/dev/null)
kill -STOP "$keeper"
"$DUET" save toy >asked.out 2>&1 &
asked=$!
usleep 500000
kill -0 $asked || fail 'it returned before the machine was saved'
kill -CONT "$keeper"
wait $asked
status=$?
expect_status 0
duet pause toy
rm state
duet save toy
expect_status 0
[ -s state ] || fail 'nothing is saved of a machine that is paused'
duet list
grep -Eq '^toy +[0-9]+ +paused ' out || fail 'it is paused no more'
duet resume toy
echo 'echo on; exit 3' >&3
ended
expect_status 3
grep -q 'on$' toy.out || fail 'it does not go on'
echo 'exit 4' >in
duet --restore=state
expect_status 4
rm in

# One that ends with it: who asked is told all the same.
for round in $(seq "$(amount 2 20)"); do
	vm --save=end,end
	duet save toy
	expect_status 0
	[ ! -s err ] || fail "$round: something on stderr"
	ended
	expect_status 0
done

# A restored machine that is saved before it has touched its memory: all of that is in the new file, too.
"$DUET" --name=toy --restore=end --save=again,end 3<&- <keys >toy.out 2>toy.err &
pid=$!
until duet list && grep -q '^toy ' out; do usleep 10000; done
duet save toy
expect_status 0
ended
expect_status 0
printf '%s\n' 'cat /README' 'exit 6' >in
duet --restore=again
expect_status 6
"$MKFS" get "$ROOT_IMAGE" /README README || fail 'mkfs get README'
tail -n 1 README >want
grep -qxF -- "$(cat want)" out || fail "the README's end is not there"
rm in

# No room: who asked is told, and it goes on.
mkdir none
vm --save=none/state
rmdir none
duet save toy
expect_status 1
expect_one_line '^duet: toy: it could not be saved: duet says why, where it runs$'
grep -q '^duet: none/state.new: cannot be created: No such file' toy.err || fail 'duet does not say why'
echo 'exit 5' >&3
ended
expect_status 5
