import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Three acceptors, and two proposers that meet. With the word {@code bug}, acceptors forget what they have promised. */
public final class LittlePaxos {
    record Ballot(int number, String owner) {
        boolean isBelow(Ballot other) {
            return number != other.number ? number < other.number : owner.compareTo(other.owner) < 0;
        }

        @Override
        public String toString() {
            return number + "." + owner;
        }
    }

    record Vote(Ballot ballot, String value) {
        static Map<String, Object> told(Vote vote) {
            return vote == null ? null : Map.of("ballot", vote.ballot.toString(), "value", vote.value);
        }
    }

    static boolean forgets;

    static final class Acceptor {
        final String name;
        final PaxosLog log;
        Ballot promised = new Ballot(0, "");
        Vote vote;

        Acceptor(String name) {
            this.name = name;
            log = new PaxosLog(name, System.out);
        }

        Vote prepare(Ballot ballot) {
            promised = ballot;
            log.say("promised", "ballot", ballot, "vote", Vote.told(vote));
            return vote;
        }

        boolean accept(Ballot ballot, String value) {
            if (ballot.isBelow(promised) && !forgets) {
                log.say("refused", "ballot", ballot, "bound", promised);
                return false;
            }
            vote = new Vote(ballot, value);
            log.say("voted", "ballot", ballot, "value", value);
            return true;
        }
    }

    static String prepare(List<Acceptor> acceptors, Ballot ballot, String own) {
        acceptors.get(0).log.say("tried", "ballot", ballot);
        Vote last = null;
        for (var acceptor : acceptors) {
            var vote = acceptor.prepare(ballot);
            if (vote != null && (last == null || last.ballot().isBelow(vote.ballot()))) {
                last = vote;
            }
        }
        return last == null ? own : last.value();
    }

    static void propose(List<Acceptor> acceptors, Ballot ballot, String value) {
        var log = acceptors.get(0).log;
        log.say("began", "ballot", ballot, "value", value, "quorum", acceptors.stream().map(one -> one.name).toList());
        boolean isChosen = true;
        for (var acceptor : acceptors) {
            isChosen &= acceptor.accept(ballot, value);
        }
        if (isChosen) {
            log.say("learned", "ballot", ballot, "value", value);
        }
    }

    public static void main(String[] words) {
        forgets = Arrays.asList(words).contains("bug");
        Acceptor a = new Acceptor("A"), b = new Acceptor("B"), c = new Acceptor("C");
        a.log.say("asked", "value", "red");
        var red = prepare(List.of(a, b), new Ballot(1, "A"), "red");
        c.log.say("asked", "value", "blue");
        var blue = prepare(List.of(c, b), new Ballot(2, "C"), "blue");
        propose(List.of(a, b), new Ballot(1, "A"), red);
        propose(List.of(c, b), new Ballot(2, "C"), blue);
    }
}
