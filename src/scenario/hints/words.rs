//! Cutting a line into words, each with its colour.

use super::super::text::{ACTS, KEYWORDS};

/// So many characters of a line are cut into words.
pub const COLUMNS: usize = 2_000;

/// What a part of a line is, for its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// The word that begins a statement.
    Keyword,
    /// What is done to the cluster.
    Act,
    /// A name: of a node, a protocol, a kind of message and the like.
    Name,
    /// A time or another number, with its unit.
    Number,
    /// A value in quotes.
    Quoted,
    /// A text for people.
    Prose,
    /// An arrow, a bar and the like.
    Sign,
    /// A comment.
    Comment,
}

impl Sort {
    /// The name of the colour.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Act => "act",
            Self::Name => "name",
            Self::Number => "number",
            Self::Quoted => "quoted",
            Self::Prose => "prose",
            Self::Sign => "sign",
            Self::Comment => "comment",
        }
    }
}

/// A part of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// The column of the first character.
    pub start: usize,
    /// The column after the last character.
    pub end: usize,
    /// What it is.
    pub sort: Sort,
}

/// A part of a line with its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) token: Token,
    pub(super) text: &'a str,
}

/// The parts of a line, in order; spaces belong to none.
pub fn tokens(line: &str) -> Vec<Token> {
    words(line).iter().map(|word| word.token).collect()
}

/// The parts of a line with their texts.
pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let end = line.char_indices().nth(COLUMNS).map_or(line.len(), |(end, _)| end);
    let line = &line[..end];
    let mut words: Vec<Word<'_>> = Vec::new();
    let (mut rest, mut column) = (line, 1);
    loop {
        let trimmed = rest.trim_start();
        column += rest[..rest.len() - trimmed.len()].chars().count();
        rest = trimmed;
        if rest.is_empty() {
            return words;
        }
        let (sort, bytes) = part(&words, rest);
        let text = &rest[..bytes];
        let end = column + text.chars().count();
        words.push(Word { token: Token { start: column, end, sort }, text });
        (rest, column) = (&rest[bytes..], end);
    }
}

/// What the line goes on with after the words before: what it is, and how many bytes it has. `rest` begins with it.
fn part(before: &[Word<'_>], rest: &str) -> (Sort, usize) {
    let keyword = before.first().map_or("", |word| word.text);
    let is_prose = match keyword {
        "title" | "about" | "look" => true,
        "caption" | "wait" => before.len() > 1,
        _ => false,
    };
    if is_prose {
        return (Sort::Prose, rest.trim_end().len());
    }
    if let Some(after) = rest.strip_prefix('#') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        return if digits > 0 && counts(before) { (Sort::Number, 1 + digits) } else { (Sort::Comment, rest.len()) };
    }
    if rest.starts_with('"') {
        return (Sort::Quoted, quoted(rest));
    }
    if let Some(sign) = sign(rest) {
        return (Sort::Sign, sign);
    }
    let is_end = |(place, letter): (usize, char)| {
        letter.is_whitespace() || matches!(letter, '#' | '"') || sign(&rest[place..]).is_some()
    };
    let bytes = rest.char_indices().skip(1).find(|found| is_end(*found)).map_or(rest.len(), |(place, _)| place);
    (sort(before, keyword, &rest[..bytes]), bytes)
}

fn sort(before: &[Word<'_>], keyword: &str, word: &str) -> Sort {
    match before.len() {
        0 if KEYWORDS.contains(&word) || word == "paxos-playground" => Sort::Keyword,
        2 if keyword == "at" && ACTS.contains(&word) => Sort::Act,
        _ if is_number(word) => Sort::Number,
        _ => Sort::Name,
    }
}

/// Whether a statement with this beginning gives the number of a message or of a timer.
fn counts(before: &[Word<'_>]) -> bool {
    let is = |place: usize, words: &[&str]| before.get(place).is_some_and(|word: &Word<'_>| words.contains(&word.text));
    is(0, &["drop", "delay", "duplicate", "forge"]) || is(0, &["at"]) && is(2, &["timeout"])
}

/// How many bytes a value in quotes has; one that is not closed goes to the end of the line.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !is_escaped => return place + 1,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// How many bytes the sign has with which a text begins.
fn sign(text: &str) -> Option<usize> {
    ["->", "→", "..", "|", "=", "/", "+", "[", "]"].iter().find(|sign| text.starts_with(**sign)).map(|sign| sign.len())
}

/// Whether a word is a number, with a unit or without.
fn is_number(word: &str) -> bool {
    let number = ["ms", "s", "Δ", "∆", "D", "d", "%", "kB", "MB", "GB", "B"]
        .iter()
        .find_map(|unit| word.strip_suffix(unit))
        .unwrap_or(word);
    let is_digit = |letter: char| letter.is_ascii_digit();
    number.contains(is_digit) && number.chars().all(|letter| is_digit(letter) || letter == '.')
}
