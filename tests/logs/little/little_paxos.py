"""Three acceptors, and two proposers that meet. With the word `bug`, acceptors forget what they have promised."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "docs" / "logs"))
from paxos_log import PaxosLog  # noqa: E402

FORGETS = "bug" in sys.argv


class Acceptor:
    def __init__(self, name):
        self.name, self.log, self.promised, self.vote = name, PaxosLog(name, sys.stdout), (0, ""), None

    def prepare(self, ballot):
        if ballot < self.promised:
            return False, None
        self.promised = ballot
        self.log("promised", ballot=text(ballot), vote=told(self.vote))
        return True, self.vote

    def accept(self, ballot, value):
        if ballot < self.promised and not FORGETS:
            self.log("refused", ballot=text(ballot), bound=text(self.promised))
            return False
        self.vote = (ballot, value)
        self.log("voted", ballot=text(ballot), value=value)
        return True


def text(ballot):
    return f"{ballot[0]}.{ballot[1]}"


def told(vote):
    return vote and {"ballot": text(vote[0]), "value": vote[1]}


def prepare(acceptors, ballot):
    """Phase 1, by the owner of the ballot: the value that the ballot is bound to, if any."""
    owner = acceptors[0]
    owner.log("tried", ballot=text(ballot))
    votes = [vote for is_promised, vote in (one.prepare(ballot) for one in acceptors) if is_promised and vote]
    return max(votes)[1] if votes else None


def propose(acceptors, ballot, value):
    """Phase 2."""
    owner = acceptors[0]
    owner.log("began", ballot=text(ballot), value=value, quorum=[one.name for one in acceptors])
    if all([one.accept(ballot, value) for one in acceptors]):
        owner.log("learned", ballot=text(ballot), value=value)


a, b, c = Acceptor("A"), Acceptor("B"), Acceptor("C")
a.log("asked", value="red")
red = prepare([a, b], (1, "A")) or "red"
c.log("asked", value="blue")
blue = prepare([c, b], (2, "C")) or "blue"
propose([a, b], (1, "A"), red)
propose([c, b], (2, "C"), blue)
