//! Evaluating conditions. Their kinds fit, so nothing here can fail; the work is bounded.

use std::cmp::Ordering;

use super::Outcome;
use super::facts::{Facts, Row};
use crate::scenario::goals::{Datum, Expression, Goal, Over, Piece, Quantifier, Relation, Sign};
use crate::tongue::say;
use crate::types::Time;

/// So many steps go into judging one goal, and into its sentence; a step is a part of a condition, asked of a row. Then it is
/// given up, with a sentence.
pub const STEPS_MAX: u64 = 4_000_000;

/// So many rows are told one after the other in a sentence.
const EACH_MAX: usize = 12;

/// Judging was given up.
struct TooMuch;

type Worth<T> = Result<T, TooMuch>;

/// Whether the goal is reached, with a sentence; and how many steps that took.
pub(super) fn outcome(goal: &Goal, facts: &Facts<'_>) -> (Outcome, u64) {
    let told = |is_reached, sentence| Outcome { text: goal.text.clone(), points: goal.points, is_reached, sentence };
    let mut condition = evaluator(facts);
    let outcome = match condition.truth(&goal.condition) {
        Ok(true) => told(true, goal.text.clone()),
        Ok(false) => {
            let mut sentence = evaluator(facts);
            let text = sentence.sentence(goal).unwrap_or_else(|TooMuch| too_much());
            condition.steps += sentence.steps;
            told(false, text)
        }
        Err(TooMuch) => told(false, too_much()),
    };
    (outcome, condition.steps)
}

/// Whether the goal is reached.
pub(super) fn is_reached(goal: &Goal, facts: &Facts<'_>) -> bool {
    matches!(evaluator(facts).truth(&goal.condition), Ok(true))
}

fn too_much() -> String {
    say!("This is too much to judge: it would take more than {STEPS_MAX} steps.")
}

fn evaluator<'a>(facts: &'a Facts<'a>) -> Evaluator<'a> {
    Evaluator { facts, rows: Vec::new(), steps: 0 }
}

struct Evaluator<'a> {
    facts: &'a Facts<'a>,
    /// The row that each quantifier is at, outer ones first.
    rows: Vec<&'a Row>,
    steps: u64,
}

impl<'a> Evaluator<'a> {
    /// The author's sentence, or one that restates the goal.
    fn sentence(&mut self, goal: &Goal) -> Worth<String> {
        if goal.otherwise.is_empty() {
            return Ok(say!("Not yet: {goal}", goal = goal.text));
        }
        let mut sentence = String::new();
        for piece in &goal.otherwise {
            match piece {
                Piece::Text(text) => sentence.push_str(text),
                Piece::Filled(Expression::Over(over)) if over.quantifier == Quantifier::Each => {
                    sentence.push_str(&self.each(over)?);
                }
                Piece::Filled(expression) => {
                    let datum = self.datum(expression)?;
                    sentence.push_str(&self.text(&datum));
                }
            }
        }
        Ok(sentence)
    }

    fn text(&self, datum: &Datum) -> String {
        datum.text(&self.facts.scenario.symbols).unwrap_or_else(|| {
            let Datum::Time(ticks) = *datum else { return String::new() };
            let span = self.facts.scenario.time_text(Time(ticks.unsigned_abs()));
            if ticks < 0 { format!("−{span}") } else { span }
        })
    }

    /// What the body is for each row, one after the other; at most [`EACH_MAX`] of them.
    fn each(&mut self, over: &Over) -> Worth<String> {
        let mut told = Vec::new();
        self.rows_of(over, |this| {
            let datum = this.datum(&over.body)?;
            told.push(datum);
            Ok(told.len() <= EACH_MAX)
        })?;
        let mut list: Vec<_> = told.iter().take(EACH_MAX).map(|datum| self.text(datum)).collect();
        if told.len() > EACH_MAX {
            list.push("…".to_owned());
        }
        Ok(if list.is_empty() { "none".to_owned() } else { list.join(", ") })
    }

    /// Visits the rows that a quantifier is about, as long as `visit` says so.
    fn rows_of(&mut self, over: &Over, mut visit: impl FnMut(&mut Self) -> Worth<bool>) -> Worth<()> {
        let facts = self.facts;
        for row in &facts.tables[over.collection] {
            self.rows.push(row);
            let is_meant = over.filter.as_ref().map_or(Ok(true), |filter| self.truth(filter));
            let goes_on = match is_meant {
                Ok(true) => visit(self),
                other => other.map(|_| true),
            };
            self.rows.pop();
            if !goes_on? {
                break;
            }
        }
        Ok(())
    }

