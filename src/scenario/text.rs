//! Reading a script: one small parser for each statement, and errors with their line and column.

mod goals;
mod messages;
mod parts;
mod sizes;
mod times;

use winnow::Result;
use winnow::ascii::{digit1, space0, space1};
use winnow::combinator::{alt, delimited, opt, peek, preceded, repeat, separated, terminated};
use winnow::error::{ContextError, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::stream::Stateful;
use winnow::token::{any, rest, take_while};

use super::parts::Part;
use super::script::{Act, Caption, Disk, HEADER, Line, Link, RuleEffect, Script, Statement};
use super::{Error, limits};
use crate::tongue::{key, say, translated};
use crate::types::{Scale, exact_decimal, shortened};

use goals::{allow, goal};
use messages::{forge, injection, rule};
use parts::{part, quorum, two_numbers};
use sizes::{bandwidth, size};
use times::{delta, range, time};

pub(super) use goals::column_in_goal;
pub(super) use messages::LIES;
pub(super) use parts::FORMS as QUORUM_FORMS;
pub(super) use times::parse_span;
pub use times::{parse_delay, parse_time};

/// The input of a line, together with the units of its times.
type Input<'a> = Stateful<&'a str, Clock>;

/// The units in which a line gives its times.
#[derive(Clone, Copy, Default, Debug)]
struct Clock {
    /// How long one Δ is, if the script says so.
    scale: Option<Scale>,
    /// Whether the line gave a time in ms.
    is_used: bool,
}

impl Clock {
    fn input(scale: Option<Scale>, text: &str) -> Input<'_> {
        Stateful { input: text, state: Self { scale, is_used: false } }
    }
}

/// The words that begin statements.
pub(super) const KEYWORDS: &[&str] = &[
    "title",
    "about",
    "look",
    "caption",
    "wait",
    "protocol",
    "nodes",
    "delta",
    "delay",
    "loss",
    "duplicates",
    "header",
    "size",
    "bandwidth",
    "seed",
    "option",
    "leader",
    "acceptors",
    "learners",
    "clients",
    "auxiliaries",
    "liars",
    "tolerate",
    "quorum",
    "service",
    "without",
    "skip",
    "at",
    "drop",
    "duplicate",
    "forge",
    "until",
    "goal",
    "allow",
];
/// The words for what `at` does.
pub(super) const ACTS: &[&str] =
    &["propose", "crash", "restart", "partition", "cut", "heal", "leader", "inject", "timeout"];

impl Script {
    /// Reads the text of a script.
    ///
    /// # Errors
    /// The first line that is not a statement, and the place in it; or that the text is too long.
    pub fn parse(text: &str) -> std::result::Result<Self, Error> {
        if text.len() > limits::TEXT_BYTES {
            let message = say!(
                "the text has {bytes} bytes; a script has at most {most}",
                bytes = text.len(),
                most = limits::TEXT_BYTES
            );
            return Err(Error { line: 1, column: 1, message });
        }
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default().trim_end();
        if header.trim_start_matches('\u{feff}') != HEADER {
            let message = match header.strip_prefix("paxos-playground ") {
                Some(version) => {
                    say!("version “{version}” is not known here; this is version 1", version = shortened(version))
                }
                None => say!("a script begins with the line “{header}”", header = HEADER),
            };
            return Err(Error { line: 1, column: 1, message });
        }
        if text.lines().count() > limits::LINES {
            let message = say!("a script has at most {most} lines", most = limits::LINES);
            return Err(Error { line: limits::LINES + 1, column: 1, message });
        }
        let numbered = lines.enumerate().map(|(index, line)| (index + 2, line));
        let scale = scale(numbered.clone())?;
        let lines = numbered.map(|(number, line)| read_line(number, line, scale));
        Ok(Self { lines: lines.collect::<std::result::Result<_, _>>()? })
    }
}

