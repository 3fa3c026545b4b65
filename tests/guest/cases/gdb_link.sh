# Who can reach a waiting guest's debugger; what bad ones do to it; how it ends without one.
. "$LIB"

guest=$PROGRAMS/spin.elf

# gdb's packets, and the end of what it says to them.
ask() {
	printf "$1" | nc 127.0.0.1 4321 | tail -c 300 >answer
}

# A Unix socket for this user alone; a signal ends duet while it waits, and the socket goes with it.
"$DUET" --gdb=socket "$guest" >out 2>err </dev/null &
pid=$!
until grep -q 'target remote socket' err; do usleep 10000; done
ls -l socket | grep -q '^srw-------' || fail "the socket's permissions: $(ls -l socket)"
duet --gdb=socket "$guest"
expect_status 127
expect_one_line '^duet: --gdb=socket: exists; remove it, unless'
kill -TERM $pid
wait $pid
status=$?
expect_status 143
[ ! -e socket ] || fail "the socket is left behind"

# A port of the loopback address only.
"$DUET" --gdb=:4321 "$guest" >out 2>err </dev/null &
pid=$!
until grep -q 'target remote :4321' err; do usleep 10000; done
# 4321 in hexadecimal, listening (0A).
grep -q ' 0100007F:10E1 00000000:0000 0A' /proc/net/tcp || fail "not on the loopback address"
grep ':10E1 00000000:0000 0A' /proc/net/tcp6 && fail "on IPv6 too"

# Garbage, packets that are cut off, lengths that lie. Whoever leaves without a word leaves the guest
# running; the next one has it stopped.
head -c 200000 /dev/urandom | nc 127.0.0.1 4321 >/dev/null
ask '+$m80200000,ffffffffffffffff#00$mffffffffffffffff,10#00$'
ask '$qSupported'
# One that comes while another is there has to wait until that has left.
mkfifo keys
nc 127.0.0.1 4321 <keys >first &
exec 9>keys
printf '$?#3f' >&9
until grep -q 'T05' first; do usleep 10000; done
ask '$?#3f'
[ ! -s answer ] || fail "two at a time: $(cat answer)"
exec 9>&-
grep -q running out || fail "the guest did not run"
# Killed: as Ctrl-A x.
until
	ask '$?#3f$k#6b'
	[ -s answer ]
do usleep 10000; done
wait $pid
status=$?
expect_status 0

# Words for a person.
for where in :0 :65536 :x; do
	duet "--gdb=$where" "$guest"
	expect_status 127
	expect_one_line '^duet: --gdb='
done
duet --gdb=/nowhere/socket "$guest"
expect_status 127
expect_one_line '^duet: --gdb=/nowhere/socket: No such file'
touch file
duet --gdb=file "$guest"
expect_status 127
expect_one_line '^duet: --gdb=file: exists'
