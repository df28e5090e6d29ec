//! A run beside the run from which it was made: where the two part, and how their outcomes differ.
//!
//! This counts over both runs, so it is worked out only when somebody asks, once for each pair of runs.

use super::events::{is_told, quote, sentence};
use crate::latency::{Decision, Latency};
use crate::protocol::{Vocabulary, capital};
use crate::session::{Played, Session};
use crate::tongue::say;
use crate::trace::{EventId, Trace, What};
use crate::types::Time;

/// The differences of two runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The first event that happens in one run and not in the other; none when all events are the same.
    pub parting: Option<Parting>,
    /// The outcomes of both runs, side by side.
    pub rows: Vec<Compared>,
}

/// The place where two runs part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parting {
    /// When they part.
    pub time: Time,
    /// The event of the current run, to be shown; none where that run has ended.
    pub event: Option<EventId>,
    /// A sentence that says what happened in the original.
    pub original: String,
    /// A sentence that says what happens now.
    pub now: String,
}

/// A line of the comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compared {
    /// What is compared.
    pub name: String,
    /// Its value in the original.
    pub original: String,
    /// Its value now.
    pub now: String,
}

impl Compared {
    /// Whether the two differ.
    pub fn differs(&self) -> bool {
        self.original != self.now
    }
}

impl Difference {
    /// Compares a session's run with the one that was opened; both should be over and judged.
    pub fn of(session: &Session, words: Vocabulary) -> Self {
        let (original, now) = (&**session.original(), &**session.played());
        let row = |name: String, tell: &dyn Fn(&Played) -> String| Compared {
            name,
            original: tell(original),
            now: tell(now),
        };
        let started = say!("{Ballots} started", Ballots = capital(words.ballots));
        let rows = vec![
            row(say!("Decided").into(), &|played| decided(words, played)),
            row(say!("First decided at").into(), &|played| {
                time(played.decisions.iter().filter_map(first_learned).min())
            }),
            row(say!("Leader knows after").into(), &|played| slowest(played, |latency| latency.leader)),
            row(say!("Everybody knows after").into(), &|played| slowest(played, |latency| latency.all)),
            row(started, &|played| played.ballots.started.to_string()),
            row(say!("Messages sent").into(), &|played| counts(played).0),
            row(say!("Messages lost").into(), &|played| counts(played).1),
            row(say!("Checks violated").into(), &|played| violated(words, played)),
            row(say!("Ends at").into(), &|played| time(Some(played.trace().end()))),
        ];
        let parting = session.first_difference().map(|place| parting(words, original.trace(), now.trace(), place));
        Self { parting, rows }
    }
}

fn parting(words: Vocabulary, original: &Trace, now: &Trace, place: EventId) -> Parting {
    let place = place.0 as usize;
    // What a process writes to stable storage is not told; the facts that it states say the same.
    let told = |trace: &Trace| (place..trace.events().len()).find(|place| is_told(trace, &trace.events()[*place]));
    let text = |trace: &Trace, place: Option<usize>| match place {
        Some(place) => {
            let event = &trace.events()[place];
            format!("{}: {}.", trace.scenario.time_text(event.time), sentence(trace, words, event))
        }
        None => say!("Nothing more happens after {time}.", time = trace.scenario.time_text(trace.end())),
    };
    let (old, new) = (told(original), told(now));
    let (mut before, mut after) = (text(original, old), text(now, new));
    if before == after {
        // It is the same message, but it takes longer or shorter.
        before.push_str(&takes(original, old));
        after.push_str(&takes(now, new));
    }
    let times = [original, now].map(|trace| trace.events().get(place).map(|event| event.time));
    Parting {
        time: times.into_iter().flatten().min().unwrap_or_default(),
        event: new.map(|place| EventId(place as u32)),
        original: before,
        now: after,
    }
}

/// A sentence that says how long a message takes; empty when the event does not send one.
fn takes(trace: &Trace, place: Option<usize>) -> String {
    match place.map(|place| &trace.events()[place].what) {
        Some(What::Sent(id)) => {
            let envelope = trace.message(*id);
            say!(" It takes {time}.", time = trace.scenario.time_text(envelope.due.since(envelope.leaves)))
        }
        _ => String::new(),
    }
}

fn first_learned(decision: &Decision) -> Option<Time> {
    decision.learned.first().map(|(_, time)| *time)
}

fn decided(words: Vocabulary, played: &Played) -> String {
    let symbols = &played.trace().scenario.symbols;
    match played.decisions.as_slice() {
        [] => say!("nothing").into(),
        [one] => {
            let (value, number) = (quote(words, symbols, one.vote.value), symbols.ballot(one.vote.ballot));
            say!("{value} by {ballot} {number}", ballot = words.ballot)
        }
        many => format!("{} {}", many.len(), words.decrees),
    }
}

