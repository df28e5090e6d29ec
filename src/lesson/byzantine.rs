//! Lessons on Fast Byzantine Paxos: what a leader that lies can do, and what a certificate keeps.

use super::watched::Watched;
use super::{Lesson, Progress, not_yet, solved};
use crate::types::Time;

/// A leader says two things.
pub(super) static TWO_THINGS: Lesson = Lesson {
    id: "two-things",
    title: "A leader says two things",
    text: "A may lie: it can propose red to some and blue to others. Five equal {votes} of six teach a {decree}, so a split \
           teaches nothing, and after T = 4Δ the others suspect A. The next leader asks for signed reports and proposes what \
           they vouch for. (Fast Byzantine Consensus, §5)",
    task: "Let A say blue to some, so that nobody learns in its {ballot}. Watch until everybody knows a {decree}.",
    hint: "Choose the Propose from A to E, and say “blue” instead; the same for F.",
    opens: "protocol fab\nnodes A B C D E F\nliars A\nat 0Δ propose A red\n",
    is_lawless: false,
    judge: |watched| match (watched.split, watched.passed()) {
        (None, _) => not_yet(&watched.words.fill("No {ballot} has {votes} for two {decrees} yet.")),
        (Some(split), Some((value, decree))) if watched.is_known_to_all(decree) => match decree.first {
            Some((.., by)) if by > split => {
                let [split, by] = [split, by].map(|ballot| watched.symbols.ballot(ballot));
                let value = watched.symbols.value(value);
                solved(&format!("{split} was split, and {by} taught “{value}”."))
            }
            _ => not_yet("One value had enough in spite of the split: say blue to more processes."),
        },
        (Some(_), _) => not_yet(&watched.words.fill("The {votes} are split. Watch until everybody knows a {decree}.")),
    },
};

/// What one has learned, the certificate of the next leader keeps.
pub(super) static KEPT: Lesson = Lesson {
    id: "kept",
    title: "What one has learned stays",
    text: "Here five of six accept red. If the liar A tells only one process that it is one of them, only this process learns red. \
           The next leader has five reports. At least three of them say red, whoever is left out and whatever A reports, and \
           a majority is what a certificate vouches for. (Fast Byzantine Consensus, §5)",
    task: "Have one process learn red in the {ballot} of A, and all others only from the next leader.",
    hint: "In the Accepted from A to C, D, E and F, say “blue” instead. B alone hears red from A.",
    opens: "protocol fab\nnodes A B C D E F\nliars A\nat 0Δ propose A red\nforge Propose A->F #1 \"blue\"\n",
    is_lawless: false,
    judge: kept,
};

fn kept(watched: &Watched<'_>) -> Progress {
    let Some((value, decree)) = watched.passed() else { return not_yet("Nobody has learned anything yet.") };
    let Some((node, at, _)) = decree.first else { return not_yet("Nobody has learned anything yet.") };
    if !watched.is_known_to_all(decree) {
        return not_yet("Watch until all know.");
    }
    if watched.tried.is_empty() || decree.last.since(at) < Time::deltas(4) {
        return not_yet("All know at about the same time: A must tell only one process that it has accepted red.");
    }
    let (name, value) = (watched.symbols.node(node), watched.symbols.value(value));
    solved(&format!(
        "{name} knew “{value}” {}Δ before the last one, and the next leader kept it.",
        decree.last.since(at)
    ))
}
