# Disks as a user has them: images on the PC, through QEMU and the host Linux.

.PHONY: test-disk
NEEDS_disk = duet toyos $(GUEST_ELF) $(HOST_READY)
test-disk: $(NEEDS_disk) ## only the tests of disk images on the PC (CUTS=N power cuts)
	@tests/disk/run $(B) $(CUTS)
