//! The question about the slowest execution of the script's cluster.

use super::{AS_WRITTEN, Chosen, Findings, Knob, Question, Tone, counted, rate};
use crate::explore::worst::{OldTraffic, Worst};
use crate::report::pretty;
use crate::report::worst::WorstReport;
use crate::scenario::{Line, Script, Statement};
use crate::types::Time;

const PROTOCOL: usize = 0;
const STALE: usize = 1;
const OLD_TRAFFIC: usize = 2;
const RESTART: usize = 3;
const PHASE_2: usize = 4;
const WAIT: usize = 5;
const GRID: usize = 6;
const STATES: usize = 7;

const BY_DELTA: &str = "by T_el + 1Δ";

pub(super) const QUESTION: Question = Question {
    name: "worst",
    title: "The worst case",
    about: "An adversary chooses how long each message takes, up to 1Δ, and when stale ballots arrive. How long can it keep \
            a majority from knowing, once there is one leader?",
    verb: "Look for the slowest",
    knobs: &[
        Knob {
            label: "Protocol",
            about: "It needs a leader and timers: the complete protocol, or votes to everybody.",
            choices: &["complete", "broadcast", AS_WRITTEN],
            first: 0,
        },
        Knob {
            label: "Stale ballots (k)",
            about: "How many larger ballots were started before T_el, of which the leader does not know.",
            choices: &["0", "1", "2", "3"],
            first: 1,
        },
        Knob {
            label: "They arrive",
            about: "Whenever the adversary likes, or by 1Δ after T_el.",
            choices: &["at any time", BY_DELTA],
            first: 0,
        },
        Knob {
            label: "A leader restarts",
            about: "After 2Δ without a quorum (timer), or at once on any Nack that names a larger ballot.",
            choices: &[AS_WRITTEN, "timer", "any-nack"],
            first: 0,
        },
        Knob {
            label: "BeginBallot goes to",
            about: "Everybody, or only the quorum that promised.",
            choices: &[AS_WRITTEN, "all", "quorum"],
            first: 0,
        },
        Knob {
            label: "First ballot",
            about: "At T_el, or 1Δ later, when all old traffic is gone.",
            choices: &["at T_el", "1Δ after T_el"],
            first: 0,
        },
        Knob {
            label: "Grid",
            about: "Messages take a multiple of this; the finer, the more there is to look at.",
            choices: &["1Δ / 1", "1Δ / 2", "1Δ / 4", "1Δ / 8"],
            first: 1,
        },
        Knob {
            label: "Stop after",
            about: "So many moments. Then the answer is “at least”.",
            choices: &["100,000 moments", "1,000,000 moments", "4,000,000 moments"],
            first: 1,
        },
    ],
};

pub(super) fn search(question: &Question, mut script: Script, chosen: &Chosen) -> Result<Worst, String> {
    let word = |knob: usize| question.word(chosen, knob);
    if word(PROTOCOL) != AS_WRITTEN {
        script = script.under(word(PROTOCOL));
    }
    for (knob, option) in [(RESTART, "restart"), (PHASE_2, "phase-2")] {
        if word(knob) != AS_WRITTEN {
            let is_it = |line: &Line| matches!(&line.statement, Some(Statement::Option(name, _)) if name == option);
            script.lines.retain(|line| !is_it(line));
            let place = script.lines.iter().position(|line| matches!(line.statement, Some(Statement::Protocol(_))));
            let line = Statement::Option(option.to_owned(), word(knob).to_owned()).into();
            script.lines.insert(place.map_or(script.lines.len(), |place| place + 1), line);
        }
    }
    let asked = crate::explore::worst::Question {
        stale: question.number(chosen, STALE),
        old_traffic: if word(OLD_TRAFFIC) == BY_DELTA { OldTraffic::ByDelta } else { OldTraffic::Any },
        resolution: [1, 2, 4, 8][chosen[GRID].min(3)],
        wait: Time::deltas(chosen[WAIT].min(1) as u64),
        states_max: question.number(chosen, STATES),
    };
    Worst::new(&script, asked)
}

pub(super) fn findings(search: &Worst, milliseconds: u64) -> Findings {
    let is_over = search.ending().is_some();
    let found = search.found();
    let figure = |name: &str, value: String| (name.to_owned(), value);
    let mut figures = Vec::new();
    if let Some(found) = found {
        let name = if found.is_exact { "all know, at the latest" } else { "all know, at least" };
        figures.push(figure(name, format!("{}Δ", found.bound)));
        figures.push(figure("shown: the leader knows", format!("{}Δ", found.shown.leader)));
        figures.push(figure("shown: all know", format!("{}Δ", found.shown.all)));
    }
    figures.push(figure("moments", counted(search.states() as u64)));
    figures.push(figure("followed up to", format!("{}Δ", search.reached())));
    figures.push(figure("moments a second", rate(search.states() as u64, milliseconds)));
    let runs = found.map(|found| (format!("Show the run of {}Δ", found.shown.all), found.script.to_string()));
    let file = is_over.then(|| pretty(&WorstReport::of(search)).ok()).flatten();
    Findings {
        tone: if found.is_some_and(|found| found.is_exact) { Tone::Good } else { Tone::Plain },
        is_over,
        sentences: search.sentences(),
        figures,
        runs: runs.into_iter().collect(),
        notes: search.notes().iter().map(|note| format!("Of the script: {note}.")).collect(),
        files: file.into_iter().map(|text| ("worst.json".to_owned(), text)).collect(),
        ..Findings::default()
    }
}
