"""Debian's RISC-V packages, taken from its archive and unpacked; never installed."""

import os
import shutil
import subprocess
import sys
import tarfile
import time

from lib import die, say

SUITE = "trixie"  # whatever Debian the PC runs, the RISC-V side is this one

# apt refuses an archive whose index files are out of step with the signed list of their hashes, as they
# are for a while when a mirror is being updated (for days, behind some caches). The updates and security
# suites change most often; and a cache may keep the release in step under its other name, "stable": that
# it still is the same release is checked.
MAIN_ONLY = r'--setup-hook=sed -i -E "/-(updates|security)/d" "$1/etc/apt/sources.list"'
SAME_RELEASE = f"--extract-hook=grep -q '^Codename: {SUITE}$' \"$1\"/var/lib/apt/lists/*_InRelease"
ATTEMPTS = [
    (SUITE, [], SUITE),
    (SUITE, [MAIN_ONLY], f"{SUITE} without its updates and security suites"),
    ("stable", [MAIN_ONLY, SAME_RELEASE], f"{SUITE} under its other name, stable"),
]
PAUSES_S = [0, 15, 45]


def download(packages, tar):
    """Has mmdebstrap write the packages and all they depend on, unpacked, as a tar file."""
    if not shutil.which("mmdebstrap"):
        die("mmdebstrap is missing: run scripts/setup run")
    command = ["mmdebstrap", "--variant=extract", "--architectures=riscv64", "--format=tar",
               "--include=" + ",".join(packages)]
    if os.getuid() != 0:
        command.append("--mode=chrootless")  # nothing is run in what is unpacked: no privilege is needed
    for pause_s in PAUSES_S:
        if pause_s:
            say(f"trying again in {pause_s} s")
            time.sleep(pause_s)
        for suite, options, name in ATTEMPTS:
            if suite != SUITE or options:
                say(f"trying {name}")
            result = subprocess.run([*command, *options, suite, tar], stdin=subprocess.DEVNULL, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if result.returncode == 0:
                return
            errors = [line for line in result.stdout.splitlines() if line.startswith("E: ")]
            errors = errors or result.stdout.splitlines()[-1:] or ["mmdebstrap gave no reason"]
            say(errors[0])
    sys.stderr.write(result.stdout)
    die("Debian's archive could not be read (above: mmdebstrap's own words): try again later")


def unpack(tar, folder, wanted):
    """Unpacks the files whose path matches; owner and special permissions are left behind."""
    os.makedirs(folder, exist_ok=True)
    with tarfile.open(tar) as archive:
        archive.extraction_filter = getattr(tarfile, "tar_filter", None)  # Python 3.11.2 has none
        members = []
        for member in archive:
            member.name = member.name.removeprefix("./")
            if wanted.match(member.name) and (member.isfile() or member.issym() or member.islnk()):
                member.linkname = member.linkname.removeprefix("./") if member.islnk() else member.linkname
                members.append(member)
        archive.extractall(folder, members)
