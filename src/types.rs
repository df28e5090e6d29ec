//! The words that every other module speaks: time, nodes, ballots, instances, values and votes.
//!
//! All of them are small, `Copy`, totally ordered and free of floats, so that a run means the same on every machine.
//! This module knows nothing of protocols, scripts or simulation.

mod bytes;
mod history;
mod scale;

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

pub use bytes::Bytes;
pub use history::{COMMANDS_MAX, Commands};
pub use scale::{Millis, Scale};

/// The most nodes a cluster may have; a [`NodeSet`] is one machine word pair.
pub const NODES_MAX: usize = 128;

/// An instant or a span, in ticks. One Δ, the maximum message delay, is [`Time::DELTA`] ticks; there are no floats.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Time(pub u64);

impl Time {
    /// The beginning of every run.
    pub const ZERO: Self = Self(0);
    /// One Δ: a million ticks, so that a time written with up to six decimals is exact.
    pub const DELTA: Self = Self(1_000_000);
    /// How many decimals of Δ a tick can express.
    pub const DECIMALS: usize = 6;

    /// A whole number of Δ.
    pub const fn deltas(count: u64) -> Self {
        Self(count * Self::DELTA.0)
    }

    /// The sum; where it would be too large, the last instant that there is.
    #[must_use]
    pub const fn plus(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The span from `earlier` to `self`; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }

    /// The time that people are told. A message that is to land just after another one lands a few ticks later. Such a
    /// time is told as the hundredth of Δ that it follows: 2.000001Δ is told as 2Δ.
    #[must_use]
    pub const fn told(self) -> Self {
        let over = self.0 % (Self::DELTA.0 / 100);
        if over <= Self::DELTA.0 / 50_000 { Self(self.0 - over) } else { self }
    }

    /// The same time as a number of Δ, for drawing only.
    pub fn as_deltas(self) -> f64 {
        self.0 as f64 / Self::DELTA.0 as f64
    }
}

/// Writes the time in Δ as an exact decimal without the unit: `4`, `2.5`, `0.000001`.
impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0 / Self::DELTA.0;
        let rest = self.0 % Self::DELTA.0;
        if rest == 0 {
            return formatter.pad(&whole.to_string());
        }
        let decimals = format!("{rest:06}");
        formatter.pad(&format!("{whole}.{}", decimals.trim_end_matches('0')))
    }
}

/// A process of the cluster, by its place in the script's `nodes` line. Its name is in [`Symbols`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u8);

impl NodeId {
    /// The place, for indexing.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The nodes 0 to `count` − 1.
    pub fn all(count: usize) -> impl DoubleEndedIterator<Item = Self> + Clone {
        debug_assert!(count <= NODES_MAX);
        (0..count as u8).map(Self)
    }
}

/// A set of nodes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct NodeSet(u128);

impl NodeSet {
    /// The set without members.
    pub const EMPTY: Self = Self(0);

    /// The nodes 0 to `count` − 1.
    pub fn all(count: usize) -> Self {
        NodeId::all(count).collect()
    }

    /// Adds a node; answers true when the node was not a member yet.
    pub fn insert(&mut self, node: NodeId) -> bool {
        let before = self.0;
        self.0 |= 1 << node.0;
        self.0 != before
    }

    /// Removes a node.
    pub fn remove(&mut self, node: NodeId) {
        self.0 &= !(1 << node.0);
    }

    /// Whether the node is a member.
    pub const fn contains(self, node: NodeId) -> bool {
        self.0 >> node.0 & 1 == 1
    }

    /// How many members it has.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether it has no member.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the two sets share a member.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether every member is one of `other`.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The members of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The members of both.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The members that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The member that follows this node where the members stand on a ring, in the order of their names: the first follows the
    /// last. None if there is no other member.
    pub fn after(self, node: NodeId) -> Option<NodeId> {
        let others = || self.iter().filter(|other| *other != node);
        others().find(|other| *other > node).or_else(|| others().next())
    }

    /// The same members after each node is renamed.
    #[must_use]
    pub fn renamed(self, names: &Renaming) -> Self {
        self.iter().map(|node| names.of(node)).collect()
    }

    /// The members in ascending order.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let node = NodeId(rest.trailing_zeros() as u8);
                rest &= rest - 1;
                node
            })
        })
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = Self::EMPTY;
        for node in nodes {
            set.insert(node);
        }
        set
    }
}

/// A renaming of the nodes: which node each of them becomes. It is a permutation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renaming(Vec<NodeId>);

impl Renaming {
    /// Every permutation of the nodes `moved` in a cluster of `nodes` nodes; the first is the identity.
    pub fn all(nodes: usize, moved: &[NodeId]) -> Vec<Self> {
        let mut names = vec![Self(NodeId::all(nodes).collect())];
        for (place, node) in moved.iter().enumerate() {
            let mut more = Vec::new();
            for known in &names {
                more.push(known.clone());
                for other in &moved[..place] {
                    let mut swapped = known.clone();
                    swapped.0.swap(node.index(), other.index());
                    more.push(swapped);
                }
            }
            names = more;
        }
        names
    }

