"""Has the terminal door of the playground grade one hand-in, and hands back the points and the sentence.

All judging is done there: `paxos-playground grade`. Each hand-in is graded by a process of its own, so one that takes long or breaks the
program costs nobody else anything. No name that a student chose stands on a command line: the program sees a copy of the text in a
folder of ours.
"""

import csv
import os
import re
import shutil
import stat
import subprocess
import tempfile

# As many as a script may have; docs/scenario.md, "Limits".
BYTES_MAX = 65536

# The student and the file in the folder of ours.
STUDENT = "hand-in"


class Refused(Exception):
    """Why there is nothing to judge, as a sentence for the student."""


class Unusable(Exception):
    """Why nobody can be graded, as a sentence for the teacher."""


def points_of(exercise):
    """The points that can be reached: the sum over the lines `goal` of an exercise; a goal without a number is worth 1."""
    with open(exercise, encoding="utf-8") as file:
        goals = re.findall(r'^goal\s+(?:(\d+)\s+)?"', file.read(), re.MULTILINE)
    return sum(int(points or 1) for points in goals)


def grade(program, exercise, path, seconds):
    """The points for one hand-in, and the sentence why; what cannot be read or takes too long is refused."""
    text = read(path)
    with tempfile.TemporaryDirectory() as folder:
        own = os.path.join(folder, "submissions", STUDENT)
        os.makedirs(own)
        shutil.copy(exercise, os.path.join(folder, "exercise.paxos"))
        with open(os.path.join(own, "exercise.paxos"), "wb") as file:
            file.write(text)
        table = os.path.join(folder, "points.csv")
        call([program, "grade", folder, "--csv", table], seconds)
        return parse(table)


def read(path):
    """The text of a hand-in; what is no plain file of a plausible size is refused before it is opened."""
    try:
        about = os.lstat(path)
        if stat.S_ISLNK(about.st_mode):
            raise Refused("This is a link to another file; hand in the file itself.")
        if not stat.S_ISREG(about.st_mode):
            raise Refused("This is no file.")
        if about.st_size > BYTES_MAX:
            raise Refused(f"The file has {about.st_size} bytes; a script has at most {BYTES_MAX}.")
        with open(path, "rb") as file:
            return file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise Refused("Nothing was handed in.") from None
    except OSError as error:
        raise Refused(f"The file cannot be read: {error.strerror}.") from None


def call(command, seconds):
    """Runs the terminal; exit status 2 means that nobody can be graded, for example because the exercise has a mistake."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(f"The run took longer than {seconds:g} seconds.") from None
    except OSError as error:
        raise Unusable(f"{command[0]} cannot be started: {error.strerror}.") from None
    if done.returncode == 2:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        raise Unusable(told[-1])
    if done.returncode != 0:
        raise Refused(f"The program broke down on this, with status {done.returncode}: the teacher should look at it.")


def parse(table):
    """The points and the sentence of the only row of a table."""
    try:
        with open(table, encoding="utf-8-sig", newline="") as file:
            row = next(csv.DictReader(file))
        return int(row["points"]), row["reason"]
    except (OSError, StopIteration, KeyError, ValueError):
        raise Unusable("The program gave no points. Is it paxos-playground?") from None
