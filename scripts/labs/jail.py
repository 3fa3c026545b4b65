"""Builds of what others wrote, in bubblewrap: a compiler reads whatever file a source names, and a few lines can have
it take all of the memory and all of the disk.

In there is no network, no process of others and no file but the tool chain's, the sysroot's and the tree's; only the
tree can be written, and a /tmp that nobody else has. No device but /dev/null, and no /proc: an #include that reads
from either could wait for ever.

Course systems grade in a container that is made for one hand-in and thrown away, in which no other can be made. With
DUET_JAIL=container in the environment that is the jail: root builds as nobody, under the same limits.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

# Of each process; a build runs two at a time. All that is left behind are files of the tree.
MEMORY_BYTES = 1 << 30
FILE_BYTES = 32 << 20    # of each file, also of what the build prints
CPU_SECONDS = 120        # the longest compilation of ours takes 5
PROCESSES = 256
HANG_SECONDS = 1800      # of the clock: nothing known comes to it
NOBODY = 65534
EPOCH = "1767225600"     # __DATE__ and __TIME__, which are those of the build otherwise

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "SOURCE_DATE_EPOCH": EPOCH}
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
             "--bounding-set=-all"]
LIMITED = ["prlimit", f"--as={MEMORY_BYTES}", f"--fsize={FILE_BYTES}", f"--cpu={CPU_SECONDS}", f"--nproc={PROCESSES}",
           "--core=0", "--"]

SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/sbin", "/etc/alternatives", "/etc/ld.so.cache")


IN_CONTAINER = os.environ.get("DUET_JAIL") == "container"


class NoJail(Exception):
    """Bubblewrap is missing, or may not do its work here; the text says the cure."""


def jail_check():
    """Raises NoJail if no jail can be had."""
    if os.environ.get("DUET_JAIL") not in (None, "", "container"):
        raise NoJail(f"DUET_JAIL={os.environ['DUET_JAIL']}: only container, or nothing")
    if IN_CONTAINER:
        if os.geteuid() != 0:
            raise NoJail("DUET_JAIL=container: only for root, who can build as nobody")
        return
    if not shutil.which("bwrap"):
        raise NoJail("there is no bwrap, in which hand-ins are built: apt-get install bubblewrap")
    said = subprocess.run([*bwrap([]), "true"], capture_output=True, text=True)
    if said.returncode:
        raise NoJail(f"hand-ins are built in bubblewrap, which may not work here: {said.stderr.strip()}; as root: "
                     "sysctl kernel.unprivileged_userns_clone=1, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0")


def bwrap(binds):
    """The command that runs the words behind it in a jail. Root has to become somebody else, for no limit of
    processes holds for root."""
    as_root = os.geteuid() == 0
    words = ["bwrap", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent",
             "--new-session", "--clearenv"]
    words += [word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)]
    words += [] if as_root else ["--unshare-user"]
    words += ["--dir", "/dev", "--dir", "/etc"]  # else they are for root alone
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            words += ["--ro-bind", path, path]
    words += ["--perms", "1777", "--tmpfs", "/tmp", *binds, "--dev-bind", "/dev/null", "/dev/null", "--remount-ro", "/"]
    if as_root:
        words += AS_NOBODY
    return [*words, *LIMITED]


def jail_run(tree, command, reads=()):
    """Runs a command in the folder `tree`, which it may change; it may read the folders `reads`, too. Gives its exit
    status, None if it did not end, and what it printed."""
    tree, binds = os.path.abspath(tree), []
    for bind, path in [*(("--ro-bind", path) for path in reads), ("--bind", tree)]:
        for folder in reversed(list(pathlib.Path(path).parents)):
            binds += ["--dir", str(folder)]  # else it is for root alone
        binds += [bind, path, path]
    binds += ["--chdir", tree]
    if os.geteuid() == 0:
        subprocess.run(["chown", "-Rh", f"{NOBODY}:{NOBODY}", tree], check=True)
    inside = bwrap(binds)
    if IN_CONTAINER:
        inside = [*AS_NOBODY, *LIMITED]
        for path in (tree, *reads):
            if subprocess.run([*AS_NOBODY, "test", "-r", path, "-a", "-x", path]).returncode:
                raise NoJail(f"{path}: nobody cannot read it, who builds hand-ins: put clone and cache where all may read")
    # Into a file, which has a limit; a pipe has none.
    with tempfile.TemporaryFile() as said:
        try:
            status = subprocess.run([*inside, *command], stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=tree,
                                    env=ENVIRONMENT, timeout=HANG_SECONDS).returncode
        except subprocess.TimeoutExpired:
            status = None
        said.seek(0)
        return status, said.read().decode(errors="replace")
