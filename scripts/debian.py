"""Debian's packages, RISC-V's and the PC's, taken from its archive and unpacked; never installed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time

from lib import die, say
from machine import LIBC

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
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# What trying again does not mend: the reason in apt's or mmdebstrap's words, and what to say of it.
HOPELESS = [
    (re.compile("^.*([Tt]emporary failure resolving|[Cc]ould not resolve|[Uu]nable to connect|[Cc]ould not connect|"
                "[Nn]etwork is unreachable|[Cc]onnection timed out|No route to host).*", re.MULTILINE),
     "no network: Debian's archive cannot be reached"),
    (re.compile("^.*(No space left on device|enough free space).*", re.MULTILINE),
     "the disk is full: free 1000 MB where the cache is, and where temporary files go (TMPDIR, or /tmp)"),
]
# apt's own limits are minutes where nothing answers.
PATIENCE = ["--aptopt=Acquire::Retries \"1\"", "--aptopt=Acquire::http::Timeout \"20\""]


def download(packages, architecture, tar):
    """Has mmdebstrap write the packages of an architecture of Debian's, and all they depend on, unpacked, as a tar
    file."""
    if not shutil.which("mmdebstrap"):
        die("mmdebstrap is missing: run scripts/setup run")
    command = ["mmdebstrap", "--variant=extract", f"--architectures={architecture}", "--format=tar",
               "--include=" + ",".join(packages), *PATIENCE]
    if os.getuid() != 0:
        command.append("--mode=chrootless")  # nothing is run in what is unpacked: no privilege is needed
    for pause_s in PAUSES_S:
        if pause_s:
            say(f"trying again in {pause_s} s")
            time.sleep(pause_s)
        for suite, options, name in ATTEMPTS:
            if suite != SUITE or options:
                say(f"trying {name}")
            status, words = run_session([*command, *options, suite, tar])
            if status == 0:
                return
            for pattern, meaning in HOPELESS:
                if match := pattern.search(words):
                    say(match[0])
                    die(meaning)
            say(reason_of(words))
    sys.stderr.write(words)
    die("Debian's archive could not be read (above: mmdebstrap's own words): try again later")


def reason_of(words):
    """The line of apt's or mmdebstrap's words that says why it failed."""
    errors = [line for line in words.splitlines() if line.startswith("E: ")]
    return (errors or words.splitlines()[-1:] or ["mmdebstrap gave no reason"])[0]


def run_session(command):
    """Runs a command in a session of its own, for mmdebstrap hangs up its whole process group when it fails.
    Gives its exit status and all that it said. It does not outlive us."""
    came = []
    handlers = {number: signal.signal(number, lambda number, _: came.append(number)) for number in ENDS}
    process = None
    try:
        # An exception of a signal's out of Popen() would leave the session to itself, so signals wait until it is known.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, errors="replace", start_new_session=True,
                                   preexec_fn=lambda: LIBC.prctl(1, signal.SIGTERM))  # PR_SET_PDEATHSIG: when we end
        handlers_restore(handlers)
        for number in came:
            signal.raise_signal(number)
        words, _ = process.communicate()
    except BaseException:  # also Ctrl-C, and the end that a signal asks for
        if process:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        raise
    finally:
        handlers_restore(handlers)
    return process.returncode, words


def handlers_restore(handlers):
    for number, handler in handlers.items():
        signal.signal(number, handler)


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
