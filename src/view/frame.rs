//! What a playground in a frame tells the page around it, as JSON: the state of the run, and what has happened since
//! the last message.

use std::sync::Arc;

use super::exercise::ExerciseView;
use super::export::{self, Exported};
use crate::check::Verdict;
use crate::report::frame::{self, Event, Refusal, State};
use crate::report::{Deltas, GoalReport};
use crate::scenario::{Error, Scenario};
use crate::session::Session;

/// What a frame knows about itself apart from its session.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Whether the run is being played.
    pub is_playing: bool,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// Whether the script is no longer the one that was opened.
    pub is_edited: bool,
    /// The exercise that the script states, if it states one and it is judged.
    pub exercise: Option<&'a ExerciseView>,
    /// The fragment that opens the run as it is.
    pub link: &'a str,
}

/// The state of the run.
pub fn state(session: &Session, around: &Around<'_>) -> String {
    let (played, cursor, trace) = (session.played(), session.cursor(), session.trace());
    let is_violated = |verdict: &&Verdict| {
        verdict.violation.as_ref().is_some_and(|violation| (violation.event.0 as usize) < cursor.events)
    };
    frame::line(&State {
        title: &session.scenario().title,
        t: Deltas(cursor.time),
        end: Deltas(session.end()),
        playing: around.is_playing,
        theme: around.theme,
        step: cursor.events,
        steps: trace.events().len(),
        decided: decided(session).count(),
        violated: played.verdicts.iter().filter(is_violated).map(|verdict| verdict.check.name).collect(),
        stopped: super::cut_short(session),
        goals: around.exercise.map(goals).unwrap_or_default(),
        refused: around.exercise.and_then(|exercise| exercise.refused.as_deref()),
        edited: around.is_edited,
        link: around.link,
    })
}

#[inline(never)]
fn goals(exercise: &ExerciseView) -> Vec<GoalReport> {
    exercise.outcomes().iter().cloned().map(GoalReport::from).collect()
}

/// The decisions up to the cursor as events, once the whole run is known.
fn decided(session: &Session) -> impl Iterator<Item = Event<'_>> {
    let now = session.cursor().time;
    let all = session.played().decisions.iter().map(|decision| frame::decided(session.trace(), decision));
    all.filter(move |(time, _)| *time <= now).map(|(_, event)| event)
}

/// Which events have been told. When a run is opened or edited, its events are told anew.
#[derive(Default, Debug)]
pub struct Telling {
    run: Option<Arc<Scenario>>,
    /// For each decision and each check, whether it has been told.
    decided: Vec<bool>,
    violated: Vec<bool>,
    /// The script of the exercise, and how many of its goals have been solved at once since it was opened.
    solved: Option<(String, usize)>,
}

impl Telling {
    /// The events up to the cursor that have not been told yet. Those of one kind are in the order of time.
    pub fn news(&mut self, session: &Session) -> Vec<String> {
        if !self.run.as_ref().is_some_and(|run| Arc::ptr_eq(run, session.scenario())) {
            let solved = self.solved.take();
            *self = Self { run: Some(Arc::clone(session.scenario())), solved, ..Self::default() };
        }
        let (played, trace, cursor) = (session.played(), session.trace(), session.cursor());
        let mut news = Vec::new();
        // A frame asks at every rendering, so events that were told are not worked out again.
        self.decided.resize(played.decisions.len(), false);
        for (decision, is_told) in played.decisions.iter().zip(&mut self.decided).filter(|(_, is_told)| !**is_told) {
            let (time, event) = frame::decided(trace, decision);
            if time <= cursor.time {
                *is_told = true;
                news.push(frame::line(&event));
            }
        }
        self.violated.resize(played.verdicts.len(), false);
        for (verdict, is_told) in played.verdicts.iter().zip(&mut self.violated).filter(|(_, is_told)| !**is_told) {
            let violation = verdict.violation.as_ref();
            if let Some(violation) = violation.filter(|violation| (violation.event.0 as usize) < cursor.events) {
                *is_told = true;
                news.push(frame::line(&frame::violated(trace, &played.verdicts, verdict.check.name, violation)));
            }
        }
        news
    }
}

impl Telling {
    /// The goals that have been solved and have not been told yet. `given` is the script of the exercise as it was opened; what is
    /// solved when it is opened is not told.
    #[inline(never)]
    pub fn solved(&mut self, exercise: &ExerciseView, given: &str) -> Vec<String> {
        if !exercise.is_judged {
            return Vec::new();
        }
        let is_new = self.solved.as_ref().is_none_or(|(opened, _)| opened != given);
        let before = if is_new { exercise.solved } else { self.solved.as_ref().map_or(0, |(_, solved)| *solved) };
        self.solved = Some((given.to_owned(), before.max(exercise.solved)));
        let (points, of) = exercise.points;
        let told = |number: usize| {
            let goal = &exercise.goals[number - 1].text;
            frame::line(&Event::SolvedGoal { goal, number, goals: exercise.goals.len(), points, of })
        };
        (before + 1..=exercise.solved).map(told).collect()
    }
}

/// The message that a lesson is solved.
pub fn solved(lesson: &str) -> String {
    frame::line(&Event::Solved { lesson })
}

/// The message about a script that does not run.
pub fn refusal(error: &Error) -> String {
    frame::line(&Refusal::of(error))
}

/// The message that something else cannot be done, for this reason.
pub fn complaint(reason: &str) -> String {
    frame::line(&Refusal { reason, line: None, column: None })
}

