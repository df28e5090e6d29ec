//! Goals as what a search over schedules looks for. A search has no trace: it remembers of a run only what the goals look at, and
//! two runs of which it remembers the same are the same to it. It leaves time out, so a goal that looks at times, messages, checks or
//! requests is set aside; whoever shows what was found judges its run by all goals.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Row};
use super::judge::is_reached;
use crate::check::{Check, Judge, Seen};
use crate::protocol::{Fact, Said};
use crate::scenario::Scenario;
use crate::scenario::goals::vocabulary::{COLLECTIONS, FIGURES};
use crate::scenario::goals::{Datum, Expression, Goal};
use crate::tongue::say;
use crate::types::{Ballot, Instance, NodeId, Value, Vote};

/// What a search remembers: collections, each with the fields that it knows.
const KNOWN: &[(&str, &[&str])] = &[
    ("decisions", &["instance", "value", "proposer", "ballot"]),
    ("learned", &["node", "instance", "value"]),
    ("ballots", &["ballot", "number", "owner", "votes"]),
    ("promises", &["node", "ballot", "instance", "last.ballot", "last.value"]),
    ("votes", &["node", "ballot", "instance", "value"]),
    ("accepted", &["node", "ballot", "instance", "value"]),
];

/// Why a search cannot look for this goal; none when it can.
pub fn set_aside(goal: &Goal) -> Option<String> {
    let mut unknown = None;
    visit(&goal.condition, &mut Vec::new(), &mut |name| {
        unknown.get_or_insert(name);
    });
    unknown.map(|name| format!("a search over schedules does not know {name}, so it does not look for this goal"))
}

/// Calls `tell` with what the expression looks at and no search knows; `over` has the collections of the quantifiers around it.
fn visit(expression: &Expression, over: &mut Vec<usize>, tell: &mut impl FnMut(String)) {
    let known = |collection: usize| KNOWN.iter().find(|(name, _)| *name == COLLECTIONS[collection].name);
    match expression {
        Expression::Literal(_) => {}
        Expression::Figure(place) if FIGURES[*place].name == "protocol" => {}
        Expression::Figure(place) => tell(format!("“{}”", FIGURES[*place].name)),
        Expression::Size(collection) if known(*collection).is_some() => {}
        Expression::Size(collection) => tell(format!("“{}”", COLLECTIONS[*collection].name)),
        Expression::Field(outward, column) => {
            let collection = over[over.len() - 1 - outward];
            let field = COLLECTIONS[collection].fields[*column].name;
            if known(collection).is_some_and(|(_, fields)| !fields.contains(&field)) {
                tell(format!("the “{field}” of {}", COLLECTIONS[collection].name));
            }
        }
        Expression::Not(inner) => visit(inner, over, tell),
        Expression::All(parts) | Expression::Any(parts) => parts.iter().for_each(|part| visit(part, over, tell)),
        Expression::Compare(_, sides) | Expression::Sum(_, sides) => {
            sides.iter().for_each(|side| visit(side, over, tell));
        }
        Expression::Over(inner) => {
            if known(inner.collection).is_none() {
                tell(format!("“{}”", COLLECTIONS[inner.collection].name));
            }
            over.push(inner.collection);
            inner.filter.iter().for_each(|filter| visit(filter, over, tell));
            visit(&inner.body, over, tell);
            over.pop();
        }
    }
}

