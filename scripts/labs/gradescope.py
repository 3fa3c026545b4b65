"""The zip that Gradescope takes as an autograder: https://gradescope-autograders.readthedocs.io, "Specifications".

It holds Duet's sources as they are committed. setup.sh, which runs once when Gradescope makes its container,
installs, fetches and builds, and boots a host Linux, which is saved; run_autograder grades a hand-in in a container of
its own."""

import os
import subprocess
import zipfile

from lib import ROOT
from labs.spec import LabError

SETUP = """#!/bin/sh
# Makes Gradescope's container ready to grade lab {number}: some minutes, once.
set -eu
cd /autograder/source/duet
export XDG_CACHE_HOME=/autograder/source/cache
apt-get update
apt-get install -y --no-install-recommends make
make KERNEL=debian duet toyos mkfs lab-guests host build/setup-grade
# The first grading would boot the host Linux: this one does, and it is saved.
DUET_JAIL=container scripts/grade --lab {number} --term '{term}' --from . || [ $? -eq 1 ]
"""

RUN = """#!/bin/sh
# Grades what was handed in: the archive of `make handin`, or files under their own names, as from GitHub. When the
# grader itself fails there is no results.json, and Gradescope says so.
cd /autograder/source/duet || exit
export XDG_CACHE_HOME=/autograder/source/cache DUET_JAIL=container
handin=$(find /autograder/submission -maxdepth 1 -name '*.tar.gz')
if [ -f "$handin" ]; then set -- --handin "$handin"; else set -- --from /autograder/submission; fi
said=$(scripts/grade --lab {number} --term '{term}' --format gradescope=/autograder/results/results.json "$@" 2>&1)
status=$?
echo "$said"
if [ $status -eq 2 ]; then
	echo "$said" | tail -n 1 | python3 -c 'import json, sys
print(json.dumps({{"score": 0, "output": sys.stdin.read().strip()}}))' >/autograder/results/results.json
fi
[ $status -le 2 ]
"""


def gradescope_write(lab, path):
    """Writes the zip. What is not committed is not in it."""
    sources = subprocess.run(["git", "-C", ROOT, "archive", "--format=zip", "--prefix=duet/", "HEAD"],
                             capture_output=True)
    if sources.returncode:
        raise LabError(f"git archive: {sources.stderr.decode(errors='replace').strip()}")
    with open(path, "wb") as file:
        file.write(sources.stdout)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("setup.sh", SETUP), ("run_autograder", RUN)):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = 0o100755 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.format(number=lab.number, term=lab.term_seed))
    return os.path.getsize(path)
