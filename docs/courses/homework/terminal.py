"""Runs a script through the terminal door of the playground, and hands back what that said.

The program gets the script on its standard input, so no name that a student chose stands on a command line. Nothing else is
started. What it does not know: exercises and points.
"""

import json
import os
import stat
import subprocess

# As many as a script may have; docs/scenario.md, "Limits".
BYTES_MAX = 65536
REPORT_VERSION = 1


class Refused(Exception):
    """Why there is nothing to judge, as a sentence for the student."""


class Unusable(Exception):
    """Why nobody can be graded, as a sentence for the teacher."""


class Run:
    """A script that ran: its text, its report, and its trace if somebody asks for it."""

    def __init__(self, text, report, trace):
        self.text = text
        self.report = report
        self.trace = trace

    def violated(self):
        """The names of the checks that are violated, in the report's order."""
        return [check["name"] for check in self.report["checks"] if check["verdict"] == "violated"]

    def decision(self, value):
        """The decision for this decree, or nothing."""
        return next((one for one in self.report["decisions"] if one["value"] == value), None)


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


def run(program, text, seconds):
    """Runs the text of a script; what the terminal refuses, and what takes or holds too much, is refused in its words."""
    report = parse(call([program, "run", "-", "--json"], text, seconds))
    if report["stopped"] in ("too long", "too large"):
        raise Refused(f"The run is {report['stopped']}: it was stopped before it came to an end.")
    trace = lambda: call([program, "run", "-", "--trace"], text, seconds).decode().splitlines()
    return Run(text.decode(), report, trace)


def call(command, text, seconds):
    """What the terminal prints of a script, if it takes it: exit status 0, or 1 when a check is violated."""
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(f"The run took longer than {seconds:g} seconds.") from None
    except OSError as error:
        raise Unusable(f"{command[0]} cannot be started: {error.strerror}.") from None
    if done.returncode == 2:
        # One line, with the name that standard input has: “-, line 3, column 6: …”.
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        raise Refused("This does not run: " + told[-1].removeprefix("-, "))
    if done.returncode not in (0, 1):
        raise Refused(f"The program broke down on this, with status {done.returncode}: the teacher should look at it.")
    return done.stdout


def parse(output):
    """A report of the version that is known here."""
    try:
        report = json.loads(output)
        version = report["version"]
    except (ValueError, KeyError, TypeError):
        raise Unusable("The program gave no report. Is it paxos-playground?") from None
    if version != REPORT_VERSION:
        raise Unusable(f"The report has version {version}; only {REPORT_VERSION} is known here.")
    return report
