"""Tests of sweep.py, on a cluster of two workers on this machine: `PROGRAM=paxos-playground python3 -m unittest`.

The program of the workers is a script of the shell that starts the real one. It notes every start, and does to some shards
what the test says: it holds a shard until somebody kills its worker, fails, or prints less than it should.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(os.environ.get("PROGRAM", "paxos-playground"))

SWEEP = ["steady", "--delay=0.2Δ..1Δ", "--loss=5%", "--crashes=1", "--variants", "--seeds", "7..127"]

# $1 is `sweep` or another command, and --shard stands before the shard.
WORKER = """#!/bin/sh
for word in "$@"; do
    [ "$before" = --shard ] && shard=$word
    before=$word
done
echo "$shard" >> '{folder}/starts'
{trick}
exec '{program}' "$@"
"""

# The first program that is asked for shard 3 waits to be killed, with its worker. The first one for shard 2 prints less than
# it should, as a sweep does that is ended early.
LOST = """[ "$shard" = 2/8 ] && mkdir '{folder}/cut' 2>/dev/null && exec '{program}' sweep steady --seeds 1..2 --json
if [ "$shard" = 3/8 ] && mkdir '{folder}/held' 2>/dev/null; then
    echo "$PPID $$" > '{folder}/who.part' && mv '{folder}/who.part' '{folder}/who'
    exec sleep 300
