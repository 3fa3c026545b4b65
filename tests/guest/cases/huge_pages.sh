# RAM in pages of 2 MiB: from the host's reserve, all of it or none; what is left over whole pages is in others.
. "$LIB"

reserve=/proc/sys/vm/nr_hugepages
if [ ! -e $reserve ]; then
	duet --memory-pages=2M "$PROGRAMS/hello.elf"
	expect_status 127
	expect_one_line 'this host has no such pages'
	duet --memory-pages=auto "$PROGRAMS/hello.elf"
	expect_status 7
	exit 0
fi
trap 'echo 0 >$reserve' EXIT
reserve_pages() { # N: waits until they are there
	until echo "$1" >$reserve && [ "$(cat $reserve)" -eq "$1" ]; do usleep 10000; done
}
free_pages() { awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo; }

# One too few: said, or done without.
reserve_pages 47
duet --memory=97M --memory-pages=2M "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line 'have 48 free'
duet --memory=97M --memory-pages=auto --stats "$PROGRAMS/hello.elf"
expect_status 7
expect_err '^memory of guest +99328 KiB, 0 KiB in pages of 2 MiB$'

# What is given back reads as zeroes, and is this machine's still; it goes to the next one.
reserve_pages 48
for pages in 2M auto 2M; do
	echo 123 >in
	duet --memory=97M --memory-pages=$pages --stats "$PROGRAMS/memory.elf"
	expect_status 0
	expect_err '^memory of guest +99328 KiB, 98304 KiB in pages of 2 MiB$'
	[ "$(free_pages)" -eq 48 ] || fail "$(free_pages) of 48 pages are free afterwards"
done
rm in
duet --memory=97M --stats "$PROGRAMS/hello.elf"
expect_err '^memory of guest +99328 KiB, 0 KiB in pages of 2 MiB$'

# Saved, and restored from the file.
duet --memory=97M --memory-pages=2M --cpus=5 --save=state "$PROGRAMS/save.elf"
expect_status 0
expect_out saved
duet --restore=state
expect_status 1
expect_out restored
duet --restore=state --memory-pages=2M
expect_status 2
expect_err 'leave out --memory-pages'
duet --memory-pages=3M "$PROGRAMS/hello.elf"
expect_status 2
expect_err '--memory-pages=3M: want 2M, 4K or auto'

# A reset takes them again. virtio's buffers are in them.
printf r >in
duet --memory=97M --memory-pages=2M --stats "$PROGRAMS/srst.elf"
expect_status 0
expect_out 'boot
boot'
[ "$(grep -c '98304 KiB in pages of 2 MiB' err)" -ge 1 ] || fail 'expected large pages after a reset'
rm in
duet --memory=97M --memory-pages=2M --board --virtio=rng "$PROGRAMS/board_virtio.elf" '<rng>'
expect_status 0
