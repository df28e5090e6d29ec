//! Lessons on PBFT: a primary that lies, and one that says nothing.

use super::{Freedom, Lesson, not_yet, solved};
use crate::tongue::{key, say};

/// A primary that tells backups different things.
pub(super) static TWO_ORDERS: Lesson = Lesson {
    id: "two-orders",
    title: key!("A primary that lies"),
    text: key!(
        "A is the primary, and it may lie. A backup accepts the first command that the primary names for a place, and tells all \
           others. It is prepared when two of them say the same: so in one view no two correct replicas are prepared for different \
           commands, whatever A says. (Practical Byzantine Fault Tolerance, §4.2)"
    ),
    task: key!("Let A tell somebody “blue” for the first place, and watch until all have executed the same."),
    hint: key!("forge PrePrepare A->D #1 \"blue\"; to split all three, tell C “green” as well."),
    opens: "protocol pbft\nnodes A B C D E\nclients E\nliars A\nat 0Δ propose E \"red\"\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.disputed, watched.passed()) {
        (None, _) => not_yet(say!("All backups have accepted the same command.")),
        (Some(_), Some((value, decree))) if watched.is_known_to_all(decree) => {
            let (value, ballot) = (watched.symbols.value(value), decree.first.map(|(.., ballot)| ballot));
            let ballot = watched.symbols.ballot(ballot);
            solved(say!("A said two things, and all have “{value}” by {ballot}, after {time}Δ.", time = decree.last))
        }
        (Some(ballot), _) => {
            let ballot = watched.symbols.ballot(ballot);
            not_yet(say!("In {ballot} backups have accepted different commands. Watch what they execute."))
        }
    },
};

/// A primary that says nothing.
pub(super) static SILENT_PRIMARY: Lesson = Lesson {
    id: "silent-primary",
    title: key!("A primary that says nothing"),
    text: key!(
        "E asks the primary, and all replicas when no answer has come for 6Δ. A backup that has waited T = 10Δ in vain leaves the \
           view. When three of four have left, the next replica begins a view of its own, with what the three can prove. If that \
           one is silent too, they wait twice as long. (Practical Byzantine Fault Tolerance, §4.4 and §4.5.2)"
    ),
    task: key!("Have E’s command executed in another view than the first."),
    hint: key!("Crash A at 0.5Δ, before the request comes."),
    opens: "protocol pbft\nnodes A B C D E\nclients E\nat 0Δ propose E \"red\"\n",
    freedom: Freedom::Lawful,
    judge: |watched| match watched.passed().and_then(|(_, decree)| Some((decree, decree.first?.2))) {
        None => not_yet(say!("Nothing is executed yet.")),
        Some((_, ballot)) if ballot.number() == 1 => not_yet(say!("It was executed in the first view.")),
        Some((decree, _)) if !watched.is_known_to_all(decree) => not_yet(say!("Not all have executed it yet.")),
        Some((decree, ballot)) => {
            let ballot = watched.symbols.ballot(ballot);
            solved(say!("{ballot} brought it, and all that are up have executed it by {time}Δ.", time = decree.last))
        }
    },
};
