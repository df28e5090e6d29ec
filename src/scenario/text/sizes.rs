//! The lines `header`, `size` and `bandwidth`.

use winnow::Result;
use winnow::prelude::*;
use winnow::token::take_while;

use super::super::limits;
use super::super::script::Statement;
use super::{Input, cause, expected};
use crate::tongue::{key, say};
use crate::types::{Bytes, shortened};

/// `30kB`: an exact amount of bytes.
pub(super) fn size(input: &mut Input<'_>) -> Result<Bytes> {
    let read = |word: &str| match Bytes::read(word) {
        Some(bytes) if bytes <= limits::SIZE => Ok(bytes),
        Some(_) => cause(say!("a size is at most {most}", most = limits::SIZE)),
        None => cause(say!(
            "“{word}” is no whole number of bytes with its unit; write it like 100B, 1.5kB or 2MB",
            word = shortened(word)
        )),
    };
    let word = take_while(1.., |character: char| !character.is_whitespace() && !matches!(character, '#' | '/'));
    word.context(expected(key!("a number of bytes, as in 30kB"))).try_map(read).parse_next(input)
}

/// `bandwidth 100kB/Δ`
pub(super) fn bandwidth(input: &mut Input<'_>) -> Result<Statement> {
    let rate = size(input)?;
    let unit = ('/', winnow::token::one_of(['Δ', '∆', 'D', 'd'])).context(expected(key!("“/Δ”, as in 100kB/Δ")));
    unit.map(|_| Statement::Bandwidth(rate)).parse_next(input)
}
