"""Runs of candidates' duets in the host Linux, all in one boot.

There a candidate is nobody, who may use /dev/kvm, read the files of its own run and write into an empty folder: all
else is root's. The results leave by a port that only root can open, so that no candidate speaks for another, or for
itself. What it starts ends with the run.
QEMU counts instructions: see LIMIT in checks.py.
"""

import io
import os
import select
import shlex
import subprocess
import sys
import tempfile

from lib import SCRIPTS, Archive, say
from labs.bare import NoAnswer, bare_execute
from labs.checks import FAILED, TIMED_OUT, BareRun, Result
from labs.watch import BUSY_S, TICK_S, Watch
from machine import die_with_parent

KERNEL = "debian"       # wherever it is graded; that of `make kernel` has no control groups, besides
OUTPUT_BYTES = 1 << 20  # of a run's stdout, and of its stderr; of any file that it writes
FILE_BYTES = 24 << 20   # of any file of a run that goes on with another duet: guests' RAM, most of it holes
MEMORY = "256M"         # of all that a run starts: its processes, its files, the guest's RAM
PROCESSES = 64
KEPT_BYTES = 96 << 20   # of files that later runs may use again
KILLED = 137            # by SIGKILL: a limit was reached
SLOWEST = 40_000_000    # instructions for a second of a processor: a run is stopped that would reach its limit at less.
                        # Ours take a fourth of that time at most; one that only traps makes 20 M.
DATE = 1_767_225_600    # in seconds since 1970, when each run begins: none can tell by it when it is graded

# Input is, for each batch of runs, a line with their numbers and with what is to be removed from /lab, and an archive
# with their files, which go to /lab. Only root can enter that. What a run may read is linked into /box when its turn
# comes; it writes into /work, which is new for each run. The control group holds all that a run starts, with what
# stops it: none leaves it, so that one write ends them all.
JOB = f"""
group=/sys/fs/cgroup/run
die() {{ echo "broken $*"; exit 1; }}

mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null && echo '+memory +pids' >/sys/fs/cgroup/cgroup.subtree_control ||
	die 'this host Linux has no control groups'
mkdir $group && echo {MEMORY} >$group/memory.max && echo 1 >$group/memory.oom.group &&
	echo {PROCESSES} >$group/pids.max || die 'no control group'
mount -o remount,hidepid=2 /proc || die 'no hidepid'
for limit in kernel/shmmni kernel/msgmni fs/mqueue/queues_max; do # these would outlive their processes
	[ ! -e /proc/sys/$limit ] || echo 0 >/proc/sys/$limit
done
[ ! -e /proc/sys/kernel/sem ] || echo 0 0 0 0 >/proc/sys/kernel/sem
mkdir -p /etc /lab /work
echo 'nobody:x:65534:65534::/:/bin/sh' >/etc/passwd
chmod 666 /dev/kvm
chmod 755 / /tmp
cd /tmp || exit
exec 3<&0

# What a file of the group's says: found FILE NAME, the word behind it is in $word. Reading is the shell's own work:
# each program that it starts costs as much as a guest.
found() {{
	while read -r name word; do
		[ "$name" != "$2" ] || return 0
	done <$group/$1
}}

killed=0 # by the limit of memory, since the beginning
while read -r first last gone; do
	[ "$last" ] || continue # a `stop-RUN` that came too late, or its end
	(cd /lab && rm -rf $gone)
	(cd / && cpio -idu 2>/dev/null) || die 'the files did not come whole'
	chmod 700 /lab
	run=$first
	while [ $run -le $last ]; do
		mount -t tmpfs -o size=4M,nr_inodes=256,mode=700,uid=65534,gid=65534 none /work || die 'no /work'
		mv /lab/run/$run/box /box && . /lab/run/$run/links || die 'no /box'
		read -r limit </lab/run/$run/limit
		echo begin $run
		date -s @{DATE} >/dev/null
		while read -r order; do
			[ "$order" != stop-$run ] || echo 1 >$group/cgroup.kill
		done <&3 &
		(
			echo 0 >$group/cgroup.procs && exec timeout -s KILL $limit su -s /bin/sh nobody /box/command
		) </lab/run/$run/stdin >out 2>err 3<&-
		status=$?
		kill $!
		wait $!
		echo 1 >$group/cgroup.kill
		until found cgroup.events populated && [ $word = 0 ]; do usleep 1000; done
		found memory.events oom_kill && [ $word = $killed ] || status=memory
		killed=$word
		umount /work && rm -rf /box || die 'a run left something behind'
		echo run $run $status $(stat -c %s out err)
		cat out err
		run=$((run + 1))
	done
	rm -rf /lab/run
done
"""