    /// The node that this node becomes.
    pub fn of(&self, node: NodeId) -> NodeId {
        self.0[node.index()]
    }

    /// Moves the entry of each node to the place of the node that it becomes.
    pub fn permute<T: Clone>(&self, of_nodes: &mut [T]) {
        let old = of_nodes.to_vec();
        for (item, to) in old.into_iter().zip(&self.0) {
            of_nodes[to.index()] = item;
        }
    }
}

/// A ballot number: a sequence number and the process that owns it, compared in this order, so that two processes never
/// choose the same one (slides, B1; PTP §2.2). The paper's −∞, "no ballot", is `None::<Ballot>`, which is below them all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ballot {
    number: NonZeroU32,
    owner: NodeId,
}

impl Ballot {
    /// The ballot `number`.`owner`; the first sequence number is 1.
    ///
    /// # Panics
    /// When `number` is 0.
    pub const fn new(number: u32, owner: NodeId) -> Self {
        Self { number: NonZeroU32::new(number).expect("ballot numbers start at 1"), owner }
    }

    /// The smallest ballot of `owner` with a larger sequence number than `seen`.
    pub fn above(seen: Option<Self>, owner: NodeId) -> Self {
        Self::new(seen.map_or(0, |ballot| ballot.number.get()).saturating_add(1), owner)
    }

    /// The sequence number.
    pub const fn number(self) -> u32 {
        self.number.get()
    }

    /// The process that may start this ballot.
    pub const fn owner(self) -> NodeId {
        self.owner
    }
}

/// A place in the ledger. Single-decree protocols decide [`Instance::FIRST`] only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instance(pub u32);

impl Instance {
    /// The paper numbers decrees from 1.
    pub const FIRST: Self = Self(1);

    /// The next place.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A decree, as a handle into [`Symbols`]; equal handles are equal values. Where protocols agree on more than one decree at
/// once, it is a whole history of commands ([`Value::history`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Value(pub u32);

impl Value {
    /// The decree that changes nothing; a new leader fills gaps with it (PTP §3.1: "the olive-day decree").
    pub const OLIVE_DAY: Self = Self(u32::MAX);
}

/// A vote: a value, and the ballot in which it was voted for. The paper's null vote is `None::<Vote>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Vote {
    /// The ballot in which the vote was cast.
    pub ballot: Ballot,
    /// The value that was voted for.
    pub value: Value,
}

/// A map that is one list, in the order of its keys. Runs write most of their keys down in order, and then a new key
/// goes to the end of the list. The code is a tenth of that of a tree, and the page has to load it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sorted<K, V>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Sorted<K, V> {
    /// The value under this key; when there is none, `new` makes one.
    pub fn entry(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        let place = match self.0.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, (key, new()));
                place
            }
        };
        &mut self.0[place].1
    }

    /// The value under this key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.0.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        Some(&self.0[place].1)
    }

    /// The value under this key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.0.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        Some(&mut self.0[place].1)
    }

    /// Puts this value under the key and replaces any other.
    pub fn set(&mut self, key: K, value: V) {
        match self.0.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// Removes the value under this key and returns it.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.0.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Keeps only the values for which `stays` says true.
    pub fn retain(&mut self, mut stays: impl FnMut(&mut V) -> bool) {
        self.0.retain_mut(|(_, value)| stays(value));
    }

    /// Keeps only the values for whose keys `stays` says true.
    pub fn retain_keys(&mut self, stays: impl Fn(&K) -> bool) {
        self.0.retain(|(key, _)| stays(key));
    }

    /// All values, to be changed, in the order of their keys.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The entries from this key on, in order.
    pub fn from(&self, key: &K) -> &[(K, V)] {
        &self.0[self.0.partition_point(|(known, _)| known < key)..]
    }

    /// Whether the map has no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All entries, in order.
    pub fn entries(&self) -> &[(K, V)] {
        &self.0
    }

    /// All entries, in order, as a list of their own.
    pub fn into_entries(self) -> Vec<(K, V)> {
        self.0
    }
}

/// The names of nodes and the texts of values. Handles are places in these lists; nothing in the engine depends on the
/// names.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Symbols {
    /// The name of each node.
    pub nodes: Vec<Arc<str>>,
    /// The text of each value, in the order in which the script first writes it.
    pub values: Vec<Arc<str>>,
}

impl Symbols {
    /// The name of a node.
    pub fn node(&self, node: NodeId) -> &str {
        self.nodes.get(node.index()).map_or("?", |name| name)
    }

    /// The node with this name, if there is one.
    pub fn node_named(&self, name: &str) -> Option<NodeId> {
        let place = self.nodes.iter().position(|known| **known == *name)?;
        Some(NodeId(u8::try_from(place).ok()?))
    }

