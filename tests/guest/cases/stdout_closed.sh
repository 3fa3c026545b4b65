# A console that nobody reads is an error for the guest, not a crash.
. "$LIB"

"$DUET" "$PROGRAMS/hello.elf" >&- 2>err </dev/null
status=$?
expect_status 7
