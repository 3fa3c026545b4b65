"""Trees to build candidates in: copies of the reference tree with what it has built, and a hand-in's files over it."""

import fcntl
import glob
import hashlib
import os
import shutil
import stat
import subprocess

from lib import BUILD, ROOT, say
from labs.checks import FAILED, Verdict
from labs.host import Candidate
from labs.jail import jail_run
from labs.spec import LabError

# What a build of duet or toyos goes on from; the rest of build/ is not copied.
BUILT = ("duet-obj", "vmm", "toyos", "sysroot", "sysroot.ready", "setup-run", "setup-test", "guest", "hv")
# The host Linux that is used, and that which grades; they may be the same.
HOST = ("host", "kernel", "kernel.ready", "kernel-debian", "kernel-debian.ready")


SIGNS = ("error:", "undefined symbol", "duplicate symbol")  # of the lines that say what is wrong

# Where make leaves what lab.json's `build` names; all else there is a path below build/.
KEPT = ("proof", "graded", "duets", "reference")  # folders of build/labs that are no lab's
KEPT_BYTES = 16 << 20  # of each file; duet has 2.3 MB
BUILT_AS = {"duet": "vmm/duet", "toyos": "toyos/toyos.elf", "mkfs": "toyos/mkfs/mkfs"}


REFERENCE = os.path.join(BUILD, "labs/reference")  # in a lab's folder: what the grader itself runs


class BuildFailed(Exception):
    """The candidate's files do not build; the text is what the compiler said."""

    def verdict(self):
        return Verdict(FAILED, "it does not build", "a build without errors", str(self))


def tree_copy(target, root=ROOT):
    """Makes `target` a copy of the tree's files and of what is built of duet and toyos."""
    os.makedirs(os.path.join(target, "build"))
    for name in sorted(os.listdir(root)):
        if name not in (".git", "build"):
            copy(os.path.join(root, name), os.path.join(target, name))
    built_copy(target, BUILT, root)


def built_copy(target, names, root=ROOT):
    """Copies what is built under these names below build/, as far as it is there."""
    for name in names:
        source, place = (os.path.join(tree, "build", name) for tree in (root, target))
        if os.path.lexists(source):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            copy(source, place)


def copy(source, target):
    """With times and links: make looks at them."""
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)


def tree_build(tree, parts, programs=None):
    """Builds parts of a tree: `duet`, `toyos`, or a guest, by its path below build/. Warnings are no errors there.
    What is in the tree may be a stranger's, so that this is done in a jail; no sysroot is fetched there.
    toyos gets the programs of the folder `programs` besides its own, if there is one."""
    tree = os.path.realpath(tree)
    targets = [part if part in BUILT_AS else f"build/{part}" for part in parts]
    command = ["make", "--no-print-directory", "-j2", "-o", "build/sysroot.ready", "SETUP=skip", "WERROR=", *targets]
    if programs and os.path.isdir(os.path.join(tree, programs)):
        command.append(f"PROGRAMS={programs}")
    sysroot = os.path.realpath(os.path.join(tree, "build/sysroot"))
    status, said = jail_run(tree, command, [] if sysroot.startswith(tree) else [sysroot])
    if status is None:
        raise BuildFailed("the build did not end")
    if status:
        lines = said.splitlines()
        wrong = [line for line in lines if any(sign in line for sign in SIGNS)]
        raise BuildFailed("\n".join((wrong or lines)[:12]))


def tree_remove(tree):
    shutil.rmtree(tree, ignore_errors=True)


def tree_restore(tree, base, keep, root):
    """Brings back, in a copy of the checkout `root`, all but the files `keep` to what they are in the commit `base`.
    Gives the names of those that differed."""
    def git(*words):
        return subprocess.run(["git", "-C", root, *words], check=True, capture_output=True).stdout

    changed = git("diff", "--name-only", "-z", base).split(b"\0")
    changed += git("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")
    restored = sorted(name.decode() for name in changed if name and name.decode() not in (*keep, ".lab"))
    known = set(git("ls-tree", "-r", "-z", "--name-only", base).decode().split("\0"))
    for name in restored:
        target = os.path.join(tree, name)
        if os.path.lexists(target):
            os.unlink(target)
        if name in known:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(git("show", f"{base}:{name}"))
    return restored


