//! Lessons: a guided path through the slides and what was derived from them. Each lesson opens a script and asks the reader to
//! do something with it. It says whether that was done by looking at what has been watched of the run.
//!
//! A lesson judges what happened and not which button was pressed, so a reader who finds another way has solved it too.
//!
//! *Architecture invariant:* a lesson reads a session and never changes it.

mod byzantine;
mod choose;
mod fast;
mod flexible;
mod histories;
mod liars;
mod log;
mod members;
mod questions;
mod rings;
mod synod;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod watched;

use crate::protocol::Vocabulary;
use crate::scenario::library::{self, BuiltIn};
use crate::scenario::script::HEADER;
use crate::scenario::{Script, Statement};
use crate::session::Session;
use crate::tongue::{key, say};
use watched::Watched;

pub use questions::Question;

/// Every lesson, in the order of the path: first that of the slides, then that of what can be saved.
pub static LESSONS: [&Lesson; 38] = [
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
    &flexible::TWO_VOTES,
    &members::REMOVAL,
    &members::HALT,
    &fast::FAST_ROUND,
    &fast::WHY_LARGER,
    &fast::THREE_F_PLUS_ONE,
    &fast::COLLISION,
    &fast::TWO_PLACES,
    &histories::NO_ORDER,
    &histories::CONFLICT,
    &liars::SILENT_PRIMARY,
    &liars::TWO_ORDERS,
    &byzantine::TWO_THINGS,
    &byzantine::KEPT,
    &byzantine::SILENT_ONE,
    &byzantine::ASK_DIRECTLY,
    &rings::SPARE,
    &rings::FARTHEST,
    &choose::ORDER,
    &choose::IDLE,
    &choose::LIES,
    &choose::BYTES,
];

/// The bit of each lesson of [`LESSONS`] in what a browser remembers of solved lessons. A bit never changes; a new lesson takes
/// the next one, wherever on the path it stands.
pub static BITS: [u8; LESSONS.len()] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 26, 16, 17, 18, 27, 28, 19, 29, 20, 21, 22, 23, 24, 25, 30,
    31, 35, 36, 32, 33, 34, 37,
];

/// The parts of the path: the place of the first lesson of each, and its name, for [`Vocabulary::fill`].
pub static PARTS: [(usize, &str); 3] = [
    (0, key!("One {decree}")),
    (10, key!("Leaders and {ledgers}")),
    (16, key!("What can be saved, and what it costs")),
];

/// The name of the part to which the lesson at this place belongs.
pub fn part(place: usize) -> &'static str {
    PARTS.iter().rev().find(|(first, _)| *first <= place).map_or("", |(_, name)| name)
}

/// The place of the lesson with this id in [`LESSONS`].
pub fn find(id: &str) -> Option<usize> {
    LESSONS.iter().position(|lesson| lesson.id == id)
}

/// The places of the lessons whose scripts run this protocol.
pub fn about(protocol: &str) -> impl Iterator<Item = usize> + '_ {
    let runs = move |script: String| script.lines().any(|line| line.split_whitespace().eq(["protocol", protocol]));
    LESSONS.iter().enumerate().filter(move |(_, lesson)| runs(lesson.script())).map(|(place, _)| place)
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
    /// What the reader may change.
    freedom: Freedom,
    /// Says how far the reader has come, from what was watched.
    judge: fn(&Watched<'_>) -> Progress,
}

/// What a reader may change to solve a lesson.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Freedom {
    /// Everything; but no rule of the protocol may be switched off.
    Lawful,
    /// Everything.
    Lawless,
    /// The protocol, its options and its quorums. The network, the faults and the requests are given.
    Choice,
}

impl Freedom {
    /// Whether a statement may be added, changed or taken away.
    fn covers(self, statement: &Statement) -> bool {
        let is_choice = matches!(
            statement,
            Statement::Title(_)
                | Statement::About(_)
                | Statement::Look(_)
                | Statement::Caption(_)
                | Statement::Protocol(_)
                | Statement::Option(..)
                | Statement::Quorum(_)
                | Statement::Tolerate(..)
                | Statement::Without(..)
        );
        self != Self::Choice || is_choice
    }
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

    /// Whether its task is to run the script under another protocol.
    pub fn changes_protocol(&self) -> bool {
        self.task.contains("protocol")
    }

    /// The script that it opens.
    pub fn script(&self) -> String {
        let own = || format!("{HEADER}\ntitle {}\n{}", Vocabulary::default().fill_as_written(self.title), self.opens);
        self.built_in().map_or_else(own, |built_in| built_in.text.to_owned())
    }

    /// How far the reader has come, by what has been watched of the run. It takes one pass over the events before the
    /// cursor.
    pub fn judge(&self, session: &Session, words: Vocabulary) -> Progress {
        let scenario = session.scenario();
        let off = scenario.protocol.guards.iter().find(|guard| scenario.setup.is_broken(**guard));
        match off {
            Some(guard) if self.freedom != Freedom::Lawless => {
                not_yet(say!("The rule “{name}” is switched off: switch it on again.", name = guard.info().name))
            }
            _ => match self.strayed(session.script()) {
                Some(sentence) => not_yet(sentence),
                None => (self.judge)(&Watched::of(session, words)),
            },
        }
    }

    /// What the reader has changed and may not change.
    fn strayed(&self, script: &Script) -> Option<String> {
        if self.freedom != Freedom::Choice {
            return None;
        }
        let fixed = |script: &Script| -> Vec<Statement> {
            let statements = script.lines.iter().filter_map(|line| line.statement.clone());
            statements.filter(|statement| !self.freedom.covers(statement)).collect()
        };
        let given = fixed(&Script::parse(&self.script()).ok()?);
        let found = fixed(script);
        let line = |statement: &Statement| {
            let text = Script { lines: vec![statement.clone().into()] }.to_string();
            text.lines().nth(1).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let missing = given.iter().find(|statement| !found.contains(statement));
        let added = || found.iter().find(|statement| !given.contains(statement));
        missing.map(|missing| say!("This is given, so put it back: {line}.", line = line(missing))).or_else(|| {
            added()
                .map(|added| say!("Only protocol, options and quorums are free: take out {line}.", line = line(added)))
        })
    }
}

/// How far a reader has come with several things, each with what to tell whoever has not done it yet. The first that is
/// missing counts.
fn steps<const COUNT: usize>(steps: [(bool, String); COUNT], solved: String) -> Progress {
    match steps.into_iter().find(|(is_done, _)| !is_done) {
        Some((_, sentence)) => Progress { is_solved: false, sentence },
        None => Progress { is_solved: true, sentence: solved },
    }
}

fn solved(sentence: impl Into<String>) -> Progress {
    Progress { is_solved: true, sentence: sentence.into() }
}

fn not_yet(sentence: impl Into<String>) -> Progress {
    Progress { is_solved: false, sentence: sentence.into() }
}