    fn truth(&mut self, condition: &Expression) -> Worth<bool> {
        Ok(self.datum(condition)? == Datum::Truth(true))
    }

    fn datum(&mut self, expression: &Expression) -> Worth<Datum> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return Err(TooMuch);
        }
        Ok(match expression {
            Expression::Literal(datum) => datum.clone(),
            Expression::Field(outward, column) => self.rows[self.rows.len() - 1 - outward][*column].clone(),
            Expression::Figure(place) => self.facts.figures[*place].clone(),
            Expression::Size(collection) => number(self.facts.tables[*collection].len()),
            Expression::Not(inner) => Datum::Truth(!self.truth(inner)?),
            Expression::All(parts) => {
                for part in parts {
                    if !self.truth(part)? {
                        return Ok(Datum::Truth(false));
                    }
                }
                Datum::Truth(true)
            }
            Expression::Any(parts) => {
                for part in parts {
                    if self.truth(part)? {
                        return Ok(Datum::Truth(true));
                    }
                }
                Datum::Truth(false)
            }
            Expression::Compare(relation, sides) => {
                let (left, right) = (self.datum(&sides[0])?, self.datum(&sides[1])?);
                Datum::Truth(compare(*relation, &left, &right))
            }
            Expression::Sum(sign, sides) => sum(*sign, &self.datum(&sides[0])?, &self.datum(&sides[1])?),
            Expression::Over(over) => self.over(over)?,
        })
    }

    fn over(&mut self, over: &Over) -> Worth<Datum> {
        let (mut matching, mut all, mut best) = (0, true, Datum::None);
        self.rows_of(over, |this| {
            let datum = this.datum(&over.body)?;
            let holds = datum == Datum::Truth(true);
            matching += usize::from(holds);
            all &= holds;
            let wins = match over.quantifier {
                Quantifier::Largest => compare(Relation::More, &datum, &best),
                Quantifier::Smallest => compare(Relation::Less, &datum, &best),
                _ => false,
            };
            if wins || best == Datum::None {
                best = datum;
            }
            Ok(match over.quantifier {
                Quantifier::Some => !holds,
                Quantifier::Every => holds,
                _ => true,
            })
        })?;
        Ok(match over.quantifier {
            Quantifier::Some => Datum::Truth(matching > 0),
            Quantifier::Every => Datum::Truth(all),
            Quantifier::Count => number(matching),
            Quantifier::Largest | Quantifier::Smallest => best,
            // Only sentences have lists, and they tell them row by row.
            Quantifier::Each => Datum::None,
        })
    }
}

fn number(count: usize) -> Datum {
    Datum::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// How two data compare. Nothing is neither less nor more than anything, and equals only nothing.
fn compare(relation: Relation, left: &Datum, right: &Datum) -> bool {
    let order = match (left, right) {
        (Datum::Number(one), Datum::Number(other)) | (Datum::Time(one), Datum::Time(other)) => Some(one.cmp(other)),
        (Datum::Ballot(one), Datum::Ballot(other)) => Some(one.cmp(other)),
        _ => None,
    };
    match relation {
        Relation::Equal => left == right,
        Relation::Unequal => left != right,
        Relation::Less => order == Some(Ordering::Less),
        Relation::AtMost => order.is_some_and(Ordering::is_le),
        Relation::More => order == Some(Ordering::Greater),
        Relation::AtLeast => order.is_some_and(Ordering::is_ge),
    }
}

/// A sum or a difference; nothing where one of the two is nothing.
fn sum(sign: Sign, left: &Datum, right: &Datum) -> Datum {
    let add = |one: i64, other: i64| match sign {
        Sign::Plus => one.saturating_add(other),
        Sign::Minus => one.saturating_sub(other),
    };
    match (left, right) {
        (Datum::Number(one), Datum::Number(other)) => Datum::Number(add(*one, *other)),
        (Datum::Time(one), Datum::Time(other)) => Datum::Time(add(*one, *other)),
        _ => Datum::None,
    }
}
