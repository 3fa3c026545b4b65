"""tests/labs/class.sbatch on a cluster of one node: Slurm and munge of Debian's packages (slurm-wlm, munge), with all of
their files in a folder of their own. Without them the test says so and is left out."""

import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.abspath(os.path.join(__file__, *[os.pardir] * 4))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from machine import die_with_parent  # noqa: E402

CONFIG = """
ClusterName=duet
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4096
PartitionName=all Nodes=ALL Default=YES State=UP
"""
TOOLS = ("munged", "slurmctld", "slurmd", "sbatch")
PATIENCE_S = 300  # a guard against hanging


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipUnless(os.geteuid() == 0 and all(map(shutil.which, TOOLS)), "needs root, and the packages slurm-wlm, munge")
class SlurmTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="duet-slurm-")
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("state", "spool", "class"):
            os.mkdir(self.path(name))
        with open(self.path("key"), "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(file.name, 0o400)
        with open(self.path("slurm.conf"), "w") as file:
            file.write(CONFIG.format(host=socket.gethostname().partition(".")[0], folder=self.folder,
                                     ports=(free_port(), free_port())))
        self.environment = {**os.environ, "SLURM_CONF": file.name}
        self.start("munged", "--foreground", "--force", f"--key-file={self.path('key')}",
                   f"--socket={self.path('munge.socket')}", f"--log-file={self.path('munged.log')}",
                   f"--pid-file={self.path('munged.pid')}", f"--seed-file={self.path('seed')}")
        self.until("munge", lambda: os.path.exists(self.path("munge.socket")))
        self.start("slurmctld", "-D", "-i")
        self.start("slurmd", "-D")
        self.until("the node", lambda: "idle" in self.said("sinfo", "--noheader", "--format=%T"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, *command):
        with open(self.path(f"{command[0]}.out"), "w") as out:
            daemon = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                      preexec_fn=die_with_parent)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.terminate)

    def said(self, *command):
        return subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True).stdout

    def until(self, what, holds):
        """Waits; Slurm has no event to wait for."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                logs = "".join(f"{path}:\n{open(path).read()[-2000:]}" for path in glob.glob(self.path("*.out")))
                self.fail(f"{what} is not there after {PATIENCE_S} s\n{logs}")
            time.sleep(0.2)

    def test_tasks_share_a_class(self):
        """Five hand-ins that are refused, so that nothing has to be built: what is Slurm's is the same."""
        names = [f"student{number}" for number in range(5)]
        for name in names:
            with open(self.path(f"class/{name}.tar.gz"), "w") as file:
                file.write("no archive")
        said = self.said("sbatch", "--wait", "--array=3-5", f"--output={self.path('task.%a')}", "tests/labs/class.sbatch",
                         self.path("class"), "03")
        self.assertRegex(said, "^Submitted batch job ")
        tasks = []
        for task in range(3, 6):
            with open(self.path(f"task.{task}")) as file:
                tasks.append(file.read())
        for task, (text, mine) in enumerate(zip(tasks, (names[0::3], names[1::3], names[2::3]))):
            self.assertRegex(text, f"{len(mine)} of {len(mine)} hand-ins to grade", f"task {task}")
            self.assertEqual([line.split()[0] for line in text.splitlines() if " refused: " in line], mine)
        said = self.said("scripts/grade-class", self.path("class"), "--lab", "03")
        self.assertRegex(said, "^lab 03, The ELF loader: 0 of 5 hand-ins to grade")


if __name__ == "__main__":
    unittest.main()
