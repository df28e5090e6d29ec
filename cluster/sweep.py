#!/usr/bin/env python3
"""Runs a sweep on a Dask cluster: `sweep.py SCENARIO --seeds A..B`, with the options of `paxos-playground sweep`.

The seeds are cut into shards. Each shard is one task of the cluster: a worker runs `paxos-playground sweep --shard I/N`. When
all shards are here, `paxos-playground sweep --merge` puts them together, and what is printed is to the byte what one sweep
over all seeds prints. A shard that fails is tried again, also when its worker is lost. A shard is kept as one file, which is
written once, so no seed counts twice.

It needs Python 3.10 or later, the packages of requirements.txt, and paxos-playground here and on the workers. What it does
not know: scripts and what a sweep measures.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

# As many seeds as one sweep of the terminal has, and so the most of a shard; docs/explore.md.
SHARD_MAX = 1_000_000
# As many bytes as `sweep --merge` reads of a file.
FILE_BYTES = 256 << 20
# So many files stand on one command line of `sweep --merge`.
FILES = 200
# Between two lines of progress where nobody watches a terminal, in seconds.
PAUSE = 10

# The options of `paxos-playground sweep` that say what is run.
OPTIONS = ("protocol", "delay", "loss", "duplicates", "crashes")


class Unusable(Exception):
    """Why the sweep cannot go on, as a sentence for the person who asked for it."""


class Sweep:
    """What is asked for: the text of the script, the words of the command, and the seeds in so many shards."""

    def __init__(self, script, words, seeds, shards):
        self.script = script
        self.words = words
        self.first, self.end = seeds
        self.shards = shards

    def seeds_of(self, shard):
        """The first seed of a shard and the one after its last, as `--shard` counts them."""
        count = self.end - self.first
        return [self.first + count * place // self.shards for place in (shard, shard + 1)]

    def command(self, shard):
        """The words after the program's name."""
        seeds = f"{self.first}..{self.end}"
        return ["sweep", "-", *self.words, "--seeds", seeds, "--shard", f"{shard}/{self.shards}", "--threads", "1", "--json"]

    def digest(self):
        """A name for everything that the sweep runs."""
        return digest(repr((self.script, self.words, self.first, self.end, self.shards)).encode())


