//! The question about every schedule of the script.

use super::{Chosen, Findings, Knob, Question, Tone, counted, many, rate};
use crate::check::CHECKS;
use crate::explore::schedules::{Ending, Options, Schedules};
use crate::protocol::Vocabulary;
use crate::report::explore::Exploration;
use crate::report::pretty;
use crate::scenario::{Scenario, Script};

const CRASHES: usize = 0;
const LOSSES: usize = 1;
const DUPLICATES: usize = 2;
const TIMEOUTS: usize = 3;
const CHECK: usize = 4;
const STATES: usize = 5;
const LIES: usize = 6;

/// How much memory a search may use in a tab. A page's program may have 4 GB, and a machine with little memory gives a
/// tab about 1 GB.
const MEMORY_MAX: usize = 1 << 30;

const ANY: &str = "any check";

pub(super) const QUESTION: Question = Question {
    name: "schedules",
    title: "Every schedule",
    about: "Plays the script in every order in which its messages can arrive, and checks every state. What it finds first \
            is the shortest way to break something.",
    verb: "Look at every schedule",
    knobs: &[
        Knob {
            label: "Crashes",
            about: "So many crashes, of any node at any moment. A node that is down may come back at any moment.",
            choices: &["0", "1", "2", "3"],
            first: 0,
        },
        Knob {
            label: "Losses",
            about: "So many lost messages. A message may also stay under way for ever, which is as good as lost, so 0 misses \
                    nothing.",
            choices: &["0", "1", "2"],
            first: 0,
        },
        Knob { label: "Duplicates", about: "So many messages may arrive twice.", choices: &["0", "1", "2"], first: 0 },
        Knob {
            label: "Timeouts",
            about: "So many running timers may run out, at any moment: clocks are fast and slow.",
            choices: &["0", "1", "2", "3", "4"],
            first: 0,
        },
        Knob {
            label: "Look for",
            about: "A violation of any check, or of agreement alone, which seldom is the first to break.",
            choices: &[ANY, "agreement"],
            first: 0,
        },
        Knob {
            label: "Stop after",
            about: "So many states, or when 1,024 MB are used up. A million take 100 MB, or several times as much where each state \
                    brings new memories of the checks.",
            choices: &["100,000 states", "1,000,000 states", "4,000,000 states"],
            first: 1,
        },
        Knob {
            label: "Lies",
            about: "So many lies: a liar’s message says something else, or the liar makes it up. To keep a message back costs \
                    nothing.",
            choices: &["0", "1", "2", "3", "4", "5", "6"],
            first: 1,
        },
    ],
    applies: |knob, scenario| knob != LIES || !scenario.setup.cast.liars.is_empty(),
};

pub(super) fn search(question: &Question, script: &Script, chosen: &Chosen) -> Result<Schedules, String> {
    let scenario = Scenario::of(script).map_err(|error| error.to_string())?;
    let number = |knob: usize| question.number(chosen, knob) as u8;
    let check = question.word(chosen, CHECK);
    let lies = if (question.applies)(LIES, &scenario) { number(LIES) } else { 0 };
    let options = Options {
        crashes: number(CRASHES),
        losses: number(LOSSES),
        duplicates: number(DUPLICATES),
        timeouts: number(TIMEOUTS),
        lies,
        states_max: question.number(chosen, STATES),
        memory_max: MEMORY_MAX,
        check: CHECKS.iter().copied().find(|known| known.name == check),
        ..Options::default()
    };
    Schedules::new(scenario, options)
}

pub(super) fn findings(search: &Schedules, milliseconds: u64) -> Findings {
    let (states, depth) = (search.states() as u64, search.depth() as u64);
    let (told, deep) = (many(states, "state", "states"), many(depth, "move", "moves"));
    let is_over = search.ending() != Ending::Unfinished;
    let what = search.options().check.map_or("no check is violated", |_| "agreement is not violated");
    let (tone, first) = match search.ending() {
        Ending::Unfinished => (Tone::Plain, format!("{told} so far, up to {deep} deep; {what} in them.")),
        Ending::Exhausted if search.options().lies > 0 => {
            (Tone::Good, format!("Exhausted: in all {told} {what}, whatever the order and the lies."))
        }
        Ending::Exhausted => (Tone::Good, format!("Exhausted: in all {told} {what}, whatever the order.")),
        Ending::Violated => (
            Tone::Bad,
            match search.found().first() {
                Some(found) if !search.is_shortest(found) => format!(
                    "Violated: {}, after {}; perhaps fewer are enough.",
                    found.check.title(Vocabulary::default()),
                    many(found.moves as u64, "move", "moves")
                ),
                Some(found) => format!(
                    "Violated: {}, after {}, and not after fewer.",
                    found.check.title(Vocabulary::default()),
                    many(found.moves as u64, "move", "moves")
                ),
                None => "Violated: something is broken as the cluster comes up, before anything moves.".to_owned(),
            },
        ),
        Ending::TooManyStates => {
            (Tone::Plain, format!("Not exhausted: it stopped after {told}, about {deep} deep; {what} in them."))
        }
        Ending::TooMuchMemory => {
            let most = search.options().memory_max >> 20;
            (
                Tone::Plain,
                format!(
                    "Not exhausted: it stopped after {told}, about {deep} deep, for want of memory: it takes at most {most} \
                     MB, or less where the browser gives less; {what} in them."
                ),
            )
        }
        Ending::Stopped => (Tone::Plain, format!("Not exhausted: it was stopped after {told}; {what} in them.")),
        Ending::TooDeep => (Tone::Plain, format!("Not exhausted: it stopped {deep} deep; {what} in {told}.")),
    };
    let mut sentences = vec![first];
    let mut runs = Vec::new();
    if is_over {
        for found in search.found() {
            sentences.push(format!(
                "{}: with the last move, {}.",
                found.check.title(Vocabulary::default()),
                search.sentence(found)
            ));
            let moves = many(found.moves as u64, "move", "moves");
            runs.push((
                format!("Show {}, {moves}", found.check.title(Vocabulary::default())),
                search.script(found).to_string(),
            ));
        }
    }
    let [processes, messages, memories] = search.parts();
    let figure = |name: &str, value: String| (name.to_owned(), value);
    let mut notes = vec![
        "A state is what every node is, which messages are under way, how far the script is, and what the checks remember. \
         States that only differ in the order of the past are one."
            .to_owned(),
    ];
    notes.extend(search.notes().iter().map(|(line, why)| match line {
        0 => format!("What the script leaves to chance is {why}."),
        _ => format!("Line {line} is {why}."),
    }));
    Findings {
        tone,
        is_over,
        part: None,
        sentences,
        figures: vec![
            figure("states", counted(states)),
            figure("moves made", counted(search.transitions())),
            figure("moves deep", counted(depth)),
            figure("still to look at", counted(search.waiting() as u64)),
            figure("states a second", rate(states, milliseconds)),
            figure("memory", format!("{} MB", counted(search.memory() as u64 >> 20))),
            figure("states of single nodes", counted(processes as u64)),
            figure("different messages", counted(messages as u64)),
            figure("different pasts", counted(memories as u64)),
        ],
        runs,
        notes,
        files: if is_over {
            pretty(&Exploration::of(search)).map(|text| ("schedules.json".to_owned(), text)).into_iter().collect()
        } else {
            Vec::new()
        },
        ..Findings::default()
    }
}
