//! The question about the slowest execution of the script's cluster.

use super::{AS_WRITTEN, Chosen, Findings, Knob, Question, Tone, counted, rate};
use crate::explore::worst::{OldTraffic, Outside, Worst, with_option};
use crate::protocol::Trust;
use crate::report::pretty;
use crate::report::worst::WorstReport;
use crate::scenario::{Scenario, Script};
use crate::types::Time;

const PROTOCOL: usize = 0;
const STALE: usize = 1;
const OLD_TRAFFIC: usize = 2;
const OUTSIDE: usize = 3;
const RESTART: usize = 4;
const PREEMPTION: usize = 5;
const PHASE_2: usize = 6;
const WAIT: usize = 7;
const GRID: usize = 8;
const STATES: usize = 9;

const BY_DELTA: &str = "by T_el + 1Δ";

/// What the processes outside the majority do, in the order of the knob's choices, and how many of them crash.
const OUTSIDE_CHOICES: [(Outside, usize); 5] =
    [(Outside::Down, 0), (Outside::Up, 0), (Outside::Up, 1), (Outside::Up, 2), (Outside::Slow, 0)];

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
            label: "Outside the majority",
            about: "The other processes are down, up and in time, up until some crash, or up and late or silent. The owner of \
                    the stale ballots is down.",
            choices: &["down", "up", "up, and 1 crashes", "up, and 2 crash", "slow"],
            first: 0,
        },
        Knob {
            label: "A leader restarts",
            about: "After 2Δ without a quorum (timer), or at once: on any Nack that names a larger ballot, on such a Nack to \
                    its present ballot (own-nack), or when no quorum is left (hopeless).",
            choices: &[AS_WRITTEN, "timer", "any-nack", "own-nack", "hopeless"],
            first: 0,
        },
        Knob {
            label: "Who leaves a ballot",
            about: "Tells nobody, or sends the owner of the ballot that it leaves a Nack at once (notice).",
            choices: &[AS_WRITTEN, "silent", "notice"],
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
    applies: |knob, scenario| scenario.protocol.trust != Trust::Byzantine || [OUTSIDE, GRID, STATES].contains(&knob),
};

pub(super) fn search(question: &Question, mut script: Script, chosen: &Chosen) -> Result<Worst, String> {
    let scenario = Scenario::of(&script).map_err(|error| error.to_string())?;
    let applies = |knob: usize| (question.applies)(knob, &scenario);
    let word = |knob: usize| if applies(knob) { question.word(chosen, knob) } else { AS_WRITTEN };
    let number = |knob: usize| if applies(knob) { question.number(chosen, knob) } else { 0 };
    if word(PROTOCOL) != AS_WRITTEN {
        script = script.under(word(PROTOCOL));
    }
    for (knob, option) in [(RESTART, "restart"), (PREEMPTION, "preemption"), (PHASE_2, "phase-2")] {
        if word(knob) != AS_WRITTEN {
            script = with_option(script, option, word(knob));
        }
    }
    let (outside, crashes) = OUTSIDE_CHOICES[chosen[OUTSIDE].min(OUTSIDE_CHOICES.len() - 1)];
    let asked = crate::explore::worst::Question {
        stale: number(STALE),
        old_traffic: if word(OLD_TRAFFIC) == BY_DELTA { OldTraffic::ByDelta } else { OldTraffic::Any },
        outside,
        crashes,
        resolution: [1, 2, 4, 8][chosen[GRID].min(3)],
        wait: if applies(WAIT) { Time::deltas(chosen[WAIT].min(1) as u64) } else { Time::ZERO },
        states_max: question.number(chosen, STATES),
        ..crate::explore::worst::Question::default()
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
