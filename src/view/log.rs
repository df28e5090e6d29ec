//! The log of somebody’s own system, as a person looks at it: what was read, what each check says, which line breaks it, and which
//! facts are missing.

use crate::check::Violation;
use crate::logs::{BYTES_MAX, Beside, Log};
use crate::protocol::Vocabulary;
use crate::quorum::{Purpose, QuorumSystem, Round};
use crate::session::Session;
use crate::tongue::say;
use crate::trace::EventId;
use crate::types::Time;

/// A log that is being looked at.
#[derive(Debug)]
pub struct LogView {
    /// What the file is called.
    pub name: String,
    /// One sentence: how many events of how many processes, in which format, and how many votes are a quorum.
    pub summary: String,
    /// What a reader of the verdicts should know: sentences.
    pub notes: Vec<String>,
    /// What is wrong with single lines, each with its number: sentences.
    pub mistakes: Vec<String>,
    /// The event that breaks a check first, if one does.
    pub first: Option<EventId>,
    log: Log,
}

/// What a check says of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    /// The check’s name, as reports write it.
    pub name: &'static str,
    /// Whether it holds; none where it is not asked.
    pub holds: Option<bool>,
    /// Which line breaks it, when, and how; or what the log lacks. Empty where it holds. Without a full stop.
    pub told: String,
    /// The event that breaks it.
    pub event: Option<EventId>,
}

impl LogView {
    /// Reads a log, and makes a session that shows it.
    ///
    /// # Errors
    /// A sentence without its full stop, when there is nothing at all to show.
    pub fn open(name: &str, text: &str) -> Result<(Self, Session), String> {
        let log = Log::read(text, &Beside::default())?;
        let session = session(&log)?;
        Ok((Self::of(name, log), session))
    }

    /// What is told of a log.
    pub fn of(name: &str, log: Log) -> Self {
        let scenario = &log.trace.scenario;
        let quorum = match scenario.setup.quorums.get(Purpose::Pass, Round::Classic) {
            QuorumSystem::Count { members, size } => {
                say!("; quorum: {size} of {set}", set = scenario.symbols.set(*members))
            }
            QuorumSystem::Weighted { .. } | QuorumSystem::Explicit(_) => String::new(),
        };
        let (events, nodes) = (log.events, scenario.nodes());
        let violations = log.told.iter().filter_map(|told| told.verdict.violation.as_ref());
        let first = violations.map(|violation| violation.event).min();
        let mistake = |mistake: &crate::logs::Mistake| match mistake.line {
            0 => format!("{}.", plain(&mistake.message)),
            line => say!("Line {line}: {message}.", message = plain(&mistake.message)),
        };
        Self {
            name: name.to_owned(),
            summary: say!("{events} events of {nodes} processes, read as {format}{quorum}", format = log.format),
            notes: log.notes.iter().map(|note| format!("{note}.")).collect(),
            mistakes: log.mistakes.iter().map(mistake).collect(),
            first,
            log,
        }
    }

    /// What each check says: those that are broken first, in the order in which they break, and then the others in the order of
    /// reports.
    pub fn rows(&self, words: Vocabulary) -> Vec<LogRow> {
        let row = |told: &crate::logs::Told| {
            let violation = told.verdict.violation.as_ref();
            let (holds, text) = match (violation, &told.silent) {
                (Some(violation), _) => (Some(false), self.broken(violation, words)),
                (None, Some(why)) => (None, say!("not asked: {why}")),
                (None, None) => (Some(true), String::new()),
            };
            let event = violation.map(|violation| violation.event);
            LogRow { name: told.verdict.check.name, holds, told: text, event }
        };
        let mut rows: Vec<_> = self.log.told.iter().map(row).collect();
        rows.sort_by_key(|row| (row.event.is_none(), row.event));
        rows
    }

    fn broken(&self, violation: &Violation, words: Vocabulary) -> String {
        let (log, scenario) = (&self.log, &self.log.trace.scenario);
        let time = log.trace.event(violation.event).time;
        let at = match scenario.delta {
            _ if !log.is_timed => String::new(),
            Some(delta) if log.is_delta_told => {
                say!(" at {ms} ms ({time}Δ)", ms = delta.nearest(time), time = rounded(time))
            }
            Some(delta) => say!(" at {ms} ms", ms = delta.nearest(time)),
            None => say!(" at {time}Δ", time = rounded(time)),
        };
        say!("line {line}{at}: {reason}", line = log.line_of(violation), reason = violation.sentence.in_words(words))
    }
}

