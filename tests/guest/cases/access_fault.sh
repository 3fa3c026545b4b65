# An access to where nothing is traps in the guest as an access fault.
. "$LIB"

duet "$PROGRAMS/access_fault.elf"
expect_out ''
expect_status 0
duet "$PROGRAMS/access_no_handler.elf"
expect_status 126
expect_err 'the guest died: store access fault at 0x80200[0-9a-f]+, address 0x10000008, and no trap handler' \
	'^last trap: store access fault at 0x80200[0-9a-f]+, address 0x10000008$' \
	'^  #0 .* guest_main.* at tests/guest/programs/access_no_handler.c:9$' \
	' 0 console_write\("about to die\\n", 13\) = 13$'
