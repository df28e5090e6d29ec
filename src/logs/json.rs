//! Logs in lines of JSON: an object for each event, and perhaps a header before them. `docs/logs.md` has the keys, which are
//! those of `docs/events.md`.

use serde_json::{Map, Value};

use super::entry::{Cast, Deed, Entry, Letter, Lines, Number, Stamp};
use super::words::{self, Word};
use super::{NAME_CHARS_MAX, VALUE_CHARS_MAX};
use crate::tongue::{key, say, translated};
use crate::types::shortened;

type Object = Map<String, Value>;

/// Reads a log.
pub(super) fn read(text: &str) -> Lines {
    let mut lines = Lines::default();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(object)) if !object.contains_key("what") => head(&mut lines, line, &object),
            Ok(Value::Object(object)) => match entry(line, &object) {
                Ok(entry) => lines.entries.push(entry),
                Err(why) => lines.mistake(line, why),
            },
            Ok(_) => lines.mistake(line, say!("this is JSON, but no object")),
            Err(error) => lines.mistake(line, say!("column {column}: this is no JSON", column = error.column())),
        }
        if lines.entries.len() > super::EVENTS_MAX {
            lines.entries.pop();
            lines.mistake(
                line,
                say!("a log has at most {most} events; what comes after is not read", most = super::EVENTS_MAX),
            );
            break;
        }
    }
    lines
}

/// An object that says nothing of what happened speaks of the whole run. It stands before all events.
fn head(lines: &mut Lines, line: usize, object: &Object) {
    if !lines.entries.is_empty() {
        return lines.mistake(line, say!("“what” is missing: the word for what happened"));
    }
    let head = (|| {
        let mut head = lines.head.clone();
        head.acceptors = names(object, "acceptors")?.unwrap_or(head.acceptors);
        head.nodes = names(object, "nodes")?.unwrap_or(head.nodes);
        head.protocol = text(object, "protocol")?.or(head.protocol);
        head.quorum = match object.get("quorum") {
            None | Some(Value::Null) => head.quorum,
            Some(Value::Number(count)) if count.as_u64().is_some_and(|count| (1..=128).contains(&count)) => {
                count.as_u64().map(|count| count as usize)
            }
            Some(_) => {
                return Err(String::from(say!("“quorum” is how many acceptors are enough: a whole number from 1 on")));
            }
        };
        if let Some(delta) = object.get("delta_ms") {
            let micros = micros(delta, 3).filter(|micros| (1..=3_600_000_000).contains(micros));
            head.delta_micros = Some(micros.ok_or(say!("“delta_ms” is the length of Δ in ms, at most an hour"))?);
        }
        Ok(head)
    })();
    match head {
        Ok(head) => lines.head = head,
        Err(why) => lines.mistake(line, why),
    }
}

fn entry(line: usize, object: &Object) -> Result<Entry, String> {
    let what = text(object, "what")?.unwrap_or_default();
    let word = words::word(&what)?;
    let node = match (text(object, "node")?, word) {
        (Some(node), _) => node,
        // What happens to the network.
        (None, Word::Other) => String::new(),
        (None, _) => return Err(say!("“node” is missing: the process at which it happened").into()),
    };
    Ok(Entry { line, stamp: stamp(object)?, node, deed: deed(object, word)?, clock: Vec::new() })
}

/// What an object says, without its time and its process.
///
/// # Errors
/// A sentence that says which key is wrong or missing.
pub(super) fn deed(object: &Object, word: Word) -> Result<Deed, String> {
    let value = || need(value(object, "value")?, "value", key!("the decree"));
    let ballot = || need(ballot(object, "ballot")?, "ballot", key!("its number, as in \"2.B\""));
    let place = instance(object)?;
    Ok(match word {
        Word::Asked => Deed::Asked(value()?),
        Word::Crash => Deed::Crash,
        Word::Restart => Deed::Restart,
        Word::Send => Deed::Send(letter(object)?, need(text(object, "to")?, "to", key!("the receiver"))?),
        Word::Receive => Deed::Receive(letter(object)?, need(text(object, "from")?, "from", key!("the sender"))?),
        Word::Lose => Deed::Lose(letter(object)?, need(text(object, "from")?, "from", key!("the sender"))?),
        Word::Tried => Deed::Tried(ballot()?),
        Word::Promised => {
            let vote = vote(object)?;
            let vote = need(vote, "vote", key!("null, or the vote that the promise reports"))?;
            Deed::Promised(place, ballot()?, vote)
        }
        Word::PromisedFrom => Deed::PromisedFrom(place, ballot()?),
        Word::Began => Deed::Began(place, (ballot()?, value()?), names(object, "quorum")?),
        Word::Voted => Deed::Voted(place, (ballot()?, value()?)),
        Word::Learned => Deed::Learned(place, value()?, self::ballot(object, "ballot")?),
        Word::Refused => Deed::Refused(ballot()?, self::ballot(object, "bound")?),
        Word::Leads => Deed::Leads(true),
        Word::Follows => Deed::Leads(false),
        Word::Answered => Deed::Answered(value()?),
        Word::Applied => Deed::Applied(place, value()?, self::value(object, "state")?),
        Word::Other => Deed::Other,
    })
}

