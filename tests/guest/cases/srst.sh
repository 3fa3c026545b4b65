# Shutdown and reset by the SBI, from any hart; a reset starts the guest anew, but for its input.
. "$LIB"

printf r >in
duet "$PROGRAMS/srst.elf"
expect_status 0
expect_out 'boot
boot'
truncate -s 1M disk
printf rssrf >in
duet --cpus=16 --disk=disk "$PROGRAMS/srst.elf"
expect_status 1
expect_out 'boot
boot
boot
boot
boot'
