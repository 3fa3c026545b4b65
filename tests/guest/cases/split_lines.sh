# A guest's file can say that its debugging information is in part in other files. The sandbox would end a duet
# that looked for them, so it does not; the report has what the guest's own file says.
. "$LIB"

for how in split common; do
	duet "$PROGRAMS/panic_$how.elf"
	expect_status 126
	expect_err '^  #[0-9]+ .*guest_main\+0x[0-9a-f]+' '^last hypercalls'
done
