//! What is said of a run that broke an invariant, in one sentence. The page, its frame, figures, reports and the terminal
//! all take the sentence from here.

use super::words::describe_decree;
use crate::check::Verdict;
use crate::protocol::{Fact, Vocabulary};
use crate::tongue::say;
use crate::trace::{EventId, Trace, What};
use crate::types::{Instance, NodeId, Value};

/// The name of the check of agreement.
const AGREEMENT: &str = "agreement";

/// What broke in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// `A says “red”, C says “blue”: agreement is broken; B3 failed first, at 8Δ`, without its full stop. Where agreement
    /// holds: `B3 failed first, at 8Δ: ` and the reason.
    pub sentence: String,
    /// The event in which an invariant failed first.
    pub first: EventId,
    /// The two processes that disagree, and the events in which they learned their decrees; none where agreement holds.
    pub parties: Option<[(NodeId, EventId); 2]>,
}

/// What broke in the first `events` events; none while every check holds.
pub fn broken(trace: &Trace, words: Vocabulary, verdicts: &[Verdict], events: usize) -> Option<Broken> {
    let violated = verdicts.iter().filter_map(|verdict| Some((verdict.check, verdict.violation.as_ref()?)));
    let violated: Vec<_> = violated.filter(|(_, violation)| (violation.event.0 as usize) < events).collect();
    // Of checks that one event breaks, the first in the order of the checks comes first.
    let (check, violation) = violated.iter().min_by_key(|(_, violation)| violation.event)?;
    let first = violation.event;
    // Of `B3 · the highest earlier vote` the number is enough; a title without a number is quoted.
    let title = check.title(words);
    let name = title.split_once(" · ").map_or_else(|| say!("“{text}”", text = title), |(name, _)| name.to_owned());
    let time = trace.scenario.time_text(trace.event(first).time);
    let disagreement = violated.iter().find(|(check, _)| check.name == AGREEMENT);
    let parties = disagreement.and_then(|(_, violation)| parties(trace, violation.event));
    let Some([(one, learned, this), (other, late, that)]) = parties else {
        // Of a log that does not say what is learned, nobody knows whether agreement holds.
        let is_unknown = verdicts.iter().any(|verdict| verdict.check.name == AGREEMENT && !verdict.is_applicable);
        let reason = violation.sentence.in_words(words);
        let failed = if violated.len() > 1 {
            say!("{name} failed first, at {time}: {reason}")
        } else {
            say!("{name} failed at {time}: {reason}")
        };
        let sentence = if is_unknown { failed } else { say!("{failed}; agreement holds") };
        return Some(Broken { sentence, first, parties: None });
    };
    let symbols = &trace.scenario.symbols;
    let place = match trace.event(late).what {
        What::Stated(_, Fact::Learned(instance, _)) if trace.scenario.protocol.has_places() => Some(instance.0),
        _ => None,
    };
    let [this, that] = [this, that].map(|value| describe_decree(trace, words, value));
    let [node, partner] = [one, other].map(|node| symbols.node(node));
    let said = match place {
        Some(place) if one == other => say!("In place {place} {node} says {this}, then {that}"),
        Some(place) => say!("In place {place} {node} says {this}, {partner} says {that}"),
        None if one == other => say!("{node} says {this}, then {that}"),
        None => say!("{node} says {this}, {partner} says {that}"),
    };
    let sentence = if check.name == AGREEMENT {
        say!("{said}: agreement is broken at {time}")
    } else {
        say!("{said}: agreement is broken; {name} failed first, at {time}")
    };
    Some(Broken { sentence, first, parties: Some([(one, learned), (other, late)]) })
}

