# A guest is entered in the state that the SBI asks for, whatever the guest before did, and the handshake works.
. "$LIB"

for program in wide boot_state; do
	duet "$PROGRAMS/$program.elf"
	expect_status 0
	expect_out ''
done
