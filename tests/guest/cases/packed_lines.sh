# The report has source lines also when they are compressed in the guest's file; if they cannot be
# read, it goes without.
. "$LIB"

for how in zlib zstd; do
	duet "$PROGRAMS/panic_$how.elf"
	expect_status 126
	expect_err '^  #[0-9]+ .*guest_main.* at tests/guest/programs/panic.c:[0-9]+'
done
duet "$PROGRAMS/panic_zstd_old.elf"
expect_status 126
expect_err '^  #[0-9]+ .*guest_main\+0x[0-9a-f]+$' '^last hypercalls:'
