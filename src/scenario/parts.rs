//! Which processes play which part, and which quorums there are: this resolves the lines `acceptors`, `learners`,
//! `clients`, `auxiliaries`, `liars`, `tolerate` and `quorum` from words to meaning.

use std::fmt;

use super::{Wrong, limits, wrong};
use crate::protocol::Cast;
use crate::quorum::{QuorumSystem, Quorums};
use crate::tongue::say;
use crate::types::{NodeId, NodeSet};

/// A part that a script can give to processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Acceptors promise and vote.
    Acceptors,
    /// Learners are told which decrees have passed.
    Learners,
    /// Clients ask for decrees, and wait for an answer.
    Clients,
    /// Auxiliary processes are acceptors that are asked only while another acceptor is missing.
    Auxiliaries,
    /// Liars may say anything, where the protocol is made for that.
    Liars,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 5] = [Self::Acceptors, Self::Learners, Self::Clients, Self::Auxiliaries, Self::Liars];

    /// The word that begins the line of this part.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Acceptors => "acceptors",
            Self::Learners => "learners",
            Self::Clients => "clients",
            Self::Auxiliaries => "auxiliaries",
            Self::Liars => "liars",
        }
    }
}

/// The rule by which sets of acceptors are quorums, as a script says it. Nodes are names in a script and handles in a
/// scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QuorumRule<N> {
    /// `quorum 3`: this many acceptors; `quorum 4 2`: this many for phase 1, and this many for phase 2.
    Sizes(u32, Option<u32>),
    /// `quorum weights A=3 B=1 need 3`, or `need 3 2`.
    Weights(Vec<(N, u32)>, u32, Option<u32>),
    /// `quorum sets A B | B C`: these sets and every set that contains one of them; the sets of phase 2 stand after `/`.
    Sets(Vec<Vec<N>>, Option<Vec<Vec<N>>>),
    /// `quorum grid A B | C D`: each row is a quorum of phase 1, and each column is one of phase 2.
    Grid(Vec<Vec<N>>),
}

impl<N: fmt::Display> fmt::Display for QuorumRule<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let two =
            |first: u32, second: Option<u32>| second.map_or(first.to_string(), |second| format!("{first} {second}"));
        match self {
            Self::Sizes(first, second) => formatter.write_str(&two(*first, *second)),
            Self::Weights(weights, first, second) => {
                formatter.write_str("weights")?;
                weights.iter().try_for_each(|(node, weight)| write!(formatter, " {node}={weight}"))?;
                write!(formatter, " need {}", two(*first, *second))
            }
            Self::Sets(first, None) => write!(formatter, "sets {}", lists(first)),
            Self::Sets(first, Some(second)) => write!(formatter, "sets {} / {}", lists(first), lists(second)),
            Self::Grid(rows) => write!(formatter, "grid {}", lists(rows)),
        }
    }
}

/// Names with spaces between them, in groups with bars between them.
fn lists<N: fmt::Display>(lists: &[Vec<N>]) -> String {
    let list = |nodes: &Vec<N>| nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    lists.iter().map(list).collect::<Vec<_>>().join(" | ")
}

impl QuorumRule<String> {
    /// The quorums of this rule among these acceptors. `node` finds a node by its name.
    ///
    /// # Errors
    /// The word that is wrong, and the reason.
    pub(super) fn quorums(&self, cast: &Cast, node: impl Fn(&str) -> Result<NodeId, Wrong>) -> Result<Quorums, Wrong> {
        let acceptor = |name: &String| {
            let node = node(name)?;
            if cast.acceptors.contains(node) { Ok(node) } else { wrong(name, say!("{name} is no acceptor")) }
        };
        let system = |first: QuorumSystem, second: Option<QuorumSystem>| match second {
            Some(second) => Quorums::of_phases(first, second),
            None => Quorums::same(first),
        };
        match self {
            Self::Sizes(first, second) => {
                let count = |size: u32| match size as usize {
                    0 => wrong(0, say!("a quorum has at least one member")),
                    size if size > cast.acceptors.len() => {
                        let acceptors = cast.acceptors.len();
                        wrong(size, say!("{size} of {acceptors} acceptors never come together"))
                    }
                    size => Ok(QuorumSystem::Count { members: cast.acceptors, size }),
                };
                Ok(system(count(*first)?, second.map(count).transpose()?))
            }
            Self::Weights(list, first, second) => {
                let mut weights = vec![0; cast.nodes];
                let mut seen = NodeSet::EMPTY;
                for (name, weight) in list {
                    let node = acceptor(name)?;
                    if !seen.insert(node) {
                        return wrong(name, say!("{name} is named twice"));
                    }
                    if *weight > limits::WEIGHT {
                        return wrong(weight, say!("a weight is at most {most}, not {weight}", most = limits::WEIGHT));
                    }
                    weights[node.index()] = *weight;
                }
                let sum: u64 = weights.iter().copied().map(u64::from).sum();
                let weighted = |need: u32| match u64::from(need) {
                    0 => wrong(0, say!("a quorum weighs at least 1")),
                    need if need > sum => wrong(need, say!("all weights together are {sum}, and never {need}")),
                    need => Ok(QuorumSystem::Weighted { weights: weights.clone(), need }),
                };
                Ok(system(weighted(*first)?, second.map(weighted).transpose()?))
            }
            Self::Sets(first, second) => {
                let sets = |lists: &Vec<Vec<String>>| {
                    let set = |names: &Vec<String>| names.iter().map(&acceptor).collect::<Result<NodeSet, Wrong>>();
                    if lists.len() > limits::QUORUMS {
                        return wrong(
                            "sets",
                            say!("a script names at most {most} quorums a phase", most = limits::QUORUMS),
                        );
                    }
                    Ok(QuorumSystem::Explicit(lists.iter().map(set).collect::<Result<_, Wrong>>()?))
                };
                Ok(system(sets(first)?, second.as_ref().map(sets).transpose()?))
            }
            Self::Grid(rows) => {
                let width = rows.first().map_or(0, Vec::len);
                let mut seen = NodeSet::EMPTY;
                let mut columns = vec![NodeSet::EMPTY; width];
                let mut lines = Vec::new();
                for row in rows {
                    if row.len() != width {
                        let last = row.last().map_or("grid", |name| name);
                        return wrong(last, say!("the rows of a grid are equally long; this one is not {width} long"));
                    }
                    let mut line = NodeSet::EMPTY;
                    for (name, column) in row.iter().zip(&mut columns) {
                        let node = acceptor(name)?;
                        if !seen.insert(node) {
                            return wrong(name, say!("{name} is named twice"));
                        }
                        line.insert(node);
                        column.insert(node);
                    }
                    lines.push(line);
                }
                Ok(Quorums::of_phases(QuorumSystem::Explicit(lines), QuorumSystem::Explicit(columns)))
            }
        }
    }
}
