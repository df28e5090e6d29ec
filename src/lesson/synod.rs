//! Lessons on a single decree, in the order of the slides: what a ballot is, what keeps it safe, which failures it
//! survives, and why it may never end.

use super::{Freedom, Lesson, not_yet, solved};
use crate::tongue::{key, say};
use crate::types::{NodeSet, Time};

/// Nothing happens until a process is asked for a decree.
pub(super) static FIRST_DECREE: Lesson = Lesson {
    id: "first-decree",
    title: key!("Five messages to agree"),
    text: key!(
        "A parliament of part-timers must agree on one {decree}, though nobody has to stay. Whoever is asked for a {decree} asks \
           for promises (1a, 1b), then for {votes} (2a, 2b), then tells the result (3): five messages, one after the other, \
           each at most Δ. (PTP §2.2; slides, “Phase 1” to “Phase 3”)"
    ),
    task: key!("Let any process propose a {decree}, and watch until everybody knows it."),
    hint: key!("Click a process, choose Propose, then play. Who knows first, and why does it?"),
    opens: "nodes 5\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let (Some((asked, node, _)), passed) = (watched.asked.first(), watched.passed()) else {
            return not_yet(say!("Click a process to propose something."));
        };
        let Some((first, decree)) = passed.and_then(|(_, decree)| Some((decree.first?.0, decree))) else {
            return not_yet(say!("{node} was asked; nobody knows the outcome yet.", node = watched.name(*node)));
        };
        let first = watched.name(first);
        if !watched.is_known_to_all(decree) {
            return not_yet(say!(
                "Only {known} of {nodes} know it; {first} counted the {votes}.",
                known = decree.known_by.len(),
                nodes = watched.nodes,
                votes = watched.words.votes
            ));
        }
        solved(say!(
            "Everybody knows it, {span}Δ after the request. {first} knew first: it counted.",
            span = decree.last.since(*asked)
        ))
    },
};

/// Three of five processes are enough.
pub(super) static MINORITY: Lesson = Lesson {
    id: "minority",
    title: key!("Nobody waits for the absent"),
    text: key!(
        "A {ballot} needs a quorum: here any majority. Three of five can promise and {they_vote} while two are away fishing, and \
           nobody can tell whether a silent process is slow or gone. So nobody waits for it. (PTP §2.1; slides, “Some \
           notations used”)"
    ),
    task: key!("Crash two processes before they can {they_vote}, and have the {decree} {passed} all the same."),
    hint: key!("Go back to the start, click D, crash it; then E. A is the one that counts, so leave it."),
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let mut silent = NodeSet::all(watched.nodes).without(watched.up);
        let down = silent.len();
        watched.votes.entries().iter().for_each(|(_, voters)| silent = silent.without(*voters));
        match watched.passed() {
            _ if watched.up.len() * 2 <= watched.nodes => not_yet(say!("Those left are no majority: undo one crash.")),
            _ if down < 2 => not_yet(say!("{down} of the two are down.")),
            _ if silent.len() < 2 => {
                not_yet(watched.words.fill(key!("One of them had {voted} already: crash it earlier.")))
            }
            Some((_, decree)) if watched.is_known_to_all(decree) => {
                solved(say!("The others passed it, as fast as if nobody had been missing."))
            }
            _ => not_yet(say!("Two are down. Watch whether the others can do it.")),
        }
    },
};

/// A quorum of votes is not yet a success that somebody knows of.
pub(super) static NO_SUCCESS: Lesson = Lesson {
    id: "no-success",
    title: key!("{Votes} without success"),
    text: key!(
        "A {ballot} is successful when every member of a quorum has {voted_in} it: B_qrm ⊆ B_vot. Fewer {votes} decide \
           nothing, and undo nothing either: they stay in the back of the {ledgers}, and later {ballots} must look at them. (PTP \
           §2.1; slides, “Some notations used”)"
    ),
    task: key!("Make a {ballot} in which somebody {it_votes} and that never succeeds, to the end of the run."),
    hint: key!("After 2Δ the {begin_ballot}s are on their way. Cut A and B off from the others then."),
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let fewest = watched.votes.entries().iter().map(|(_, voters)| voters.len()).min().unwrap_or(0);
        let nodes = watched.nodes;
        match fewest {
            0 => not_yet(watched.words.fill(key!("Nobody has {voted} yet."))),
            _ if fewest * 2 > nodes => not_yet(say!(
                "{fewest} of {nodes} {voted}: that {ballot} is successful.",
                voted = watched.words.voted,
                ballot = watched.words.ballot
            )),
            _ if !watched.is_over => {
                not_yet(say!("{fewest} of {nodes} {voted} so far. Watch to the end.", voted = watched.words.voted))
            }
            _ => solved(say!(
                "{fewest} of {nodes} {voted}, and nothing was decided. Nothing was broken either.",
                voted = watched.words.voted
            )),
        }
    },
};

