"""Runs of candidates' duets in the host Linux, all in one boot.

There a candidate is nobody, who may use /dev/kvm and write into an empty folder, and no more: all else is root's.
The results leave by a port that only root can open, so that no candidate speaks for another, or for itself.
QEMU counts instructions: see LIMIT in checks.py.
"""

import io
import os
import shlex
import subprocess
import sys
import tempfile

from lib import SCRIPTS, Archive
from labs.checks import Result

OUTPUT_MAX = 1 << 20  # bytes of a run's stdout, and of its stderr
PROCESSES_MAX = 64
HANG_SECONDS = 3600   # QEMU itself does not end, for a reason that has nothing to do with a candidate
KILLED = 137          # by SIGKILL: the limit was reached

# Input is, for each batch of runs, a line with their numbers, and an archive with their files.
JOB = """
chmod 666 /dev/kvm
mkdir -p /etc
echo 'nobody:x:65534:65534::/:/bin/sh' >/etc/passwd
cd /tmp
while read -r first last; do
	(cd / && cpio -idu 2>/dev/null)
	run=$first
	while [ $run -le $last ]; do
		rm -rf work
		mkdir -m 777 work
		read -r limit </lab/run/$run/limit
		timeout -s KILL $limit su -s /bin/sh nobody -c ". /lab/run/$run/command" </lab/run/$run/stdin >out 2>err
		status=$?
		su -s /bin/sh nobody -c 'kill -KILL -1' # what it may have left behind
		echo run $run $status $(stat -c %s out err)
		cat out err
		run=$((run + 1))
	done
	rm -rf /lab/run
done
"""


class Broken(Exception):
    """The infrastructure failed: nothing can be said of the candidates."""


class Candidate:
    """What was built from a hand-in, by name, {"duet": path, "toyos": path, "guests/caller": path ...}; and the
    lab's files that it was built from, {path in the tree: path}."""

    def __init__(self, name, files, sources=None):
        self.name, self.files, self.sources = name, files, sources or {}


class Host:
    """A host Linux that waits for runs; it boots with the first. `duets` are the grader's own Candidates by
    (lab, name); that of (None, "reference") has all guests, too."""

    def __init__(self, duets):
        self.duets, self.process = duets, None
        self.count = 0     # of runs so far
        self.sent = set()  # files that are there

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process:
            self.process.stdin.close()
            if kind:
                self.process.terminate()
            self.process.wait()
            self.process.stdout.close()
            self.errors.close()
            os.unlink(self.job)

    def _start(self):
        handle, self.job = tempfile.mkstemp(prefix="duet-grade-")
        with open(handle, "w") as file:
            file.write(JOB)
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [os.path.join(SCRIPTS, "run"), "--icount", "--timeout", str(HANG_SECONDS), "--job", self.job],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def execute(self, runs):
        """Makes the runs, pairs (trial, run); yields (trial, result) as they come."""
        if not self.process:
            self._start()
        first, self.count = self.count, self.count + len(runs)
        data = io.BytesIO()
        archive = Archive(data)
        for number, (trial, run) in enumerate(runs, first):
            self._add(archive, f"/lab/run/{number}", trial, run)
        archive.finish()
        try:
            self.process.stdin.write(f"{first} {self.count - 1}\n".encode() + data.getvalue())
            self.process.stdin.flush()
        except BrokenPipeError:
            self._broken("the host Linux ended")
        for number, (trial, _) in enumerate(runs, first):
            head = self.process.stdout.readline().split()
            if len(head) != 5 or head[:2] != [b"run", b"%d" % number]:
                self._broken(f"the host Linux ended before run {number - first} of {len(runs)}")
            status, out_len, err_len = map(int, head[2:])
            out, err = self.process.stdout.read(out_len), self.process.stdout.read(err_len)
            yield trial, Result(None if status == KILLED else status, out, err)

    def _broken(self, text):
        self.errors.seek(0)
        sys.stderr.buffer.write(self.errors.read()[-4000:])
        raise Broken(text)

    def _add(self, archive, home, trial, run):
        reference = self.duets[None, "reference"]
        by = {"candidate": trial.candidate, "reference": reference}.get(run.duet)
        by = by or self.duets[trial.lab.name, run.duet]
        owner = trial.candidate if run.guest in trial.candidate.files else reference
        duet, guest = f"/lab/{by.name}/duet", f"/lab/{owner.name}/{run.guest}"
        self._send(archive, duet, by.files["duet"])
        if run.guest in run.files:
            guest = f"{home}/{run.guest}"
        else:
            self._send(archive, guest, owner.files[run.guest])
        options = [option.replace("FOLDER/", f"{home}/") for option in run.options]
        words = [f"{name}={shlex.quote(value)}" for name, value in run.environment.items()]
        command = " ".join([*words, "exec", shlex.join([duet, *options, guest, *run.args])])
        limits = f"ulimit -f {OUTPUT_MAX // 512} -u {PROCESSES_MAX} -c 0"
        texts = {"stdin": run.stdin, "limit": f"{run.limit / 1e9:.3f}\n".encode(),
                 "command": f"{limits}\ncd /tmp/work\n{command}\n".encode()}
        for name, content in {**texts, **run.files}.items():
            archive.entry(f"{home}/{name}".lstrip("/"), archive.FILE | 0o644, content)

    def _send(self, archive, destination, source):
        if destination not in self.sent:
            self.sent.add(destination)
            archive.file(destination.lstrip("/"), source)
