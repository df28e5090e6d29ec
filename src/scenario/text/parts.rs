//! The lines `acceptors`, `learners`, `clients`, `auxiliaries`, `liars`, `tolerate` and `quorum`.

use winnow::Result;
use winnow::ascii::{space0, space1};
use winnow::combinator::{delimited, not, opt, preceded, repeat, terminated};
use winnow::prelude::*;

use super::super::parts::{Part, QuorumRule};
use super::super::script::Statement;
use super::{Input, expected, groups, names, node, number, one_of_words};
use crate::tongue::key;

/// The words that a line `quorum` may begin with instead of a number.
pub(in super::super) const FORMS: &[&str] = &["weights", "sets", "grid"];

/// `acceptors A B C`, and the lines of the other parts.
pub(super) fn part(input: &mut Input<'_>, part: Part) -> Result<Statement> {
    names.map(|names| Statement::Part(part, names)).parse_next(input)
}

/// `quorum 4 2`, `quorum weights A=3 B=1 need 3`, `quorum sets A B | B C`, `quorum grid A B | C D`.
pub(super) fn quorum(input: &mut Input<'_>) -> Result<QuorumRule<String>> {
    if input.starts_with(|first: char| first.is_ascii_digit()) {
        return two_numbers.map(|(first, second)| QuorumRule::Sizes(first, second)).parse_next(input);
    }
    let form = one_of_words(FORMS, key!("a number, or weights, sets or grid"))
        .context(expected(key!("how many make a quorum, as in 3 or 4 2; or weights, sets or grid")))
        .parse_next(input)?;
    space0.parse_next(input)?;
    match form {
        "weights" => {
            let weight = preceded('='.context(expected(key!("a weight, as in A=3"))), number);
            let weighted = terminated((preceded(not(("need", space1)), node), weight), space0);
            let weights = repeat(1.., weighted).parse_next(input)?;
            let need = ("need", space1).context(expected(key!("“need” and how much a quorum weighs, as in need 3")));
            let (first, second) = preceded(need, two_numbers).parse_next(input)?;
            Ok(QuorumRule::Weights(weights, first, second))
        }
        "sets" => {
            let first = groups(input)?;
            let second = opt(preceded(delimited(space0, '/', space0), groups)).parse_next(input)?;
            Ok(QuorumRule::Sets(first, second))
        }
        _ => groups.map(QuorumRule::Grid).parse_next(input),
    }
}

/// One number or two.
pub(super) fn two_numbers(input: &mut Input<'_>) -> Result<(u32, Option<u32>)> {
    let first = number(input)?;
    let has_more = input.trim_start_matches([' ', '\t']).starts_with(|next: char| next.is_ascii_digit());
    let second = if has_more { Some(preceded(space1, number).parse_next(input)?) } else { None };
    Ok((first, second))
}
