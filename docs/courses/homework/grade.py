#!/usr/bin/env python3
"""Grades hand-ins: `grade.py SUBMISSIONS`, where SUBMISSIONS has a folder for each student and in it `exercise-1.paxos` and so on.
With `--homework derivations` it grades the second assignment.

Prints a table, and with --csv writes the same as a file for a spreadsheet. It needs Python 3.9 or later and nothing else. The
exercises are scripts with goals, and `paxos-playground grade` judges the hand-ins by them; this file only sorts, limits the time and
writes the tables. Nothing that a student handed in is executed. The same hand-ins have the same points, in the same order, on every
machine.
"""

import argparse
import csv
import os
import sys

# No folder of compiled files beside the exercises.
sys.dont_write_bytecode = True

import terminal

# The assignments, each with the folder of its exercises.
HERE = os.path.dirname(os.path.abspath(__file__))
HOMEWORK = {"ballots": HERE, "derivations": os.path.join(HERE, "derivations")}
ENDING = ".paxos"

FIELDS = ("student", "exercise", "points", "of", "reason")


def exercises(homework):
    """The names of the scripts of an assignment's exercises, in their order."""
    return sorted(name for name in os.listdir(HOMEWORK[homework]) if name.endswith(ENDING))


def grade(exercise, path, program, seconds):
    """The points for one file, and the sentence why."""
    try:
        return terminal.grade(program, exercise, path, seconds)
    except terminal.Refused as reason:
        return 0, str(reason)


def grade_all(folder, homework, program, seconds):
    """A row for each student and exercise, in the order of the folders' names."""
    for student in students(folder):
        for name in exercises(homework):
            exercise = os.path.join(HOMEWORK[homework], name)
            points, reason = grade(exercise, os.path.join(folder, student, name), program, seconds)
            yield dict(zip(FIELDS, (student, name.removesuffix(ENDING), points, terminal.points_of(exercise), reason)))


def students(folder):
    """The names of the folders of the students; what else lies there is named and left out."""
    with os.scandir(folder) as entries:
        entries = sorted(entries, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield entry.name
        else:
            print(f"{plain(entry.name)} is no folder, and was left out.", file=sys.stderr)


def plain(text):
    """A text without what could disturb a terminal or a line of a file."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(text))


def harmless(cell):
    """A cell that no spreadsheet takes for a formula: a folder may be called =1+1."""
    text = plain(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def show(rows):
    """Prints the rows as a table, with the sum of each student's points."""
    width = max((len(plain(row["student"])) for row in rows), default=0)
    for row in rows:
        points = f"{row['points']}/{row['of']}"
        print(f"{plain(row['student']):{width}}  {row['exercise']}  {points:>4}  {plain(row['reason'])}")
        if row["exercise"] == rows[-1]["exercise"]:
            own = [one for one in rows if one["student"] == row["student"]]
            total, of = sum(one["points"] for one in own), sum(one["of"] for one in own)
            print(f"{plain(row['student']):{width}}  all together  {total}/{of}\n")


def save(rows, path):
    """Writes the rows as comma-separated values with a heading, in UTF-8 as spreadsheets recognise it."""
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows([harmless(row[field]) for field in FIELDS] for row in rows)


def main():
    """Reads the command line, grades and prints; exit status 2 when nobody can be graded."""
    if sys.version_info < (3, 9):
        sys.exit(told("This needs Python 3.9 or later."))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(description="Grades hand-ins with paxos-playground.")
    parser.add_argument("submissions", help="a folder with a folder for each student")
    told_of = "which assignment (default: ballots)"
    parser.add_argument("--homework", choices=sorted(HOMEWORK), default="ballots", help=told_of)
    parser.add_argument("--csv", metavar="FILE", help="also write the table as comma-separated values")
    parser.add_argument("--program", default="paxos-playground", help="the terminal door (default: the one on the path)")
    parser.add_argument("--seconds", type=float, default=20, help="how long one run may take (default: 20)")
    asked = parser.parse_args()
    try:
        rows = list(grade_all(asked.submissions, asked.homework, asked.program, asked.seconds))
        show(rows)
        if asked.csv:
            save(rows, asked.csv)
    except terminal.Unusable as reason:
        sys.exit(told(reason))
    except OSError as error:
        sys.exit(told(f"{error.filename}: {error.strerror}."))


def told(sentence):
    """Tells the teacher, and answers the exit status for it."""
    print(f"grade.py: {plain(sentence)}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
