# A signal, or duet stop, ends a run that is about to be saved and waits for a hart whose output nobody takes. The save
# fails, which whoever asked is told, and the file from before stays.
. "$LIB"

# vm GUEST...: starts one whose output nobody takes, and waits until it says so by waiting.
vm() {
	"$DUET" --save=state --name=flood --cpus=2 "$@" >pipe 2>err 3<&- </dev/null &
	pid=$!
	until [ "$(dd if=pipe bs=1 count=1 2>/dev/null | wc -c)" -eq 1 ]; do :; done
	usleep 300000
}
# saves: until the owner waits for harts.
saves() {
	until grep -Eq futex "/proc/$pid/wchan" "/proc/$pid/task/$pid/wchan"; do usleep 10000; done
}
# unsaved STATUS
unsaved() {
	wait "$pid"
	status=$?
	expect_status "$1"
	expect_err '^duet: the machine is not saved: it was to end before all of its harts were at rest$'
	[ "$(cat state)" = before ] || fail 'the file from before is lost'
	[ ! -e state.new ] || fail 'a new file is there'
}

echo before >state
mkfifo pipe
exec 3<>pipe # a reader that never reads

vm "$PROGRAMS/flood.elf"
kill -PWR "$pid"
saves
kill -TERM "$pid"
unsaved 143

vm "$PROGRAMS/flood.elf"
"$DUET" save flood >said 2>&1 &
client=$!
saves
"$DUET" stop flood >stopped || fail "stop: $(cat stopped)"
unsaved 0
! wait $client || fail 'it was saved'
grep -q '^duet: flood: it could not be saved' said || fail "the client was told: $(cat said)"
