//! Help for people who write a script: which words can stand at a place, what a word means, and how a line is coloured.
//!
//! All words come from the tables that the parser and the resolver read: statements, acts, protocols with their options,
//! rules, message kinds and timers, services, and the nodes of the script itself. A text that is being written is rarely
//! a script, so nothing here parses it: a line is cut into words, and the words before a place tell what can follow.
//!
//! Lines and columns are counted from 1, and columns in characters, as in [`Error`](super::Error). A text that is too long
//! for a script gets no help, and of a line only the first [`COLUMNS`] characters are looked at.

mod forms;
mod goals;
mod next;
#[cfg(test)]
mod tests;
mod words;

use super::limits;

pub use forms::{ACTS, Form, RULES, STATEMENTS};
use next::{Expected, Known};
use words::Word;
pub use words::{COLUMNS, Sort, Token, tokens};

/// A word that can stand at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// The word as scripts write it.
    pub word: String,
    /// What the word means; several forms of a statement stand on a line each.
    pub about: String,
}

/// The words that can stand at a place.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Hints {
    /// The column at which the word at this place begins. The word goes up to the place that was asked for.
    pub column: usize,
    /// Whether the line cannot end here.
    pub is_needed: bool,
    /// The words, in the order of their tables.
    pub list: Vec<Hint>,
}

/// What a word of a script means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    /// The column of the word's first character.
    pub start: usize,
    /// The column after its last character.
    pub end: usize,
    /// What it means; several forms of a statement stand on a line each.
    pub about: String,
}

/// The words that can stand before this column of this line, and begin with what is written there.
pub fn hints(text: &str, line: usize, column: usize) -> Hints {
    let nothing = Hints { column, ..Hints::default() };
    let Some(row) = row(text, line).filter(|_| column <= COLUMNS) else { return nothing };
    let end = row.char_indices().nth(column.saturating_sub(1)).map_or(row.len(), |(end, _)| end);
    let mut before = words::words(&row[..end]);
    let begun = match before.last() {
        Some(word) if matches!(word.token.sort, Sort::Comment | Sort::Prose) => return nothing,
        Some(word) if word.token.end == column && word.token.sort != Sort::Sign => before.pop(),
        _ => None,
    };
    let start = begun.map_or(column, |word| word.token.start);
    let written = begun.map_or("", |word| word.text);
    if written.len() > 1 && written.starts_with('"') && written.ends_with('"') {
        return nothing;
    }
    let Expected { is_needed, mut list } = expected(text, line, &before);
    // The tables for capitals in all writings would be large.
    let begins = |word: &str| word.get(..written.len()).is_some_and(|start| start.eq_ignore_ascii_case(written));
    // A word that is quoted in scripts may be begun without its quote.
    list.retain(|hint| begins(&hint.word) || begins(hint.word.trim_start_matches('"')));
    Hints { column: start, is_needed, list }
}

/// What the word at this column of this line means: the word itself where a table has it, otherwise its act or its
/// statement. None where no word stands.
pub fn help(text: &str, line: usize, column: usize) -> Option<Help> {
    let words = words::words(row(text, line)?);
    let place = words.iter().position(|word| (word.token.start..word.token.end).contains(&column))?;
    let Token { start, end, sort } = words[place].token;
    if sort == Sort::Comment {
        return None;
    }
    // The word itself, or else the nearest word before it that a table has.
    let known = |place: usize| {
        let list = expected(text, line, &words[..place]).list;
        list.into_iter().find(|hint| hint.word.trim_matches('"') == words[place].text.trim_matches('"'))
    };
    let hint = match known(place).filter(|hint| !hint.about.is_empty()) {
        Some(hint) => hint,
        None => [2, 0].into_iter().filter(|place| *place < words.len()).find_map(|place| {
            let is_act = place == 0 || words[0].text == "at";
            known(place).filter(|_| is_act)
        })?,
    };
    Some(Help { start, end, about: hint.about })
}

/// A line of a text that may be a script.
fn row(text: &str, line: usize) -> Option<&str> {
    if text.len() > limits::TEXT_BYTES || line > limits::LINES {
        return None;
    }
    // The last line may be empty; then `lines` does not have it.
    text.split('\n').nth(line.checked_sub(1)?)
}

fn expected(text: &str, line: usize, before: &[Word<'_>]) -> Expected {
    if line == 1 {
        return next::first(before);
    }
    let before: Vec<&str> = before.iter().map(|word| word.text).collect();
    next::next(&before, &Known::of(text))
}
