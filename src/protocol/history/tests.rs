//! The axioms of c-structs (Lamport 2005, §3.3.3), for all histories of up to four commands under every relation of conflict.
//! A second implementation, which knows nothing of canonical lists, says what each operation has to answer: there a history is
//! the set of all lists of commands that mean the same.

use std::collections::BTreeSet;

use super::*;

type List = Vec<u32>;

/// A relation of conflict: for each pair of commands, whether they conflict.
#[derive(Clone, Copy)]
struct Relation {
    commands: u32,
    bits: u32,
}

impl Relation {
    fn conflict(self, one: u32, other: u32) -> bool {
        let (small, large) = (one.min(other), one.max(other));
        one != other && self.bits >> (large * (large - 1) / 2 + small) & 1 == 1
    }

    fn all(commands: u32) -> impl Iterator<Item = Self> {
        (0..1 << (commands * commands.saturating_sub(1) / 2)).map(move |bits| Self { commands, bits })
    }

    fn histories(self) -> Histories {
        Histories::new(self.commands as usize, Structure::History, false, |one, other| {
            self.conflict(one as u32, other as u32)
        })
    }

    /// Every list of different commands.
    fn lists(self) -> Vec<List> {
        let mut all: Vec<List> = vec![Vec::new()];
        let mut place = 0;
        while place < all.len() {
            for command in 0..self.commands {
                if !all[place].contains(&command) {
                    all.push([all[place].as_slice(), &[command]].concat());
                }
            }
            place += 1;
        }
        all
    }

    /// Whether two lists mean the same: the same commands, and each conflicting pair in the same order.
    fn is_same(self, one: &List, other: &List) -> bool {
        let is_before = |list: &List, a: u32, b: u32| {
            let place = |command| list.iter().position(|known| *known == command);
            place(a) < place(b)
        };
        let commands = |list: &List| list.iter().copied().collect::<BTreeSet<_>>();
        commands(one) == commands(other)
            && one.iter().all(|a| {
                one.iter().all(|b| !self.conflict(*a, *b) || is_before(one, *a, *b) == is_before(other, *a, *b))
            })
    }

    /// ⊑ by its definition: w is v with more commands appended.
    fn is_extended(self, short: &List, long: &List) -> bool {
        let more = self.lists().into_iter().filter(|more| more.iter().all(|command| !short.contains(command)));
        more.into_iter().any(|more| self.is_same(&[short.as_slice(), &more].concat(), long))
    }
}

fn value(histories: &Histories, list: &List) -> Value {
    histories.append_all(Value::BOTTOM, list.iter().copied().map(Value))
}

/// Each history once, as a value and as one of its lists.
fn all(relation: Relation) -> Vec<(Value, List)> {
    let histories = relation.histories();
    let mut known: Vec<(Value, List)> = Vec::new();
    for list in relation.lists() {
        let value = value(&histories, &list);
        if known.iter().all(|(other, _)| *other != value) {
            known.push((value, list));
        }
    }
    known
}

#[test]
fn equal_histories_are_equal_values() {
    for relation in (0..=4).flat_map(Relation::all) {
        let histories = relation.histories();
        let lists = relation.lists();
        for one in &lists {
            for other in &lists {
                let is_equal = value(&histories, one) == value(&histories, other);
                assert_eq!(is_equal, relation.is_same(one, other), "{one:?} {other:?}");
            }
        }
    }
}

/// ⊑ is what its definition says, and a partial order; and a longer history is a larger number.
#[test]
fn a_history_extends_another_if_it_is_that_one_with_commands_appended() {
    for relation in (0..=3).flat_map(Relation::all) {
        let histories = relation.histories();
        let known = all(relation);
        for (shorter, short) in &known {
            for (longer, long) in &known {
                let is_extended = relation.is_extended(short, long);
                assert_eq!(histories.extends(*longer, *shorter), is_extended, "{short:?} {long:?}");
                assert!(!is_extended || shorter <= longer, "{short:?} {long:?}");
            }
        }
    }
}

