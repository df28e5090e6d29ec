//! Lessons: a guided path through the slides. Each lesson opens a script and asks the reader to do something with it.
//! It says whether that was done by looking at what has been watched of the run.
//!
//! A lesson judges what happened and not which button was pressed, so a reader who finds another way has solved it too.
//!
//! *Architecture invariant:* a lesson reads a session and never changes it.

mod byzantine;
mod fast;
mod histories;
mod liars;
mod log;
mod members;
mod questions;
mod synod;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod watched;

use crate::protocol::Vocabulary;
use crate::scenario::library::{self, BuiltIn};
use crate::scenario::script::HEADER;
use crate::session::Session;
use watched::Watched;

pub use questions::Question;

/// Every lesson, in the order of the slides.
pub static LESSONS: [&Lesson; 26] = [
    &synod::FIRST_DECREE,
    &synod::MINORITY,
    &synod::NO_SUCCESS,
    &synod::TWO_HALVES,
    &synod::ADOPT,
    &synod::BREAK,
    &synod::REFUSE,
    &synod::LOST,
    &synod::MEMORY,
    &synod::DUEL,
    &log::ELECTION,
    &log::NINE_DELTA,
    &log::THREE_DELTA,
    &log::IN_FLIGHT,
    &log::OLIVE_DAY,
    &log::FOLLOWERS_FIRST,
    &members::REMOVAL,
    &members::HALT,
    &fast::FAST_ROUND,
    &fast::COLLISION,
    &histories::NO_ORDER,
    &histories::CONFLICT,
    &liars::SILENT_PRIMARY,
    &liars::TWO_ORDERS,
    &byzantine::TWO_THINGS,
    &byzantine::KEPT,
];

/// The place of the lesson with this id in [`LESSONS`].
pub fn find(id: &str) -> Option<usize> {
    LESSONS.iter().position(|lesson| lesson.id == id)
}

/// One step of the path.
#[derive(Debug)]
pub struct Lesson {
    /// Its name in links; it never changes.
    pub id: &'static str,
    /// A heading. This and the other texts are for [`Vocabulary::fill`].
    pub title: &'static str,
    /// A paragraph to read first, with its source.
    pub text: &'static str,
    /// What to do, in one sentence.
    pub task: &'static str,
    /// A way to do it.
    pub hint: &'static str,
    /// The name of a built-in scenario, or a script without its header and title.
    opens: &'static str,
    /// Whether the lesson can be solved while rules of the protocol are switched off.
    is_lawless: bool,
    /// Says how far the reader has come, from what was watched.
    judge: fn(&Watched<'_>) -> Progress,
}

/// How far a lesson has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Whether it is solved.
    pub is_solved: bool,
    /// What was seen, or what is still missing.
    pub sentence: String,
}

impl Lesson {
    /// The built-in scenario that it opens, if it opens one.
    pub fn built_in(&self) -> Option<&'static BuiltIn> {
        library::find(self.opens)
    }

    /// The script that it opens.
    pub fn script(&self) -> String {
        let own = || format!("{HEADER}\ntitle {}\n{}", Vocabulary::default().fill(self.title), self.opens);
        self.built_in().map_or_else(own, |built_in| built_in.text.to_owned())
    }

    /// How far the reader has come, by what has been watched of the run. It takes one pass over the events before the
    /// cursor.
    pub fn judge(&self, session: &Session, words: Vocabulary) -> Progress {
        let scenario = session.scenario();
        let off = scenario.protocol.guards.iter().find(|guard| scenario.setup.is_broken(**guard));
        match off {
            Some(guard) if !self.is_lawless => {
                not_yet(&format!("The rule “{}” is switched off: switch it on again.", guard.info().name))
            }
            _ => (self.judge)(&Watched::of(session, words)),
        }
    }
}

fn solved(sentence: &str) -> Progress {
    Progress { is_solved: true, sentence: sentence.to_owned() }
}

fn not_yet(sentence: &str) -> Progress {
    Progress { is_solved: false, sentence: sentence.to_owned() }
}
