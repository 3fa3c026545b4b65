# A guest that traps without a handler ends the run with a report.
. "$LIB"

duet "$PROGRAMS/no_handler.elf"
expect_status 126
expect_err 'breakpoint at 0x80200' '^  #0 .*innermost' '^  #1 .*middle' '^  #2 .*guest_main' \
	'scause 3 ' '  sp 0000000080' '^last trap: breakpoint at 0x80200' '^last hypercalls:' '^  none$'