/// A judge for a search that ends when all goals are reached that it can look for.
///
/// # Errors
/// A sentence: why there is nothing to look for.
pub fn judge(scenario: &Scenario) -> Result<Judge, String> {
    let goals = &scenario.goals;
    if goals.is_empty() {
        return Err("the script has no goals; a line such as “goal \"Two vote\": votes = 2” is one".to_owned());
    }
    if let Some(why) = goals.iter().map(set_aside).collect::<Option<Vec<_>>>() {
        return Err(format!("no goal can be looked for: {}", why.first().map_or("", |why| why)));
    }
    if !scenario.setup.cast.liars.is_empty() {
        return Err("a search for goals does not know liars".to_owned());
    }
    let mut named = vec![false; COLLECTIONS.len()];
    goals.iter().filter(|goal| set_aside(goal).is_none()).for_each(|goal| Facts::note_named(goal, &mut named));
    let is_named = |name: &str| COLLECTIONS.iter().zip(&named).any(|(known, named)| known.name == name && *named);
    let remembered = Remembered {
        decides: is_named("decisions"),
        learns: is_named("learned"),
        tries: is_named("ballots"),
        promises: is_named("promises"),
        votes: is_named("votes"),
        accepts: is_named("accepted"),
    };
    Ok(Judge::asking(scenario, Box::new(Seeker { remembered, ..Seeker::default() })))
}

/// What the goals look at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Remembered {
    decides: bool,
    learns: bool,
    tries: bool,
    promises: bool,
    votes: bool,
    accepts: bool,
}

/// What has happened of that. Lists are sorted, so that runs in which the same happened in another order are the same.
#[derive(Clone, Hash, Default)]
struct Seeker {
    remembered: Remembered,
    /// The decrees that somebody knows: by which ballot each was learned first.
    decided: BTreeMap<(Instance, Value), Ballot>,
    learned: BTreeSet<(Instance, Value, NodeId)>,
    /// Who began ballots, where that is not their owner.
    began: BTreeMap<(Instance, Ballot, Value), NodeId>,
    tried: Vec<Ballot>,
    voters: BTreeSet<(Ballot, NodeId)>,
    promised: Vec<(NodeId, Ballot, Instance, Option<Vote>)>,
    voted: Vec<(NodeId, Ballot, Instance, Value)>,
    accepted: Vec<(NodeId, Ballot, Instance, Value)>,
}

/// Puts an item at its place in a sorted list.
fn insert<T: Ord>(list: &mut Vec<T>, item: T) {
    let place = list.partition_point(|other| *other < item);
    list.insert(place, item);
}

