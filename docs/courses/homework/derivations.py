"""The exercises of `derivations.md`, on the protocols that were derived from Paxos: what each gives and allows, and for what it
has points. `exercises.py` says how such classes are read.
"""

from exercises import FAULTS, all_knew
from rules import act, ends, sender, statements


class TooFew:
    """In a fast round a majority is too few: two decrees are passed."""

    file = "exercise-1.paxos"
    points = 6
    given = [
        "paxos-playground 1",
        "protocol fast",
        "without fast-quorum",
        "nodes A B C X Y",
        "clients X Y",
        "leader C",
        'at 4Δ propose Y "blue"',
    ]
    solved = "C could not tell which of two decrees had passed, and two are known."
    lines_max = 11

    @staticmethod
    def allows(line):
        return sender(line) is not None if act(line) is None else act(line)[1] == "propose"

    @staticmethod
    def steps(run):
        violated, lines = run.violated(), len(statements(run.text))
        yield 2, "B2" in violated, "B2 holds: C never had to guess."
        yield 3, "agreement" in violated, "B2 is violated, and agreement holds all the same."
        yield 1, lines <= TooFew.lines_max, f"It has {lines} lines; at most {TooFew.lines_max} were asked for."


class LargeEnough:
    """The cure: with 3f + 1 acceptors a fast round passes although one is down."""

    file = "exercise-2.paxos"
    points = 4
    given = ["paxos-playground 1", "protocol fast", "clients X", 'at 4Δ propose X "red"']
    solved = "Of four acceptors three are a fast quorum, and one may be down."
    fewest = 4

    @staticmethod
    def allows(line):
        # The assignment has a line of this kind, too, which may be changed.
        if act(line) is None:
            return line[0] == "nodes"
        time, name, _ = act(line)
        return name == "crash" and time < 4

    @staticmethod
    def steps(run):
        red = run.decision("red")
        acceptors = [node for node in run.report["nodes"] if node != "X"]
        is_one_down = red is not None and any(red["times"]["learned"].get(node) is None for node in acceptors)
        yield 1, is_one_down, "An acceptor is to be down when X asks, and red to be passed."
        took = all_knew(red, "from_client")
        yield 2, took == 2, f"It took {took}Δ from the request on, not 2Δ."
        yield 1, len(acceptors) == LargeEnough.fewest, f"It has {len(acceptors)} acceptors; {LargeEnough.fewest} are enough."


class OrderWhereNeeded:
    """Two commands that do not conflict are passed in 2Δ in two orders; two that conflict collide."""

    file = "exercise-3.paxos"
    points = 5
    given = [
        "paxos-playground 1",
        "protocol generalized",
        "service kv",
        "nodes A B C D X Y",
        "clients X Y",
        'at 4Δ propose X "put x 1"',
        'at 4Δ propose Y "put y 2"',
        'at 12Δ propose X "put x 3"',
        'at 12Δ propose Y "get x"',
    ]
    solved = "The order did not matter at first, and cost 2Δ more when it did."

    @staticmethod
    def allows(line):
        return line[:2] == ["delay", "Request"] and sender(line) in ("X", "Y")

    @staticmethod
    def steps(run):
        took = {one["value"]: all_knew(one, "from_client") for one in run.report["decisions"]}
        is_known = all(value in took for value in ("put x 1", "put y 2", "put x 3", "get x"))
        yield 1, is_known, "Not all four commands are passed."
        histories = {line.split("voted", 1)[1].split(maxsplit=1)[1] for line in run.trace() if " voted 1.A " in line}
        is_parted = {'"put x 1"', '"put y 2"'} <= histories and took["put x 1"] == took["put y 2"] == 2
        yield 2, is_parted, "“put x 1” and “put y 2” are to be appended in two orders, and to take 2Δ."
        is_late = took["put x 3"] == took["get x"] == 4
        yield 2, is_late, f"“put x 3” took {took['put x 3']}Δ and “get x” {took['get x']}Δ; a collision makes it 4Δ."


class LyingPrimary:
    """A primary that lies cannot part the correct replicas, and is left."""

    file = "exercise-4.paxos"
    points = 5
    given = ["paxos-playground 1", "protocol pbft", "nodes A B C D E", "clients E", "liars A", 'at 0Δ propose E "red"']
    solved = "A said different things, and the next view decided."

    @staticmethod
    def allows(line):
        return line[0] == "forge" and len(line) > 2 and ends(line[2])[0] == "A"

    @staticmethod
    def steps(run):
        accepted = [line.split() for line in run.trace() if " believes [1] 1.A " in line]
        values = {words[5] for words in accepted if words[1] in "BCD"}
        yield 2, len(values) > 1, "B, C and D accept the same command from A."
        decision = next((one for one in run.report["decisions"] if one["instance"] == 1), None)
        everybody = decision is not None and all(decision["times"]["learned"].get(node) is not None for node in "BCD")
        yield 1, everybody, "Not every correct replica has executed a command."
        ballot = decision["ballot"]
        yield 2, ballot != "1.A", "It was executed in A’s own view: two replicas had heard the same."


class OneIsLeft:
    """An auxiliary process helps once, and then the last member decides alone."""

    file = "exercise-5.paxos"
    points = 4
    given = [
        "paxos-playground 1",
        "protocol cheap",
        "nodes A B X",
        "auxiliaries X",
        'at 3Δ propose A "red"',
        'at 20Δ propose A "green"',
    ]
    solved = "B was removed with the help of X, and A decides alone."

    @staticmethod
    def allows(line):
        return line[0] == "drop" or (act(line) is not None and act(line)[1] in FAULTS)

    @staticmethod
    def steps(run):
        yield 2, run.decision("remove(B)") is not None, "B is not removed."
        took = all_knew(run.decision("green"), "from_client")
        yield 2, took == 0, f"“green” took {took}Δ; a member that is left alone decides at once."


class FastAndWary:
    """A protocol is chosen that expects a liar and takes 2Δ."""

    file = "exercise-6.paxos"
    points = 6
    given = [
        "paxos-playground 1",
        "nodes A B C D E F X",
        "clients X",
        "liars F",
        "at 1Δ crash F",
        'at 4Δ propose X "red"',
        'at 8Δ propose X "blue"',
    ]
    solved = "One of six may lie, and each command takes 2Δ."
    wary = ("pbft", "fab", "pfab", "fab-log")

    @staticmethod
    def allows(line):
        return line[0] in ("protocol", "option")

    @staticmethod
    def steps(run):
        name = run.report["protocol"]
        yield 2, name in FastAndWary.wary, f"Under {name} every process is believed."
        took = [all_knew(run.decision(value), "from_client") for value in ("red", "blue")]
        yield 2, None not in took, f"Under {name} not everybody knows both commands."
        yield 2, took == [2, 2], f"Under {name} red took {took[0]}Δ and blue {took[1]}Δ, not 2Δ."


EXERCISES = (TooFew, LargeEnough, OrderWhereNeeded, LyingPrimary, OneIsLeft, FastAndWary)
