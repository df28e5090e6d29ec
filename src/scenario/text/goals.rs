//! The lines `goal` and `allow`.

use winnow::Result;
use winnow::ascii::{space0, space1};
use winnow::combinator::{alt, delimited, eof, opt, preceded, separated, terminated};
use winnow::prelude::*;
use winnow::token::{literal, take_while};

use super::super::goals::{DEEDS, GoalLine, Misread, Permission, Who};
use super::super::limits;
use super::super::script::Statement;
use super::{Cause, Input, bounded, cause, expected, node, number, quoted, time};
use crate::tongue::{key, say};
use crate::types::{Time, shortened};

/// `goal 2 "TEXT": CONDITION else "SENTENCE"`. The condition is read when the script is resolved, because it names nodes.
pub(super) fn goal(input: &mut Input<'_>) -> Result<Statement> {
    let has_points = input.starts_with(|first: char| first.is_ascii_digit());
    let points = if has_points { terminated(points, space1).parse_next(input)? } else { 1 };
    let text = long_text(input, key!("what is so when the goal is reached, in quotes"))?;
    (space0, ':').context(expected(key!("a colon, and what has to be so"))).parse_next(input)?;
    space0.parse_next(input)?;
    let condition = literal(&input.input[..condition_end(input.input)])
        .map(str::trim_end)
        .verify(|condition: &str| !condition.is_empty())
        .context(expected(key!("what has to be so, as in decisions > 0")))
        .try_map(|condition: &str| bounded(condition.to_owned(), "condition", limits::CONDITION_CHARS))
        .parse_next(input)?;
    let otherwise = match opt(("else", space0)).parse_next(input)? {
        Some(_) => Some(long_text(input, key!("a sentence in quotes, for whoever has not reached it"))?),
        None => None,
    };
    Ok(Statement::Goal(GoalLine { points, text, condition, otherwise }))
}

fn points(input: &mut Input<'_>) -> Result<u32> {
    let bounds = |points: u32| {
        let is_too_much = points > limits::POINTS;
        if is_too_much {
            cause(say!("a goal is worth at most {most} points", most = limits::POINTS))
        } else {
            Ok(points)
        }
    };
    number.try_map(bounds).parse_next(input)
}

/// A text in quotes that may be as long as a caption.
fn long_text(input: &mut Input<'_>, what: &'static str) -> Result<String> {
    quoted
        .verify(|text: &str| !text.trim().is_empty())
        .context(expected(what))
        .try_map(|text: String| bounded(text, "goal’s text", limits::CAPTION_CHARS))
        .parse_next(input)
}

/// Where the condition ends with which a text begins: at `else`, at a comment, or at the end of the text.
fn condition_end(text: &str) -> usize {
    let mut letters = text.char_indices();
    let mut before = ' ';
    while let Some((place, letter)) = letters.next() {
        match letter {
            '#' => return place,
            '"' | '\'' => {
                while let Some((_, inner)) = letters.next() {
                    match inner {
                        '\\' => drop(letters.next()),
                        _ if inner == letter => break,
                        _ => {}
                    }
                }
            }
            'e' if before.is_whitespace() && is_else(&text[place..]) => return place,
            _ => {}
        }
        before = letter;
    }
    text.len()
}

fn is_else(text: &str) -> bool {
    text.strip_prefix("else").is_some_and(|after| after.starts_with([' ', '\t', '"']))
}

/// The column of a mistake in the condition of this line, or of one in its sentence.
pub(in super::super) fn column_in_goal(line: &str, misread: &Misread, is_in_sentence: bool) -> usize {
    let column = |bytes: usize| line[..bytes].chars().count() + 1;
    // The text of the goal is the first text in quotes, and the condition begins after the next colon.
    let text = line.find('"').unwrap_or(0);
    let end = text + 1 + closing(&line[text + 1..]);
    let colon = end + line[end..].find(':').map_or(0, |place| place + 1);
    let start = line.len() - line[colon..].trim_start().len();
    if !is_in_sentence {
        return column(start) + misread.offset;
    }
    let otherwise = start + condition_end(&line[start..]);
    let braces = line[otherwise..].match_indices('{').map(|(place, _)| otherwise + place);
    // A brace that is written twice is no brace of a pair.
    let single: Vec<usize> =
        braces.filter(|place| !line[place + 1..].starts_with('{') && !line[..*place].ends_with('{')).collect();
    column(single.get(misread.offset).copied().unwrap_or(otherwise))
}

/// Where the closing quote is, in a text that follows an opening one.
fn closing(text: &str) -> usize {
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => return place,
            _ => {}
        }
    }
    text.len()
}

/// `allow drop, crash A, propose r before 1Δ, delay r->* 2`
pub(super) fn allow(input: &mut Input<'_>) -> Result<Statement> {
    separated(1.., permission, delimited(space0, ',', space0)).map(Statement::Allow).parse_next(input)
}

fn permission(input: &mut Input<'_>) -> Result<Permission> {
    let kind = take_while(1.., |letter: char| letter.is_ascii_alphabetic() || letter == '-');
    let deed = kind.context(expected(key!("a kind of line, as in crash or drop"))).try_map(known).parse_next(input)?;
    let who = who(input)?;
    let is_early = opt((space1, "before", space1)).parse_next(input)?.is_some();
    let before = if is_early { Some(instant(input)?) } else { None };
    let rest = input.trim_start_matches([' ', '\t']);
    let has_number = rest.starts_with(|first: char| first.is_ascii_digit());
    let most = if has_number { Some(preceded(space1, number).parse_next(input)?) } else { None };
    Ok(Permission { deed, who, before, most })
}

/// A time, which a comma may follow.
fn instant(input: &mut Input<'_>) -> Result<Time> {
    let end = input.find(|end: char| end.is_whitespace() || matches!(end, ',' | '#')).unwrap_or(input.len());
    let (word, rest) = input.input.split_at(end);
    input.input = word;
    let instant = terminated(time, eof).parse_next(input)?;
    input.input = rest;
    Ok(instant)
}

fn known(word: &str) -> std::result::Result<String, Cause> {
    match DEEDS.iter().find(|deed| deed.name == word) {
        Some(deed) => Ok(deed.name.to_owned()),
        None => {
            let hint = super::suggestion(word, DEEDS.iter().map(|deed| deed.name));
            cause(say!("“{word}” is no kind of line that can be allowed{hint}", word = shortened(word)))
        }
    }
}

/// A node or a link, if one follows. A word of digits is how many lines there may be.
fn who(input: &mut Input<'_>) -> Result<Who> {
    let rest = input.trim_start_matches([' ', '\t']);
    let word = rest.split(|end: char| end.is_whitespace() || matches!(end, ',' | '#')).next().unwrap_or_default();
    let is_link = word.contains(['*', '→']) || word.contains("->");
    let is_count = word.bytes().all(|byte| byte.is_ascii_digit());
    if rest.len() == input.len() || !is_link && (is_count || word == "before") {
        return Ok(Who::Anybody);
    }
    space1.parse_next(input)?;
    if !is_link {
        return node.map(Who::Node).parse_next(input);
    }
    let end = || alt(('*'.value(None), node.map(Some)));
    let arrow = alt(("->", "→")).context(expected(key!("an arrow, as in A->*")));
    (terminated(end(), arrow), end()).map(|(from, to)| Who::Link(from, to)).parse_next(input)
}
