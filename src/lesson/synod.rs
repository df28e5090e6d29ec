//! Lessons on a single decree, in the order of the slides: what a ballot is, what keeps it safe, which failures it
//! survives, and why it may never end.

use super::{Freedom, Lesson, not_yet, solved};
use crate::types::{NodeSet, Time};

/// Nothing happens until a process is asked for a decree.
pub(super) static FIRST_DECREE: Lesson = Lesson {
    id: "first-decree",
    title: "Five messages to agree",
    text: "A parliament of part-timers must agree on one {decree}, though nobody has to stay. Whoever is asked for a {decree} asks \
           for promises (1a, 1b), then for {votes} (2a, 2b), then tells the result (3): five messages, one after the other, \
           each at most Δ. (PTP §2.2; slides, “Phase 1” to “Phase 3”)",
    task: "Let any process propose a {decree}, and watch until everybody knows it.",
    hint: "Click a process, choose Propose, then play. Who knows first, and why does it?",
    opens: "nodes 5\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let (Some((asked, node, _)), passed) = (watched.asked.first(), watched.passed()) else {
            return not_yet("Click a process to propose something.");
        };
        let Some((first, decree)) = passed.and_then(|(_, decree)| Some((decree.first?.0, decree))) else {
            return not_yet(&format!("{} was asked; nobody knows the outcome yet.", watched.name(*node)));
        };
        let first = watched.name(first);
        if !watched.is_known_to_all(decree) {
            return not_yet(&format!(
                "Only {} of {} know it; {first} counted the {}.",
                decree.known_by.len(),
                watched.nodes,
                watched.words.votes
            ));
        }
        solved(&format!(
            "Everybody knows it, {}Δ after the request. {first} knew first: it counted.",
            decree.last.since(*asked)
        ))
    },
};

/// Three of five processes are enough.
pub(super) static MINORITY: Lesson = Lesson {
    id: "minority",
    title: "Nobody waits for the absent",
    text: "A {ballot} needs a quorum: here any majority. Three of five can promise and {they_vote} while two are away fishing, and \
           nobody can tell whether a silent process is slow or gone. So nobody waits for it. (PTP §2.1; slides, “Some \
           notations used”)",
    task: "Crash two processes before they can {they_vote}, and have the {decree} {passed} all the same.",
    hint: "Go back to the start, click D, crash it; then E. A is the one that counts, so leave it.",
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let mut silent = NodeSet::all(watched.nodes).without(watched.up);
        let down = silent.len();
        watched.votes.entries().iter().for_each(|(_, voters)| silent = silent.without(*voters));
        match watched.passed() {
            _ if watched.up.len() * 2 <= watched.nodes => not_yet("Those left are no majority: undo one crash."),
            _ if down < 2 => not_yet(&format!("{down} of the two are down.")),
            _ if silent.len() < 2 => not_yet(&watched.words.fill("One of them had {voted} already: crash it earlier.")),
            Some((_, decree)) if watched.is_known_to_all(decree) => {
                solved("The others passed it, as fast as if nobody had been missing.")
            }
            _ => not_yet("Two are down. Watch whether the others can do it."),
        }
    },
};

/// A quorum of votes is not yet a success that somebody knows of.
pub(super) static NO_SUCCESS: Lesson = Lesson {
    id: "no-success",
    title: "{Votes} without success",
    text: "A {ballot} is successful when every member of a quorum has {voted_in} it: B_qrm ⊆ B_vot. Fewer {votes} decide \
           nothing, and undo nothing either: they stay in the back of the {ledgers}, and later {ballots} must look at them. (PTP \
           §2.1; slides, “Some notations used”)",
    task: "Make a {ballot} in which somebody {it_votes} and that never succeeds, to the end of the run.",
    hint: "After 2Δ the {begin_ballot}s are on their way. Cut A and B off from the others then.",
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let fewest = watched.votes.entries().iter().map(|(_, voters)| voters.len()).min().unwrap_or(0);
        let nodes = watched.nodes;
        match fewest {
            0 => not_yet(&watched.words.fill("Nobody has {voted} yet.")),
            _ if fewest * 2 > nodes => not_yet(&format!(
                "{fewest} of {nodes} {}: that {} is successful.",
                watched.words.voted, watched.words.ballot
            )),
            _ if !watched.is_over => {
                not_yet(&format!("{fewest} of {nodes} {} so far. Watch to the end.", watched.words.voted))
            }
            _ => solved(&format!(
                "{fewest} of {nodes} {}, and nothing was decided. Nothing was broken either.",
                watched.words.voted
            )),
        }
    },
};