def result_of(status, out, err, stopped_s=None):
    """The Result of a run that the job reports with `status`, a number or `memory`. After `stopped_s` of a processor we
    stopped it."""
    if status == b"memory":
        return Result(None, out, err, FAILED, f"the run took more than {MEMORY} of memory")
    if int(status) == KILLED:
        why = f"{stopped_s:.0f} s of a processor" if stopped_s else "instructions"
        return Result(None, out, err, TIMED_OUT, f"the run did not end within its limit of {why}")
    return Result(int(status), out, err)


class Broken(Exception):
    """The infrastructure failed: nothing can be said of the candidates."""


class Candidate:
    """What was built from a hand-in, by name, {"duet": path, "toyos": path, "guests/caller": path ...}; and the
    lab's files that it was built from, {path in the tree: path}."""

    def __init__(self, name, files, sources=None):
        self.name, self.files, self.sources = name, files, sources or {}


class Died(Exception):
    """A host Linux ended, or hangs. `begun`: in the middle of a run."""

    def __init__(self, text, begun):
        super().__init__(text)
        self.begun = begun


class Host:
    """A host Linux that waits for runs; it boots with the first. `duets` are the grader's own Candidates by
    (lab, name); that of (None, "reference") has all guests, too.

    A candidate may break the host Linux, through a fault of KVM's or QEMU's. The run in which it dies is then the first
    in a new one, where nobody else has left anything; if that dies as well, it is the run's own doing."""

    def __init__(self, duets, busy_s=BUSY_S):
        """`busy_s` is a processor's time: a run in which QEMU computes for longer has hung the host Linux."""
        self.duets, self.busy_s, self.process = duets, busy_s, None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._end(kill=kind is not None)

    def _start(self):
        handle, self.job = tempfile.mkstemp(prefix="duet-grade-")
        with open(handle, "w") as file:
            file.write(JOB)
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [os.path.join(SCRIPTS, "run"), "--kernel", KERNEL, "--icount", "--job", self.job],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, preexec_fn=die_with_parent)
        self.count = 0     # of runs that it was given
        self.made = 0      # of those, runs that have ended
        self.sent = {}     # files that are there, and their bytes; those used last at the end
        self.received = b""

    def _end(self, kill):
        if not self.process:
            return
        if kill:
            self.process.terminate()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # what it had not read is of no use any more
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        os.unlink(self.job)
        self.process = None

    def execute(self, runs):
        """Makes the runs, pairs (trial, run); yields (trial, result) as they come. Those on the bare machine need no
        host Linux, and come last."""
        bare = [pair for pair in runs if isinstance(pair[1], BareRun)]
        yield from self._execute([pair for pair in runs if not isinstance(pair[1], BareRun)])
        try:
            yield from bare_execute(bare, self.duets[None, "reference"])
        except NoAnswer as error:
            raise Broken(error) from None

    def _execute(self, runs):
        done, suspect = 0, None
        while done < len(runs):
            try:
                for result in self._make(runs[done:]):
                    yield runs[done][0], result
                    done += 1
            except Died as death:
                self._end(kill=True)
                if not death.begun and not self.made:
                    raise Broken(str(death)) from None
                if death.begun and suspect == done:
                    yield runs[done][0], Result(None, b"", b"", TIMED_OUT, f"{death}, in this run, twice")
                    done += 1
                else:
                    say(f"{death}; a new one goes on with {len(runs) - done} of {len(runs)} runs")
                    suspect = done if death.begun else None

    def _make(self, runs):
        """Makes runs in one host Linux, and yields their results. Raises Died."""
        if not self.process:
            self._start()
        self.begun = False  # the run that comes next
        first, self.count = self.count, self.count + len(runs)
        data, self.used = io.BytesIO(), set()
        archive = Archive(data)
        for number, (trial, run) in enumerate(runs, first):
            self._add(archive, f"/lab/run/{number}", trial, run)
        archive.finish()
        try:
            header = " ".join([str(first), str(self.count - 1), *self._forget()])
            self.process.stdin.write(f"{header}\n".encode() + data.getvalue())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it may have said why: that is read next, or its end
        for number, (_, run) in enumerate(runs, first):
            self.begun = False
            self._line(b"begin %d" % number, 2)
            self.begun = True
            watch, self.limit_s = Watch(self.process.pid, self.busy_s), run.limit / SLOWEST
            head = self._line(b"run %d" % number, 5, watch, number)
            stopped_s = self.limit_s if watch.used_s > self.limit_s else None
            out, err = (self._read(int(length)) for length in head[3:])
            self.made += 1
            yield result_of(head[2], out, err, stopped_s)

    def _line(self, start, count, watch=None, run=None):
        """The words of the next line, which must begin like this and have so many. If it says how `run` went, that
        has limit_s until then."""
        watch = watch or Watch(self.process.pid, self.busy_s)
        while b"\n" not in self.received:
            self._receive(watch, run)
        line, _, self.received = self.received.partition(b"\n")
        words = line.split()
        if words[:1] == [b"broken"]:
            self._died(f"says: {line.partition(b' ')[2].decode(errors='replace')}")
        if len(words) != count or not line.startswith(start):
            self._died(f"says what it should not: {line[:80]!r}")
        return words

    def _read(self, length):
        watch = Watch(self.process.pid, self.busy_s)
        while len(self.received) < length:
            self._receive(watch)
        data, self.received = self.received[:length], self.received[length:]
        return data

    def _receive(self, watch, run=None):
        stdout = self.process.stdout.fileno()
        while not select.select([stdout], [], [], TICK_S)[0]:
            if reason := watch.hung():
                self._died(reason)
            if run is not None and watch.used_s > self.limit_s:
                self._stop(run)
        data = os.read(stdout, 1 << 16)
        if not data:
            self._died("ended")
        self.received += data

    def _stop(self, run):
        try:
            self.process.stdin.write(b"stop-%d\n" % run)
            self.process.stdin.flush()
        except BrokenPipeError:
            self._died("ended")

    def _died(self, text):
        self.errors.seek(0)
        sys.stderr.buffer.write(self.errors.read()[-4000:])
        sys.stderr.flush()
        raise Died(f"the host Linux {text}", self.begun)

    def _add(self, archive, home, trial, run):
        reference = self.duets[None, "reference"]
        by = {"candidate": trial.candidate, "reference": reference}.get(run.duet)
        by = by or self.duets[trial.lab.name, run.duet]
        owner = trial.candidate if run.guest in trial.candidate.files else reference
        duet, guest = f"/lab/{by.name}/duet", f"/lab/{owner.name}/{run.guest}"
        self._send(archive, duet, by.files["duet"])
        links = duet
        if run.guest not in run.files:
            self._send(archive, guest, owner.files[run.guest])
            links += f" {guest}"
        links = f"ln {links} /box\n"
        box_guest = f"/box/{run.guest if run.guest in run.files else os.path.basename(guest)}"
        options = [option.replace("FOLDER/", "/box/") for option in run.options]
        words = [f"{name}={shlex.quote(value)}" for name, value in run.environment.items()]
        command = " ".join([*words, "" if run.then else "exec", shlex.join(["/box/duet", *options, box_guest, *run.args])])
        if run.copies:
            command = f"cp {shlex.join(f'/box/{name}' for name in run.copies)} . && {command}"
        if run.then:
            command += f"\n{run.then}"
            for name, other in ("candidate", trial.candidate), ("reference", reference):
                other_duet = f"/lab/{other.name}/duet"
                self._send(archive, other_duet, other.files["duet"])
                links += f"ln {other_duet} /box/{name}\n"
        command = f"ulimit -f {(FILE_BYTES if run.then else OUTPUT_BYTES) // 512} -c 0\ncd /work\n{command}\n"
        texts = {"stdin": run.stdin, "limit": f"{run.limit / 1e9:.3f}\n".encode(), "links": links.encode(),
                 "box/command": command.encode(), **{f"box/{name}": data for name, data in run.files.items()}}
        for name, content in texts.items():
            archive.entry(f"{home}/{name}".lstrip("/"), archive.FILE | 0o644, content)

    def _send(self, archive, destination, source):
        size = self.sent.pop(destination, None)
        if size is None:
            archive.file(destination.lstrip("/"), source)
            size = os.path.getsize(source)
        self.sent[destination] = size
        self.used.add(destination)

    def _forget(self):
        """The files, below /lab, that are no longer kept there: the memory is the runs'."""
        gone = []
        for destination in list(self.sent):
            if sum(self.sent.values()) > KEPT_BYTES and destination not in self.used:
                del self.sent[destination]
                gone.append(os.path.relpath(destination, "/lab"))
        return gone
