//! Reading conditions and sentences: the grammar of `docs/goals.md` by recursive descent, with the kind of each part.
//!
//! Texts and `none` take the kind of what they are compared with, so a misspelt node, check or message is a mistake too.

use super::tokens::{Misread, Token, tokens};
use super::vocabulary::{COLLECTIONS, FIGURES, Kind, collection};
use super::{Datum, Expression, Over, Piece, QUANTIFIERS, Quantifier, Relation, Sign};
use crate::protocol::Protocol;
use crate::scenario::limits;
use crate::scenario::text::{parse_span, suggestion};
use crate::tongue::{key, say, translated};
use crate::types::{Ballot, Scale, Symbols, shortened};

/// What the rest of the script says that a condition may name.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Names<'a> {
    /// The nodes.
    pub symbols: &'a Symbols,
    /// The protocol.
    pub protocol: &'static Protocol,
    /// How long Δ is, if the script says so.
    pub scale: Option<Scale>,
}

type Read<T> = Result<T, Misread>;

/// An expression, its kind, and where it begins. The kind is open for a text in quotes and for `none`.
struct Typed {
    expression: Expression,
    kind: Option<Kind>,
    offset: usize,
}

/// Reads a condition.
///
/// # Errors
/// The first mistake, and its place.
pub(in crate::scenario) fn condition(source: &str, names: Names<'_>) -> Read<Expression> {
    let mut reader = Reader { tokens: tokens(source)?, at: 0, names, bound: Vec::new(), depth: 0 };
    let condition = reader.condition()?;
    reader.expect_end()?;
    truth(condition)
}