/// Condition B2: any two quorums meet.
pub(super) static TWO_HALVES: Lesson = Lesson {
    id: "two-halves",
    title: "Two quorums must meet",
    text: "Four processes, split in halves, and half is called a quorum: A and B pass red, C and D pass blue, and no member \
           of one quorum could warn the other. Condition B2 asks that any two quorums share a member. Majorities always do. \
           (PTP §2.1; slides, “Consistency conditions”)",
    task: "Switch the rule “majority” on again, keep the split, and after it let all four learn one {decree}.",
    hint: "Rules panel: majority. At 5Δ neither half has decided: heal the network there, and propose once more.",
    opens: "without-majority",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.passed() {
        _ if !watched.is_parted => not_yet("The network was never split: watch it, and keep that line."),
        Some((_, decree)) if watched.is_known_to_all(decree) => {
            solved("Split, nobody decided; whole again, all decided the same. Safe first, then done.")
        }
        Some(_) => not_yet("Somebody knows; the others do not yet."),
        None => not_yet("Neither half is a majority. Heal the network, and let somebody propose again."),
    },
};

/// Condition B3 makes a ballot adopt an earlier vote.
pub(super) static ADOPT: Lesson = Lesson {
    id: "adopt",
    title: "What was {voted_for} must live on",
    text: "Red has a majority of {votes}; then A crashes, the only one who would have known. Can the others choose anew? No: a \
           new quorum meets the old one, so some {last_vote_message} tells of red. Condition B3: take the {decree} of the {highest_vote} \
           reported. (PTP §2.1, Theorem 1; slides, “Lemma”)",
    task: "Let another process propose a different {decree}, and watch which one its {ballot} has to carry.",
    hint: "Any time after 4Δ: click E and propose blue. Look at its {last_vote_message}s.",
    opens: "nodes 5\nat 0Δ propose A red\nat 4Δ crash A\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.adopted.filter(|_| !watched.is_log), watched.passed()) {
        (Some(vote), Some((value, decree))) if watched.is_known_to_all(decree) => solved(&format!(
            "{} wished for something else and passed “{}”: it was already chosen.",
            watched.name(vote.ballot.owner()),
            watched.symbols.value(value)
        )),
        (Some(_), _) => {
            not_yet(&watched.words.fill("The {ballot} carries the old {decree}. Watch until everybody knows it."))
        }
        _ if watched.tried.len() < 2 => not_yet(&watched.words.fill("Nobody else has started a {ballot} yet.")),
        _ => not_yet(&watched.words.fill("No {ballot} has had to take up an earlier {decree} so far.")),
    },
};

/// What breaks without B3.
pub(super) static BREAK: Lesson = Lesson {
    id: "break-it",
    title: "Break it yourself",
    text: "Theorem 1: while B1, B2 and B3 hold, two successful {ballots} have one {decree}. So to make this parliament contradict \
           itself you have to break a condition first. Each step of the protocol is there to keep one of them. (PTP §2.1; \
           slides, “Theorem 1”)",
    task: "Switch off a rule so that two different {decrees} are {passed}, and watch it happen.",
    hint: "C hears of red before it begins. Which rule makes it listen? “max-vote”. Then play to the end.",
    opens: "nodes 3\nat 0Δ propose A red\nat 6Δ propose C blue\n",
    freedom: Freedom::Lawless,
    judge: |watched| {
        let mut known = watched.decrees.entries().iter().filter(|(_, decree)| decree.first.is_some());
        match (known.next(), known.next()) {
            (Some((one, _)), Some((other, _))) if !watched.is_log => {
                let names = watched.symbols;
                solved(&format!(
                    "“{}” and “{}” were both {}. The Checks say which condition went first.",
                    names.value(*one),
                    names.value(*other),
                    watched.words.passed
                ))
            }
            (Some(_), _) => not_yet(&watched.words.fill("One {decree} was {passed} so far, and only one.")),
            _ => not_yet(&watched.words.fill("Nothing was {passed} so far.")),
        }
    },
};

/// A promise makes a process refuse smaller ballots.
pub(super) static REFUSE: Lesson = Lesson {
    id: "refuse",
    title: "A promise is kept",
    text: "Answering {next_ballot} is a promise: no {vote} in any smaller {ballot} from now on. That is how a new {ballot} can rely on what it was \
           told: the past it asked about stays as it was. So a late {begin_ballot} meets closed doors. (PTP §2.3; slides, “Phase \
           2b”, nextBal)",
    task: "Start a second {ballot} so that somebody refuses a message of the first.",
    hint: "Before A’s {begin_ballot} lands at 3Δ, others must have promised B: let B propose between 1Δ and 2Δ.",
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.refused {
        Some((node, ballot, bound)) => {
            let names = watched.symbols;
            let (number, bound) = (names.ballot(ballot), names.ballot(bound));
            solved(&format!("{} had promised {bound}, so it refused {number}.", names.node(node)))
        }
        None if watched.tried.len() < 2 => not_yet(&watched.words.fill("There is one {ballot} only; it has no rival.")),
        None => not_yet(
            &watched.words.fill("Two {ballots}, and no quarrel yet: start the second a little earlier, or watch on."),
        ),
    },
};

