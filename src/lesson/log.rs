//! Lessons on leaders and on ledgers of many decrees: how long a decision takes at worst, and at best.

use super::watched::{Decree, Watched};
use super::{Freedom, Lesson, not_yet, solved};
use crate::tongue::{key, say};
use crate::types::{NodeId, Time, Value};

/// How long it takes until somebody leads: T_el.
pub(super) static ELECTION: Lesson = Lesson {
    id: "election",
    title: key!("Somebody has to lead"),
    text: key!(
        "Duels end when only one process starts {ballots}. Everybody says its name again and again; whoever hears no higher \
           one for T = 4Δ leads. Two may believe it for a while: that costs time, never safety. (PTP §2.4; slides, “The \
           complete protocol”)"
    ),
    task: key!("Crash the process that leads, and have a {decree} {passed} under another leader."),
    hint: key!("E leads from the start. Crash it, wait some 4Δ until D leads, then propose something at D."),
    opens: "protocol complete\noption election heartbeat\nnodes 5\nuntil 24Δ\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let fallen = watched.leads.iter().find(|(_, node)| !watched.up.contains(*node));
        let heir = watched.leads.last().filter(|(_, node)| watched.up.contains(*node));
        match (fallen, heir, watched.passed()) {
            (None, ..) => not_yet(say!("No leader has fallen yet.")),
            (_, None, _) => not_yet(say!("The leader is gone. Nobody else has noticed yet.")),
            (Some(_), Some((since, node)), Some((_, decree)))
                if watched.is_known_to_all(decree) && led_by(decree) == Some(*node) =>
            {
                solved(say!(
                    "{node} leads since {since}Δ, and everybody knows its {decree}.",
                    node = watched.name(*node),
                    decree = watched.words.decree
                ))
            }
            (_, Some((since, node)), _) => not_yet(say!(
                "{node} leads since {since}Δ. Have a {decree} {passed} by it.",
                node = watched.name(*node),
                decree = watched.words.decree,
                passed = watched.words.passed
            )),
        }
    },
};

/// The slides' upper bound of 9Δ.
pub(super) static NINE_DELTA: Lesson = Lesson {
    id: "nine-delta",
    title: key!("The {nack} that costs 9Δ"),
    text: key!(
        "p leads from T_el = 1Δ. But r, now gone, had started a larger {ballot}, and its {next_ballot} is still on its way to q. \
           When it arrives decides everything: a {ballot} refused at 2a has cost 4Δ, and the next one takes 5Δ. (PTP §2.4; \
           slides, “terminates at most after T_el + 9Δ”)"
    ),
    task: key!("Delay r’s {next_ballot} to q so that p and q know exactly 9Δ after T_el."),
    hint: key!("q must first promise p’s {ballot} (2Δ) and hear of r’s before it {it_votes} (4Δ): a delay of 2Δ, say."),
    opens: "sliding-arrival",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let Some((elected, _)) = watched.leads.last() else { return not_yet(say!("Nobody leads yet.")) };
        let Some((_, decree)) = watched.passed().filter(|(_, decree)| watched.is_known_to_all(decree)) else {
            return not_yet(watched.words.fill(key!("Not everybody knows the {decree} yet.")));
        };
        let took = decree.last.since(*elected);
        if took == Time::deltas(9) {
            return solved(say!("T_el + 9Δ: 4Δ in vain, then 5Δ. The slides’ worst case."));
        }
        not_yet(say!("It took {took}Δ from T_el on. Try another delay."))
    },
};

/// A leader that has done phase 1 ahead needs 3Δ.
pub(super) static THREE_DELTA: Lesson = Lesson {
    id: "three-delta",
    title: key!("Phase 1 once and for all"),
    text: key!(
        "{next_ballot} and {last_vote_message} do not mention any {decree}. So a leader can do phase 1 ahead, for all instances at once; then \
           each command takes {begin_ballot}, {voted_message}, {success}. The first request came before that was done, and took 5Δ. (PTP \
           §3.1; slides, “down to 3Δ”)"
    ),
    task: key!("Have a command known to everybody 3Δ after it was asked for."),
    hint: key!("Let A propose again, later than 2Δ."),
    opens: "protocol multi\nnodes 5\nat 0Δ propose A first\n",
    freedom: Freedom::Lawful,
    judge: |watched| match took(watched, Time::deltas(3)) {
        Ok((value, _)) => {
            solved(say!("“{value}”: 3Δ. No promise had to be asked for.", value = watched.symbols.value(value)))
        }
        Err(Some(least)) => not_yet(say!("The fastest so far took {least}Δ from its request on.")),
        Err(None) => not_yet(say!("Nothing is known to everybody yet.")),
    },
};

