//! Logs for ShiViz: an event in words, and its process with a vector clock. The clocks give the order; there are no times.
//!
//! ShiViz reads any log for which somebody writes a regular expression. Here the two usual ones are read: the words first and
//! the clock in the next line, or the other way round. The words are an object of JSON without its process and its time, or a
//! sentence (`sentence`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::entry::{Deed, Entry, Lines};
use super::{EVENTS_MAX, NAME_CHARS_MAX, json, sentence, words};
use crate::tongue::say;

/// Whether a text is such a log: its first line is a regular expression with the names of ShiViz, or one of its first lines is a
/// process with a clock.
pub(super) fn is_it(text: &str) -> bool {
    let is_pattern = |line: &str| line.contains("(?<clock>") && line.contains("(?<host>");
    text.lines().take(4).any(|line| is_pattern(line) || clock(line).is_some())
}

/// Reads a log.
pub(super) fn read(text: &str) -> Lines {
    let mut lines = Lines::default();
    let pattern = text.lines().next().filter(|line| line.contains("(?<clock>"));
    let is_clock_first = match pattern {
        Some(pattern) => pattern.find("(?<clock>") < pattern.find("(?<event>"),
        None => text.lines().next().is_some_and(|line| clock(line).is_some()),
    };
    let (mut waiting, mut strange, mut first) = (None, 0, 0);
    for (line, text) in (1..).zip(text.lines()).skip(usize::from(pattern.is_some())) {
        if text.trim().is_empty() {
            continue;
        }
        let (line, words, clock_text) = match (waiting.take(), is_clock_first) {
            (None, _) => {
                waiting = Some((line, text));
                continue;
            }
            (Some((line, before)), false) => (line, before, text),
            (Some((line, before)), true) => (line, text, before),
        };
        let Some((node, clock)) = clock(clock_text) else {
            lines.mistake(
                line,
                say!(
                    "here should be a process and its clock, as in {example}; the rest is not read",
                    example = "A {\"A\":1, \"B\":2}"
                ),
            );
            break;
        };
        match deed(words) {
            Ok(deed) => {
                if deed == Deed::Other {
                    (strange, first) = (strange + 1, if first == 0 { line } else { first });
                }
                lines.entries.push(Entry { line, stamp: None, node, deed, clock });
            }
            Err(why) => lines.mistake(line, why),
        }
        if lines.entries.len() > EVENTS_MAX {
            lines.entries.pop();
            lines.mistake(
                line,
                say!("a log has at most {most} events; what comes after is not read", most = EVENTS_MAX),
            );
            break;
        }
    }
    in_order(&mut lines.entries);
    if strange > 0 {
        lines.notes.push(say!("Of the events, {strange} say nothing that a check reads (the first in line {first})"));
    }
    lines
}

/// Puts each process’s events in the order of its own clock, in the places that its events have.
fn in_order(entries: &mut Vec<Entry>) {
    let own = |entry: &Entry| entry.clock.iter().find(|(node, _)| *node == entry.node).map(|(_, count)| *count);
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        places.entry(entry.node.clone()).or_default().push(place);
    }
    let mut from: Vec<usize> = (0..entries.len()).collect();
    for places in places.into_values() {
        let mut sorted = places.clone();
        sorted.sort_by_key(|place| (own(&entries[*place]), *place));
        places.into_iter().zip(sorted).for_each(|(to, place)| from[to] = place);
    }
    let mut old: Vec<_> = std::mem::take(entries).into_iter().map(Some).collect();
    entries.extend(from.into_iter().filter_map(|place| old[place].take()));
}

/// `A {"A":1, "B":2}`
fn clock(text: &str) -> Option<(String, Vec<(String, u32)>)> {
    let (node, clock) = text.trim().split_once(' ')?;
    if node.is_empty() || node.chars().count() > NAME_CHARS_MAX || !clock.starts_with('{') {
        return None;
    }
    let clock: Map<String, Value> = serde_json::from_str(clock).ok()?;
    let count = |(name, count): (String, Value)| {
        let count = count.as_u64().and_then(|count| u32::try_from(count).ok())?;
        (name.chars().count() <= NAME_CHARS_MAX).then_some((name, count))
    };
    Some((node.to_owned(), clock.into_iter().map(count).collect::<Option<_>>()?))
}

fn deed(text: &str) -> Result<Deed, String> {
    if !text.starts_with('{') {
        return sentence::deed(text);
    }
    let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| String::from(say!("this is no JSON")))?;
    let what = object.get("what").and_then(Value::as_str).unwrap_or("other");
    json::deed(&object, words::word(what)?)
}
