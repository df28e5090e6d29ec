//! A run as a test: its outcome in words and whole numbers, and a file of Rust that asserts this outcome. The test
//! fails when a later engine or a changed script has another outcome.
//!
//! The file that [`rust_test`] writes uses [`Outcome`] and nothing else of this crate.

use std::fmt::Write as _;

use crate::check;
use crate::latency::{self, Decision, Latency};
use crate::report::hash_text;
use crate::scenario::{Error, Scenario};
use crate::sim::Run;
use crate::trace::Trace;
use crate::types::Time;

/// A written test names at most so many decisions. It always has the number of all decisions, and the hash of all
/// events.
pub const DECISIONS_MAX: usize = 100;

/// The outcome of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// For each instance the decree that was learned first.
    pub decisions: Vec<Decided>,
    /// The hash of all events, as the terminal and reports print it.
    pub trace_hash: String,
    verdicts: Vec<(&'static str, &'static str)>,
}

/// How many ticks it took until the leader knew, and until everybody knew; none for what did not happen. A Δ has a
/// million ticks.
pub type Ticks = (Option<u64>, Option<u64>);

/// A decree, and how long it took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided<Text = String> {
    /// Its place in the ledger, from 1.
    pub instance: u32,
    /// The decree.
    pub value: Text,
    /// The ballot by which it was learned first: `2.B`.
    pub ballot: Text,
    /// The latencies from the client's request on.
    pub from_client: Ticks,
    /// The latencies from BeginBallot on.
    pub from_begin: Ticks,
}

/// Compares a decision that is written in a test with one of a run.
impl PartialEq<Decided<&str>> for Decided {
    fn eq(&self, other: &Decided<&str>) -> bool {
        (self.instance, &*self.value, &*self.ballot) == (other.instance, other.value, other.ballot)
            && (self.from_client, self.from_begin) == (other.from_client, other.from_begin)
    }
}

impl Outcome {
    /// The outcome of the run of a script.
    ///
    /// # Errors
    /// What is wrong with the script, and where.
    pub fn of(script: &str) -> Result<Self, Error> {
        let (_, scenario) = Scenario::read(script)?;
        Ok(Self::of_run(&Run::of(scenario)))
    }

    /// The outcome of a run that has been played already.
    pub fn of_run(run: &Run) -> Self {
        let trace = run.trace();
        let verdict = |verdict: &check::Verdict| match (verdict.holds(), verdict.is_applicable) {
            (false, _) => (verdict.check.name, "violated"),
            (true, true) => (verdict.check.name, "holds"),
            (true, false) => (verdict.check.name, "not applicable"),
        };
        Self {
            decisions: latency::decisions(trace).iter().map(|decision| Decided::of(trace, decision)).collect(),
            trace_hash: hash_text(trace.hash()),
            verdicts: check::check(trace).iter().map(verdict).collect(),
        }
    }

    /// The verdict of a check: `holds`, `violated` or `not applicable`; none when there is no such check.
    pub fn verdict(&self, check: &str) -> Option<&'static str> {
        self.verdicts.iter().find(|(name, _)| *name == check).map(|(_, verdict)| *verdict)
    }
}

impl Decided {
    fn of(trace: &Trace, decision: &Decision) -> Self {
        let symbols = &trace.scenario.symbols;
        let ticks = |latency: Latency| (latency.leader.map(|Time(ticks)| ticks), latency.all.map(|Time(ticks)| ticks));
        Self {
            instance: decision.instance.0,
            value: symbols.value(decision.vote.value).into_owned(),
            ballot: symbols.ballot(decision.vote.ballot),
            from_client: ticks(decision.from_client()),
            from_begin: ticks(decision.from_begin()),
        }
    }
}