fn letter(object: &Object) -> Result<Letter, String> {
    let name = need(text(object, "kind")?, "kind", key!("the kind of the message"))?;
    Ok(Letter {
        id: value(object, "message")?,
        kind: words::kind(&name)?,
        ballot: ballot(object, "ballot")?,
        instance: instance(object)?,
        vote: vote(object)?,
        value: value(object, "value")?,
        bound: ballot(object, "bound")?,
    })
}

fn need<T>(found: Option<T>, key: &str, what: &'static str) -> Result<T, String> {
    found.ok_or_else(|| say!("“{key}” is missing: {what}", what = translated(what)))
}

fn text(object: &Object, key: &str) -> Result<Option<String>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => name(text, key).map(Some),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(say!("“{key}” should be a text")),
    }
}

/// A name as it came, if it is short enough.
fn name(text: &str, key: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().count() > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(say!("“{key}” should be a text of 1 to {most} characters", most = NAME_CHARS_MAX));
    }
    Ok(text.to_owned())
}

fn names(object: &Object, key: &str) -> Result<Option<Vec<String>>, String> {
    let wrong = || say!("“{key}” should be a list of names");
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(list)) => {
            let one = |one: &Value| match one {
                Value::String(text) => name(text, key),
                Value::Number(number) => Ok(number.to_string()),
                _ => Err(wrong()),
            };
            list.iter().map(one).collect::<Result<_, _>>().map(Some)
        }
        Some(_) => Err(wrong()),
    }
}

/// A decree may be anything that JSON can say.
fn value(object: &Object, key: &str) -> Result<Option<String>, String> {
    let text = match object.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if text.chars().count() > VALUE_CHARS_MAX {
        return Err(say!("“{key}” has more than {most} characters", most = VALUE_CHARS_MAX));
    }
    Ok(Some(text))
}

fn instance(object: &Object) -> Result<u32, String> {
    match object.get("instance") {
        None | Some(Value::Null) => Ok(1),
        Some(found) => match found.as_u64() {
            Some(place @ 1..=1_000_000) => Ok(place as u32),
            _ => Err(say!("“instance” is a place in the ledger: a whole number from 1 to 1000000").into()),
        },
    }
}

fn vote(object: &Object) -> Result<Option<Option<Cast>>, String> {
    match object.get("vote") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::Object(vote)) => match (ballot(vote, "ballot")?, value(vote, "value")?) {
            (Some(number), Some(value)) => Ok(Some(Some((number, value)))),
            _ => Err(say!("a vote has a “ballot” and a “value”").into()),
        },
        Some(_) => Err(say!("“vote” is null, or an object with “ballot” and “value”").into()),
    }
}

fn ballot(object: &Object, key: &str) -> Result<Option<Number>, String> {
    let wrong = || say!("“{key}” is a ballot number, as in 2, \"2.B\" or [2, \"B\"]");
    let number = |found: &Value| found.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(wrong);
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        // Some systems write −1 for none.
        Some(found @ Value::Number(_)) if found.as_i64() == Some(-1) => Ok(None),
        Some(found @ Value::Number(_)) => Ok(Some(Number { number: number(found)?, owner: None })),
        Some(Value::String(text)) => numbered(text).ok_or_else(wrong).map(Some),
        Some(Value::Array(pair)) => match &pair[..] {
            [first, Value::String(owner)] => {
                Ok(Some(Number { number: number(first)?, owner: Some(name(owner, key)?) }))
            }
            [first, Value::Number(owner)] => {
                Ok(Some(Number { number: number(first)?, owner: Some(owner.to_string()) }))
            }
            _ => Err(wrong()),
        },
        Some(_) => Err(wrong()),
    }
}

/// `2` or `2.B`; the name may have points of its own.
pub(super) fn numbered(text: &str) -> Option<Number> {
    let (number, owner) = text.split_once('.').map_or((text, None), |(number, owner)| (number, Some(owner)));
    let owner = match owner {
        Some(owner) => Some(name(owner, "ballot").ok()?),
        None => None,
    };
    number.parse().ok().map(|number| Number { number, owner })
}

