# Shutdown and reset by the SBI; a reset starts the guest anew.
. "$LIB"

printf r >in
duet "$PROGRAMS/srst.elf"
expect_status 0
expect_out 'boot
boot'
printf f >in
duet "$PROGRAMS/srst.elf"
expect_status 1
expect_out boot