/// How long one Δ is. Lines may stand in any order, and times in ms mean nothing without this scale, so it is looked for
/// first.
fn scale<'a>(mut lines: impl Iterator<Item = (usize, &'a str)>) -> std::result::Result<Option<Scale>, Error> {
    let is_it = |text: &str| text.split_whitespace().next() == Some("delta");
    let Some((number, text)) = lines.find(|(_, text)| is_it(text)) else { return Ok(None) };
    Ok(match read_line(number, text, None)?.statement {
        Some(Statement::Delta(scale)) => Some(scale),
        _ => None,
    })
}

fn read_line(number: usize, text: &str, scale: Option<Scale>) -> std::result::Result<Line, Error> {
    if let Some(place) = text.chars().position(|character| character.is_control() && character != '\t') {
        let message = say!("a script has no control characters").into();
        return Err(Error { line: number, column: place + 1, message });
    }
    line.parse(Clock::input(scale, text.trim_end())).map_err(|error| {
        let column = text[..error.offset()].chars().count() + 1;
        Error { line: number, column, message: sentence(error.inner(), &text[error.offset()..]) }
    })
}

/// The sentence for a person: the cause when a parser gave one, otherwise what was expected and what the line has
/// instead.
fn sentence(error: &ContextError, found: &str) -> String {
    if let Some(cause) = error.cause() {
        return cause.to_string();
    }
    let found = match found.split_whitespace().next() {
        Some(word) => say!("“{word}”", word = shortened(word)),
        None => say!("the end of the line").into(),
    };
    let expected = error.context().find_map(|context| match context {
        StrContext::Expected(StrContextValue::Description(expected)) => Some(*expected),
        _ => None,
    });
    match expected {
        Some(expected) => say!("expected {what}, found {found}", what = translated(expected)),
        None => say!("nothing more is expected here, found {found}"),
    }
}

/// Returns `, did you mean X?` when one of the candidates is near.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let word = shortened(word).to_ascii_lowercase();
    let distance = |candidate: &str| strsim::osa_distance(&candidate.to_ascii_lowercase(), &word);
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.chars().count() / 3))
        .map_or_else(String::new, |(_, candidate)| say!("; did you mean {candidate}?"))
}

/// Why a word is not the one that was expected.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
struct Cause(String);

fn cause<T>(why: String) -> std::result::Result<T, Cause> {
    Err(Cause(why))
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn line(input: &mut Input<'_>) -> Result<Line> {
    space0.parse_next(input)?;
    if input.is_empty() {
        return Ok(Line::default());
    }
    let statement = if input.starts_with('#') { None } else { Some(statement(input)?) };
    space0.parse_next(input)?;
    let comment = opt(preceded('#', rest)).parse_next(input)?;
    let scale = input.state.scale.filter(|_| input.state.is_used);
    Ok(Line { statement, comment: comment.map(|text: &str| text.trim().to_owned()), scale })
}

fn statement(input: &mut Input<'_>) -> Result<Statement> {
    let keyword = one_of_words(KEYWORDS, key!("a statement")).parse_next(input)?;
    space0.parse_next(input)?;
    match keyword {
        "title" => text.map(Statement::Title).parse_next(input),
        "about" => text.map(Statement::About).parse_next(input),
        "look" => text.map(Statement::Look).parse_next(input),
        "caption" | "wait" => (terminated(time, space0), text)
            .map(|(at, text)| Statement::Caption(Caption { at, text, waits: keyword == "wait" }))
            .parse_next(input),
        "protocol" => word.context(expected(key!("a protocol"))).map(Statement::Protocol).parse_next(input),
        "nodes" => nodes(input),
        "delta" => delta(input),
        "delay" => delay(input),
        "loss" => share(input).map(|(link, share)| Statement::Loss(link, share)),
        "duplicates" => share(input).map(|(link, share)| Statement::Duplicates(link, share)),
        "header" => size.map(Statement::Header).parse_next(input),
        "size" => size.map(Statement::Size).parse_next(input),
        "bandwidth" => bandwidth(input),
        "seed" => number.map(Statement::Seed).parse_next(input),
        "option" => (terminated(word, space0), word)
            .context(expected(key!("an option and its value")))
            .map(|(name, value)| Statement::Option(name, value))
            .parse_next(input),
        "leader" => leaders.map(Statement::Leader).parse_next(input),
        "acceptors" => part(input, Part::Acceptors),
        "learners" => part(input, Part::Learners),
        "clients" => part(input, Part::Clients),
        "auxiliaries" => part(input, Part::Auxiliaries),
        "liars" => part(input, Part::Liars),
        "tolerate" => two_numbers.map(|(liars, swift)| Statement::Tolerate(liars, swift)).parse_next(input),
        "quorum" => quorum.map(Statement::Quorum).parse_next(input),
        "service" => word.context(expected(key!("a service"))).map(Statement::Service).parse_next(input),
        "without" => without(input),
        "skip" => word.context(expected(key!("a step, as in 2b"))).map(Statement::Skip).parse_next(input),
        "at" => (terminated(time, space0), act).map(|(at, act)| Statement::At(at, act)).parse_next(input),
        "drop" => rule(input, |_| Ok(RuleEffect::Drop)),
        "duplicate" => rule(input, |input: &mut Input<'_>| {
            let after =
                preceded((space0, '+').context(expected(key!("how much later the copy lands, as in +0.5Δ"))), time);
            after.map(RuleEffect::Duplicate).parse_next(input)
        }),
        "forge" => forge(input),
        "goal" => goal(input),
        "allow" => allow(input),
        _ => time.map(Statement::Until).parse_next(input),
    }
}

