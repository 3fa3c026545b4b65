# A guest is entered in the state that the SBI asks for, and the handshake works.
. "$LIB"

duet "$PROGRAMS/boot_state.elf"
expect_status 0
expect_out ''
