//! Cutting a condition into tokens.

use crate::scenario::text::is_alphanumeric;
use crate::tongue::say;
use crate::types::shortened;

/// Why a text cannot be read as a condition or as a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct Misread {
    /// How many characters of the text come before the mistake.
    pub offset: usize,
    /// A sentence without its full stop.
    pub message: String,
}

impl Misread {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}

/// What a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A word, such as `some`, `d.value`, `A` or `9Δ`.
    Word(String),
    /// A text in quotes.
    Text(String),
    /// A sign.
    Sign(&'static str),
    /// The end of the condition.
    End,
}

impl Token {
    /// The token in a message.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Word(word) | Self::Text(word) => say!("“{word}”", word = shortened(word)),
            Self::Sign(sign) => say!("“{word}”", word = sign),
            Self::End => say!("the end of the condition").into(),
        }
    }
}

/// The signs: how each is written, longer ones first, and its usual form.
const SIGNS: [(&str, &str); 14] = [
    ("!=", "!="),
    ("≠", "!="),
    ("<=", "<="),
    ("≤", "<="),
    (">=", ">="),
    ("≥", ">="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("+", "+"),
    ("-", "-"),
    ("(", "("),
    (")", ")"),
    (":", ":"),
];

/// The tokens of a condition, each with the place of its first character; the last one is the end.
///
/// # Errors
/// A character that no token has, or a text that does not end.
pub(super) fn tokens(source: &str) -> Result<Vec<(Token, usize)>, Misread> {
    let mut tokens = Vec::new();
    let mut rest = source;
    loop {
        let trimmed = rest.trim_start();
        let offset = source[..source.len() - trimmed.len()].chars().count();
        let Some(first) = trimmed.chars().next() else {
            tokens.push((Token::End, offset));
            return Ok(tokens);
        };
        let (token, length) = if matches!(first, '"' | '\'') {
            quoted(trimmed, first).ok_or_else(|| Misread::new(offset, say!("this text has no closing quote")))?
        } else if let Some((written, sign)) = SIGNS.iter().find(|(written, _)| trimmed.starts_with(written)) {
            (Token::Sign(sign), written.len())
        } else {
            let length = trimmed.find(|letter| !is_part_of_word(letter)).unwrap_or(trimmed.len());
            if length == 0 {
                return Err(Misread::new(offset, say!("“{first}” means nothing here")));
            }
            (Token::Word(trimmed[..length].to_owned()), length)
        };
        tokens.push((token, offset));
        rest = &trimmed[length..];
    }
}

fn is_part_of_word(letter: char) -> bool {
    is_alphanumeric(letter) || matches!(letter, '_' | '.' | '∆')
}

/// The text in quotes with which `rest` begins, and how many bytes it has with its quotes.
fn quoted(rest: &str, quote: char) -> Option<(Token, usize)> {
    let (mut text, mut letters) = (String::new(), rest.char_indices().skip(1));
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => text.push(letters.next()?.1),
            _ if letter == quote => return Some((Token::Text(text), place + 1)),
            _ => text.push(letter),
        }
    }
    None
}
