//! The order of a log’s events: by time where there are times, by line where there are none, and always so that a message is
//! received after it was sent, and that each process does its things in the order of its lines.
//!
//! Clocks of different computers disagree. Where a message seems to arrive before it leaves, its receiver’s clock is behind:
//! then the receiver’s events move to the instant of the sending and no further.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// An event, as far as its order is concerned.
pub(super) struct Item<'a> {
    pub line: usize,
    pub node: &'a str,
    /// When, in the units of the log.
    pub time: u64,
    /// The events that come before it for another reason than that they are of the same process.
    pub after: Vec<usize>,
}

/// The order, and what was found out on the way.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Order {
    /// The events in order, each with the instant that it is given.
    pub events: Vec<(usize, u64)>,
    /// How many events are moved because of another process’s clock, the line of the first one, and the longest way in the
    /// units of the log.
    pub moved: Option<(usize, usize, u64)>,
    /// The line of the first event that comes before itself: no order is right there.
    pub circle: Option<usize>,
}

/// Orders the events of a log. `is_timed` says whether their times mean anything.
pub(super) fn order(items: &[Item<'_>], is_timed: bool) -> Order {
    let mut waits = vec![0_usize; items.len()];
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut instants: Vec<u64> = items.iter().map(|item| if is_timed { item.time } else { 0 }).collect();
    for (place, item) in items.iter().enumerate() {
        let before = last.insert(item.node, place);
        for earlier in before.into_iter().chain(item.after.iter().copied()) {
            next[earlier].push(place);
            waits[place] += 1;
        }
    }
    let key = |place: usize, instant: u64| Reverse((instant, items[place].line, place));
    let mut ready: BinaryHeap<_> =
        (0..items.len()).filter(|place| waits[*place] == 0).map(|place| key(place, instants[place])).collect();
    let (mut events, mut circle, mut moved) = (Vec::with_capacity(items.len()), None, None);
    let mut is_done = vec![false; items.len()];
    let mut rest = 0;
    while events.len() < items.len() {
        let Some(Reverse((instant, _, place))) = ready.pop() else {
            // Each of the rest waits for another one: begin with the first of them.
            while is_done[rest] || waits[rest] == 0 {
                rest += 1;
            }
            circle = circle.or(Some(items[rest].line));
            waits[rest] = 0;
            ready.push(key(rest, instants[rest]));
            continue;
        };
        if is_done[place] {
            continue;
        }
        is_done[place] = true;
        if is_timed && instant > items[place].time {
            let by = instant - items[place].time;
            let (count, line, most) = moved.unwrap_or((0, items[place].line, 0));
            moved = Some((count + 1, line.min(items[place].line), by.max(most)));
        }
        events.push((place, instant));
        for later in &next[place] {
            instants[*later] = instants[*later].max(instant);
            // An event that has begun a circle waits for nothing any more.
            if waits[*later] > 0 {
                waits[*later] -= 1;
                if waits[*later] == 0 {
                    ready.push(key(*later, instants[*later]));
                }
            }
        }
    }
    Order { events, moved, circle }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item<'a>(line: usize, node: &'a str, time: u64, after: &[usize]) -> Item<'a> {
        Item { line, node, time, after: after.to_vec() }
    }

    #[test]
    fn clocks_that_disagree_are_put_right_by_cause() {
        // B’s clock is 5 behind: B receives at 7 what A sends at 10, and votes at 8.
        let items = [item(1, "A", 10, &[]), item(2, "B", 7, &[0]), item(3, "B", 8, &[]), item(4, "C", 9, &[])];
        let order = order(&items, true);
        assert_eq!(order.events, [(3, 9), (0, 10), (1, 10), (2, 10)]);
        assert_eq!((order.moved, order.circle), (Some((2, 2, 3)), None));
    }

    #[test]
    fn without_times_the_lines_are_the_order_as_far_as_causes_allow() {
        let items = [item(1, "B", 0, &[2]), item(2, "C", 0, &[]), item(3, "A", 0, &[])];
        let order = order(&items, false);
        assert_eq!(order.events.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(order.moved, None);
    }

    #[test]
    fn a_circle_is_told_and_every_event_is_kept() {
        let items = [item(1, "A", 0, &[1]), item(2, "B", 0, &[0]), item(3, "B", 0, &[])];
        let order = order(&items, true);
        assert_eq!((order.events.len(), order.circle), (3, Some(1)));
    }
}
