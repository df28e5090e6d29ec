"""What may stand in a hand-in: the lines that the exercise gives, and statements of the kinds that it allows.

A script is read only as far as that takes, by its lines and their first words. Whether it is a script at all, the terminal has
said before. What it does not know: runs and points.
"""

from decimal import Decimal

from terminal import Refused

# These take the rest of their line as it is, and do nothing.
FOR_PEOPLE = ("title", "about", "look")


def words(line):
    """The words of a line up to its first #, where a comment or the number of a message begins."""
    return line.split("#", 1)[0].split()


def statements(text):
    """The number and the words of each line that says something to the playground, the header included."""
    lines = [(number, words(line)) for number, line in enumerate(text.split("\n"), 1)]
    return [(number, line) for number, line in lines if line and line[0] not in FOR_PEOPLE]


def expect(text, given, allows):
    """Refuses a hand-in that lacks a given line, or says something that the exercise does not allow.

    `allows` is asked about the words of each line that was not given.
    """
    said = statements(text)
    given = [words(line) for line in given]
    for line in given:
        if line not in [one for _, one in said]:
            raise Refused(f"A line of the exercise is missing: {' '.join(line)}")
    for number, line in said:
        if line not in given and not allows(line):
            raise Refused(f"Line {number} is none that this exercise allows: {' '.join(line)}")


def act(line):
    """The time in Δ, the name and the further words of an act; nothing for other lines."""
    if line[0] != "at" or len(line) < 3:
        return None
    return Decimal(line[1].rstrip("Δ∆Dd")), line[2], line[3:]


def sender(line):
    """Who sends the message that a rule such as “drop Voted B->A” is about; nothing for other lines."""
    if line[0] not in ("drop", "delay", "duplicate") or len(line) < 3:
        return None
    return ends(line[2])[0]


def ends(link):
    """The two ends of a link; nothing and nothing for another word."""
    first, arrow, second = link.replace("→", "->").partition("->")
    return (first, second) if arrow else (None, None)
