# Without /dev/kvm: one line that says so. A bad ELF is refused before that.
. "$LIB"

# This folder is all that duet sees.
cp "$DUET" "$PROGRAMS/hello.elf" .
printf '#!/bin/sh\nexec chroot . /duet "$@"\n' >in_here
chmod +x in_here
DUET=./in_here
duet hello.elf
expect_status 127
expect_one_line '^duet: /dev/kvm: '
: >empty
duet empty
expect_status 127
expect_one_line '^duet: empty: is empty'