def digest(data):
    """A short name for these bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def run_shard(program, command, script, seeds, seconds):
    """Runs on a worker: one shard. Answers the digest of the program that ran and what it printed, or nothing and a reason."""
    path = shutil.which(program)
    if path is None:
        return None, f"there is no program {program} on this worker"
    try:
        with open(path, "rb") as file:
            own = digest(file.read())
        done = subprocess.run([path, *command], input=script, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None, f"the program took longer than {seconds // 60} minutes"
    except OSError as error:
        return None, f"the program cannot be started: {error.strerror}"
    if done.returncode not in (0, 1):
        return None, f"the program ended with status {done.returncode}: {reason(done.stderr)}"
    try:
        ran = json.loads(done.stdout)["seeds"]["done"]
    except (ValueError, KeyError, TypeError):
        ran = None
    # A sweep that was ended early prints what it has.
    if ran != [seeds] or len(done.stdout) > FILE_BYTES:
        return None, f"the program printed no results of the seeds {seeds[0]}..{seeds[1]}"
    return own, done.stdout


def reason(told):
    """The line in which the program says why it ended; its warnings come before that."""
    lines = told.decode(errors="replace").strip().splitlines()
    return next((line for line in lines if not line.startswith("warning:")), "it gave no reason")


class Shelf:
    """The folder of the shards that are done, a file for each: SWEEP-PROGRAM-SHARD.json."""

    def __init__(self, folder, sweep):
        self.folder = folder
        self.sweep = sweep
        self.program = None
        self.files = {}
        start = sweep.digest() + "-"
        for name in sorted(os.listdir(folder)):
            program, _, shard = name.removeprefix(start).removesuffix(".json").partition("-")
            if name.startswith(start) and name.endswith(".json") and shard.isdecimal():
                self.expect(program)
                self.files[int(shard)] = os.path.join(folder, name)

    def expect(self, program):
        """All shards are of one program, since another one might mean something else by the same script."""
        self.program = self.program or program
        if program != self.program:
            raise Unusable("Two different programs ran shards of this sweep. Install the same one on every worker.")

    def put(self, shard, program, output):
        """Keeps what a shard printed, whole or not at all."""
        self.expect(program)
        if shard in self.files:
            raise Unusable(f"Shard {shard} came twice.")
        path = os.path.join(self.folder, f"{self.sweep.digest()}-{program}-{shard}.json")
        with open(path + ".part", "wb") as file:
            file.write(output)
        os.replace(path + ".part", path)
        self.files[shard] = path

    def runs(self):
        """How many seeds are done."""
        spans = (self.sweep.seeds_of(shard) for shard in self.files)
        return sum(end - first for first, end in spans)


class Progress:
    """Tells how far the sweep is: in one line of a terminal, or in a line from time to time."""

    def __init__(self, shelf):
        self.shelf = shelf
        self.begun, self.told = time.monotonic(), time.monotonic()
        self.before = shelf.runs()

    def show(self, workers, last=False):
        """Says how many shards and runs are done, how fast the cluster is, and how long the rest will take."""
        now, is_watched = time.monotonic(), sys.stderr.isatty()
        if not last and now - self.told < (0.2 if is_watched else PAUSE):
            return
        self.told = now
        sweep, runs = self.shelf.sweep, self.shelf.runs()
        total, seconds = sweep.end - sweep.first, now - self.begun
        speed = (runs - self.before) / seconds if seconds else 0
        left = f", {span((total - runs) / speed)} left" if speed and runs < total else ""
        line = f"{len(self.shelf.files)} of {sweep.shards} shards, {runs} of {total} runs, {workers} workers, "
        line += f"{speed:.0f} runs a second{left}"
        print(f"\r\x1b[K{line}" if is_watched else line, end="\n" if last or not is_watched else "", file=sys.stderr, flush=True)


def span(seconds):
    """A time for people."""
    minutes = int(seconds / 60 + 0.5)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes else "less than a minute"


def run_all(client, sweep, shelf, asked):
    """Runs every shard that is not on the shelf; answers the shards that failed, with the reason of the last try."""
    from dask.distributed import as_completed

    def submit(shard):
        task = client.submit(run_shard, asked.worker_program or asked.program, sweep.command(shard), sweep.script,
                             sweep.seeds_of(shard), asked.minutes * 60, pure=False)
        shards[task] = shard
        return task

    shards, tries, failed = {}, {}, {}
    progress = Progress(shelf)
    left = [shard for shard in range(sweep.shards) if shard not in shelf.files]
    waiting = as_completed([submit(shard) for shard in left])
    for task in waiting:
        progress.show(len(client.nthreads()))
        shard = shards.pop(task)
        try:
            program, output = task.result()
        except Exception as error:  # What Dask raises, for example when the workers of a task are lost again and again.
            program, output = None, f"{type(error).__name__}: {error}"
        task.release()
        if program is not None:
            shelf.put(shard, program, output)
            continue
        tries[shard] = tries.get(shard, 0) + 1
        print(f"shard {shard}, try {tries[shard]} of {asked.tries} failed: {output}", file=sys.stderr)
        if tries[shard] < asked.tries:
            waiting.add(submit(shard))
        else:
            failed[shard] = output
    progress.show(len(client.nthreads()), last=True)
    return failed


def merge(program, files, shape):
    """Puts the files together, a few at a time; answers the exit status and what `sweep --merge` prints."""
    with tempfile.TemporaryDirectory() as folder:
        while len(files) > FILES:
            groups = [files[start:start + FILES] for start in range(0, len(files), FILES)]
            files = []
            for place, group in enumerate(groups):
                files.append(os.path.join(folder, f"{len(groups)}-{place}.json"))
                with open(files[-1], "wb") as file:
                    file.write(call(program, ["sweep", "--json", "--merge", *group])[1])
        return call(program, ["sweep", *shape, "--merge", *files])


def call(program, words, script=b""):
    """The exit status and the output of the program here; what it refuses is told in its words."""
    try:
        done = subprocess.run([program, *words], input=script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    except OSError as error:
        raise Unusable(f"{program} cannot be started: {error.strerror}.") from None
    if done.returncode not in (0, 1):
        raise Unusable(reason(done.stderr))
    return done.returncode, done.stdout, done.stderr


def read(asked):
    """What the command line asks for. The program here reads the script and one seed of it, so bad input is told at once."""
    first, _, end = asked.seeds.partition("..")
    if not (first.isdecimal() and end.isdecimal() and int(first) < int(end)):
        raise Unusable(f"--seeds {asked.seeds}: write the first seed and the one before which to end, as in 1..1001")
    seeds = int(first), int(end)
    count = seeds[1] - seeds[0]
    shards = asked.shards or max(-(-count // SHARD_MAX), min(64, -(-count // 1000)))
    if not -(-count // SHARD_MAX) <= shards <= count:
        raise Unusable(f"--shards {shards}: a shard has from 1 to {SHARD_MAX} seeds, and there are {count}")
    standard_input = sys.stdin.buffer.read(1 << 20) if asked.scenario == "-" else b""
    script = call(asked.program, ["export", "--format", "script", asked.scenario], standard_input)[1]
    words = [f"--{name}={getattr(asked, name)}" for name in OPTIONS if getattr(asked, name) is not None]
    words += ["--variants"] if asked.variants else []
    warned = call(asked.program, ["sweep", "-", *words, "--seeds", f"{seeds[0]}..{seeds[0] + 1}"], script)[2]
    sys.stderr.write(warned.decode(errors="replace"))
    return Sweep(script, words, seeds, shards)


@contextlib.contextmanager
def connected(asked):
    """A client of the cluster that was asked for: one that runs already, or one on this machine."""
    from dask.distributed import Client, LocalCluster

    if asked.scheduler:
        with Client(asked.scheduler, timeout=60) as client:
            yield client
        return
    workers = asked.workers or os.cpu_count() or 1
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


def sweep(asked):
    """Does what the command line says; answers the exit status."""
    wanted = read(asked)
    with contextlib.ExitStack() as stack:
        folder = asked.keep or stack.enter_context(tempfile.TemporaryDirectory())
        os.makedirs(folder, exist_ok=True)
        shelf = Shelf(folder, wanted)
        if len(shelf.files) < wanted.shards:
            client = stack.enter_context(connected(asked))
            failed = run_all(client, wanted, shelf, asked)
            if failed:
                kept = f"what is done is in {folder}: the same command runs the rest" if asked.keep else "nothing is kept without --keep"
                told = "; ".join(f"shard {shard}: {why}" for shard, why in sorted(failed.items())[:3])
                raise Unusable(f"{len(failed)} of {wanted.shards} shards failed, and {kept}. {told}")
        shape = ["--json"] if asked.json else ["--csv"] if asked.csv else []
        status, output, _ = merge(asked.program, [shelf.files[shard] for shard in range(wanted.shards)], shape)
    sys.stdout.buffer.write(output)
    return status


def positive(text):
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1")
    return int(text)


def main():
    """Reads the command line; the exit status is that of `paxos-playground sweep`, and 2 when a shard failed."""
    parser = argparse.ArgumentParser(description="Runs a sweep of paxos-playground on a Dask cluster.")
    parser.add_argument("scenario", help="a built-in scenario, a file, a link, or - for standard input")
    parser.add_argument("--seeds", metavar="A..B", required=True, help="from the first seed to before the last")
    for name in OPTIONS:
        parser.add_argument(f"--{name}", help="as for paxos-playground sweep")
    parser.add_argument("--variants", action="store_true", help="as for paxos-playground sweep")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print everything as JSON")
    shape.add_argument("--csv", action="store_true", help="print the latencies as CSV")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--scheduler", metavar="ADDRESS", help="the scheduler of the cluster, as in tcp://10.0.0.1:8786")
    where.add_argument("--workers", metavar="N", type=positive, help="so many workers on this machine (default: one for each processor)")
    parser.add_argument("--shards", metavar="N", type=positive, help="cut the seeds into so many shards (default: by their number)")
    parser.add_argument("--keep", metavar="DIR", help="keep shards there, and go on from those that are there already")
    parser.add_argument("--tries", metavar="N", type=positive, default=3, help="try a shard so many times (default: 3)")
    parser.add_argument("--minutes", metavar="N", type=positive, default=60, help="how long a shard may take (default: 60)")
    parser.add_argument("--program", default="paxos-playground", help="the terminal program (default: the one on the path)")
    parser.add_argument("--worker-program", metavar="PROGRAM", help="the program on the workers (default: the same name)")
    asked = parser.parse_args()
    # Workers on this machine may work in another folder.
    if os.path.dirname(asked.program):
        asked.program = os.path.abspath(asked.program)
    try:
        sys.exit(sweep(asked))
    except Unusable as why:
        told = str(why)
    except OSError as error:
        told = str(error)
    except KeyboardInterrupt:
        sys.exit(130)
    print("sweep.py: " + "".join(letter if letter.isprintable() else "�" for letter in told), file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