/// The message with the run in a format: JSON with the text of the export, or with what is wrong. `link` is the
/// fragment that opens the run.
pub fn export(session: &Session, link: &str, format: &str) -> String {
    if format == "link" {
        return frame::line(&frame::File { format, name: "link.txt", text: link });
    }
    // Pages around a frame call the format `report` that is called `json` elsewhere.
    let Some(found) = export::find(if format == "report" { "json" } else { format }) else {
        return complaint("there is no such format");
    };
    match export::export(session, found, &export::Choice::default()) {
        Ok(Exported { name, text, .. }) => frame::line(&frame::File { format, name: &name, text: &text }),
        Err(why) => complaint(&why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Time;

    fn open(name: &str) -> Session {
        Session::open(crate::scenario::library::find(name).expect("it is built in").text).expect("it runs")
    }

    #[test]
    fn the_state_is_one_line_of_json() {
        let mut session = open("minimal-ballot");
        session.seek(Time(4_500_000));
        let around = Around {
            is_playing: true,
            theme: "dark",
            is_edited: false,
            exercise: None,
            link: "v=1&scenario=minimal-ballot",
        };
        let state = state(&session, &around);
        assert_eq!(
            state,
            "{\"title\":\"A minimal ballot: 5Δ\",\"t\":4.5,\"end\":5,\"playing\":true,\"theme\":\"dark\",\"step\":70,\
             \"steps\":82,\"decided\":1,\"violated\":[],\"edited\":false,\"link\":\"v=1&scenario=minimal-ballot\"}"
        );
    }

    #[test]
    fn each_event_is_told_once_when_time_passes_it() {
        let mut session = open("minimal-ballot");
        let mut telling = Telling::default();
        session.seek(Time(3_000_000));
        assert_eq!(telling.news(&session), [""; 0]);
        session.seek(Time(5_000_000));
        assert_eq!(
            telling.news(&session),
            [
                "{\"event\":\"decided\",\"t\":4,\"instance\":1,\"value\":\"red\",\"ballot\":\"1.A\",\"leader\":4,\"all\":5,\
              \"client\":4}"
            ]
        );
        session.rewind();
        session.seek(Time(5_000_000));
        assert_eq!(telling.news(&session), [""; 0], "it was told");
        session.edit(&session.text().replace("red", "blue")).expect("it runs");
        assert!(telling.news(&session)[0].contains("blue"), "another run");
    }

    #[test]
    fn what_a_broken_rule_breaks_is_told() {
        let mut session = open("without-promise");
        session.seek(session.end());
        let news = Telling::default().news(&session);
        let told = "\"check\":\"agreement\",\"sentence\":\"A learned “red”, but C had learned “blue”\",\"summary\":\"A says \
                    “red”, C says “blue”: agreement is broken; B3 failed first, at ";
        assert!(
            news.iter().any(|event| event.starts_with("{\"event\":\"violated\"") && event.contains(told)),
            "{news:?}"
        );
        let around = Around { is_playing: false, theme: "auto", is_edited: false, exercise: None, link: "" };
        assert!(!state(&session, &around).contains("\"violated\":[]"));
    }

    #[test]
    fn each_goal_is_told_once_when_it_is_solved() {
        let given = "paxos-playground 1\nprotocol basic\nnodes A B C\nat 0Δ propose A \"red\"\nallow crash\n\
                     goal 0 \"Nobody breaks anything\": violated = 0\ngoal 2 \"A is down\": crashed = 1\n\
                     goal \"Two are\": crashed = 2 else \"{crashed} are down\"\n";
        let mut session = Session::open(given).expect("it runs");
        let mut telling = Telling::default();
        let mut news = |session: &Session| {
            let exercise = ExerciseView::of(session, given).expect("it has goals");
            telling.news(session);
            telling.solved(&exercise, given)
        };
        assert_eq!(news(&session), [""; 0], "nobody has done anything yet");
        let crash = |session: &mut Session, name: &str| {
            session.seek(Time(500_000));
            session.act(crate::scenario::Act::Crash(name.to_owned())).expect("it is there");
        };
        crash(&mut session, "A");
        let told = "{\"event\":\"solved\",\"goal\":\"A is down\",\"number\":2,\"goals\":3,\"points\":2,\"of\":3}";
        assert_eq!(news(&session), [told]);
        session.undo();
        assert_eq!(news(&session), [""; 0]);
        session.redo();
        assert_eq!(news(&session), [""; 0], "it was told");
        let exercise = ExerciseView::of(&session, given);
        let around =
            Around { is_playing: false, theme: "auto", is_edited: true, exercise: exercise.as_ref(), link: "" };
        let state = state(&session, &around);
        let goal = "{\"text\":\"Two are\",\"points\":1,\"reached\":false,\"sentence\":\"1 are down\"}]";
        assert!(state.contains(goal) && !state.contains("refused"), "{state}");
        session.act(crate::scenario::Act::Heal).expect("it can be written");
        let exercise = ExerciseView::of(&session, given);
        let around = Around { exercise: exercise.as_ref(), ..around };
        assert!(super::state(&session, &around).contains("\"refused\":\"Line 6 is none that this exercise allows"));
    }

    #[test]
    fn every_format_that_the_frame_names_can_be_had() {
        let script = include_str!("../../static/frame.js");
        let (_, list) = script.split_once("const FORMATS = [").expect("it names its formats");
        let formats: Vec<&str> = list.split(']').next().unwrap_or_default().split('"').skip(1).step_by(2).collect();
        assert_eq!(formats.len(), export::FORMATS.len() + 1, "{formats:?}");
        let session = open("minimal-ballot");
        for format in formats {
            let told = export(&session, "v=1&scenario=minimal-ballot", format);
            assert!(told.starts_with(&format!("{{\"format\":\"{format}\",\"name\":\"")), "{told}");
        }
        assert!(export(&session, "", "report").contains("77cddee4d34e0760"));
        assert!(export(&session, "", "exe").starts_with("{\"reason\":"));
    }
}
