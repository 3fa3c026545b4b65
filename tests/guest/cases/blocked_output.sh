# A signal ends duet also while its output, or its trace, waits for a reader that does not read.
. "$LIB"

# ends_by_signal: the duet in $pid blocks on the FIFO `pipe`, then ends by SIGTERM.
ends_by_signal() {
	# Blocked: it has slept in the same system call for a while.
	until grep -q pipe_write "/proc/$pid/wchan" || grep -q '^State:.S' "/proc/$pid/status"; do
		usleep 10000
	done
	usleep 300000
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	expect_status 143
}

mkfifo pipe
exec 8<>pipe # a reader that never reads
"$DUET" --cpus=2 "$PROGRAMS/flood.elf" >pipe 2>err </dev/null &
pid=$!
ends_by_signal
"$DUET" --cpus=2 --trace "$PROGRAMS/flood.elf" >/dev/null 2>pipe </dev/null &
pid=$!
ends_by_signal