fi"""


class Test(unittest.TestCase):
    """Each test has a folder of its own, with the workers' program in it."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(lambda: subprocess.run(["rm", "-r", self.folder], check=True))
        self.whole = subprocess.run([PROGRAM, "sweep", *SWEEP, "--json"], capture_output=True, check=True).stdout

    def command(self, trick, *more):
        """The command line of a sweep in eight shards by two workers, whose program does this trick."""
        worker = os.path.join(self.folder, "worker.sh")
        with open(worker, "w", encoding="utf-8") as file:
            file.write(WORKER.format(folder=self.folder, program=PROGRAM, trick=trick.format(folder=self.folder, program=PROGRAM)))
        os.chmod(worker, 0o755)
        where = ["--program", PROGRAM, "--worker-program", worker, "--workers", "2", "--shards", "8", "--json"]
        return [sys.executable, os.path.join(HERE, "sweep.py"), *SWEEP, *where, *more]

    def starts(self):
        """The shards that were started, in order of their numbers."""
        with open(os.path.join(self.folder, "starts"), encoding="utf-8") as file:
            return sorted(line.strip() for line in file)

    def test_a_worker_is_killed_in_the_middle_and_the_result_is_that_of_one_sweep(self):
        with subprocess.Popen(self.command(LOST), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            who = os.path.join(self.folder, "who")
            for _ in range(1200):
                if os.path.exists(who) or running.poll() is not None:
                    break
                time.sleep(0.05)
            self.assertIsNone(running.poll(), "the sweep ended before its worker could be killed")
            with open(who, encoding="utf-8") as file:
                worker, held = map(int, file.read().split())
            os.kill(worker, signal.SIGKILL)
            os.kill(held, signal.SIGKILL)
            output, told = running.communicate(timeout=120)
        self.assertEqual(running.returncode, 0, told.decode())
        self.assertEqual(output, self.whole)
        self.assertIn(b"8 of 8 shards, 120 of 120 runs", told)
        self.assertIn(b"shard 2, try 1 of 3 failed: the program printed no results of the seeds 37..52", told)
        # These two shards ran again, and the shards that were whole did not, but for those of the worker that was killed.
        self.assertEqual([self.starts().count(shard) for shard in ("2/8", "3/8")], [2, 2])

    def test_a_shard_that_fails_is_named_and_the_same_command_runs_it_later(self):
        kept = os.path.join(self.folder, "kept")
        trick = "[ \"$shard\" = 5/8 ] && [ ! -e '{folder}/room' ] && echo 'no room' >&2 && exit 7"
        command = self.command(trick, "--keep", kept, "--tries", "2")
        failed = subprocess.run(command, capture_output=True, check=False, timeout=120)
        self.assertEqual((failed.returncode, failed.stdout), (2, b""))
        told = failed.stderr.decode()
        self.assertIn("shard 5, try 1 of 2 failed: the program ended with status 7: no room", told)
        self.assertIn(f"1 of 8 shards failed, and what is done is in {kept}: the same command runs the rest.", told)
        self.assertEqual(self.starts().count("5/8"), 2)
        os.remove(os.path.join(self.folder, "starts"))
        open(os.path.join(self.folder, "room"), "w", encoding="utf-8").close()
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        self.assertEqual((done.returncode, done.stdout), (0, self.whole), done.stderr.decode())
        self.assertEqual(self.starts(), ["5/8"])
        # A shard of another program does not go with the others.
        name = next(name for name in os.listdir(kept) if name.endswith("-7.json"))
        os.rename(os.path.join(kept, name), os.path.join(kept, name.split("-")[0] + "-0123456789abcdef-7.json"))
        other = subprocess.run(command, capture_output=True, check=False, timeout=120)
        self.assertEqual((other.returncode, other.stdout), (2, b""))
        self.assertIn("Two different programs ran shards of this sweep.", other.stderr.decode())

    def test_what_cannot_be_run_is_told_before_a_cluster_starts(self):
        program = ["--program", PROGRAM]
        for words, told in [
            (["steady", "--seeds", "7"], "--seeds 7: write the first seed and the one before which to end, as in 1..1001"),
            (["steady", "--seeds", "1..9", "--shards", "9"], "--shards 9: a shard has from 1 to 1000000 seeds, and there are 8"),
            (["steady", "--seeds", "1..9", "--loss", "101%"], "--loss 101%: “101” is not a percentage"),
            (["stedy", "--seeds", "1..9"], "stedy: no built-in scenario and no file has this name; did you mean steady?"),
        ]:
            done = subprocess.run([sys.executable, os.path.join(HERE, "sweep.py"), *words, *program],
                                  capture_output=True, check=False, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(told, done.stderr.decode())

    def test_the_script_for_slurm_and_kubernetes_runs_each_shard_once(self):
        def shard(variable, index, *more):
            words = [os.path.join(HERE, "shard.sh"), "steady", "7..127", "3", self.folder, *SWEEP[1:-2], *more]
            environment = {**os.environ, "PROGRAM": PROGRAM, variable: index}
            return subprocess.run(words, env=environment, capture_output=True, check=False, timeout=60)

        for variable, index in [("SLURM_ARRAY_TASK_ID", "0"), ("JOB_COMPLETION_INDEX", "1"), ("SLURM_ARRAY_TASK_ID", "2")]:
            self.assertEqual(shard(variable, index).returncode, 0)
        files = [os.path.join(self.folder, f"{index}.json") for index in (0, 1, 2)]
        merged = subprocess.run([PROGRAM, "sweep", "--json", "--merge", *files], capture_output=True, check=True)
        self.assertEqual(merged.stdout, self.whole)
        # What is there is not run again, and what fails leaves nothing.
        self.assertEqual(shard("SLURM_ARRAY_TASK_ID", "1", "--loss=101%").returncode, 0)
        failed = shard("JOB_COMPLETION_INDEX", "3")
        self.assertEqual(failed.returncode, 2)
        self.assertIn(b"shard 3 of 3 ended with status 2", failed.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["0.json", "1.json", "2.json"])

    def test_the_job_for_kubernetes_has_an_index_for_each_shard(self):
        with open(os.path.join(HERE, "kubernetes.yaml"), encoding="utf-8") as file:
            job = yaml.safe_load(file)["spec"]
        command = job["template"]["spec"]["containers"][0]["command"]
        self.assertEqual(str(job["completions"]), command[4])
        self.assertEqual(command[:2], ["sh", "/sweep/shard.sh"])


if __name__ == "__main__":
    unittest.main()