/// Groups of names with bars between them.
fn groups(input: &mut Input<'_>) -> Result<Vec<Vec<String>>> {
    separated(1.., names, delimited(space0, '|', space0)).parse_next(input)
}

/// `nodes 5`, `nodes A B C`: a first word that consists of digits is a number.
fn nodes(input: &mut Input<'_>) -> Result<Statement> {
    let word = take_while(1.., is_part_of_name).context(expected(key!("a number of nodes, or their names")));
    let first: &str = peek(word).parse_next(input)?;
    if first.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.map(Statement::NodeCount).parse_next(input);
    }
    names.map(Statement::Nodes).parse_next(input)
}

/// `without RULE`, `without memory C D`
fn without(input: &mut Input<'_>) -> Result<Statement> {
    let rule = word.context(expected(key!("a rule"))).parse_next(input)?;
    let more = input.trim_start_matches([' ', '\t']);
    if more.len() == input.len() || !more.starts_with(is_part_of_name) {
        return Ok(Statement::Without(rule, Vec::new()));
    }
    input.input = more;
    names.map(|nodes| Statement::Without(rule.clone(), nodes)).parse_next(input)
}

/// One word of a list; `what` says what the words are.
fn one_of_words<'a>(
    words: &'static [&'static str],
    what: &'static str,
) -> impl Parser<Input<'a>, &'static str, ContextError> {
    take_while(1.., |character: char| !character.is_whitespace()).try_map(move |word: &str| {
        words.iter().copied().find(|known| *known == word).ok_or_else(|| {
            let hint = suggestion(word, words.iter().copied());
            Cause(say!("“{word}” is not {what}{hint}", word = shortened(word), what = translated(what)))
        })
    })
}

/// A link with the space after it, if there is one. Names may begin with a digit, so this parser comes before a number or
/// a time.
fn of_link(input: &mut Input<'_>) -> Option<Link<String>> {
    let start = *input;
    let link = terminated(link, space0).parse_next(input).ok();
    if link.is_none() {
        *input = start;
    }
    link
}

/// `10%`, `A->B 20%`
fn share(input: &mut Input<'_>) -> Result<(Option<Link<String>>, u32)> {
    let link = of_link(input);
    percentage.map(|share| (link.clone(), share)).parse_next(input)
}