/// Messages may be lost, because every step is optional.
pub(super) static LOST: Lesson = Lesson {
    id: "lost",
    title: "Every step is optional",
    text: "Messengers get lost, and nothing tells their sender. The protocol never relies on them: leaving out any step can \
           cost progress, but not consistency. To try again is always allowed, with a larger number. (PTP §2.2; slides, \
           “Every phase of this protocol is optional”)",
    task: "Lose messages so that the first {ballot} fails, then have a second one pass.",
    hint: "Drop three of A’s four {next_ballot}s, or of the promises. Then let A propose again.",
    opens: "minimal-ballot",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let first = watched.tried.first();
        match watched.passed().and_then(|(_, decree)| Some((decree, decree.first?.2))) {
            _ if watched.lost == 0 => not_yet("No message was lost yet."),
            Some((_, ballot)) if Some(&ballot) == first => {
                not_yet(&watched.words.fill("The first {ballot} passed all the same: a majority was left. Lose more."))
            }
            Some((decree, ballot)) if watched.is_known_to_all(decree) => {
                solved(&format!("{} messages lost, and {} passed.", watched.lost, watched.symbols.ballot(ballot)))
            }
            _ if watched.tried.len() < 2 => {
                not_yet(&watched.words.fill("The first {ballot} is not through. Let somebody propose again."))
            }
            _ => not_yet(&watched.words.fill("Another {ballot} is under way.")),
        }
    },
};

/// A process that crashes remembers what it wrote to stable storage.
pub(super) static MEMORY: Lesson = Lesson {
    id: "memory",
    title: "Ink before messengers",
    text: "Legislators write in indelible ink before they send: {last_tried}, {next_bal}, {prev_vote}. What was written survives a \
           crash; had the message gone first, the world could know of {a_vote} that its {voter} has forgotten. (PTP §2.3; slides, \
           lastTried, prevVote, nextBal)",
    task: "Crash C when it has {voted} and before anybody hears of it; restart it, and see what it still knows.",
    hint: "At 2.5Δ: C, “crash before send”. At 4Δ restart C. B asks it at 6Δ.",
    opens: "nodes 3\nat 0Δ propose A red\nat 2.5Δ crash B\nat 4Δ crash A\nat 4.5Δ restart B\nat 5Δ propose B blue\n",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.reported {
        Some((node, vote)) => solved(&format!(
            "{} told nobody of its {} for “{}” and still knew it.",
            watched.name(node),
            watched.words.vote,
            watched.symbols.value(vote.value)
        )),
        None if watched.silenced.is_empty() => not_yet("Nobody has crashed between writing and sending."),
        None if !watched.silenced.meets(watched.up) => not_yet("It wrote, sent nothing and is down: restart it."),
        None => not_yet(&watched.words.fill("It is back. Watch until a later {ballot} asks it about its {last_vote}.")),
    },
};

/// Two proposers can duel for ever (FLP).
pub(super) static DUEL: Lesson = Lesson {
    id: "duel",
    title: "Two in a doorway",
    text: "Nobody crashes, nothing is lost, and still nothing need ever be decided: each new number makes the other’s promises \
           worthless. No protocol without a clock can rule that out (Fischer, Lynch, Paterson 1985). (PTP §2.4; slides, \
           “impossible to guarantee termination”)",
    task: "With no crash and no loss, start at least five {ballots} so that by 10Δ nobody knows anything.",
    hint: "As soon as one has its promises the other takes them: B at 1.5Δ, A at 3Δ, B at 4.5Δ …",
    opens: "nodes 3\nat 0Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let (tried, now) = (watched.tried.len(), watched.now);
        match watched.passed() {
            Some(_) => not_yet(&watched.words.fill("Somebody knows a {decree}: the rival came too late.")),
            None if watched.lost > 0 || watched.up.len() < watched.nodes => {
                not_yet("Without crashes or losses, please.")
            }
            None if tried < 5 || now < Time::deltas(10) => {
                not_yet(&format!("{now}Δ, {tried} {}, nothing decided. Keep them at it.", watched.words.ballots))
            }
            None => solved(&format!(
                "{tried} {} in {now}Δ, and nobody knows anything. All checks hold.",
                watched.words.ballots
            )),
        }
    },
};
