//! The exercise that a script states, as a person sees it who solves it: each goal, whether it is reached, what is missing, and
//! which lines may be added.
//!
//! The goals are those of the script as it is now, judged on its whole run by the room `goal`. Which lines were given is read from
//! the script as it was opened. As soon as somebody changes the goals or the permissions, the script is an exercise that is
//! being made: every line of it is then given, and no goal counts as solved.

use std::rc::Rc;
use std::sync::Arc;

use crate::goal::exercise::Exercise;
use crate::goal::{self, Outcome};
use crate::scenario::{Permission, Scenario, Who};
use crate::session::Session;
use crate::tongue::say;

/// So many steps of judging are done at once; a person does not notice them.
const STEPS_AT_ONCE: u64 = 400_000;

/// What is told of an exercise. A copy is cheap.
#[derive(Clone, Debug)]
pub struct ExerciseView {
    /// What the script of the run means that was judged.
    pub run: Arc<Scenario>,
    /// The goals, in their order.
    pub goals: Rc<[GoalRow]>,
    /// Whether every goal is judged; until then the run or its judging is not over.
    pub is_judged: bool,
    /// How many goals are solved: those up to the first that is not reached. None are where lines are refused, and while the
    /// exercise is being made.
    pub solved: usize,
    /// The points for these goals, and those for all.
    pub points: (u32, u32),
    /// Why nothing counts: a line is missing or not allowed, or the run was stopped before its end. A sentence.
    pub refused: Option<String>,
    /// Whether the goals or the permissions are no longer those of the script that was opened.
    pub is_being_made: bool,
    /// Which lines may be added, in words; none where any may.
    pub allowed: Rc<[String]>,
    outcomes: Rc<[Outcome]>,
}

/// A goal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoalRow {
    /// What is so when it is reached.
    pub text: String,
    /// How many points it is worth.
    pub points: u32,
    /// Whether it is reached, by itself; none while that is not known.
    pub is_reached: Option<bool>,
}

impl ExerciseView {
    /// The exercise that the session's script states, if it has goals. `given` is the text of the script as it was opened.
    pub fn of(session: &Session, given: &str) -> Option<Self> {
        let scenario = session.scenario();
        if scenario.goals.is_empty() {
            return None;
        }
        let exercise = Exercise::read(given).ok().filter(|exercise| exercise.is_stated_by(session.script()));
        let mut view = Self {
            run: Arc::clone(scenario),
            goals: Rc::default(),
            is_judged: false,
            solved: 0,
            points: (0, 0),
            refused: exercise.as_ref().and_then(|exercise| exercise.refusal(session.script(), &session.played().run)),
            is_being_made: exercise.is_none(),
            allowed: allowed(scenario),
            outcomes: Rc::default(),
        };
        view.go_on(session);
        Some(view)
    }

    /// Judges a few more goals, once the run is over. Call it until `is_judged`.
    pub fn go_on(&mut self, session: &Session) {
        let (played, goals) = (session.played(), &session.scenario().goals);
        if played.is_judged() && !self.is_judged {
            let mut outcomes = self.outcomes.to_vec();
            goal::go_on(&mut outcomes, played.trace(), usize::MAX, &played.verdicts, STEPS_AT_ONCE);
            self.outcomes = outcomes.into();
            self.is_judged = self.outcomes.len() == goals.len();
            // Whether a long run comes to its end is known only now.
            self.refused = self.refused.take().or_else(|| super::cut_short(session));
        }
        let row = |(place, goal): (usize, &crate::scenario::Goal)| {
            let is_reached = self.outcomes.get(place).map(|outcome| outcome.is_reached);
            GoalRow { text: goal.text.clone(), points: goal.points, is_reached }
        };
        self.goals = goals.iter().enumerate().map(row).collect();
        let of = goals.iter().map(|goal| goal.points).sum();
        let counts = self.is_judged && self.refused.is_none() && !self.is_being_made;
        let reached = self.goals.iter().take_while(|goal| goal.is_reached == Some(true));
        self.solved = if counts { reached.count() } else { 0 };
        self.points = (self.goals[..self.solved].iter().map(|goal| goal.points).sum(), of);
    }

    /// Whether every goal is solved.
    pub fn is_solved(&self) -> bool {
        self.solved == self.goals.len()
    }

    /// The goals after judging; none before.
    pub fn outcomes(&self) -> &[Outcome] {
        if self.is_judged { &self.outcomes } else { &[] }
    }

    /// What is missing: why nothing counts, or the sentence of the first goal that is not reached; the last goal’s sentence when
    /// all are.
    pub fn sentence(&self) -> &str {
        if let Some(refused) = &self.refused {
            return refused;
        }
        let missing = goal::missing(self.outcomes()).map(|(_, outcome)| outcome);
        match missing.or(self.outcomes().last()) {
            Some(outcome) => &outcome.sentence,
            None => say!("The run is still being worked out.").text(),
        }
    }
}

