"""What a student hands in: the lab's files, and two texts beside them. Archives are other people's input."""

import gzip
import io
import os
import tarfile
import zlib

from lib import ROOT

BYTES_MAX = 5 << 20   # of an archive, and of what it unpacks to
TEXTS = ("answers.txt", "time.txt")


class HandinError(Exception):
    """An archive that is not a hand-in of the lab; the text says why."""


class Handin:
    """The contents of the lab's files: {path in the tree: bytes}."""

    def __init__(self, lab, contents):
        self.lab, self.contents = lab, contents

    @staticmethod
    def of_checkout(lab, root=ROOT):
        contents = {}
        for path in lab.files:
            try:
                with open(os.path.join(root, path), "rb") as file:
                    contents[path] = file.read()
            except FileNotFoundError:
                pass  # a file that the student has not written yet
        return Handin(lab, contents)

    @staticmethod
    def of_folder(lab, folder):
        """A student's checkout, which may hold anything under the names of the lab's files."""
        contents = {}
        folder = os.path.realpath(folder)
        for path in lab.files:
            source = os.path.join(folder, path)
            if not os.path.lexists(source):
                continue
            if os.path.realpath(source) != source or not os.path.isfile(source):
                raise HandinError(f"{path}: is no plain file, or is below a link")
            if os.path.getsize(source) > BYTES_MAX:
                raise HandinError(f"{path}: is larger than {BYTES_MAX >> 20} MiB")
            with open(source, "rb") as file:
                contents[path] = file.read()
        return Handin(lab, some(contents, folder, lab))

    @staticmethod
    def read(archive, lab):
        """A .tar.gz of `make handin`. Only the lab's own files are taken; what else it holds is refused."""
        try:
            if os.path.getsize(archive) > BYTES_MAX:
                raise HandinError(f"{archive}: is larger than {BYTES_MAX >> 20} MiB")
            # All at once, up to the limit: a few bytes may unpack to any number, also in what is no member's content.
            with gzip.open(archive) as packed:
                data = packed.read(BYTES_MAX + 1)
            if len(data) > BYTES_MAX:
                raise HandinError(f"{archive}: holds more than {BYTES_MAX >> 20} MiB")
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
                return Handin(lab, members(tar, archive, lab))
        except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError) as error:
            raise HandinError(f"{archive}: is no archive of `make handin`: {error}") from None

    def apply(self, tree):
        """Puts the files into a tree, in the place of its own. One that was not handed in is not there: what the
        tree has under that name may be the solution."""
        for path in self.lab.files:
            target = os.path.join(tree, path)
            data = self.contents.get(path)
            if os.path.lexists(target):
                with open(target, "rb") as file:
                    if file.read() == data:
                        continue  # make need not build it again
                os.unlink(target)
            if data is not None:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(data)


def members(tar, archive, lab):
    """The contents of an archive's files by name, but for the texts."""
    contents, seen = {}, set()
    for member in tar:
        name = os.path.normpath(member.name)
        if not member.isfile():
            raise HandinError(f"{archive}: {member.name}: is no plain file")
        if name not in TEXTS and name not in lab.files:
            raise HandinError(f"{archive}: {member.name}: is no file of lab {lab.number}; "
                              f"these are: {', '.join(lab.files)}")
        if name in seen:
            raise HandinError(f"{archive}: {member.name}: is there twice")
        seen.add(name)
        if name in lab.files:
            contents[name] = tar.extractfile(member).read()
    return some(contents, archive, lab)


def some(found, place, lab):
    """What was found of the lab's files, which is not nothing."""
    if not found:
        raise HandinError(f"{place}: holds none of the lab's files: {', '.join(lab.files)}")
    return found


def handin_write(lab, path, root=ROOT):
    """Writes the archive. The same files give the same bytes. Gives the names that it holds, and those that lack."""
    some([name for name in lab.files if os.path.isfile(os.path.join(root, name))], root, lab)
    missing, names = [], []
    with tarfile.open(path, "w:gz", compresslevel=9) as tar:
        for name in [*lab.files, *TEXTS]:
            source = os.path.join(root, lab.folder if name in TEXTS else "", name)
            if not os.path.isfile(source):
                missing.append(name)
                continue
            with open(source, "rb") as file:
                data = file.read()
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
            names.append(name)
    return names, missing