/// `delay RANGE`, `delay A->B RANGE`, `delay KIND A->B #1 TIME`: the first word tells them apart.
fn delay(input: &mut Input<'_>) -> Result<Statement> {
    if let Some(link) = of_link(input) {
        let range = range(input)?;
        return Ok(Statement::Delay(Some(link), range));
    }
    if input.starts_with(|character: char| character.is_ascii_digit() || matches!(character, '.' | '-' | '+')) {
        return range.map(|range| Statement::Delay(None, range)).parse_next(input);
    }
    rule(input, |input: &mut Input<'_>| preceded(space0, time).map(RuleEffect::Delay).parse_next(input))
}

/// The number of a message or a timer, as in `#2`. With a space after `#` a comment follows instead. A slip must not pass
/// for a comment and so mean the first message or timer. So text right after the sign must be a number, and a number must
/// stand right after the sign.
fn occurrence(input: &mut Input<'_>) -> Result<Option<u32>> {
    space0.parse_next(input)?;
    let Some(after) = input.strip_prefix('#') else { return Ok(None) };
    if after.starts_with(|next: char| next.is_ascii_digit()) {
        return preceded('#', number).map(Some).parse_next(input);
    }
    if is_number(after.trim()) {
        return refuse(input, &say!("a number stands close to its sign: #{number}", number = shortened(after.trim())));
    }
    if after.is_empty() || after.starts_with([' ', '\t', '#']) {
        return Ok(None);
    }
    let word = shortened(input.split_whitespace().next().unwrap_or_default());
    refuse(input, &say!("“{word}” is no number, as #2 is; a comment has a space after its #"))
}

/// Refuses a number at the place of a comment, because it would be ignored.
fn no_occurrence(input: &mut Input<'_>) -> Result<()> {
    space0.parse_next(input)?;
    let word = input.split_whitespace().next().unwrap_or_default();
    if word.strip_prefix('#').is_some_and(is_number) {
        return refuse(input, &say!("“{word}” is one number too many, or stands too late", word = shortened(word)));
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Fails with an error at this place.
fn refuse<T>(input: &mut Input<'_>, why: &str) -> Result<T> {
    rest.try_map(|_: &str| cause(why.to_owned())).parse_next(input)
}

fn act(input: &mut Input<'_>) -> Result<Act<String, String>> {
    let verb = one_of_words(ACTS, key!("something that can be done"))
        .context(expected(key!("what to do: propose, crash, restart, partition, cut, heal, leader, inject or timeout")))
        .parse_next(input)?;
    space0.parse_next(input)?;
    match verb {
        "propose" => (terminated(node, space0), value).map(|(node, value)| Act::Propose(node, value)).parse_next(input),
        "crash" => (node, opt((space1, "before-send")))
            .map(|(node, before)| if before.is_some() { Act::CrashBeforeSend(node) } else { Act::Crash(node) })
            .parse_next(input),
        "timeout" => {
            let timer = value.context(expected(key!("a timer, as in \"phase 1\"")));
            terminated((terminated(node, space0), timer, occurrence), no_occurrence)
                .map(|(node, timer, number)| Act::Timeout(node, timer, number.unwrap_or(0)))
                .parse_next(input)
        }
        "restart" => (node, opt((space1, "empty")))
            .map(|(node, empty)| Act::Restart(node, if empty.is_some() { Disk::Empty } else { Disk::Kept }))
            .parse_next(input),
        "partition" => groups.map(Act::Partition).parse_next(input),
        "cut" => link.map(Act::Cut).parse_next(input),
        "leader" => leaders.map(Act::Leader).parse_next(input),
        "inject" => injection(input).map(Act::Inject),
        _ if input.is_empty() || input.starts_with('#') => Ok(Act::Heal),
        _ => link.map(Act::HealLink).parse_next(input),
    }
}

/// `A`, `A B`, or `none`.
fn leaders(input: &mut Input<'_>) -> Result<Vec<String>> {
    let names = names(input)?;
    Ok(if names == ["none"] { Vec::new() } else { names })
}

/// Names, up to the first word that is none. A name that is too long is an error, not an end.
fn names(input: &mut Input<'_>) -> Result<Vec<String>> {
    let mut names = vec![node(input)?];
    loop {
        let next = input.trim_start_matches([' ', '\t']);
        if next.len() == input.len() || !next.starts_with(is_part_of_name) {
            return Ok(names);
        }
        input.input = next;
        names.push(node(input)?);
    }
}

fn link(input: &mut Input<'_>) -> Result<Link<String>> {
    let arrow = delimited(space0, alt(("->", "→")), space0).context(expected(key!("an arrow, as in A->B")));
    (terminated(node, arrow), node).map(|(from, to)| Link { from, to }).parse_next(input)
}

fn is_part_of_name(character: char) -> bool {
    is_alphanumeric(character) || character == '_'
}

/// Whether the character is a letter or a digit, in any writing. The tables for all writings are large and rarely needed,
/// so a function of its own looks into them, and the page can open without that function.
pub(super) fn is_alphanumeric(character: char) -> bool {
    #[inline(never)]
    fn is_so_elsewhere(character: char) -> bool {
        character.is_alphanumeric()
    }
    if character.is_ascii() { character.is_ascii_alphanumeric() } else { is_so_elsewhere(character) }
}

fn node(input: &mut Input<'_>) -> Result<String> {
    take_while(1.., is_part_of_name)
        .context(expected(key!("a node")))
        .try_map(|name: &str| bounded(name.to_owned(), "name", limits::NAME_CHARS))
        .parse_next(input)
}

fn word(input: &mut Input<'_>) -> Result<String> {
    take_while(1.., |character: char| is_alphanumeric(character) || matches!(character, '_' | '-'))
        .map(str::to_owned)
        .parse_next(input)
}

/// The rest of the line, which must not be empty.
fn text(input: &mut Input<'_>) -> Result<String> {
    rest.map(str::trim)
        .verify(|text: &str| !text.is_empty())
        .context(expected(key!("some text")))
        .map(str::to_owned)
        .parse_next(input)
}

/// `"red"`, with the escapes `\"` and `\\`, or a bare word.
fn value(input: &mut Input<'_>) -> Result<String> {
    alt((quoted, word))
        .context(expected(key!("a value, as in \"red\"")))
        .try_map(|value: String| bounded(value, "value", limits::VALUE_CHARS))
        .parse_next(input)
}

/// A text in quotes.
fn quoted(input: &mut Input<'_>) -> Result<String> {
    let character = alt((preceded('\\', any), winnow::token::none_of(['"', '\\'])));
    delimited('"', repeat(0.., character), cut_quote).parse_next(input)
}

fn bounded(text: String, what: &str, most: usize) -> std::result::Result<String, Cause> {
    if text.chars().count() <= most { Ok(text) } else { cause(say!("a {what} has at most {most} characters")) }
}

fn cut_quote(input: &mut Input<'_>) -> Result<()> {
    '"'.context(expected(key!("a closing quote"))).void().parse_next(input)
}

fn number<N: std::str::FromStr>(input: &mut Input<'_>) -> Result<N> {
    digit1
        .context(expected(key!("a number")))
        .try_map(|digits: &str| {
            digits.parse().or_else(|_| cause(say!("“{digits}” is too large a number", digits = shortened(digits))))
        })
        .parse_next(input)
}

fn percentage(input: &mut Input<'_>) -> Result<u32> {
    let digits = take_while(1.., |character: char| character.is_ascii_digit() || character == '.');
    let per_million = |text: &str| match exact_decimal(text, 4) {
        Ok(share) if share <= 1_000_000 => Ok(share as u32),
        _ => cause(say!(
            "“{text}” is not a percentage from 0% to 100% with at most four decimals",
            text = shortened(text)
        )),
    };
    let percent = digits.context(expected(key!("a percentage, as in 10%"))).try_map(per_million);
    terminated(percent, '%'.context(expected(key!("a percent sign")))).parse_next(input)
}
