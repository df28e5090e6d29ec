//! Lessons on Fast Byzantine Paxos: what a leader that lies can do, what a certificate keeps, and what it costs to be fast
//! when one is silent, or without a leader.

use super::watched::Watched;
use super::{Freedom, Lesson, Progress, log::took, not_yet, solved, steps};
use crate::tongue::{key, say};
use crate::types::Time;

/// A leader says two things.
pub(super) static TWO_THINGS: Lesson = Lesson {
    id: "two-things",
    title: key!("A leader says two things"),
    text: key!(
        "A may lie: it can propose red to some and blue to others. Five equal {votes} of six teach a {decree}, so a split \
           teaches nothing, and after T = 4Δ the others suspect A. The next leader asks for signed reports and proposes what \
           they vouch for. (Fast Byzantine Consensus, §5)"
    ),
    task: key!(
        "Let A say blue to some, so that nobody learns in its {ballot}. Watch until everybody knows a {decree}."
    ),
    hint: key!("Choose the Propose from A to E, and say “blue” instead; the same for F."),
    opens: "protocol fab\nnodes A B C D E F\nliars A\nat 0Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.split, watched.passed()) {
        (None, _) => not_yet(watched.words.fill(key!("No {ballot} has {votes} for two {decrees} yet."))),
        (Some(split), Some((value, decree))) if watched.is_known_to_all(decree) => match decree.first {
            Some((.., by)) if by > split => {
                let [split, by] = [split, by].map(|ballot| watched.symbols.ballot(ballot));
                let value = watched.symbols.value(value);
                solved(say!("{split} was split, and {by} taught “{value}”."))
            }
            _ => not_yet(say!("One value had enough in spite of the split: say blue to more processes.")),
        },
        (Some(_), _) => {
            not_yet(watched.words.fill(key!("The {votes} are split. Watch until everybody knows a {decree}.")))
        }
    },
};

/// What one has learned, the certificate of the next leader keeps.
pub(super) static KEPT: Lesson = Lesson {
    id: "kept",
    title: key!("What one has learned stays"),
    text: key!(
        "Here five of six accept red. If the liar A tells only one process that it is one of them, only this process learns red. \
           The next leader has five reports. At least three of them say red, whoever is left out and whatever A reports, and \
           a majority is what a certificate vouches for. (Fast Byzantine Consensus, §5)"
    ),
    task: key!("Have one process learn red in the {ballot} of A, and all others only from the next leader."),
    hint: key!("In the Accepted from A to C, D, E and F, say “blue” instead. B alone hears red from A."),
    opens: "protocol fab\nnodes A B C D E F\nliars A\nat 0Δ propose A red\nforge Propose A->F #1 \"blue\"\n",
    freedom: Freedom::Lawful,
    judge: kept,
};

fn kept(watched: &Watched<'_>) -> Progress {
    let Some((value, decree)) = watched.passed() else { return not_yet(say!("Nobody has learned anything yet.")) };
    let Some((node, at, _)) = decree.first else { return not_yet(say!("Nobody has learned anything yet.")) };
    if !watched.is_known_to_all(decree) {
        return not_yet(say!("Watch until all know."));
    }
    if watched.tried.is_empty() || decree.last.since(at) < Time::deltas(4) {
        return not_yet(say!(
            "All know at about the same time: A must tell only one process that it has accepted red."
        ));
    }
    let (name, value) = (watched.symbols.node(node), watched.symbols.value(value));
    solved(say!(
        "{name} knew “{value}” {span}Δ before the last one, and the next leader kept it.",
        span = decree.last.since(at)
    ))
}

/// To be fast with a silent process takes two acceptors more.
pub(super) static SILENT_ONE: Lesson = Lesson {
    id: "silent-one",
    title: key!("Fast although one is silent"),
    text: key!(
        "To be safe with f liars, and fast with t faults, takes 3f + 2t + 1 acceptors. With f = 1 and t = 0 four are enough, and \
           all learn after 2Δ if all four accept. If one is silent, it is 3Δ, by commit proofs. (Fast Byzantine Consensus, §8)"
    ),
    task: key!("Have everybody that is up learn red after 2Δ although D is silent, and still expect one liar."),
    hint: key!("In the script: nodes A B C D E F, and tolerate 1 1. The second number is t."),
    opens: "protocol pfab\nnodes A B C D\ntolerate 1 0\nat 0Δ propose A red\nat 0.5Δ crash D\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let slowest = watched.slowest();
        let acceptors = watched.scenario.setup.cast.acceptors.len();
        steps(
            [
                (watched.expects_a_liar(), say!("These quorums are made for no liar: keep f = 1.").into()),
                (!watched.silent().is_empty(), say!("Nobody is silent yet: D has to crash before it accepts.").into()),
                (slowest.is_some(), say!("Not everybody that is up has learned red yet.").into()),
                (
                    slowest <= Some(Time::deltas(2)),
                    say!(
                        "It took {span}Δ with {acceptors} acceptors. For t = 1 it takes 3f + 2t + 1.",
                        span = slowest.unwrap_or_default()
                    ),
                ),
            ],
            say!("2Δ with one silent and one liar expected: {acceptors} acceptors, where PBFT needs four and 3Δ."),
        )
    },
};

/// Clients ask the acceptors themselves.
pub(super) static ASK_DIRECTLY: Lesson = Lesson {
    id: "ask-directly",
    title: key!("Without the leader on the way"),
    text: key!(
        "Even where one of six may lie, clients can ask the acceptors themselves. Each gives a request its next place, and five \
           equal {votes} are enough. The price is that of Fast Paxos: if clients collide, nobody has five, and the leader has to \
           ask for reports. (Fast Byzantine Consensus, §5)"
    ),
    task: key!("Have red known 2Δ after X asked. Then let Y collide with X’s second request."),
    hint: key!("Rules panel: requests direct. Then let Y propose blue at 8.2Δ: D, E and F hear of it first."),
    opens: "protocol fab-log\nnodes A B C D E F X Y\nclients X Y\ndelay Y->D 0.5Δ\ndelay Y->E 0.5Δ\n\
            delay Y->F 0.5Δ\nat 0Δ propose X red\nat 8Δ propose X green\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let slowest = watched.slowest();
        let is_fast = took(watched, Time::deltas(2)).is_ok();
        steps(
            [
                (slowest.is_some() || is_fast, key!("Nothing is known to everybody yet.")),
                (is_fast, key!("Red took 3Δ: X asked the leader. An option lets it ask all acceptors.")),
                (watched.split.is_some(), key!("Red took 2Δ. Now let Y ask at 8.2Δ, too, and watch on.")),
                (slowest.is_some(), key!("Green and blue collide. Watch until all know both.")),
            ]
            .map(|(is_done, sentence)| (is_done, watched.words.fill(sentence))),
            say!(
                "2Δ alone, and {span}Δ after a collision: fast while clients seldom meet.",
                span = slowest.unwrap_or_default()
            ),
        )
    },
};
