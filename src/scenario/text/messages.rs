//! What lines say about messages: rules, lies, and messages that the script puts into the network.

use winnow::Result;
use winnow::ascii::{space0, space1};
use winnow::combinator::{delimited, opt, preceded, terminated};
use winnow::prelude::*;

use super::super::script::{Injection, Lie, Link, RuleEffect, Statement};
use super::{
    Input, cause, expected, is_part_of_name, link, names, no_occurrence, node, number, occurrence, one_of_words,
    refuse, time, value, word,
};
use crate::tongue::{key, say};

/// The words for how a liar lies, besides a value.
pub(in super::super) const LIES: &[&str] = &["silent", "late", "false", "omit", "claim"];
/// A rule for one message: its kind, its link, its number, and the effect.
pub(super) fn rule(input: &mut Input<'_>, effect: impl Fn(&mut Input<'_>) -> Result<RuleEffect>) -> Result<Statement> {
    let kind = kind_of_message(input)?;
    let link = link(input)?;
    let at_number = *input;
    let ordinal = occurrence(input)?;
    if ordinal == Some(0) {
        input.input = at_number.trim_start().trim_start_matches('#');
        return refuse(input, say!("messages are counted from #1").text());
    }
    space0.parse_next(input)?;
    let effect = effect(input)?;
    no_occurrence(input)?;
    Ok(Statement::Rule { kind, link, ordinal: ordinal.unwrap_or(1), effect })
}

/// `forge KIND A->B #1 LIE`
pub(super) fn forge(input: &mut Input<'_>) -> Result<Statement> {
    let mut forged = rule(input, |input: &mut Input<'_>| lie(input).map(RuleEffect::Forge))?;
    // A claim is shown to the receiver of the lie.
    if let Statement::Rule { link, effect: RuleEffect::Forge(Lie::Claims(claimed)), .. } = &mut forged {
        claimed.link.to.clone_from(&link.to);
    }
    Ok(forged)
}

fn lie(input: &mut Input<'_>) -> Result<Lie> {
    if input.starts_with('"') {
        return value.map(Lie::Says).parse_next(input);
    }
    let word = one_of_words(LIES, key!("a lie: a value in quotes, silent, late, false, omit or claim"))
        .context(expected(key!("the lie: a value in quotes, silent, late, false, omit or claim")))
        .parse_next(input)?;
    Ok(match word {
        "silent" => Lie::Silent,
        "late" => preceded(space0, time).map(Lie::Late).parse_next(input)?,
        "false" => Lie::False,
        "omit" => {
            let more = input.trim_start_matches([' ', '\t']);
            if more.len() == input.len() || !more.starts_with(is_part_of_name) {
                return Ok(Lie::Omits(Vec::new()));
            }
            input.input = more;
            Lie::Omits(names(input)?)
        }
        _ => {
            space0.parse_next(input)?;
            let kind = kind_of_message(input)?;
            let from = node(input)?;
            let (ballot, instance, value) = content(input)?;
            let link = Link { from, to: String::new() };
            Lie::Claims(Injection { kind, link, ballot, instance, value, takes: None })
        }
    })
}

/// The kind of a message, with the space after it.
fn kind_of_message(input: &mut Input<'_>) -> Result<String> {
    terminated(word.context(expected(key!("a kind of message, as in NextBallot"))), space0).parse_next(input)
}

/// `NextBallot C->B 5.C [3] "red" after 1.5Δ`; only the kind and the link are required.
pub(super) fn injection(input: &mut Input<'_>) -> Result<Injection<String, String>> {
    let kind = kind_of_message(input)?;
    let link = link(input)?;
    let (ballot, instance, value) = content(input)?;
    let is_late = opt(("after", space1)).parse_next(input)?.is_some();
    let takes = if is_late { Some(time(input)?) } else { None };
    Ok(Injection { kind, link, ballot, instance, value, takes })
}

/// What a message says, as far as it says it: its ballot, its instance (1 where it says none) and its value.
#[expect(clippy::type_complexity, reason = "three parts of a message that stand in a row")]
fn content(input: &mut Input<'_>) -> Result<(Option<(u32, String)>, u32, Option<String>)> {
    space0.parse_next(input)?;
    let ballot = if input.starts_with(|first: char| first.is_ascii_digit()) { Some(ballot(input)?) } else { None };
    space0.parse_next(input)?;
    let instance = opt(delimited('[', number, ']'.context(expected(key!("a closing bracket"))))).parse_next(input)?;
    space0.parse_next(input)?;
    let value = if input.starts_with('"') { Some(value(input)?) } else { None };
    space0.parse_next(input)?;
    Ok((ballot, instance.unwrap_or(1), value))
}

/// `5.C`
fn ballot(input: &mut Input<'_>) -> Result<(u32, String)> {
    let counted = |number: u32| match number {
        0 => cause(say!("ballot numbers start at 1").into()),
        _ => Ok(number),
    };
    (number.try_map(counted), preceded('.'.context(expected(key!("a ballot, as in 5.C"))), node)).parse_next(input)
}