/// The process that learned a decree first where agreement broke, and the process that broke it, in the order of the
/// processes: each with its event and its decree.
fn parties(trace: &Trace, broke: EventId) -> Option<[(NodeId, EventId, Value); 2]> {
    let learned = |what: &What, place: Option<Instance>| match *what {
        What::Stated(node, Fact::Learned(instance, vote)) if place.is_none_or(|place| place == instance) => {
            Some((node, instance, vote.value))
        }
        _ => None,
    };
    let (node, instance, new) = learned(&trace.event(broke).what, None)?;
    let liars = trace.scenario.setup.cast.liars;
    let earlier = trace.events().range(0..broke.0 as usize).enumerate().find_map(|(place, event)| {
        let (node, _, value) = learned(&event.what, Some(instance))?;
        let is_other = !value.is_history() || !trace.scenario.setup.is_compatible(value, new);
        (!liars.contains(node) && is_other).then_some((node, EventId(place as u32), value))
    });
    let (late, early) = ((node, broke, new), earlier?);
    Some(if late.0 < early.0 { [late, early] } else { [early, late] })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::check::{CHECKS, Violation, check};
    use crate::scenario::{Scenario, library};
    use crate::sim::Run;

    fn run(text: &str) -> Run {
        Run::of(Scenario::read(text).expect("a good script").1)
    }

    fn built_in(name: &str) -> Run {
        run(library::find(name).expect("it is built in").text)
    }

    /// What is said of a whole run.
    fn said(run: &Run) -> Option<String> {
        broken(run.trace(), Vocabulary::default(), &check(run.trace()), usize::MAX).map(|broken| broken.sentence)
    }

    #[test]
    fn a_broken_agreement_says_who_says_what_and_what_failed_first() {
        assert_eq!(
            said(&built_in("without-promise")).expect("it is broken"),
            "A says “red”, C says “blue”: agreement is broken; B3 failed first, at 8Δ"
        );
        let halves = "paxos-playground 1\nprotocol multi\nnodes 4\nwithout majority\nleader A C\n\
                      at 0 partition A B | C D\nat 3 propose A \"red\"\nat 3 propose C \"blue\"\n";
        let told = said(&run(halves)).unwrap_or_default();
        assert!(
            told.starts_with("In place 1 A says “red”, C says “blue”: agreement is broken; B2 failed first"),
            "{told}"
        );
        assert_eq!(said(&built_in("steady")), None);
    }

    #[test]
    fn nothing_is_said_before_it_happens() {
        let run = built_in("without-promise");
        let (trace, verdicts) = (run.trace(), check(run.trace()));
        let whole = broken(trace, Vocabulary::default(), &verdicts, usize::MAX).expect("it is broken");
        let first = whole.first.0 as usize;
        assert_eq!(broken(trace, Vocabulary::default(), &verdicts, first), None);
        let early = broken(trace, Vocabulary::default(), &verdicts, first + 1).expect("it is broken from here on");
        assert_eq!((early.first, early.parties), (whole.first, None));
        assert!(early.sentence.starts_with("B3 failed ") && early.sentence.ends_with("; agreement holds"));
    }

    #[test]
    fn each_check_that_is_broken_alone_has_its_sentence() {
        let run = built_in("minimal-ballot");
        let trace = run.trace();
        for broke in CHECKS.iter().filter(|check| check.name != AGREEMENT) {
            let mut verdicts = check(trace);
            let verdict = verdicts.iter_mut().find(|verdict| verdict.check.name == broke.name).expect("it is there");
            verdict.violation = Some(Violation { event: EventId(20), sentence: "this is why".to_owned().into() });
            let told = broken(trace, Vocabulary::default(), &verdicts, usize::MAX).expect("it is broken");
            let title = broke.title(Vocabulary::default());
            let name = match title.split_once(" · ") {
                Some((name, _)) => name.to_owned(),
                None => format!("“{title}”"),
            };
            let time = trace.scenario.time_text(trace.event(EventId(20)).time);
            assert_eq!(told.sentence, format!("{name} failed at {time}: this is why; agreement holds"));
            assert_eq!((told.first, told.parties), (EventId(20), None));
        }
    }
}
