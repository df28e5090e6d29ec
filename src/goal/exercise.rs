//! An exercise is a script with goals. A hand-in has the exercise's lines as they stand, and further lines of the kinds that
//! the exercise allows; its run is judged by the exercise's goals.

use super::{judge, missing, points};
use crate::check;
use crate::scenario::{Error, Line, Scenario, Script, Statement};
use crate::sim::{Run, Stop};
use crate::tongue::say;

/// A script with goals.
#[derive(Clone, Debug)]
pub struct Exercise {
    scenario: Scenario,
    /// The statements that a hand-in has to contain.
    given: Vec<Statement>,
    /// The goals.
    goals: Vec<Line>,
    /// The goals and the permissions.
    stated: Vec<Statement>,
}

/// What a hand-in is worth.
#[derive(Clone, PartialEq, Eq, serde::Serialize, Debug)]
pub struct Grade {
    /// The points.
    pub points: u32,
    /// The points that can be reached.
    pub of: u32,
    /// Why it is not more; or that everything is reached.
    pub sentence: String,
}

impl Exercise {
    /// Reads the script of an exercise.
    ///
    /// # Errors
    /// The first mistake in the text, and its place; or that it has no goal.
    pub fn read(text: &str) -> Result<Self, Error> {
        let (script, scenario) = Scenario::read(text)?;
        if scenario.goals.is_empty() {
            let message = "the script has no goal, so it is no exercise; add a line such as “goal \"Something passes\": \
                           decisions > 0”";
            return Err(Error { line: script.lines.len() + 1, column: 1, message: message.to_owned() });
        }
        // A setting that `allow` names may be another one in a hand-in.
        let may_differ = |statement: &Statement| {
            let is_setting = !matches!(statement, Statement::At(..) | Statement::Rule { .. });
            is_setting && scenario.allowed.iter().any(|permission| permission.covers(statement))
        };
        let given = statements(&script).into_iter().map(|(_, statement)| statement);
        let given = given.filter(|statement| !may_differ(statement)).cloned().collect();
        let is_goal = |line: &&Line| matches!(line.statement, Some(Statement::Goal(_)));
        let goals = script.lines.iter().filter(is_goal).cloned().collect();
        let stated = stated(&script).cloned().collect();
        Ok(Self { scenario, given, goals, stated })
    }

    /// The points that can be reached.
    pub fn of(&self) -> u32 {
        self.scenario.goals.iter().map(|goal| goal.points).sum()
    }

    /// The grade for nothing that can be run, with the reason.
    pub fn refuse(&self, sentence: impl Into<String>) -> Grade {
        Grade { points: 0, of: self.of(), sentence: sentence.into() }
    }

    /// Grades the text of a hand-in. Goals and permissions that it contains are not looked at: those of the exercise count.
    pub fn grade(&self, text: &str) -> Grade {
        let (script, scenario) = match Scenario::read(text) {
            Ok(read) => read,
            Err(error) => return self.refuse(say!("This does not run: {error}")),
        };
        let run = Run::of(scenario);
        if let Some(sentence) = self.refusal(&script, &run) {
            return self.refuse(sentence);
        }
        let run = match self.with_goals(script) {
            Ok(scenario) => run.fork(scenario),
            Err(error) => {
                return self
                    .refuse(say!("The exercise’s goals do not fit these lines: {error}", error = error.message));
            }
        };
        let trace = run.trace();
        let outcomes = judge(trace, usize::MAX, &check::check(trace));
        let (points, of) = points(&outcomes);
        let last = outcomes.last().map_or("", |outcome| &outcome.sentence);
        let sentence = missing(&outcomes).map_or(last, |(_, outcome)| &outcome.sentence);
        Grade { points, of, sentence: sentence.to_owned() }
    }

    /// Why a script and its run are worth nothing, whatever they show; none when they are to be judged.
    pub fn refusal(&self, script: &Script, run: &Run) -> Option<String> {
        match run.stop() {
            Stop::TooLong => Some(say!("The run is too long: it was stopped before it came to an end.").into()),
            Stop::TooLarge(_) => Some(say!("The run is too large: it was stopped before it came to an end.").into()),
            Stop::Quiet | Stop::Until | Stop::Horizon | Stop::Unfinished => self.expect(script).err(),
        }
    }

    /// Whether a script states the same exercise: its goals and its permissions, in their order.
    pub fn is_stated_by(&self, script: &Script) -> bool {
        stated(script).eq(self.stated.iter())
    }

    /// A hand-in with the goals of the exercise instead of its own.
    fn with_goals(&self, mut script: Script) -> Result<Scenario, Error> {
        for line in &mut script.lines {
            if matches!(line.statement, Some(Statement::Goal(_) | Statement::Allow(_))) {
                *line = Line::default();
            }
        }
        script.lines.extend(self.goals.iter().cloned());
        Scenario::of(&script)
    }

    /// Whether a script has the lines of the exercise, and no others than the exercise allows.
    ///
    /// # Errors
    /// A sentence: which line is missing, or which is one too many.
    pub fn expect(&self, script: &Script) -> Result<(), String> {
        let mut added = statements(script);
        for given in &self.given {
            let Some(place) = added.iter().position(|(_, statement)| *statement == given) else {
                return Err(say!("A line of the exercise is missing: {line}", line = words(given)));
            };
            added.remove(place);
        }
        let allowed = &self.scenario.allowed;
        let mut left: Vec<_> = allowed.iter().map(|permission| permission.most.unwrap_or(u32::MAX)).collect();
        for (line, statement) in added.into_iter().filter(|_| !allowed.is_empty()) {
            let covers = |place: &usize| allowed[*place].covers(statement);
            let covering: Vec<usize> = (0..allowed.len()).filter(covers).collect();
            match covering.iter().find(|place| left[**place] > 0) {
                Some(place) => left[*place] = left[*place].saturating_sub(1),
                None if covering.is_empty() => {
                    return Err(say!("Line {line} is none that this exercise allows: {text}", text = words(statement)));
                }
                None => {
                    return Err(say!(
                        "Line {line} is one more than this exercise allows: {text}",
                        text = words(statement)
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The goals and the permissions of a script.
fn stated(script: &Script) -> impl Iterator<Item = &Statement> {
    let statements = script.lines.iter().filter_map(|line| line.statement.as_ref());
    statements.filter(|statement| matches!(statement, Statement::Goal(_) | Statement::Allow(_)))
}

/// The statements that say something to the playground, each with its line.
fn statements(script: &Script) -> Vec<(usize, &Statement)> {
    let numbered = script.lines.iter().zip(2..);
    let said = numbered.filter_map(|(line, number)| Some((number, line.statement.as_ref()?)));
    said.filter(|(_, statement)| !statement.is_for_people()).collect()
}

/// The words of a line up to the number of its message.
fn words(statement: &Statement) -> String {
    let line = Line::from(statement.clone()).to_string();
    line.split('#').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}