fn stamp(object: &Object) -> Result<Option<Stamp>, String> {
    let bad = |key: &str| say!("“{key}” is a time from 0 on");
    if let Some(found) = object.get("t") {
        return micros(found, 6).map(|ticks| Some(Stamp::Ticks(ticks))).ok_or_else(|| bad("t"));
    }
    for (key, decimals) in [("ms", 3), ("us", 0), ("s", 6), ("ns", -3)] {
        if let Some(found) = object.get(key) {
            return micros(found, decimals).map(|micros| Some(Stamp::Micros(micros))).ok_or_else(|| bad(key));
        }
    }
    match object.get("time") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => date(text).map(|micros| Some(Stamp::Micros(micros))).ok_or_else(|| {
            say!("“time” is a time as in 2026-01-31T12:00:00.123Z, but it is “{text}”", text = shortened(text))
        }),
        Some(found) => micros(found, 6).map(|micros| Some(Stamp::Micros(micros))).ok_or_else(|| bad("time")),
    }
}

/// A number × 10^`decimals`, rounded down; none for anything else than a number from 0 on.
fn micros(found: &Value, decimals: i32) -> Option<u64> {
    match found {
        Value::Number(number) => decimal(&number.to_string(), decimals),
        Value::String(text) => decimal(text, decimals),
        _ => None,
    }
}

/// The same of a text.
pub(super) fn decimal(text: &str, decimals: i32) -> Option<u64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() < 40)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let shift = decimals + exponent - i32::try_from(fraction.len()).ok()?;
    let power = 10_u128.checked_pow(shift.unsigned_abs());
    let scaled = if shift >= 0 { digits.checked_mul(power?)? } else { power.map_or(0, |power| digits / power) };
    u64::try_from(scaled).ok()
}

/// A date and a time of day, in microseconds since 1970.
fn date(text: &str) -> Option<u64> {
    let (day, rest) = text.split_once(['T', ' '])?;
    let mut parts = day.split('-').map(str::parse::<u64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if parts.next().is_some()
        || !(1970..=9999).contains(&year)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
    {
        return None;
    }
    let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let mut clock = rest[..zone].split(':');
    let (hour, minute) = (clock.next()?.parse::<u64>().ok()?, clock.next()?.parse::<u64>().ok()?);
    let seconds = micros(&Value::String(clock.next().unwrap_or("0").replace(',', ".")), 6)?;
    if hour > 23 || minute > 59 || seconds > 61_000_000 {
        return None;
    }
    // Days since 1970, with years that begin in March.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    let local = ((days * 24 + hour) * 60 + minute) * 60_000_000 + seconds;
    let (sign, offset) = match rest[zone..].split_at_checked(1) {
        Some((sign @ ("+" | "-"), offset)) => (sign, offset),
        _ => return Some(local),
    };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
    let offset = (hours.parse::<u64>().ok().filter(|hours| *hours < 24)? * 60
        + minutes.parse::<u64>().ok().filter(|minutes| *minutes < 60)?)
        * 60_000_000;
    if sign == "+" { local.checked_sub(offset) } else { local.checked_add(offset) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_microsecond_without_floats() {
        let at = |text: &str, decimals| micros(&serde_json::from_str(text).expect("JSON"), decimals);
        assert_eq!(at("12.5", 3), Some(12_500));
        assert_eq!(at("1700000000.123456", 6), Some(1_700_000_000_123_456));
        assert_eq!(at("0.000001", 6), Some(1));
        assert_eq!(at("1999", -3), Some(1));
        assert_eq!(at("-1", 3), None);
        assert_eq!(at("1e300", 3), None);
        assert_eq!(date("1970-01-02T00:00:00Z"), Some(86_400_000_000));
        assert_eq!(date("2024-02-29T12:00:00.5Z"), Some(1_709_208_000_500_000));
        assert_eq!(date("2024-02-29T14:00:00.500+02:00"), Some(1_709_208_000_500_000));
        assert_eq!(date("yesterday"), None);
    }

    #[test]
    fn ballots_have_an_owner_if_the_log_says_so() {
        assert_eq!(numbered("2.B"), Some(Number { number: 2, owner: Some("B".to_owned()) }));
        assert_eq!(numbered("3.10.0.0.1"), Some(Number { number: 3, owner: Some("10.0.0.1".to_owned()) }));
        assert_eq!(numbered("7"), Some(Number { number: 7, owner: None }));
        assert_eq!(numbered("B.7"), None);
    }
}
