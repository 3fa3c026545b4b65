# A guest that KVM cannot run any further ends with KVM's reason in words.
. "$LIB"

duet "$PROGRAMS/fetch_nowhere.elf"
expect_status 126
expect_err 'the guest died: instruction access fault at 0x10000000, address 0x10000000, and no trap handler' \
	'^  hart 0 +pc +0000000010000000$'
duet "$PROGRAMS/unaligned_nowhere.elf"
expect_status 126
expect_err 'the guest died: KVM cannot go on: KVM_RUN failed with EIO: .*not aligned' \
	'^  #0 .*guest_main.* at tests/guest/programs/unaligned_nowhere.c:[0-9]+'