/// The latency of the slowest decision, or “not all” where one has none. It counts from where the flags count.
fn slowest(played: &Played, of: fn(&Latency) -> Option<Time>) -> String {
    let mut slowest = None;
    for decision in &played.decisions {
        let Some(took) = of(&decision.took(played.trace().scenario.protocol)) else { return say!("not all").into() };
        slowest = slowest.max(Some(took));
    }
    time(slowest)
}

fn counts(played: &Played) -> (String, String) {
    let counts = played.trace().message_counts(played.trace().events().len());
    (counts.sent.to_string(), counts.lost.to_string())
}

fn violated(words: Vocabulary, played: &Played) -> String {
    let mut names = String::new();
    for verdict in played.verdicts.iter().filter(|verdict| verdict.violation.is_some()) {
        if !names.is_empty() {
            names.push_str(", ");
        }
        names.push_str(&verdict.check.title(words));
    }
    if names.is_empty() { say!("none").into() } else { names }
}

fn time(time: Option<Time>) -> String {
    time.map_or_else(|| "–".to_owned(), |time| format!("{}Δ", time.told()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Act, RuleEffect, Statement, library};
    use crate::session::Session;
    use crate::trace::MessageId;

    /// The difference between a built-in scenario and an edited version of it.
    fn edited(name: &str, edit: impl FnOnce(&mut Session)) -> Difference {
        let mut session = Session::open(library::find(name).expect("built in").text).expect("a good script");
        edit(&mut session);
        Difference::of(&session, Vocabulary::default())
    }

    fn changed(difference: &Difference) -> Vec<(&str, &str, &str)> {
        let rows = difference.rows.iter().filter(|row| row.differs());
        rows.map(|row| (row.name.as_str(), row.original.as_str(), row.now.as_str())).collect()
    }

    #[test]
    fn runs_that_are_the_same_do_not_part() {
        let difference = edited("minimal-ballot", |session| {
            let comment = session.script().to_string() + "# only a comment\n";
            session.edit(&comment).expect("a good script");
        });
        assert_eq!((difference.parting.clone(), changed(&difference)), (None, Vec::new()));
        assert_eq!(difference.rows[0].now, "“red” by ballot 1.A");
    }

    #[test]
    fn a_dropped_message_parts_them_where_it_is_lost() {
        let difference = edited("minimal-ballot", |session| {
            session.rule(MessageId(1), RuleEffect::Drop).expect("a message of this run");
        });
        let parting = difference.parting.clone().expect("they part");
        assert_eq!(parting.time, Time(500_000));
        assert_eq!(parting.original, "1Δ: B receives NextBallot 1.A from A.");
        assert_eq!(parting.now, "0.5Δ: NextBallot 1.A from A to B is lost: the script drops it.");
        let messages = [("Messages sent", "20", "18"), ("Messages lost", "0", "1")];
        assert_eq!(changed(&difference)[..2], messages);
    }

    #[test]
    fn a_delayed_message_parts_them_where_it_is_sent() {
        let difference = edited("minimal-ballot", |session| {
            session.rule(MessageId(1), RuleEffect::Delay(Time(250_000))).expect("a message of this run");
        });
        let parting = difference.parting.expect("they part");
        assert_eq!(parting.original, "0Δ: A sends NextBallot 1.A to B. It takes 1Δ.");
        assert_eq!(parting.now, "0Δ: A sends NextBallot 1.A to B. It takes 0.25Δ.");
    }

    #[test]
    fn an_act_before_all_others_renames_nothing() {
        let difference = edited("minimal-ballot", |session| {
            session.seek(Time::deltas(2));
            session.act(Act::Propose("E".to_owned(), "blue".to_owned())).expect("a good act");
        });
        let parting = difference.parting.expect("they part");
        assert_eq!(parting.now, "2.01Δ: A client asks E to propose “blue”.");
        // In the edited script a new decree comes first, so the handles of all decrees differ.
        let difference = edited("two-proposers", |session| {
            let text = session.script().to_string();
            let (head, tail) = text.split_at(text.find("at 0Δ").expect("it begins at 0"));
            session.edit(&format!("{head}at 9Δ propose A \"zzz\"\n{tail}")).expect("a good script");
        });
        assert!(difference.parting.is_none_or(|parting| parting.time >= Time::deltas(9)));
    }

    #[test]
    fn a_run_that_ends_earlier_says_so() {
        let difference = edited("minimal-ballot", |session| {
            session.set(Statement::Skip("3".to_owned())).expect("a step");
        });
        let parting = difference.parting.expect("they part");
        assert_eq!(parting.original, "4Δ: A learns that “red” is passed, by ballot 1.A.");
        assert_eq!(difference.rows[0].now, "nothing");
        let crash = edited("minimal-ballot", |session| {
            session.seek(Time::deltas(4));
            session.step_back();
            session.act(Act::Crash("E".to_owned())).expect("a good act");
        });
        assert!(crash.parting.is_some());
    }
}
