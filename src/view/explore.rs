//! The questions that the page asks about many runs at once, and how it shows the answers: all schedules, the slowest
//! execution, a thousand runs, and values of several sizes.
//!
//! A search works for seconds or minutes, so it does not run where the page is drawn. Both sides know this file: the
//! page shows [`QUESTIONS`] as a form and [`Findings`] as an answer, and the worker makes a [`Search`] from the form.
//! They exchange lists of words ([`Findings::packed`]).

mod findings;
mod schedules;
mod sweep;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod throughput;
mod worst;

pub use findings::{Drawing, Findings, Piece, Table, Tone, Word};
pub use throughput::plot as throughput_plot;

use crate::explore::schedules::Schedules;
use crate::explore::sweep::{MEASURES, Sweep};
use crate::explore::throughput::Throughput;
use crate::explore::worst::Worst;
use crate::scenario::{Scenario, Script};

/// A kind of search, and what can be chosen for it.
#[derive(Debug)]
pub struct Question {
    /// Its name between the page and the worker.
    pub name: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// A sentence or two on what it does.
    pub about: &'static str,
    /// The text on the button that begins it.
    pub verb: &'static str,
    /// The settings that can be chosen.
    pub knobs: &'static [Knob],
    /// Whether the setting at this place has a meaning for this scenario; otherwise the page does not show it.
    pub applies: fn(usize, &Scenario) -> bool,
}

/// A setting that can be chosen.
#[derive(Debug)]
pub struct Knob {
    /// Its name on the page.
    pub label: &'static str,
    /// A sentence on what it means.
    pub about: &'static str,
    /// The choices, as the page shows them.
    pub choices: &'static [&'static str],
    /// The place of the default choice.
    pub first: usize,
}

/// So many knobs has a question at most.
pub const KNOBS_MAX: usize = 10;

/// For each knob the place of the choice.
pub type Chosen = [usize; KNOBS_MAX];

/// Every kind of search.
pub static QUESTIONS: [Question; 4] = [schedules::QUESTION, worst::QUESTION, sweep::QUESTION, throughput::QUESTION];

impl Question {
    /// The default choices.
    pub fn first(&self) -> Chosen {
        let mut chosen = [0; KNOBS_MAX];
        for (place, knob) in chosen.iter_mut().zip(self.knobs) {
            *place = knob.first;
        }
        chosen
    }

    /// The text of the choice for a knob; the text of the first choice where the place does not exist.
    fn word(&self, chosen: &Chosen, knob: usize) -> &'static str {
        let choices = self.knobs[knob].choices;
        choices.get(chosen[knob]).unwrap_or(&choices[0])
    }

    /// The number in the text of the choice for a knob: all its digits, whatever stands between them.
    fn number(&self, chosen: &Chosen, knob: usize) -> usize {
        let digits = self.word(chosen, knob).bytes().filter(u8::is_ascii_digit);
        digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
    }
}

/// The choice that leaves a setting as the script has it.
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
    /// Values of several sizes under several protocols.
    Throughput(Box<Throughput>),
}

impl Search {
    /// Begins the search of that name in a script.
    ///
    /// # Errors A sentence that says what is wrong with the script, or why this search is not possible.
    pub fn new(name: &str, script: &str, chosen: &Chosen) -> Result<Self, String> {
        let script = Script::parse(script).map_err(|error| error.to_string())?;
        let [schedules, worst, sweep, throughput] = &QUESTIONS;
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
            _ if name == throughput.name => {
                throughput::search(throughput, &script, chosen).map(|search| Self::Throughput(Box::new(search)))
            }
            _ => Err(format!("there is no search called “{}”", crate::types::shortened(name))),
        }
    }

    /// Goes on for about so many states, moments or runs. True when the search has ended.
    pub fn go_on(&mut self, work: usize) -> bool {
        match self {
            Self::Schedules(search) => search.go_on(work),
            Self::Worst(search) => search.go_on(work),
            Self::Sweep(search, _) => search.go_on(work),
            Self::Throughput(search) => search.go_on(work),
        }
    }

    /// The size of the first slice, in the unit of [`Self::go_on`].
    pub fn first_slice(&self) -> usize {
        match self {
            Self::Schedules(_) | Self::Worst(_) => 16,
            Self::Sweep(..) => 4,
            Self::Throughput(_) => 1,
        }
    }

    /// The findings so far, after so many milliseconds of searching.
    pub fn findings(&self, milliseconds: u64) -> Findings {
        match self {
            Self::Schedules(search) => schedules::findings(search, milliseconds),
            Self::Worst(search) => worst::findings(search, milliseconds),
            Self::Sweep(search, measure) => sweep::findings(search, *measure, milliseconds),
            Self::Throughput(search) => throughput::findings(search),
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

/// How many there were in a second.
fn rate(number: u64, milliseconds: u64) -> String {
    counted(number * 1000 / milliseconds.max(1))
}
