# Who connects to a VM's control socket and means no good: nobody waits for them, the VM least of all.
. "$LIB"

connect=/test/connect
until_has() {
	until grep -Eq -- "$2" "$1"; do usleep 10000; done
}
# The VM answers.
expect_answer() {
	duet info "$1"
	expect_status 0
	grep -q 'MiB of RAM' out || fail "$1 does not answer"
}

"$DUET" --no-stdin --name=h.toy "$TOYOS" >toy.out 2>toy.err &
toy=$!
until_has toy.out 'toyos\$ '

# Many that say nothing, or half a line. They have the places of those that came later, but not for long.
mkfifo silence
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	{
		[ $((n % 2)) = 1 ] || printf 'inf'
		cat silence
	} | "$connect" h.toy >/dev/null &
done
exec 9>silence
expect_answer h.toy
duet pause h.toy
expect_status 0
duet resume h.toy
expect_status 0
exec 9>&-

# What is no line: too long, without an end, bytes, a 0, all of the commands at once; and those that leave at once.
head -c 100000 /dev/zero | tr '\0' a | "$connect" h.toy >said
grep -q '^-that is no line of text$' said || fail "a long line: $(cat said)"
for n in 1 2 3 4 5 6 7 8 9 10; do
	head -c 3000 /dev/urandom | "$connect" h.toy >/dev/null
	printf 'stats\n' | "$connect" h.toy | true
done
printf 'info\0\n' | "$connect" h.toy >said
grep -q '^-that is no line' said || fail "a 0: $(cat said)"
printf 'info\nquit\nquit\n' | "$connect" h.toy >said
[ "$(head -c 1 said)" = + ] || fail "a line and more: $(cat said)"
for line in '' help poweroff state1 'walk 0x' 'walk 10000000000000000000000' 'console' 'list' ' info'; do
	echo "$line" | timeout 1 "$connect" h.toy >/dev/null
done
expect_answer h.toy

# At the console of a guest that says much, and never reads: the guest is not held up. At its next look it is told how
# much it missed.
"$DUET" --name=h.flood --memory=8M "$PROGRAMS/flood.elf" >/dev/null 2>flood.err </dev/null &
flood=$!
until duet list && grep -q '^h.flood ' out; do usleep 10000; done
mkfifo look
{
	echo console
	cat silence
} | "$connect" h.flood >look &
exec 9>silence 8<look # nobody reads
writes() {
	duet stats h.flood
	awk '$1 == "console_write" { print $2 }' out
}
head -c 1 <&8 >/dev/null
was=$(writes)
until [ "$(writes)" -gt $((was + 100)) ]; do usleep 10000; done
head -c 600000 <&8 | grep -q 'bytes left out\]$' || fail 'not told what is missing'
exec 9>&- 8<&-

# Types without end for a guest that takes nothing.
yes | { echo console; cat; } | "$connect" h.flood >/dev/null &
typist=$!
expect_answer h.flood
kill "$typist"
duet quit h.flood
wait "$flood"
status=$?
expect_status 0

# Another user sees no VM, has no answer, and is no hindrance.
mkdir -p /etc
echo 'user:x:1000:1000::/:/bin/sh' >/etc/passwd
chmod 755 / /test "$DUET" "$connect"
su user -c "$DUET list" >said
[ "$(wc -l <said)" = 1 ] || fail "another user sees: $(cat said)"
su user -c "$DUET quit h.toy" 2>said && fail 'another user ended it'
grep -q '^duet: no VM of yours is called h\.toy; there are: none$' said || fail "said: $(cat said)"
su user -c "echo quit | $connect h.toy 0" >said
[ ! -s said ] || fail "another user is answered: $(cat said)"
expect_answer h.toy

# A debugger stops a guest that is paused, and lets go of it.
"$DUET" --name=h.spin --cpus=2 --gdb=:4321 "$PROGRAMS/spin.elf" >spin.out 2>spin.err </dev/null &
spin=$!
until_has spin.err 'target remote :4321'
printf '+$?#3f' | nc 127.0.0.1 4321 >answer
until_has spin.out running
duet pause h.spin
expect_status 0
mkfifo keys
nc 127.0.0.1 4321 <keys >answer &
exec 8>keys
printf '+$?#3f' >&8
until_has answer 'T05'
duet resume h.spin
duet info h.spin
grep -q 'spin.elf: 2 harts' out || fail 'no answer while gdb has it'
duet quit h.spin
expect_status 0
exec 8>&-
wait "$spin"
status=$?
expect_status 0

duet quit h.toy
wait "$toy"
status=$?
expect_status 0
[ ! -s toy.err ] || fail "duet said: $(cat toy.err)"