/// Condition B2: any two quorums meet.
pub(super) static TWO_HALVES: Lesson = Lesson {
    id: "two-halves",
    title: key!("Two quorums must meet"),
    text: key!(
        "Four processes, split in halves, and half is called a quorum: A and B pass red, C and D pass blue, and no member \
           of one quorum could warn the other. Condition B2 asks that any two quorums share a member. Majorities always do. \
           (PTP §2.1; slides, “Consistency conditions”)"
    ),
    task: key!("Switch the rule “majority” on again, keep the split, and after it let all four learn one {decree}."),
    hint: key!("Rules panel: majority. At 5Δ neither half has decided: heal the network there, and propose once more."),
    opens: "without-majority",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.passed() {
        _ if !watched.is_parted => not_yet(say!("The network was never split: watch it, and keep that line.")),
        Some((_, decree)) if watched.is_known_to_all(decree) => {
            solved(say!("Split, nobody decided; whole again, all decided the same. Safe first, then done."))
        }
        Some(_) => not_yet(say!("Somebody knows; the others do not yet.")),
        None => not_yet(say!("Neither half is a majority. Heal the network, and let somebody propose again.")),
    },
};

/// Condition B3 makes a ballot adopt an earlier vote.
pub(super) static ADOPT: Lesson = Lesson {
    id: "adopt",
    title: key!("What was {voted_for} must live on"),
    text: key!(
        "Red has a majority of {votes}; then A crashes, the only one who would have known. Can the others choose anew? No: a \
           new quorum meets the old one, so some {last_vote_message} tells of red. Condition B3: take the {decree} of the {highest_vote} \
           reported. (PTP §2.1, Theorem 1; slides, “Lemma”)"
    ),
    task: key!("Let another process propose a different {decree}, and watch which one its {ballot} has to carry."),
    hint: key!("Any time after 4Δ: click E and propose blue. Look at its {last_vote_message}s."),
    opens: "nodes 5\nat 0Δ propose A red\nat 4Δ crash A\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.adopted.filter(|_| !watched.is_log), watched.passed()) {
        (Some(vote), Some((value, decree))) if watched.is_known_to_all(decree) => solved(say!(
            "{node} wished for something else and passed “{value}”: it was already chosen.",
            node = watched.name(vote.ballot.owner()),
            value = watched.symbols.value(value)
        )),
        (Some(_), _) => {
            not_yet(watched.words.fill(key!("The {ballot} carries the old {decree}. Watch until everybody knows it.")))
        }
        _ if watched.tried.len() < 2 => not_yet(watched.words.fill(key!("Nobody else has started a {ballot} yet."))),
        _ => not_yet(watched.words.fill(key!("No {ballot} has had to take up an earlier {decree} so far."))),
    },
};

/// What breaks without B3.
pub(super) static BREAK: Lesson = Lesson {
    id: "break-it",
    title: key!("Break it yourself"),
    text: key!(
        "Theorem 1: while B1, B2 and B3 hold, two successful {ballots} have one {decree}. So to make this parliament contradict \
           itself you have to break a condition first. Each step of the protocol is there to keep one of them. (PTP §2.1; \
           slides, “Theorem 1”)"
    ),
    task: key!("Switch off a rule so that two different {decrees} are {passed}, and watch it happen."),
    hint: key!("C hears of red before it begins. Which rule makes it listen? “max-vote”. Then play to the end."),
    opens: "nodes 3\nat 0Δ propose A red\nat 6Δ propose C blue\n",
    freedom: Freedom::Lawless,
    judge: |watched| {
        let mut known = watched.decrees.entries().iter().filter(|(_, decree)| decree.first.is_some());
        match (known.next(), known.next()) {
            (Some((one, _)), Some((other, _))) if !watched.is_log => {
                let names = watched.symbols;
                solved(say!(
                    "“{one}” and “{other}” were both {passed}. The Checks say which condition went first.",
                    one = names.value(*one),
                    other = names.value(*other),
                    passed = watched.words.passed
                ))
            }
            (Some(_), _) => not_yet(watched.words.fill(key!("One {decree} was {passed} so far, and only one."))),
            _ => not_yet(watched.words.fill(key!("Nothing was {passed} so far."))),
        }
    },
};

/// A promise makes a process refuse smaller ballots.
pub(super) static REFUSE: Lesson = Lesson {
    id: "refuse",
    title: key!("A promise is kept"),
    text: key!(
        "Answering {next_ballot} is a promise: no {vote} in any smaller {ballot} from now on. That is how a new {ballot} can rely on what it was \
           told: the past it asked about stays as it was. So a late {begin_ballot} meets closed doors. (PTP §2.3; slides, “Phase \
           2b”, nextBal)"
    ),
    task: key!("Start a second {ballot} so that somebody refuses a message of the first."),
    hint: key!("Before A’s {begin_ballot} lands at 3Δ, others must have promised B: let B propose between 1Δ and 2Δ."),
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.refused {
        Some((node, ballot, bound)) => {
            let names = watched.symbols;
            let (number, bound) = (names.ballot(ballot), names.ballot(bound));
            solved(say!("{node} had promised {bound}, so it refused {number}.", node = names.node(node)))
        }
        None if watched.tried.len() < 2 => {
            not_yet(watched.words.fill(key!("There is one {ballot} only; it has no rival.")))
        }
        None => not_yet(
            watched
                .words
                .fill(key!("Two {ballots}, and no quarrel yet: start the second a little earlier, or watch on.")),
        ),
    },
};