impl Check for Seeker {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, fact)) = seen.fact() else { return Ok(()) };
        let Remembered { decides, learns, tries, promises, votes, accepts } = self.remembered;
        match fact {
            Fact::Tried(ballot) if tries => insert(&mut self.tried, ballot),
            Fact::Promised(instance, ballot, last) if promises => {
                insert(&mut self.promised, (node, ballot, instance, last));
            }
            Fact::PromisedFrom(instance, ballot) if promises => {
                insert(&mut self.promised, (node, ballot, instance, None));
            }
            Fact::Began { instance, ballot, value: Some(value), .. } if decides && node != ballot.owner() => {
                for command in value.commands().iter() {
                    self.began.entry((instance, ballot, *command)).or_insert(node);
                }
            }
            Fact::Voted(instance, vote) => {
                if votes {
                    insert(&mut self.voted, (node, vote.ballot, instance, vote.value));
                }
                if tries {
                    self.voters.insert((vote.ballot, node));
                }
            }
            Fact::Believed { instance, ballot, value, .. } if accepts => {
                insert(&mut self.accepted, (node, ballot, instance, value));
            }
            Fact::Learned(instance, vote) if decides || learns => {
                for command in vote.value.commands().iter() {
                    let is_new = !self.decided.contains_key(&(instance, *command));
                    self.decided.entry((instance, *command)).or_insert(vote.ballot);
                    // A ledger keeps the first decree of a place, as latencies tell it.
                    let has_other = !vote.value.is_history()
                        && self
                            .learned
                            .iter()
                            .any(|(place, other, learner)| (*place, *learner) == (instance, node) && other != command);
                    if is_new || !has_other {
                        self.learned.insert((instance, *command, node));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn settle(&mut self, scenario: &Scenario) -> Result<(), Said> {
        let facts = Facts { scenario, tables: self.tables(scenario), figures: figures(scenario) };
        let goals = scenario.goals.iter().filter(|goal| set_aside(goal).is_none());
        if goals.into_iter().all(|goal| is_reached(goal, &facts)) {
            Err(String::from(say!("The goals are reached.")).into())
        } else {
            Ok(())
        }
    }
}

fn figures(scenario: &Scenario) -> Vec<Datum> {
    let figure = |name: &str| match name {
        "protocol" => Datum::Text(scenario.protocol.name.into()),
        _ => Datum::None,
    };
    FIGURES.iter().map(|known| figure(known.name)).collect()
}

impl Seeker {
    /// The rows of each collection, with nothing in the fields that no search knows.
    fn tables(&self, scenario: &Scenario) -> Vec<Vec<Row>> {
        let rows = |name: &str| match name {
            "decisions" => self.decisions(scenario),
            "learned" => self.learners(scenario),
            "ballots" => self.ballots(),
            "promises" => self.promises(scenario),
            "votes" => votes(&self.voted, scenario),
            "accepted" => votes(&self.accepted, scenario),
            _ => Vec::new(),
        };
        let table = |collection: &crate::scenario::goals::vocabulary::Collection| {
            let mut rows = rows(collection.name);
            rows.iter_mut().for_each(|row| row.resize(collection.fields.len(), Datum::None));
            rows
        };
        COLLECTIONS.iter().map(table).collect()
    }

    fn decisions(&self, scenario: &Scenario) -> Vec<Row> {
        let row = |(&(instance, value), &ballot): (&(Instance, Value), &Ballot)| {
            let proposer = self.began.get(&(instance, ballot, value)).copied().unwrap_or(ballot.owner());
            vec![place(instance), text(scenario, value), Datum::Node(proposer), Datum::Ballot(ballot)]
        };
        self.decided.iter().map(row).collect()
    }

    fn learners(&self, scenario: &Scenario) -> Vec<Row> {
        let row = |&(instance, value, node): &(Instance, Value, NodeId)| {
            vec![Datum::Node(node), place(instance), text(scenario, value)]
        };
        self.learned.iter().map(row).collect()
    }

    fn ballots(&self) -> Vec<Row> {
        let row = |&ballot: &Ballot| {
            let votes = self.voters.iter().filter(|(other, _)| *other == ballot).count();
            let (number, votes) = (i64::from(ballot.number()), votes as i64);
            // The time of step 1a stands before the votes.
            vec![
                Datum::Ballot(ballot),
                Datum::Number(number),
                Datum::Node(ballot.owner()),
                Datum::None,
                Datum::Number(votes),
            ]
        };
        self.tried.iter().map(row).collect()
    }

    fn promises(&self, scenario: &Scenario) -> Vec<Row> {
        let row = |&(node, ballot, instance, last): &(NodeId, Ballot, Instance, Option<Vote>)| {
            let last_ballot = last.map_or(Datum::None, |vote| Datum::Ballot(vote.ballot));
            let last_value = last.map_or(Datum::None, |vote| text(scenario, vote.value));
            let promised = [Datum::Node(node), Datum::Ballot(ballot), place(instance)];
            promised.into_iter().chain([Datum::None, last_ballot, last_value]).collect()
        };
        self.promised.iter().map(row).collect()
    }
}

fn votes(list: &[(NodeId, Ballot, Instance, Value)], scenario: &Scenario) -> Vec<Row> {
    let row = |&(node, ballot, instance, value): &(NodeId, Ballot, Instance, Value)| {
        vec![Datum::Node(node), Datum::Ballot(ballot), place(instance), text(scenario, value)]
    };
    list.iter().map(row).collect()
}

fn place(instance: Instance) -> Datum {
    Datum::Number(i64::from(instance.0))
}

fn text(scenario: &Scenario, value: Value) -> Datum {
    Datum::Text(scenario.symbols.value(value).into())
}
