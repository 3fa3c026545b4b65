# Without /dev/kvm: one line that says so. A bad ELF is refused before that.
. "$LIB"

mv /dev/kvm /dev/kvm.away
trap 'mv /dev/kvm.away /dev/kvm' EXIT
duet "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '^duet: /dev/kvm: '
: >empty
duet empty
expect_status 127
expect_one_line '^duet: empty: is empty'