/// Messages may be lost, because every step is optional.
pub(super) static LOST: Lesson = Lesson {
    id: "lost",
    title: key!("Every step is optional"),
    text: key!(
        "Messengers get lost, and nothing tells their sender. The protocol never relies on them: leaving out any step can \
           cost progress, but not consistency. To try again is always allowed, with a larger number. (PTP §2.2; slides, \
           “Every phase of this protocol is optional”)"
    ),
    task: key!("Lose messages so that the first {ballot} fails, then have a second one pass."),
    hint: key!("Drop three of A’s four {next_ballot}s, or of the promises. Then let A propose again."),
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let first = watched.tried.first();
        match watched.passed().and_then(|(_, decree)| Some((decree, decree.first?.2))) {
            _ if watched.lost == 0 => not_yet(say!("No message was lost yet.")),
            Some((_, ballot)) if Some(&ballot) == first => not_yet(
                watched.words.fill(key!("The first {ballot} passed all the same: a majority was left. Lose more.")),
            ),
            Some((decree, ballot)) if watched.is_known_to_all(decree) => solved(say!(
                "{lost} messages lost, and {ballot_text} passed.",
                lost = watched.lost,
                ballot_text = watched.symbols.ballot(ballot)
            )),
            _ if watched.tried.len() < 2 => {
                not_yet(watched.words.fill(key!("The first {ballot} is not through. Let somebody propose again.")))
            }
            _ => not_yet(watched.words.fill(key!("Another {ballot} is under way."))),
        }
    },
};

/// A process that crashes remembers what it wrote to stable storage.
pub(super) static MEMORY: Lesson = Lesson {
    id: "memory",
    title: key!("Ink before messengers"),
    text: key!(
        "Legislators write in indelible ink before they send: {last_tried}, {next_bal}, {prev_vote}. What was written survives a \
           crash; had the message gone first, the world could know of {a_vote} that its {voter} has forgotten. (PTP §2.3; slides, \
           lastTried, prevVote, nextBal)"
    ),
    task: key!("Crash C when it has {voted} and before anybody hears of it; restart it, and see what it still knows."),
    hint: key!("At 2.5Δ: C, “crash before send”. At 4Δ restart C. B asks it at 6Δ."),
    opens: "nodes 3\nat 0Δ propose A red\nat 2.5Δ crash B\nat 4Δ crash A\nat 4.5Δ restart B\nat 5Δ propose B blue\n",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.reported {
        Some((node, vote)) => solved(say!(
            "{node} told nobody of its {vote} for “{value}” and still knew it.",
            node = watched.name(node),
            vote = watched.words.vote,
            value = watched.symbols.value(vote.value)
        )),
        None if watched.silenced.is_empty() => not_yet(say!("Nobody has crashed between writing and sending.")),
        None if !watched.silenced.meets(watched.up) => not_yet(say!("It wrote, sent nothing and is down: restart it.")),
        None => {
            not_yet(watched.words.fill(key!("It is back. Watch until a later {ballot} asks it about its {last_vote}.")))
        }
    },
};

/// Two proposers can duel for ever (FLP).
pub(super) static DUEL: Lesson = Lesson {
    id: "duel",
    title: key!("Two in a doorway"),
    text: key!(
        "Nobody crashes, nothing is lost, and still nothing need ever be decided: each new number makes the other’s promises \
           worthless. No protocol without a clock can rule that out (Fischer, Lynch, Paterson 1985). (PTP §2.4; slides, \
           “impossible to guarantee termination”)"
    ),
    task: key!("With no crash and no loss, start at least five {ballots} so that by 10Δ nobody knows anything."),
    hint: key!("As soon as one has its promises the other takes them: B at 1.5Δ, A at 3Δ, B at 4.5Δ …"),
    opens: "nodes 3\nat 0Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let (tried, now) = (watched.tried.len(), watched.now);
        match watched.passed() {
            Some(_) => not_yet(watched.words.fill(key!("Somebody knows a {decree}: the rival came too late."))),
            None if watched.lost > 0 || watched.up.len() < watched.nodes => {
                not_yet(say!("Without crashes or losses, please."))
            }
            None if tried < 5 || now < Time::deltas(10) => not_yet(say!(
                "{now}Δ, {tried} {ballots}, nothing decided. Keep them at it.",
                ballots = watched.words.ballots
            )),
            None => solved(say!(
                "{tried} {ballots} in {now}Δ, and nobody knows anything. All checks hold.",
                ballots = watched.words.ballots
            )),
        }
    },
};