    /// The text of a value: of a decree, or of a history as `⊥` or `put x 1 • get x`.
    pub fn value(&self, value: Value) -> Cow<'_, str> {
        match value {
            Value::OLIVE_DAY => Cow::Borrowed("olive-day"),
            Value::BOTTOM => Cow::Borrowed("⊥"),
            _ if value.is_history() => Cow::Owned(
                value.commands().iter().map(|command| self.command(*command)).collect::<Vec<_>>().join(" • "),
            ),
            _ => Cow::Borrowed(self.command(value)),
        }
    }

    fn command(&self, value: Value) -> &str {
        self.values.get(value.0 as usize).map_or("?", |text| text)
    }

    /// `number.owner`, as in `2.B`; −∞ for none.
    pub fn ballot(&self, ballot: impl Into<Option<Ballot>>) -> String {
        match ballot.into() {
            Some(ballot) => format!("{}.{}", ballot.number(), self.node(ballot.owner())),
            None => "−∞".to_owned(),
        }
    }

    /// The members' names, separated by spaces.
    pub fn set(&self, set: NodeSet) -> String {
        set.iter().map(|node| self.node(node)).collect::<Vec<_>>().join(" ")
    }

    /// The handle of the value with this text; a new handle when there is none yet.
    pub fn intern(&mut self, text: &str) -> Value {
        let known = self.values.iter().position(|known| &**known == text);
        known.map_or_else(|| self.add(text), |place| Value(place as u32))
    }

    /// A new handle for this text, even when another value has the same text.
    pub fn add(&mut self, text: &str) -> Value {
        self.values.push(text.into());
        Value(self.values.len() as u32 - 1)
    }
}

/// Why a text cannot be read as an exact decimal.
pub(crate) enum NotExact {
    /// It is not a number.
    Number,
    /// It has too many decimals.
    Decimals,
}

/// `text` × 10^`decimals`, if that is a whole number.
pub(crate) fn exact_decimal(text: &str, decimals: usize) -> Result<u64, NotExact> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err(NotExact::Number);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return Err(NotExact::Decimals);
    }
    // A number beyond 64 bits is beyond every limit; the caller compares it with its own limit, so the largest number
    // will do.
    Ok(format!("{whole}{fraction:0<decimals$}").parse().unwrap_or(u64::MAX))
}

/// At most 40 characters of a text that came from outside, without characters that move a cursor.
pub(crate) fn shortened(text: &str) -> String {
    let mut characters = text.chars().map(|character| if character.is_control() { '�' } else { character });
    let head: String = characters.by_ref().take(40).collect();
    if characters.next().is_some() { head + "…" } else { head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_exact_decimals() {
        for (ticks, text) in [(0, "0"), (1, "0.000001"), (2_500_000, "2.5"), (12_000_000, "12"), (10_010_000, "10.01")]
        {
            assert_eq!(Time(ticks).to_string(), text);
        }
    }

    #[test]
    fn ballots_compare_by_number_then_owner_and_none_is_below() {
        let (a, b) = (NodeId(0), NodeId(1));
        let ordered = [None, Some(Ballot::new(1, a)), Some(Ballot::new(1, b)), Some(Ballot::new(2, a))];
        assert!(ordered.is_sorted_by(|left, right| left < right));
        assert_eq!(Ballot::above(Some(Ballot::new(4, b)), a), Ballot::new(5, a));
        assert_eq!(size_of::<Option<Ballot>>(), 8);
    }

    #[test]
    fn renamings_are_the_permutations_of_the_nodes_that_move() {
        let all = Renaming::all(5, &[NodeId(1), NodeId(3), NodeId(4)]);
        let images: Vec<Vec<u8>> =
            all.iter().map(|names| NodeId::all(5).map(|node| names.of(node).0).collect()).collect();
        assert_eq!(images[0], [0, 1, 2, 3, 4]);
        let distinct: std::collections::BTreeSet<_> = images.iter().collect();
        assert_eq!((all.len(), distinct.len()), (6, 6));
        assert!(images.iter().all(|image| image[0] == 0 && image[2] == 2));
        let mut letters = ['a', 'b', 'c', 'd', 'e'];
        all[1].permute(&mut letters);
        NodeId::all(5)
            .for_each(|node| assert_eq!(letters[all[1].of(node).index()], ['a', 'b', 'c', 'd', 'e'][node.index()]));
    }

    #[test]
    fn sets_hold_the_first_and_the_last_node() {
        let mut set: NodeSet = [NodeId(127), NodeId(0)].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [NodeId(0), NodeId(127)]);
        assert!(!set.insert(NodeId(0)) && set.len() == 2);
        set.remove(NodeId(127));
        assert!(set.is_subset(NodeSet::all(1)) && !set.meets(NodeSet::EMPTY));
    }
}
