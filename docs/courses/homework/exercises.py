"""The exercises of `assignment.md`: what each gives and allows, and for what it has points.

To make one's own, write a class like these and put it into `EXERCISES`. `steps` yields what is asked for, the easy before the
hard: how many points, whether it is so, and what to tell whoever stopped here. Grading ends at the first that is not so, hence a
step may rely on those before it. Everything is read off the report, whose fields are in `docs/scenario.md`; votes, which the
report does not count, are read off the trace.
"""

from collections import defaultdict

from rules import act, ends, sender, statements

FAULTS = ("crash", "restart", "partition", "cut", "heal")


class VotesWithoutSuccess:
    """A ballot has votes, one fewer than a majority, and never succeeds."""

    file = "exercise-1.paxos"
    points = 4
    given = ["paxos-playground 1", "protocol basic", "nodes A B C D E", 'at 0Δ propose A "red"']
    solved = "Two of five voted, and nothing is decided."

    @staticmethod
    def allows(line):
        return line[0] == "drop" or (act(line) is not None and act(line)[1] in FAULTS)

    @staticmethod
    def steps(run):
        ballot, votes = max(voters(run), key=lambda one: one[1], default=("none", 0))
        missing = f"{votes} of five voted in {ballot}: that ballot is successful." if votes else "Nobody votes."
        yield 2, 0 < votes < 3, missing
        yield 2, votes == 2, f"{votes} of five voted in {ballot}; one fewer than a majority is two."


class NineDelta:
    """The slides' worst case: a larger ballot surprises the leader, and costs it 4Δ."""

    file = "exercise-2.paxos"
    points = 5
    given = [
        "paxos-playground 1",
        "protocol complete",
        "nodes p q r",
        "leader none",
        "at 1Δ leader p",
        'at 1Δ propose p "red"',
    ]
    solved = "Everybody knows 9Δ after T_el: 4Δ in vain, then 5Δ."

    @staticmethod
    def allows(line):
        if act(line) is None:
            return sender(line) == "r"
        time, name, rest = act(line)
        if time >= 1:
            return False
        if name == "inject":
            return ends(rest[1])[0] == "r"
        # An oracle that names p as well would move T_el.
        return rest == ["r"] if name == "leader" else name in ("propose", "crash") and rest[0] == "r"

    @staticmethod
    def steps(run):
        decision = run.decision("red")
        is_of_p = decision is not None and decision["proposer"] == "p"
        yield 1, is_of_p and decision["times"]["learned"].get("r") is None, "r is to be gone, and p to have red passed."
        stale, took = decision["stale"], all_knew(decision, "from_election")
        yield 2, stale == 1, f"k = {stale}: exactly one larger ballot of r is to refuse one of p’s."
        yield 2, took == 9, f"It took {took}Δ from T_el on, not 9Δ."


class BrokenPromise:
    """Without promises two decrees are passed."""

    file = "exercise-3.paxos"
    points = 5
    given = ["paxos-playground 1", "protocol basic", "nodes A B C", "without promise"]
    solved = "Two decrees are known, in at most nine lines."
    lines_max = 9

    @staticmethod
    def allows(line):
        if act(line) is None:
            return sender(line) is not None
        return act(line)[1] in ("propose", *FAULTS)

    @staticmethod
    def steps(run):
        violated, lines = run.violated(), len(statements(run.text))
        yield 1, violated, "Every check holds."
        yield 3, "agreement" in violated, f"{', '.join(violated)}: violated; agreement holds."
        yield 1, lines <= BrokenPromise.lines_max, f"It has {lines} lines; at most {BrokenPromise.lines_max} were asked for."


class OliveDay:
    """The next leader finds a gap in the ledger and fills it with a decree that changes nothing."""

    file = "exercise-4.paxos"
    points = 6
    given = [
        "paxos-playground 1",
        "protocol multi",
        "service kv",
        "nodes A B C D E",
        'at 3Δ propose A "put x 1"',
        'at 3.2Δ propose A "put y 2"',
    ]
    solved = "The gap is filled, and the new leader goes on in 3Δ."

    @staticmethod
    def allows(line):
        return line[0] == "drop" or (act(line) is not None and act(line)[1] in ("propose", "leader", *FAULTS))

    @staticmethod
    def steps(run):
        kept = run.decision("put y 2")
        leader = kept and kept["proposer"]
        yield 2, leader not in (None, "A"), "“put y 2” is not passed by another leader than A."
        # Nobody asked for a decree of the olive day.
        gaps = [one for one in run.report["decisions"] if one["times"]["client"] is None]
        is_filled = any(gap["instance"] < kept["instance"] and gap["proposer"] == leader for gap in gaps)
        yield 2, is_filled, "There is no gap before “put y 2” that the new leader fills."
        own = [one for one in run.report["decisions"] if one["proposer"] == leader]
        is_steady = any(all_knew(one, "from_client") == 3 for one in own)
        yield 2, is_steady, f"{leader} passes no command of its own in 3Δ."


def all_knew(decision, since):
    """How many Δ it took from then on until everybody who is up knew; nothing where that was never counted, or never came."""
    latency = decision and decision["latency"][since]
    return latency and latency["all"]


def voters(run):
    """How many processes voted in each ballot that has votes, from the trace: “2  B  voted 1.A "red"”."""
    found = defaultdict(set)
    for line in run.trace():
        _, node, what, *rest = line.split(maxsplit=4)
        if what == "voted":
            found[rest[0]].add(node)
    return [(ballot, len(nodes)) for ballot, nodes in sorted(found.items())]


EXERCISES = (VotesWithoutSuccess, NineDelta, BrokenPromise, OliveDay)
