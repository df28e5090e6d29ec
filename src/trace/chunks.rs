//! A list that grows at its end and shares with its copies what they have in common. Every fork copies a run, and a run
//! can have a quarter of a million events; so the events before the fork are not copied, the copy only points at them.

use std::fmt;
use std::ops::{Index, Range};
use std::sync::Arc;

/// How many items a piece has. To copy a list means to copy at most so many items.
pub(super) const PIECE: usize = 512;

/// A list in pieces. Its whole pieces are shared with its copies; the items after them are its own.
#[derive(Clone)]
pub struct Chunks<T> {
    pieces: Vec<Arc<[T]>>,
    rest: Vec<T>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), rest: Vec::new() }
    }
}

impl<T> Chunks<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.pieces.len() * PIECE + self.rest.len()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at this place.
    pub fn get(&self, place: usize) -> Option<&T> {
        self.pieces
            .get(place / PIECE)
            .map_or(&self.rest[..], |piece| piece)
            .get(place % PIECE)
            .filter(|_| place < self.len())
    }

    /// The last item.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Every item, in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.range(0..self.len())
    }

    /// The items at these places, in order; places beyond the end of the list are left out.
    pub fn range(&self, places: Range<usize>) -> Iter<'_, T> {
        let end = places.end.min(self.len());
        Iter { list: self, places: places.start.min(end)..end }
    }

    /// For how many items at the beginning of the list `is_before` says true; for all items after them it must say
    /// false.
    pub fn partition_point(&self, is_before: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if is_before(&self[middle]) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// How many items at the beginning both lists share, so that nobody has to compare them. Items that are equal but
    /// not shared do not count.
    pub fn shared(&self, other: &Self) -> usize {
        let pieces = self.pieces.iter().zip(&other.pieces);
        pieces.take_while(|(one, other)| Arc::ptr_eq(one, other)).count() * PIECE
    }
}

impl<T: Clone> Chunks<T> {
    /// Adds an item at the end.
    pub(super) fn push(&mut self, item: T) {
        self.rest.push(item);
        if self.rest.len() == PIECE {
            self.pieces.push(self.rest.drain(..).collect());
        }
    }

    /// The item at this place, to change it in this list alone.
    pub(super) fn get_mut(&mut self, place: usize) -> &mut T {
        match self.pieces.get_mut(place / PIECE) {
            Some(piece) => &mut Arc::make_mut(piece)[place % PIECE],
            None => &mut self.rest[place % PIECE],
        }
    }

    /// A list of the first `count` items.
    pub(super) fn prefix(&self, count: usize) -> Self {
        let (pieces, rest) = (count / PIECE, count % PIECE);
        let last = self.pieces.get(pieces).map_or(&self.rest[..], |piece| piece);
        Self { pieces: self.pieces[..pieces].to_vec(), rest: last[..rest].to_vec() }
    }
}

impl<T> Index<usize> for Chunks<T> {
    type Output = T;

    fn index(&self, place: usize) -> &T {
        match self.pieces.get(place / PIECE) {
            Some(piece) => &piece[place % PIECE],
            None => &self.rest[place - self.pieces.len() * PIECE],
        }
    }
}

impl<T: PartialEq> PartialEq for Chunks<T> {
    fn eq(&self, other: &Self) -> bool {
        let shared = self.shared(other);
        self.range(shared..self.len()).eq(other.range(shared..other.len()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Chunks<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self).finish()
    }
}

impl<'a, T> IntoIterator for &'a Chunks<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// Items of a list, from either end.
#[derive(Debug)]
pub struct Iter<'a, T> {
    list: &'a Chunks<T>,
    places: Range<usize>,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self { list: self.list, places: self.places.clone() }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.places.next().map(|place| &self.list[place])
    }

    fn nth(&mut self, skipped: usize) -> Option<&'a T> {
        self.places.nth(skipped).map(|place| &self.list[place])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl<'a, T> DoubleEndedIterator for Iter<'a, T> {
    fn next_back(&mut self) -> Option<&'a T> {
        self.places.next_back().map(|place| &self.list[place])
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: usize) -> Chunks<usize> {
        let mut list = Chunks::default();
        (0..count).for_each(|item| list.push(item));
        list
    }

    #[test]
    fn it_reads_like_any_list() {
        for count in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
            let list = list(count);
            assert!(list.iter().copied().eq(0..count) && list.iter().rev().copied().eq((0..count).rev()));
            assert_eq!((list.len(), list.get(count), list.last().copied()), (count, None, count.checked_sub(1)));
            assert!(
                list.range(count / 3..2 * count).copied().eq(count / 3..count)
                    && list.range(count + 3..count + 9).len() == 0
            );
            for place in [0, count / 2, count] {
                assert_eq!(list.partition_point(|item| *item < place), place);
                assert_eq!(list.get(place).copied(), (place < count).then_some(place));
            }
        }
    }

    #[test]
    fn a_beginning_is_shared_until_one_of_them_changes() {
        let all = list(4 * PIECE + 5);
        for count in [0, 3, PIECE, 2 * PIECE + 1, 4 * PIECE + 5] {
            let mut some = all.prefix(count);
            assert_eq!((&some, some.shared(&all)), (&list(count), count / PIECE * PIECE));
            some.push(7);
            assert_eq!((some.len(), some[count], all.len()), (count + 1, 7, 4 * PIECE + 5));
            if count > PIECE {
                *some.get_mut(PIECE) = 0;
                assert_eq!((some[PIECE], all[PIECE], some.shared(&all)), (0, PIECE, PIECE));
            }
        }
        assert_eq!(all, list(4 * PIECE + 5));
    }
}
