# Mistakes on the command line give status 2; files that cannot be run give 127 and one line.
. "$LIB"

duet
expect_status 2
duet --cpus=0 "$PROGRAMS/hello.elf"
expect_status 2
expect_err 'cpus=0'
duet --memory=1000 "$PROGRAMS/hello.elf"
expect_status 2
duet --frobnicate
expect_status 2
duet --help
expect_status 0
duet --hypercalls
expect_status 0
grep -q '`console_write(IN text)`' out || fail "no table of hypercalls: $(cat out)"
duet nowhere.elf
expect_status 127
expect_one_line '^duet: nowhere.elf: No such file'
duet --initrd=nowhere "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '^duet: nowhere: No such file'
duet /
expect_status 127
expect_one_line 'directory'
: >empty
duet --initrd=empty "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '^duet: empty: is empty'
duet --disk= "$PROGRAMS/hello.elf"
expect_status 2
mkfifo fifo
duet fifo
expect_status 127
expect_one_line 'not a regular file'
head -c 100 "$PROGRAMS/hello.elf" >cut.elf
duet cut.elf
expect_status 127
expect_one_line '^duet: cut.elf: '
head -c 3000000 /dev/zero >big
duet --memory=4M --initrd=big "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line 'does not fit'
