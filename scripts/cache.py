"""Entries of the cache: folders that are there whole or not at all, and that all clones share.

An entry's name carries a hash of what makes it, so that changing a recipe makes a new one.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile

from lib import Progress, cache_dir, say


def entry_path(name, parts):
    """Where an entry that is made from these strings is, or will be."""
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return os.path.join(cache_dir(), f"{name}-{key}")


def size_mb(folder):
    total = 0
    for parent, _, names in os.walk(folder):
        total += sum(os.lstat(os.path.join(parent, name)).st_size for name in names)
    return total / 1e6


def make_entry(name, parts, doing, make):
    """Makes an entry unless it is there, and gives its path. `make(work, entry, progress)` fills the folder
    `entry` and may use the folder `work` meanwhile; `doing` says on the terminal what it does."""
    entry = entry_path(name, parts)
    if os.path.exists(entry):
        return entry
    os.makedirs(cache_dir(), exist_ok=True)
    with open(os.path.join(cache_dir(), f"{name}.lock"), "w") as lock:
        with Progress(f"waiting for another run that makes the {name}"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(entry):
            return entry
        for left in os.listdir(cache_dir()):
            if left.startswith(f".{name}."):  # of a run that was ended: we hold the lock
                shutil.rmtree(os.path.join(cache_dir(), left))
        work = tempfile.mkdtemp(prefix=f".{name}.", dir=cache_dir())
        try:
            with Progress(doing) as progress:
                new = os.path.join(work, "entry")
                os.mkdir(new)
                make(work, new, progress)
                open(os.path.join(new, ".complete"), "w").close()
                os.rename(new, entry)
            say(f"{name}: {size_mb(entry):.0f} MB in {progress.seconds():.0f} s, kept in {entry}")
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return entry


def point(link, target):
    """Makes or moves a symbolic link in one step."""
    os.makedirs(os.path.dirname(link), exist_ok=True)
    if os.path.lexists(link) and os.readlink(link) == target:
        return
    new = tempfile.mktemp(dir=os.path.dirname(link))
    os.symlink(target, new)
    os.replace(new, link)