/// Reads a sentence with expressions in braces; `{{` and `}}` are braces. The place of a mistake is that of its brace.
///
/// # Errors
/// The first mistake, and how many braces of that sort come before its own.
pub(in crate::scenario) fn sentence(source: &str, names: Names<'_>) -> Read<Vec<Piece>> {
    let (mut pieces, mut text, mut rest, mut braces) = (Vec::new(), String::new(), source, 0);
    while let Some(place) = rest.find(['{', '}']) {
        text.push_str(&rest[..place]);
        let (brace, after) = rest[place..].split_at(1);
        if let Some(after) = after.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        let end = if brace == "{" { after.find('}') } else { None };
        let Some(end) = end else {
            return Err(Misread::new(
                braces,
                say!(
                    "a brace belongs to a pair, as in {pair}; write {two_open} or {two_closed} for a single one",
                    pair = "{k}",
                    two_open = "{{",
                    two_closed = "}}"
                ),
            ));
        };
        let placed = |misread: Misread| Misread { offset: braces, ..misread };
        let mut reader =
            Reader { tokens: tokens(&after[..end]).map_err(placed)?, at: 0, names, bound: Vec::new(), depth: 0 };
        let filled = reader.condition().and_then(|filled| reader.expect_end().map(|()| filled)).map_err(placed)?;
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Filled(filled.expression));
        braces += 1;
        rest = &after[end + 1..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

struct Reader<'a> {
    tokens: Vec<(Token, usize)>,
    at: usize,
    names: Names<'a>,
    /// The variables, outer ones first, each with its collection.
    bound: Vec<(String, usize)>,
    /// How deep parentheses are nested.
    depth: usize,
}

impl Reader<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn offset(&self) -> usize {
        self.tokens[self.at].1
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.token(), Token::Word(found) if found == word)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.token(), Token::Sign(found) if *found == sign)
    }

    fn refuse<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Misread::new(self.offset(), message))
    }

    fn missing<T>(&self, what: &'static str) -> Read<T> {
        self.refuse(say!("expected {what}, found {found}", what = translated(what), found = self.token().told()))
    }

    fn expect_end(&self) -> Read<()> {
        match self.token() {
            Token::End => Ok(()),
            Token::Sign("=" | "!=" | "<" | "<=" | ">" | ">=") => {
                self.refuse(say!("a comparison has two sides; put parentheses around a comparison that is one of them"))
            }
            _ => self.missing(key!("“and”, “or” or the end of the condition")),
        }
    }

    fn condition(&mut self) -> Read<Typed> {
        self.joined("or", Expression::Any, |reader| reader.joined("and", Expression::All, Self::opposite))
    }

    /// One part, or several with a word between them, which then are conditions.
    fn joined(
        &mut self,
        word: &str,
        join: fn(Vec<Expression>) -> Expression,
        part: impl Fn(&mut Self) -> Read<Typed>,
    ) -> Read<Typed> {
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let offset = first.offset;
        let mut parts = vec![truth(first)?];
        while self.is_word(word) {
            self.at += 1;
            parts.push(truth(part(self)?)?);
        }
        Ok(Typed { expression: join(parts), kind: Some(Kind::Truth), offset })
    }

    fn opposite(&mut self) -> Read<Typed> {
        let (offset, first) = (self.offset(), self.at);
        while self.is_word("not") {
            self.at += 1;
        }
        let nots = self.at - first;
        let inner = self.comparison()?;
        if nots == 0 {
            return Ok(inner);
        }
        let holds = truth(inner)?;
        let expression = if nots % 2 == 1 { Expression::Not(Box::new(holds)) } else { holds };
        Ok(Typed { expression, kind: Some(Kind::Truth), offset })
    }

    fn comparison(&mut self) -> Read<Typed> {
        let left = self.sum()?;
        let relation = match self.token() {
            Token::Sign("=") => Relation::Equal,
            Token::Sign("!=") => Relation::Unequal,
            Token::Sign("<") => Relation::Less,
            Token::Sign("<=") => Relation::AtMost,
            Token::Sign(">") => Relation::More,
            Token::Sign(">=") => Relation::AtLeast,
            _ => return Ok(left),
        };
        let sign = self.offset();
        self.at += 1;
        let right = self.sum()?;
        let offset = left.offset;
        let (left, right) = self.fit(left, right, sign)?;
        let kind = left.kind.or(right.kind);
        let is_order = !matches!(relation, Relation::Equal | Relation::Unequal);
        if is_order && !matches!(kind, Some(Kind::Number | Kind::Time | Kind::Ballot)) {
            let message = say!("only numbers, times and ballots are less or more than others; compare with = or !=");
            return Err(Misread::new(sign, message));
        }
        let sides = Box::new([left.expression, right.expression]);
        Ok(Typed { expression: Expression::Compare(relation, sides), kind: Some(Kind::Truth), offset })
    }

    /// Both sides of a comparison, of the same kind.
    fn fit(&self, left: Typed, right: Typed, sign: usize) -> Read<(Typed, Typed)> {
        match (left.kind, right.kind) {
            (Some(Kind::List), _) | (_, Some(Kind::List)) => {
                Err(Misread::new(sign, say!("a list with “each” is for sentences, and cannot be compared")))
            }
            (Some(kind), None) => Ok((left, self.take_kind(right, kind)?)),
            (None, Some(kind)) => Ok((self.take_kind(left, kind)?, right)),
            (None, None) => {
                Err(Misread::new(sign, say!("one side of a comparison says what to look at, as in d.value")))
            }
            (Some(one), Some(other)) if one == other => Ok((left, right)),
            (Some(one), Some(other)) => {
                let unit = match (one, other) {
                    (Kind::Number, Kind::Time) | (Kind::Time, Kind::Number) => {
                        say!("; a time has its unit, as in 9Δ").text()
                    }
                    _ => "",
                };
                let (one, other) = (translated(one.told()), translated(other.told()));
                Err(Misread::new(sign, say!("{one} cannot be compared with {other}{unit}")))
            }
        }
    }

    /// A text or `none` as something of this kind.
    fn take_kind(&self, typed: Typed, kind: Kind) -> Read<Typed> {
        let Expression::Literal(Datum::Text(text)) = &typed.expression else {
            return Ok(Typed { kind: Some(kind), ..typed });
        };
        let refuse = |message: String| Err(Misread::new(typed.offset, message));
        let datum = match kind {
            Kind::Decree => Datum::Text(text.clone()),
            Kind::Node => match self.names.symbols.node_named(text) {
                Some(node) => Datum::Node(node),
                None => return refuse(self.no_node(text)),
            },
            Kind::Ballot => match self.ballot(text) {
                Some(ballot) => Datum::Ballot(ballot),
                None => {
                    return refuse(say!("“{text}” is no ballot of this script, as \"2.B\" is", text = shortened(text)));
                }
            },
            Kind::Word(words) => match words.known(text, self.names.protocol) {
                Some(word) => Datum::Text(word.into()),
                None => {
                    let list = words.list(self.names.protocol);
                    let hint = suggestion(text, list.iter().copied());
                    return refuse(say!(
                        "“{word}” is not {what}{hint}",
                        word = shortened(text),
                        what = translated(kind.told())
                    ));
                }
            },
            Kind::Truth | Kind::Number | Kind::Time | Kind::List => {
                return refuse(say!("{kind} cannot be compared with a text", kind = translated(kind.told())));
            }
        };
        Ok(Typed { expression: Expression::Literal(datum), kind: Some(kind), offset: typed.offset })
    }

    fn no_node(&self, name: &str) -> String {
        let nodes = self.names.symbols.nodes.iter().map(|node| &**node);
        say!("no node is called “{name}”{hint}", name = shortened(name), hint = suggestion(name, nodes))
    }

    fn ballot(&self, text: &str) -> Option<Ballot> {
        let (number, owner) = text.split_once('.')?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|number| is_number && *number <= limits::BALLOT)?;
        Some(Ballot::new(number, self.names.symbols.node_named(owner)?))
    }

    fn sum(&mut self) -> Read<Typed> {
        let mut sum = self.term()?;
        loop {
            let sign = match self.token() {
                Token::Sign("+") => Sign::Plus,
                Token::Sign("-") => Sign::Minus,
                _ => return Ok(sum),
            };
            let place = self.offset();
            self.at += 1;
            let term = self.term()?;
            let kind = sum.kind.filter(|kind| sum.kind == term.kind && matches!(kind, Kind::Number | Kind::Time));
            if kind.is_none() {
                return Err(Misread::new(place, say!("only two numbers or two times can be added or subtracted")));
            }
            let sides = Box::new([sum.expression, term.expression]);
            sum = Typed { expression: Expression::Sum(sign, sides), kind, offset: sum.offset };
        }
    }

    fn term(&mut self) -> Read<Typed> {
        let (token, offset) = self.tokens[self.at].clone();
        let open = |expression| Ok(Typed { expression, kind: None, offset });
        match token {
            Token::Sign("(") => self.in_parentheses(),
            Token::Text(text) => {
                self.at += 1;
                if text.chars().count() > limits::VALUE_CHARS {
                    let message =
                        say!("a text in a condition has at most {most} characters", most = limits::VALUE_CHARS);
                    return Err(Misread::new(offset, message));
                }
                open(Expression::Literal(Datum::Text(text.into())))
            }
            Token::Word(word) => {
                if let Some((_, quantifier)) = QUANTIFIERS.iter().find(|(name, _)| *name == word) {
                    return self.over(*quantifier);
                }
                self.at += 1;
                if word == "none" {
                    return open(Expression::Literal(Datum::None));
                }
                let (expression, kind) = self.word(&word, offset)?;
                Ok(Typed { expression, kind: Some(kind), offset })
            }
            Token::Sign(_) | Token::End => self.missing(key!("something to look at, as in decisions or d.value")),
        }
    }

    fn in_parentheses(&mut self) -> Read<Typed> {
        let offset = self.offset();
        self.at += 1;
        self.depth += 1;
        if self.depth > limits::PARENTHESES {
            return Err(Misread::new(
                offset,
                say!("parentheses are nested at most {most} deep", most = limits::PARENTHESES),
            ));
        }
        let inner = self.condition()?;
        self.depth -= 1;
        if !self.is_sign(")") {
            return self.missing(key!("a closing parenthesis"));
        }
        self.at += 1;
        Ok(Typed { offset, ..inner })
    }

    /// A number, a time, a field, a figure, the size of a collection, or a node.
    fn word(&self, word: &str, offset: usize) -> Read<(Expression, Kind)> {
        let literal = |datum, kind| Ok((Expression::Literal(datum), kind));
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                let number = word.parse().ok().filter(|number| *number <= limits::FIGURE);
                let Some(number) = number else {
                    return Err(Misread::new(offset, say!("a number is at most {most}", most = limits::FIGURE)));
                };
                return literal(Datum::Number(number), Kind::Number);
            }
            let has_unit = word.ends_with(|last: char| !last.is_ascii_digit() && last != '.');
            return match parse_span(word, self.names.scale) {
                Ok(time) if has_unit => literal(Datum::Time(i64::try_from(time.0).unwrap_or(i64::MAX)), Kind::Time),
                Ok(_) => Err(Misread::new(offset, say!("{word} is no whole number; a time has its unit: {word}Δ"))),
                Err(message) => Err(Misread::new(offset, message)),
            };
        }
        if let Some((variable, field)) = word.split_once('.')
            && let Some(place) = self.bound.iter().rposition(|(name, _)| name == variable)
        {
            let collection = &COLLECTIONS[self.bound[place].1];
            let Some(column) = collection.fields.iter().position(|known| known.name == field) else {
                let names = collection.fields.iter().map(|known| known.name);
                let hint = suggestion(field, names.clone());
                let list = names.collect::<Vec<_>>().join(", ");
                let (field, of) = (shortened(field), collection.name);
                return Err(Misread::new(offset, say!("{of} have no “{field}”; they have {list}{hint}")));
            };
            let outward = self.bound.len() - 1 - place;
            return Ok((Expression::Field(outward, column), collection.fields[column].kind));
        }
        if self.bound.iter().any(|(name, _)| name == word) {
            return Err(Misread::new(offset, say!("{word} is a whole row; name one of its fields, as in {word}.…")));
        }
        if let Some(place) = FIGURES.iter().position(|figure| figure.name == word) {
            return Ok((Expression::Figure(place), FIGURES[place].kind));
        }
        if let Some(place) = collection(word) {
            return Ok((Expression::Size(place), Kind::Number));
        }
        if let Some(node) = self.names.symbols.node_named(word) {
            return literal(Datum::Node(node), Kind::Node);
        }
        Err(Misread::new(offset, self.unknown(word)))
    }

    fn unknown(&self, word: &str) -> String {
        let figures = FIGURES.iter().map(|figure| figure.name);
        let collections = COLLECTIONS.iter().map(|collection| collection.name);
        let nodes = self.names.symbols.nodes.iter().map(|node| &**node);
        let fixed = QUANTIFIERS.iter().map(|(name, _)| *name).chain(["not", "none"]);
        let hint = suggestion(word, figures.chain(collections).chain(nodes).chain(fixed));
        say!("“{word}” is neither a figure nor a collection nor a node{hint}", word = shortened(word))
    }

    /// `some d in decisions where CONDITION: CONDITION` and the like.
    fn over(&mut self, quantifier: Quantifier) -> Read<Typed> {
        let offset = self.offset();
        if self.bound.len() == limits::QUANTIFIERS {
            return self.refuse(say!("“some” and the like are nested at most {most} deep", most = limits::QUANTIFIERS));
        }
        self.at += 1;
        let variable = match self.token() {
            Token::Word(word) if word.contains('.') => return self.missing(key!("a name for each row, as in d")),
            Token::Word(word) => word.clone(),
            _ => return self.missing(key!("a name for each row, as in d")),
        };
        let is_taken = self.bound.iter().any(|(name, _)| *name == variable)
            || FIGURES.iter().any(|figure| figure.name == variable)
            || collection(&variable).is_some()
            || QUANTIFIERS.iter().any(|(name, _)| *name == variable)
            || matches!(&*variable, "in" | "where" | "and" | "or" | "not" | "none" | "else");
        if is_taken || variable.starts_with(|first: char| first.is_ascii_digit()) {
            return self.refuse(say!(
                "a row cannot be called “{variable}”; take a letter such as d",
                variable = shortened(&variable)
            ));
        }
        self.at += 1;
        if !self.is_word("in") {
            return self.missing(key!("“in” and a collection"));
        }
        self.at += 1;
        let place = match self.token() {
            Token::Word(word) => collection(word),
            _ => None,
        };
        let Some(place) = place else {
            let names = COLLECTIONS.iter().map(|collection| collection.name);
            let word = self.token().told();
            let hint = suggestion(word.trim_matches(['„', '“', '”']), names.clone());
            let list = names.collect::<Vec<_>>().join(", ");
            return self.refuse(say!("{word} is no collection; there are {list}{hint}"));
        };
        self.at += 1;
        self.bound.push((variable, place));
        let filter = if self.is_word("where") {
            self.at += 1;
            let filter = self.condition()?;
            Some(truth(filter)?)
        } else {
            None
        };
        if !self.is_sign(":") {
            return self.missing(match filter {
                Some(_) => key!("a colon"),
                None => key!("a colon, or “where” and a condition"),
            });
        }
        self.at += 1;
        let body = match quantifier {
            Quantifier::Some | Quantifier::Every | Quantifier::Count => self.condition()?,
            Quantifier::Largest | Quantifier::Smallest | Quantifier::Each => self.sum()?,
        };
        self.bound.pop();
        let kind = match quantifier {
            Quantifier::Some | Quantifier::Every => Kind::Truth,
            Quantifier::Count => Kind::Number,
            Quantifier::Each => Kind::List,
            Quantifier::Largest | Quantifier::Smallest => match body.kind {
                Some(kind @ (Kind::Number | Kind::Time | Kind::Ballot)) => kind,
                _ => {
                    let message = say!("only numbers, times and ballots have a largest and a smallest");
                    return Err(Misread::new(body.offset, message));
                }
            },
        };
        let body = match quantifier {
            Quantifier::Some | Quantifier::Every | Quantifier::Count => truth(body)?,
            Quantifier::Each if body.kind == Some(Kind::List) => {
                return Err(Misread::new(body.offset, say!("a list has no lists in it")));
            }
            _ => body.expression,
        };
        let over = Over { quantifier, collection: place, filter, body };
        Ok(Typed { expression: Expression::Over(Box::new(over)), kind: Some(kind), offset })
    }
}

/// An expression that has to be a condition.
fn truth(typed: Typed) -> Read<Expression> {
    match typed.kind {
        Some(Kind::Truth) => Ok(typed.expression),
        kind => {
            let told = translated(kind.map_or(key!("a text"), Kind::told));
            Err(Misread::new(typed.offset, say!("this is {told}, and no condition; compare it with something")))
        }
    }
}