/// CS1 to CS4, with ⊓ and ⊔ found by looking at every history.
#[test]
fn bounds_are_the_greatest_and_the_least() {
    let mut pairs = 0;
    for relation in (0..=4).flat_map(Relation::all) {
        let histories = relation.histories();
        let known: Vec<Value> = all(relation).into_iter().map(|(value, _)| value).collect();
        let below = |value: Value| known.iter().copied().filter(move |other| histories.extends(value, *other));
        for (place, one) in known.iter().enumerate() {
            for other in &known[..=place] {
                pairs += 1;
                let glb = histories.glb(*one, *other);
                let common: Vec<Value> = below(*one).filter(|lower| histories.extends(*other, *lower)).collect();
                assert!(common.contains(&glb) && common.iter().all(|lower| histories.extends(glb, *lower)));
                assert_eq!(glb, histories.glb(*other, *one));
                let is_upper = |upper: &&Value| histories.extends(**upper, *one) && histories.extends(**upper, *other);
                let uppers: Vec<Value> = known.iter().filter(is_upper).copied().collect();
                let lub = histories.lub(*one, *other);
                assert_eq!(lub.is_some(), !uppers.is_empty());
                assert!(lub.is_none_or(|lub| uppers.iter().all(|upper| histories.extends(*upper, lub))));
                // CS4: what compatible histories both have, their lower bound has.
                for command in Histories::all().filter(|_| lub.is_some()) {
                    assert_eq!(has(glb, command), has(*one, command) && has(*other, command));
                }
            }
        }
    }
    assert!(pairs > 40_000, "{pairs}");
}

/// CS3 for three: histories of which each two are compatible have one upper bound.
#[test]
fn three_histories_that_are_compatible_in_pairs_are_compatible() {
    let mut triples = 0;
    for relation in (0..=3).flat_map(Relation::all) {
        let histories = relation.histories();
        let known: Vec<Value> = all(relation).into_iter().map(|(value, _)| value).collect();
        for one in &known {
            for other in known.iter().filter(|other| histories.is_compatible(*one, **other)) {
                let both =
                    |third: &&Value| histories.is_compatible(*one, **third) && histories.is_compatible(*other, **third);
                for third in known.iter().filter(both) {
                    triples += 1;
                    assert_eq!(histories.join(*one, [*other, *third]).1, None);
                }
            }
        }
    }
    assert!(triples > 1_000, "{triples}");
}

/// The parts of a history are below it, they make it up, and extending it is extending each part.
#[test]
fn a_history_is_the_bound_of_its_parts() {
    for relation in (0..=3).flat_map(Relation::all) {
        let histories = relation.histories();
        let known: Vec<Value> = all(relation).into_iter().map(|(value, _)| value).collect();
        for one in &known {
            let parts = histories.prefixes(*one);
            assert!(parts.iter().zip(one.commands().iter()).all(|(part, command)| has(*part, *command)));
            assert_eq!(histories.join(Value::BOTTOM, parts.iter().copied()), (*one, None));
            for other in &known {
                let has_all = parts.iter().all(|part| histories.extends(*other, *part));
                assert_eq!(histories.extends(*other, *one), has_all);
            }
        }
    }
}

/// CS0: appending always gives a history, for sequences and single values too.
#[test]
fn sequences_and_single_values_are_histories_in_which_everything_conflicts() {
    let [a, b] = [Value(0), Value(1)];
    let of = |structure| Histories::new(3, structure, false, |_, _| false);
    let [free, sequence, single] = [Structure::History, Structure::Sequence, Structure::Single].map(of);
    let both = |histories: Histories, list: [Value; 2]| histories.append_all(Value::BOTTOM, list);
    assert_eq!(both(free, [a, b]), both(free, [b, a]));
    assert!(!sequence.is_compatible(both(sequence, [a, b]), both(sequence, [b, a])));
    assert_eq!(sequence.glb(both(sequence, [a, b]), both(sequence, [b, a])), Value::BOTTOM);
    assert_eq!(&*both(single, [b, a]).commands(), [b]);
    assert!(!single.is_compatible(both(single, [a, b]), both(single, [b, a])));
    assert_eq!(single.append(both(single, [b, a]), a), single.append(Value::BOTTOM, b));
    let ignored = Histories::new(3, Structure::Sequence, true, |_, _| true);
    assert_eq!(both(ignored, [a, b]), both(ignored, [b, a]));
    assert!(ignored.really_conflict(a, b) && !ignored.conflict(a, b) && !ignored.really_conflict(a, a));
}