/// Several decrees are under way at once: pipelining.
pub(super) static IN_FLIGHT: Lesson = Lesson {
    id: "in-flight",
    title: key!("Many at once"),
    text: key!(
        "The {ledger}’s places are instances of their own, so none has to wait for the one before. The leader numbers commands \
           as they come; everybody executes them in order of the numbers, and so all replicas agree. (PTP §3.1–3.2; slides, \
           “Running multiple consensus instances”)"
    ),
    task: key!("Have three {decrees} under way at the same time, and then all of them {passed}."),
    hint: key!("Let A propose two more within 2Δ of the first, at 3Δ."),
    opens: "protocol multi\nnodes 3\nat 3Δ propose A first\n",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.most_under_way {
        most @ 0..=2 => not_yet(say!("At most {most} under way at once so far.")),
        most if watched.under_way > 0 => {
            not_yet(say!("{most} at once. Watch until all are {passed}.", passed = watched.words.passed))
        }
        most => solved(say!("{most} under way at once, each 3Δ: time is shared, not added up.")),
    },
};

/// Gaps in the ledger are filled with the olive-day decree.
pub(super) static OLIVE_DAY: Lesson = Lesson {
    id: "olive-day",
    title: key!("A gap, and the {olive_day_decree}"),
    text: key!(
        "A crashed with two {decrees} under way. B, the next leader, hears of both and passes both. But if no trace is left of \
           the first, there is a gap before the second, and nobody may execute across it. B fills it with a {decree} that \
           changes nothing. (PTP §3.1; slides, “Another process can send NextBallot(b′, n′)”)"
    ),
    task: key!("Keep A’s first {begin_ballot} from everybody else, so that B has to fill the gap."),
    hint: key!("Stop just before 3Δ, cut A off; heal at 3.1Δ. Or drop its four {begin_ballot}s."),
    opens: "protocol multi\nnodes 5\nat 3Δ propose A x\nat 3.2Δ propose A y\nat 3.5Δ crash A\nat 5Δ leader B\n",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.decrees.get(&Value::OLIVE_DAY) {
        Some(decree) if watched.is_known_to_all(decree) => solved(
            watched.words.fill(key!("{An_olive_day_decree} stands in the gap, and what came after it is executed.")),
        ),
        Some(_) => not_yet(
            watched.words.fill(key!("The {olive_day_decree} is {put_to_the_vote}. Watch until everybody knows it.")),
        ),
        None if watched.decrees.entries().iter().any(|(_, decree)| decree.first.is_some()) => {
            not_yet(watched.words.fill(key!("There was no gap: the next leader heard of every {decree}.")))
        }
        None => not_yet(watched.words.fill(key!("Nothing is {passed} yet."))),
    },
};

/// Followers learn a decree after 2Δ, or less.
pub(super) static FOLLOWERS_FIRST: Lesson = Lesson {
    id: "followers-first",
    title: key!("The leader knows last"),
    text: key!(
        "If {votes} go to everybody and each counts for itself, nobody has to announce anything: 2Δ instead of 3Δ, for more \
           messages. With three processes there is a twist: your own {vote} and the leader’s, which came with its {begin_ballot}, \
           make two of three. (Slides, “we’d have 2Δ”)"
    ),
    task: key!("Change the protocol so that a follower knows before the leader does, and everybody after 2Δ."),
    hint: key!("Choose the protocol with {votes} to everybody, and keep three processes."),
    opens: "protocol multi\nnodes 3\nat 3Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| match took(watched, Time::deltas(2)) {
        Ok((_, decree)) => match decree.first {
            Some((node, ..)) if led_by(decree) != Some(node) => {
                solved(say!("{node} knew after 1Δ, the leader after 2Δ.", node = watched.name(node)))
            }
            _ => not_yet(say!("2Δ, but the leader was not later than the others.")),
        },
        Err(Some(least)) => not_yet(say!("The fastest so far took {least}Δ, not 2Δ.")),
        Err(None) => not_yet(say!("Nothing is known to everybody yet.")),
    },
};

/// The node that owns the ballot by which a decree was first learned.
fn led_by(decree: &Decree) -> Option<NodeId> {
    decree.first.map(|(.., ballot)| ballot.owner())
}

/// A decree that everybody knew exactly `span` after it was asked for; if there is none, how long the fastest decree
/// took.
pub(super) fn took<'a>(watched: &'a Watched<'_>, span: Time) -> Result<(Value, &'a Decree), Option<Time>> {
    let mut least = None;
    for (asked, _, value) in &watched.asked {
        let Some(decree) = watched.decrees.get(value).filter(|decree| watched.is_known_to_all(decree)) else {
            continue;
        };
        let took = decree.last.since(*asked);
        if took == span {
            return Ok((*value, decree));
        }
        least = Some(least.map_or(took, |least: Time| least.min(took)));
    }
    Err(least)
}