/// A file of Rust with a test of what this script's run decides, a test of the verdicts of the checks, and a test of
/// the hash of all events.
pub fn rust_test(script: &str, run: &Run) -> String {
    let outcome = Outcome::of_run(run);
    let title = run.scenario().headline();
    let title: String = title.chars().map(|letter| if is_turning(letter) { '\u{fffd}' } else { letter }).collect();
    let checks: String = outcome.verdicts.iter().map(|verdict| format!("        {verdict:?},\n")).collect();
    format!(
        "//! {title}: a run of Paxos, and what it came to when this file was written.\n\
         //!\n\
         //! It belongs in the folder `tests` of a package that has `paxos-playground` among its dev-dependencies. Each\n\
         //! test can be taken out by itself: the last one fails when any event of the run changes.\n\
         \n\
         use paxos_playground::report::regression::{imports};\n\
         \n\
         const SCRIPT: &str = {};\n\
         \n\
         fn outcome() -> Outcome {{\n    \
             Outcome::of(SCRIPT).expect(\"the script is a scenario\")\n\
         }}\n\
         \n\
         /// Latencies are in ticks, of which a Δ has a million: until the leader knew, and until everybody knew.\n\
         #[test]\n\
         fn the_same_is_decided_as_fast() {{\n\
             {}\
         }}\n\
         \n\
         #[test]\n\
         fn the_checks_say_the_same() {{\n    \
             let outcome = outcome();\n    \
             let verdicts = [\n\
             {checks}    ];\n    \
             for (check, verdict) in verdicts {{\n        \
                 assert_eq!(outcome.verdict(check), Some(verdict), \"{{check}}\");\n    \
             }}\n\
         }}\n\
         \n\
         #[test]\n\
         fn every_event_is_the_same() {{\n    \
             assert_eq!(outcome().trace_hash, {:?});\n\
         }}\n",
        literal(script),
        decided(&outcome.decisions),
        outcome.trace_hash,
        imports = if outcome.decisions.is_empty() { "Outcome" } else { "{Decided, Outcome}" },
    )
}

/// The statements that compare what was decided.
fn decided(decisions: &[Decided]) -> String {
    if decisions.is_empty() {
        return "    assert_eq!(outcome().decisions.len(), 0);\n".to_owned();
    }
    let mut text = format!(
        "    let decisions = outcome().decisions;\n    assert_eq!(decisions.len(), {});\n    let expected = [\n",
        decisions.len()
    );
    for decided in &decisions[..decisions.len().min(DECISIONS_MAX)] {
        let Decided { instance, value, ballot, from_client, from_begin } = decided;
        write!(
            text,
            "        Decided {{\n            \
                 instance: {instance},\n            \
                 value: {value:?},\n            \
                 ballot: {ballot:?},\n            \
                 from_client: {},\n            \
                 from_begin: {},\n        \
             }},\n",
            ticks(*from_client),
            ticks(*from_begin),
        )
        .expect("a string takes all");
    }
    text + "    ];\n    assert_eq!(decisions[..expected.len()], expected);\n"
}

/// `(Some(4_000_000), None)`.
fn ticks((leader, all): Ticks) -> String {
    let one = |ticks: Option<u64>| ticks.map_or("None".to_owned(), |ticks| format!("Some({})", grouped(ticks)));
    format!("({}, {})", one(leader), one(all))
}

/// `4_000_000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// The Rust literal of a text. It is a raw literal wherever Rust allows that, so that people can read it.
fn literal(text: &str) -> String {
    // Rust allows at most 255 `#` signs.
    let signs = (0..=255).map(|count| "#".repeat(count)).find(|signs| !text.contains(&format!("\"{signs}")));
    match signs {
        Some(signs) if !text.contains(|letter| letter == '\r' || is_turning(letter)) => {
            format!("r{signs}\"{text}\"{signs}")
        }
        _ => format!("{text:?}"),
    }
}

/// Whether a character turns the direction of text. The compiler refuses such characters in a literal, because people
/// would read something else than what is there.
fn is_turning(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_raw_where_they_can_be() {
        assert_eq!(literal("a \"b\"\n"), "r#\"a \"b\"\n\"#");
        assert_eq!(literal("a \"# b \"## c"), "r###\"a \"# b \"## c\"###");
        assert_eq!(literal("no quotes"), "r\"no quotes\"");
        assert_eq!(literal("a\u{202e}b\""), "\"a\\u{202e}b\\\"\"");
        let many = format!("\"{}", "#".repeat(256));
        assert!(literal(&many).starts_with("\"\\\"##"), "{}", literal(&many));
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 4_000_000].map(grouped), ["0", "999", "1_000", "4_000_000"]);
    }

    #[test]
    fn an_outcome_says_what_was_decided_and_what_the_checks_say() {
        let outcome = Outcome::of("paxos-playground 1\nnodes 3\nat 0Δ propose A \"red\"\n").expect("a good script");
        let (from_client, from_begin) = ((Some(4_000_000), Some(5_000_000)), (Some(2_000_000), Some(3_000_000)));
        let red = Decided { instance: 1, value: "red", ballot: "1.A", from_client, from_begin };
        assert_ne!(outcome.decisions, [Decided { value: "blue", ..red.clone() }]);
        assert_eq!(outcome.decisions, [red]);
        assert_eq!(outcome.verdict("agreement"), Some("holds"));
        assert_eq!((outcome.verdict("prefix"), outcome.verdict("luck")), (Some("not applicable"), None));
    }
}
