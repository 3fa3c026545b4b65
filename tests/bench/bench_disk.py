"""The disk that is measured, a virtio disk of QEMU's: /dev/duet.bench in the host Linux."""


def qemu_arguments(mib=16):
    """Its requests are done at once, within the store to its doorbell (null-co, no ioeventfd): what they
    take is counted, and no time that depends on the PC. It reads as zeroes."""
    return ["-blockdev", f"null-co,node-name=bench,size={mib << 20},read-zeroes=on",
            "-device", "virtio-blk-pci,drive=bench,serial=bench,ioeventfd=off"]