/// What may be added, a permission each.
fn allowed(scenario: &Scenario) -> Rc<[String]> {
    let words = |permission: &Permission| {
        let who = match &permission.who {
            Who::Anybody => String::new(),
            Who::Node(name) => format!(" {name}"),
            Who::Link(Some(from), Some(to)) => say!(" from {from} to {to}"),
            Who::Link(Some(from), None) => say!(" from {from} to anybody"),
            Who::Link(None, Some(to)) => say!(" from anybody to {to}"),
            Who::Link(None, None) => say!(" from anybody to anybody").into(),
        };
        let before = permission.before.map(|at| say!(", before {time}", time = scenario.time_text(at)));
        let before = before.unwrap_or_default();
        let most = match permission.most {
            None => String::new(),
            Some(1) => say!(", once").into(),
            Some(most) => say!(", at most {most} times"),
        };
        format!("{}{who}{before}{most}", permission.deed)
    };
    scenario.allowed.iter().map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Act;
    use crate::types::Time;

    const GIVEN: &str = "paxos-playground 1\nprotocol basic\nnodes A B C D E\nat 0Δ propose A \"red\"\n\
        allow crash 2, drop A->*, propose B before 1Δ\n\
        goal 0 \"Every check holds\": violated = 0\n\
        goal 2 \"Two nodes are down\": crashed = 2 else \"{crashed} are down.\"\n\
        goal \"Nothing is decided\": decisions = 0\n";

    fn crashes(session: &mut Session, names: &[&str]) {
        session.seek(Time(500_000));
        for name in names {
            session.act(Act::Crash((*name).to_owned())).expect("there is such a node");
        }
    }

    #[test]
    fn goals_are_solved_in_their_order_and_only_with_lines_that_are_allowed() {
        let mut session = Session::open(GIVEN).expect("it runs");
        let of = |session: &Session| ExerciseView::of(session, GIVEN).expect("it has goals");
        let view = of(&session);
        assert_eq!((view.solved, view.points, view.sentence()), (1, (0, 3), "0 are down."));
        assert_eq!(*view.allowed, ["crash, at most 2 times", "drop from A to anybody", "propose B, before 1Δ"]);
        crashes(&mut session, &["B", "C"]);
        let view = of(&session);
        assert_eq!((view.solved, view.points), (2, (2, 3)));
        assert_eq!(view.goals.iter().map(|goal| goal.is_reached).collect::<Vec<_>>(), [true, true, false].map(Some));
        crashes(&mut session, &["D"]);
        let view = of(&session);
        assert_eq!((view.solved, view.is_solved()), (0, false));
        assert_eq!(view.sentence(), "Line 7 is one more than this exercise allows: at 0.5Δ crash D");
        session.undo();
        session.act(Act::Heal).expect("it can be written");
        assert!(of(&session).sentence().contains("none that this exercise allows: at 0.5Δ heal"));
    }

    #[test]
    fn whoever_changes_the_goals_makes_another_exercise_and_solves_nothing() {
        let mut session = Session::open(GIVEN).expect("it runs");
        session.edit(&GIVEN.replace("crashed = 2", "crashed = 0")).expect("it runs");
        let view = ExerciseView::of(&session, GIVEN).expect("it has goals");
        assert!(view.is_being_made && view.solved == 0);
        assert_eq!(view.goals[1].is_reached, Some(true));
        let view = ExerciseView::of(&session, "paxos-playground 1\nnodes 3\n").expect("it has goals");
        assert!(view.is_being_made && view.refused.is_none());
        assert!(ExerciseView::of(&Session::open("paxos-playground 1\nnodes 3\n").expect("it runs"), GIVEN).is_none());
    }

    #[test]
    fn goals_that_take_long_are_judged_a_few_at_a_time() {
        let slow =
            "goal \"slow\": count a in messages: (some b in messages: some c in messages: a.sent > c.landed + 99Δ)\n";
        let slow = slow.replace("goal \"slow\": count", "goal \"slow\": (count").replace("99Δ)\n", "99Δ)) = 0\n");
        let text = format!("paxos-playground 1\nprotocol basic\nnodes 11\nat 0Δ propose A \"red\"\n{}", slow.repeat(3));
        let session = Session::open(&text).expect("it runs");
        let mut view = ExerciseView::of(&session, &text).expect("it has goals");
        let judged = |view: &ExerciseView| view.goals.iter().filter(|goal| goal.is_reached.is_some()).count();
        assert_eq!((judged(&view), view.is_judged, view.outcomes().len()), (1, false, 0));
        view.go_on(&session);
        view.go_on(&session);
        assert!(view.is_judged && view.is_solved(), "{view:?}");
    }
}
