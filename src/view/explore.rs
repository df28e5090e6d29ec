//! What the page asks of many runs at once, and what it shows of the answers: every schedule, the slowest one, a thousand.
//!
//! A search works for seconds or minutes, so it does not run where the page is drawn. Both sides know this file: the page
//! shows [`QUESTIONS`] as a form and [`Findings`] as an answer; whoever searches makes a [`Search`] of what was filled in.
//! Between them go lists of words, [`Findings::packed`].

mod findings;
mod schedules;
mod sweep;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod worst;

pub use findings::{Drawing, Findings, Piece, Table, Tone, Word};

use crate::explore::schedules::Schedules;
use crate::explore::sweep::{MEASURES, Sweep};
use crate::explore::worst::Worst;
use crate::scenario::Script;

/// A kind of search, and what can be chosen for it.
#[derive(Debug)]
pub struct Question {
    /// What it is called between page and searcher.
    pub name: &'static str,
    /// What it is called on the page.
    pub title: &'static str,
    /// What it does, a sentence or two.
    pub about: &'static str,
    /// The face of the button that begins it.
    pub verb: &'static str,
    /// What can be chosen.
    pub knobs: &'static [Knob],
}

/// Something to be chosen.
#[derive(Debug)]
pub struct Knob {
    /// What it is called on the page.
    pub label: &'static str,
    /// What it means, a sentence.
    pub about: &'static str,
    /// What can be chosen, as it is written on the page.
    pub choices: &'static [&'static str],
    /// The place of what is chosen at first.
    pub first: usize,
}

/// So many knobs has a question at most.
pub const KNOBS_MAX: usize = 10;

/// The places of what is chosen, for each knob.
pub type Chosen = [usize; KNOBS_MAX];

/// Every kind of search.
pub static QUESTIONS: [Question; 3] = [schedules::QUESTION, worst::QUESTION, sweep::QUESTION];

impl Question {
    /// What is chosen at first.
    pub fn first(&self) -> Chosen {
        let mut chosen = [0; KNOBS_MAX];
        for (place, knob) in chosen.iter_mut().zip(self.knobs) {
            *place = knob.first;
        }
        chosen
    }

    /// What is written at the place that was chosen for a knob; the first choice where there is no such place.
    fn word(&self, chosen: &Chosen, knob: usize) -> &'static str {
        let choices = self.knobs[knob].choices;
        choices.get(chosen[knob]).unwrap_or(&choices[0])
    }

    /// The number that is written there: its digits, whatever stands between them.
    fn number(&self, chosen: &Chosen, knob: usize) -> usize {
        let digits = self.word(chosen, knob).bytes().filter(u8::is_ascii_digit);
        digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
    }
}

/// What a knob offers that leaves the script as it is.
const AS_WRITTEN: &str = "as the script says";

/// A search under way.
#[derive(Debug)]
pub enum Search {
    /// Every schedule.
    Schedules(Box<Schedules>),
    /// The slowest execution.
    Worst(Box<Worst>),
    /// Many runs, and the place of the measure that is drawn.
    Sweep(Box<Sweep>, usize),
}

impl Search {
    /// Begins the search of that name in a script.
    ///
    /// # Errors
    /// A sentence: what is wrong with the script, or why it cannot be searched so.
    pub fn new(name: &str, script: &str, chosen: &Chosen) -> Result<Self, String> {
        let script = Script::parse(script).map_err(|error| error.to_string())?;
        let [schedules, worst, sweep] = &QUESTIONS;
        match name {
            _ if name == schedules.name => {
                schedules::search(schedules, &script, chosen).map(|search| Self::Schedules(Box::new(search)))
            }
            _ if name == worst.name => worst::search(worst, script, chosen).map(|search| Self::Worst(Box::new(search))),
            _ if name == sweep.name => {
                let measure = MEASURES.iter().position(|measure| measure.title == sweep.word(chosen, sweep::MEASURE));
                let search = sweep::search(sweep, &script, chosen)?;
                Ok(Self::Sweep(Box::new(search), measure.unwrap_or(0)))
            }
            _ => Err(format!("there is no search called “{}”", crate::types::shortened(name))),
        }
    }

    /// Searches about so much more: states, moments or runs. True when the search has ended.
    pub fn go_on(&mut self, work: usize) -> bool {
        match self {
            Self::Schedules(search) => search.go_on(work),
            Self::Worst(search) => search.go_on(work),
            Self::Sweep(search, _) => search.go_on(work),
        }
    }

    /// How much is worth a slice at first, in what [`Self::go_on`] counts.
    pub fn first_slice(&self) -> usize {
        match self {
            Self::Schedules(_) | Self::Worst(_) => 16,
            Self::Sweep(..) => 4,
        }
    }

    /// What was found so far, after so many milliseconds of searching.
    pub fn findings(&self, milliseconds: u64) -> Findings {
        match self {
            Self::Schedules(search) => schedules::findings(search, milliseconds),
            Self::Worst(search) => worst::findings(search, milliseconds),
            Self::Sweep(search, measure) => sweep::findings(search, *measure, milliseconds),
        }
    }
}

/// `1 234 567`, with thin spaces.
fn counted(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// `1 state`, `2 states`.
fn many(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", counted(number), if number == 1 { one } else { more })
}

/// How many a second.
fn rate(number: u64, milliseconds: u64) -> String {
    counted(number * 1000 / milliseconds.max(1))
}
