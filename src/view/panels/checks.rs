//! The state of each check at the session's cursor. Nothing that has not happened yet is given away.

use super::record::before;
use crate::protocol::Vocabulary;
use crate::session::Session;
use crate::tongue::say;
use crate::trace::EventId;
use crate::types::Time;

/// Every check, and a summary of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckList {
    /// The checks, in the order in which people read them.
    pub rows: Vec<CheckRow>,
    /// How many checks are violated so far.
    pub violated: usize,
    /// `all hold`, `2 violated` or `still being checked`.
    pub badge: String,
}

/// The state of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckState {
    /// It holds as far as the run has been watched.
    Holds,
    /// It is violated so far.
    Violated,
    /// It holds as far as the run has been judged, but a part of what has been watched of a long run is not judged yet.
    Open,
    /// The run has nothing that the check speaks about.
    Idle,
}

impl CheckState {
    /// One to three words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Holds => say!("holds").text(),
            Self::Violated => say!("violated").text(),
            Self::Open => say!("still being checked").text(),
            Self::Idle => say!("does not apply").text(),
        }
    }
}

/// A check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckRow {
    /// Its name in reports.
    pub name: &'static str,
    /// A heading.
    pub title: String,
    /// The formula in words.
    pub statement: String,
    /// Its source.
    pub source: &'static str,
    /// Its state.
    pub state: CheckState,
    /// What broke it, if it is violated so far.
    pub violation: Option<Offence>,
}

/// What broke a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offence {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Time,
    /// A sentence, with its time: `At 4Δ: C learned “blue”, but A had learned “red”.`
    pub sentence: String,
}

impl CheckList {
    /// The checks as they are now.
    pub fn of(session: &Session, words: Vocabulary) -> Self {
        let played = session.played();
        let events = session.cursor().events;
        let (judged, _) = played.judged();
        let row = |verdict: &crate::check::Verdict| {
            let broken = verdict.violation.as_ref().filter(|violation| before(violation.event, events));
            let violation = broken.map(|violation| {
                let time = played.trace().event(violation.event).time;
                let at = session.scenario().time_text(time);
                Offence {
                    event: violation.event,
                    time,
                    sentence: say!("At {at}: {in_words}.", in_words = violation.sentence.in_words(words)),
                }
            });
            let state = match violation {
                Some(_) => CheckState::Violated,
                None if !verdict.is_applicable => CheckState::Idle,
                None if judged < events => CheckState::Open,
                None => CheckState::Holds,
            };
            let check = verdict.check;
            let setup = &session.scenario().setup;
            let (name, title, statement, source) =
                (check.name, check.title(words), check.statement(words, setup), check.source);
            CheckRow { name, title, statement, source, state, violation }
        };
        let rows: Vec<_> = played.verdicts.iter().map(row).collect();
        let violated = rows.iter().filter(|row| row.state == CheckState::Violated).count();
        let badge = match violated {
            0 if judged < events => say!("still being checked").into(),
            0 => say!("all hold").into(),
            _ => say!("{violated} violated"),
        };
        Self { rows, violated, badge }
    }
}