/// A session that shows a log, with the verdicts of the checks that were asked.
///
/// # Errors
/// A sentence, when the log cannot be shown.
pub fn session(log: &Log) -> Result<Session, String> {
    Session::of_trace(&log.script, log.trace.clone(), log.verdicts())
}

/// The most bytes that a log has.
pub const LOG_BYTES_MAX: usize = BYTES_MAX;

/// A sentence without what could disturb a terminal or a page.
pub fn plain(sentence: &str) -> String {
    sentence.replace(char::is_control, "�")
}

/// The hundredth of Δ before an instant.
fn rounded(time: Time) -> Time {
    Time(time.0 - time.0 % (Time::DELTA.0 / 100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NodeId;
    use crate::view::NodeCard;
    use crate::view::panels::ledger::LedgerPanel;
    use crate::view::panels::nodes::{Memory, running_timers};
    use crate::view::panels::shelf::Shelf;

    const BROKEN: &str = include_str!("../../tests/logs/broken-promise.jsonl");

    #[test]
    fn each_check_that_the_facts_allow_speaks_and_the_first_bad_event_is_known() {
        let (view, session) = LogView::open("broken-promise.jsonl", BROKEN).expect("it is a log");
        assert_eq!(view.summary, "21 events of 3 processes, read as JSON lines; quorum: 2 of A B C");
        let rows = view.rows(Vocabulary::default());
        let row = |name: &str| rows.iter().find(|row| row.name == name).expect("it is told");
        assert!(row("promise").told.starts_with("line 20 at 131 ms"), "{:?}", row("promise"));
        assert_eq!((row("B1").holds, row("B1").told.as_str()), (Some(true), ""));
        assert_eq!(row("agreement").holds, None);
        assert!(row("agreement").told.starts_with("not asked: the log states no “learned”"));
        assert_eq!(view.first, row("promise").event, "the promise is broken before B3");
        assert_eq!([rows[0].name, rows[1].name], ["promise", "B3"]);
        let broken = session.played().verdicts.iter().filter(|verdict| !verdict.holds()).count();
        assert_eq!(broken, rows.iter().filter(|row| row.holds == Some(false)).count());
    }

    #[test]
    fn bad_lines_are_told_and_the_rest_is_shown() {
        let text = format!("{BROKEN}nonsense\n{{\"node\":\"B\"}}\n");
        let (view, session) = LogView::open("log", &text).expect("the rest is a log");
        assert_eq!(view.mistakes.len(), 2, "{:?}", view.mistakes);
        assert!(view.mistakes[0].starts_with("Line 23: ") && view.mistakes[0].ends_with('.'), "{:?}", view.mistakes);
        assert!(!session.trace().events().is_empty());
        assert!(LogView::open("log", "nonsense").is_err_and(|why| why.contains("line 1")));
    }

    #[test]
    fn why_restates_facts_of_a_log_and_gives_no_reason_for_them() {
        let (view, mut session) = LogView::open("log", BROKEN).expect("it is a log");
        session.seek_event(view.first.expect("a check is violated"));
        let why = crate::view::Why::of(&session, Vocabulary::default());
        let told = format!("{} {}", why.rules.join(" "), why.effects.join(" "));
        assert!(!told.contains("nextBal"), "{told}");
        session.seek(session.end());
        let why = crate::view::Why::of(&session, Vocabulary::default());
        assert!(why.effects.iter().any(|effect| effect == "Here the log ends."), "{why:?}");
    }

    #[test]
    fn nothing_is_made_up_about_a_process_of_a_log() {
        let text = format!("{BROKEN}{{\"ms\": 300, \"node\": \"A\", \"what\": \"crash\"}}\n");
        let (_, mut session) = LogView::open("log", &text).expect("it is a log");
        for time in [Time::ZERO, session.end()] {
            session.seek(time);
            let words = Vocabulary::default();
            for card in NodeCard::all(&session, words) {
                assert!(card.cells.is_empty() && card.slip.is_none(), "{card:?}");
                assert_eq!(card.up, card.name != "A" || time == Time::ZERO);
                let memory = Memory::of(&session, words, card.node, 9);
                assert!(memory.lists.is_empty() && memory.replica.is_none());
                assert!(running_timers(&session, NodeId(0)).is_empty());
            }
            let ledger = LedgerPanel::of(&session, words, &Shelf::default().record(&session));
            assert!(ledger.is_none_or(|ledger| ledger.replicas.is_empty()));
        }
    }
}