def candidate_build(lab, name, change, folder, root=ROOT, base=None, parts=None):
    """Builds what the lab needs, or these parts, of a copy of the tree `root` to which `change` was applied, into
    `folder`. With `base` the copy is first brought back to that commit, but for the lab's files. What the lab has as
    `instrument`, the grader's own, is put over all that a candidate hands in. Raises BuildFailed, or SourceError if the
    change does not fit."""
    parts = parts or lab.build
    keep = os.path.join(folder, f"{lab.number}-{name}")
    tree = f"{keep}.tree"
    tree_remove(tree)
    tree_remove(keep)
    try:
        tree_copy(tree, root)
        if base and (restored := tree_restore(tree, base, lab.files, root)):
            say(f"not among the lab's files, so not graded: {', '.join(restored)}")
        if change:
            change.apply(tree)
        if parts is lab.build and (instrument := lab.variant("instrument")):
            instrument.apply(tree)
        tree_build(tree, parts, os.path.join(lab.folder, "programs"))
        files = {}
        for part in parts:
            built = BUILT_AS.get(part, part)
            files[part.removesuffix(".elf")] = file_keep(os.path.join(tree, "build"), built, keep)
        sources = {path: file_keep(tree, path, os.path.join(keep, "source"))
                   for path in lab.files if os.path.exists(os.path.join(tree, path))}
    finally:
        tree_remove(tree)
    return Candidate(f"{lab.number}-{name}", files, sources)


def file_keep(folder, path, keep):
    """Copies a file that was built, or is a source. It may be a stranger's: links are not followed."""
    source = os.path.join(folder, path)
    status = os.lstat(source)
    if not stat.S_ISREG(status.st_mode) or status.st_size > KEPT_BYTES:
        raise BuildFailed(f"{path}: is no plain file of at most {KEPT_BYTES >> 20} MiB")
    target = os.path.join(keep, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return shutil.copy(source, target)


def reference_keep(build, target):
    """Keeps what the grader itself runs, duet, toyos and the labs' guests, in the folder `target`."""
    tree_remove(target)
    for path in BUILT_AS.values():
        file_keep(build, path, target)
    shutil.copytree(os.path.join(build, "labs"), os.path.join(target, "labs"),
                    ignore=lambda folder, names: [name for name in names if not name.endswith(".elf")
                                                  and (name in KEPT or not os.path.isdir(os.path.join(folder, name)))])


def reference_build(base, root=ROOT):
    """The reference of a lab's folder, from the commit `base`, if it is not there yet."""
    if os.path.isdir(REFERENCE):
        return
    say("building the reference, which the grader runs; once")
    tree = f"{REFERENCE}.tree"
    tree_remove(tree)
    try:
        tree_copy(tree, root)
        tree_restore(tree, base, (), root)
        tree_build(tree, ["duet", "toyos", "mkfs", "lab-guests"])
        reference_keep(os.path.join(tree, "build"), REFERENCE)
    finally:
        tree_remove(tree)


def reference_check():
    """Raises LabError if what the grader itself runs is not built in this checkout."""
    guests = [path for pattern in ("guests/*.c", "*/guests/*.c")
              for path in glob.glob(os.path.join("tests/labs", pattern), root_dir=ROOT)]
    wanted = [*BUILT_AS.values(), *(f"{path.removeprefix('tests/').removesuffix('.c')}.elf" for path in guests)]
    for path in wanted:
        if not os.path.exists(os.path.join(BUILD, path)):
            raise LabError(f"{os.path.join(BUILD, path)}: is not built yet: make duet toyos mkfs lab-guests host")


def duets_build(labs, build):
    """The grader's own Candidates by (lab, name): the reference, which has all guests, and the labs' further duets.
    `build` is where the reference was built, or is kept."""
    files = {name: os.path.join(build, path) for name, path in BUILT_AS.items()}
    guests = os.path.join(build, "labs")
    for folder, folders, names in os.walk(guests):
        folders[:] = [name for name in folders if name not in KEPT]
        for name in names:
            if name.endswith(".elf"):
                path = os.path.join(folder, name)
                files[os.path.relpath(path, guests).removesuffix(".elf")] = path
    duets = {(None, "reference"): Candidate("reference", files)}
    for lab in labs:
        for name in lab.duets:
            duets[lab.name, name] = duet_build(lab, name, files["duet"])
    return duets


def duet_build(lab, name, reference):
    """One of a lab's further duets, built if it was not yet since the file `reference` is as it is. Several graders
    may want it at once."""
    folder = os.path.join(BUILD, "labs/duets")
    stamp = os.path.join(folder, f"{lab.number}-{name}.stamp")
    variant = lab.variant(name)
    key = hashlib.sha256()
    for path in (variant.path, reference):
        with open(path, "rb") as file:
            key.update(file.read())
    key = f"{key.hexdigest()} {lab.term_seed}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{stamp}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        candidate = Candidate(f"{lab.number}-{name}",
                              {"duet": os.path.join(folder, f"{lab.number}-{name}", BUILT_AS["duet"])})
        if not os.path.exists(stamp) or open(stamp).read() != key or not os.path.exists(candidate.files["duet"]):
            candidate = candidate_build(lab, name, variant, folder, parts=["duet"])
            with open(stamp, "w") as file:
                file.write(key)
    return candidate
