//! Times: in Δ, or in ms and s where the script says how long Δ is.

use winnow::Result;
use winnow::ascii::space0;
use winnow::combinator::{delimited, opt};
use winnow::prelude::*;
use winnow::token::{literal, take_while};

use super::super::limits;
use super::super::script::{Range, Statement};
use super::{Cause, Clock, Input, cause, expected, refuse, sentence};
use crate::tongue::{key, say};
use crate::types::{Millis, NotExact, Scale, Time, exact_decimal, shortened};

pub(super) fn range(input: &mut Input<'_>) -> Result<Range> {
    let start = input.input;
    let least = time(input)?;
    let is_range = opt(delimited(space0, "..", space0)).parse_next(input)?.is_some();
    let most = if is_range { time(input)? } else { least };
    if most < least {
        input.input = start;
        return refuse(input, say!("the shorter delay comes first").text());
    }
    Ok(Range { least, most })
}

/// `delta 100ms`: how long one Δ is.
pub(super) fn delta(input: &mut Input<'_>) -> Result<Statement> {
    let read = |word: &str| match on_a_clock(word) {
        Some(delta) => Scale::new(delta?).map_or_else(
            || cause(say!("one Δ is more than 0 ms and at most {longest} ms", longest = Scale::LONGEST)),
            |scale| Ok(Statement::Delta(scale)),
        ),
        None => cause(say!("“{word}” does not say how long Δ is; write it like 100ms or 2s", word = shortened(word))),
    };
    take_while(1.., |character: char| !character.is_whitespace() && character != '#')
        .context(expected(key!("how long Δ is, as in 100ms")))
        .try_map(read)
        .parse_next(input)
}

/// A time in ms or s; none when the word has another unit.
fn on_a_clock(word: &str) -> Option<std::result::Result<Millis, Cause>> {
    let (number, decimals) = match word.strip_suffix("ms") {
        Some(number) => (number, Millis::DECIMALS),
        None => (word.strip_suffix('s')?, 2 * Millis::DECIMALS),
    };
    Some(match exact_decimal(number, decimals) {
        Ok(micros) => Ok(Millis(micros)),
        Err(NotExact::Decimals) => {
            cause(say!("a time in ms has at most {decimals} decimals", decimals = Millis::DECIMALS))
        }
        Err(NotExact::Number) => return None,
    })
}

/// Ticks for a time in ms.
fn ticks(word: &str, amount: Millis, scale: Option<Scale>) -> std::result::Result<Time, Cause> {
    let Some(scale) = scale else {
        let word = shortened(word);
        return cause(say!("“{word}” means nothing unless a line says how long Δ is, as in “delta 100ms”"));
    };
    match scale.ticks(amount) {
        Ok(time) if time <= limits::TIME => Ok(time),
        Ok(_) => cause(say!("a time is at most {most}Δ", most = limits::TIME)),
        Err([below, above]) => cause(say!(
            "{amount} ms is no whole number of ticks, a million of which are one Δ of {delta} ms; the nearest are {below} ms and {above} ms",
            delta = scale.delta()
        )),
    }
}

/// An exact decimal of Δ, or one of ms or s where the script says how long Δ is. The unit Δ may be written Δ, ∆ (the
/// increment sign), D or d, or be left out.
pub(super) fn time(input: &mut Input<'_>) -> Result<Time> {
    // The dots of a range belong to the range, so the word ends before two dots.
    let end = input.input.as_bytes().windows(2).position(|pair| pair == b"..").unwrap_or(input.input.len());
    let word = input.input[..end].split(|end: char| end.is_whitespace() || end == '#').next().unwrap_or_default();
    if let Some(amount) = on_a_clock(word) {
        let scale = input.state.scale;
        let time = literal(word).try_map(|word: &str| ticks(word, amount.clone()?, scale)).parse_next(input)?;
        input.state.is_used = true;
        return Ok(time);
    }
    let number = word.strip_suffix(['Δ', '∆', 'D', 'd']).unwrap_or(word);
    let time = literal(number)
        .verify(|number: &str| !number.is_empty())
        .context(expected(key!("a time, as in 1.5Δ")))
        .try_map(exact_time)
        .parse_next(input)?;
    literal(&word[number.len()..]).parse_next(input)?;
    Ok(time)
}

/// A delay that a person typed by itself, in the form of scripts; `scale` says how long Δ is in the person's script.
///
/// # Errors
/// A sentence: why the text is no delay.
pub fn parse_delay(text: &str, scale: Option<Scale>) -> std::result::Result<Time, String> {
    let delay = parse_span(text.trim(), scale)?;
    let most = limits::MESSAGE_DELAY;
    if delay <= most { Ok(delay) } else { Err(say!("a message takes at most {most}Δ")) }
}

/// A time in the form of scripts that stands by itself; `scale` says how long Δ is.
///
/// # Errors
/// A sentence: why the text is no time.
pub(in super::super) fn parse_span(text: &str, scale: Option<Scale>) -> std::result::Result<Time, String> {
    time.parse(Clock::input(scale, text)).map_err(|error| sentence(error.inner(), &text[error.offset()..]))
}

/// A time that stands by itself, as in a link.
///
/// # Errors
/// A sentence: why the text is no time.
pub fn parse_time(text: &str) -> std::result::Result<Time, String> {
    let number = text.strip_suffix(['Δ', '∆', 'D', 'd']).unwrap_or(text);
    exact_time(number).map_err(|cause| cause.to_string())
}

fn exact_time(text: &str) -> std::result::Result<Time, Cause> {
    match exact_decimal(text, Time::DECIMALS) {
        Ok(ticks) if ticks <= limits::TIME.0 => Ok(Time(ticks)),
        Ok(_) => cause(say!("a time is at most {most}Δ", most = limits::TIME)),
        Err(NotExact::Decimals) => cause(say!("a time has at most {decimals} decimals", decimals = Time::DECIMALS)),
        Err(NotExact::Number) => cause(say!("“{text}” is not a time; write it like 1.5Δ", text = shortened(text))),
    }
}
