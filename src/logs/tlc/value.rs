//! Values as TLC prints them: numbers, texts, names, sets, tuples, records and functions.

use crate::tongue::say;
use std::collections::BTreeMap;

/// So deep may values be in one another.
const DEPTH_MAX: usize = 32;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Value {
    Number(i64),
    /// A text, a model value, TRUE or FALSE.
    Text(String),
    Set(Vec<Value>),
    Tuple(Vec<Value>),
    Record(BTreeMap<String, Value>),
    Function(Vec<(Value, Value)>),
}

/// Reads a value.
///
/// # Errors
/// A sentence that says from where on it is none.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut parser = Parser { text: text.trim() };
    let value = parser.value(0)?;
    if parser.text.is_empty() { Ok(value) } else { Err(parser.wrong()) }
}

impl Value {
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            other => format!("{other:?}"),
        }
    }

    pub(super) fn set(&self) -> Option<&[Value]> {
        match self {
            Self::Set(values) => Some(values),
            _ => None,
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Record(fields) => fields.get(name),
            _ => None,
        }
    }

    /// A ballot and a value.
    pub(super) fn pair(&self) -> Option<(i64, String)> {
        match self {
            Self::Tuple(pair) if pair.len() == 2 => Some((pair[0].number()?, pair[1].text())),
            _ => None,
        }
    }

    /// A function as a list. TLC prints one on 1, 2, … as a tuple, and one on texts as a record.
    pub(super) fn function(&self) -> Option<Vec<(String, Value)>> {
        match self {
            Self::Function(pairs) => Some(pairs.iter().map(|(key, value)| (key.text(), value.clone())).collect()),
            Self::Tuple(values) => {
                Some(values.iter().zip(1..).map(|(value, place)| (place.to_string(), value.clone())).collect())
            }
            Self::Record(fields) => Some(fields.iter().map(|(key, value)| (key.clone(), value.clone())).collect()),
            _ => None,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
}

impl<'a> Parser<'a> {
    fn wrong(&self) -> String {
        say!("“{text}” is no value as TLC prints it", text = crate::types::shortened(self.text))
    }

    fn takes(&mut self, sign: &str) -> bool {
        let rest = self.text.strip_prefix(sign);
        self.text = rest.unwrap_or(self.text).trim_start();
        rest.is_some()
    }

    fn must(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    fn name(&mut self) -> Result<&'a str, String> {
        let end = self.text.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(self.text.len());
        let (name, rest) = self.text.split_at(end);
        if name.is_empty() {
            return Err(self.wrong());
        }
        self.text = rest.trim_start();
        Ok(name)
    }

    fn list(&mut self, end: &str, depth: usize) -> Result<Vec<Value>, String> {
        let mut list = Vec::new();
        if self.takes(end) {
            return Ok(list);
        }
        loop {
            list.push(self.value(depth)?);
            if self.takes(end) {
                return Ok(list);
            }
            self.must(",")?;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEPTH_MAX {
            return Err(say!("the values here are too deep in one another").into());
        }
        let depth = depth + 1;
        if self.takes("{") {
            let mut values = self.list("}", depth)?;
            values.sort();
            return Ok(Value::Set(values));
        }
        if self.takes("<<") {
            return Ok(Value::Tuple(self.list(">>", depth)?));
        }
        if self.takes("[") {
            let mut fields = BTreeMap::new();
            loop {
                let name = self.name()?;
                self.must("|->")?;
                fields.insert(name.to_owned(), self.value(depth)?);
                if self.takes("]") {
                    return Ok(Value::Record(fields));
                }
                self.must(",")?;
            }
        }
        if self.takes("(") {
            let mut pairs = Vec::new();
            loop {
                let key = self.value(depth)?;
                self.must(":>")?;
                pairs.push((key, self.value(depth)?));
                if self.takes(")") {
                    return Ok(Value::Function(pairs));
                }
                self.must("@@")?;
            }
        }
        if let Some(rest) = self.text.strip_prefix('"') {
            let (text, rest) = rest.split_once('"').ok_or_else(|| self.wrong())?;
            self.text = rest.trim_start();
            return Ok(Value::Text(text.to_owned()));
        }
        let negative = self.takes("-");
        let name = self.name()?;
        match (name.parse::<i64>(), negative) {
            (Ok(number), true) => Ok(Value::Number(-number)),
            (Ok(number), false) => Ok(Value::Number(number)),
            (Err(_), false) => Ok(Value::Text(name.to_owned())),
            (Err(_), true) => Err(self.wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_tlc_prints_them() {
        let function = parse("(a1 :> {<<0, v1>>} @@ a2 :> {})").expect("a value").function().expect("a function");
        assert_eq!(function[0].0, "a1");
        assert_eq!(function[0].1.set().and_then(|set| set[0].pair()), Some((0, "v1".to_owned())));
        let message = parse("[type |-> \"1b\", acc |-> a1, bal |-> 1, mbal |-> -1, mval |-> None]").expect("a value");
        assert_eq!(message.field("mbal").and_then(Value::number), Some(-1));
        assert_eq!(parse("<<-1, 2>>").expect("a value").function().expect("a function")[1].0, "2");
        assert!(parse("{1, 2").is_err() && parse("1 2").is_err() && parse("").is_err());
        assert!(parse(&"{".repeat(100_000)).is_err_and(|why| why.contains("too deep")));
    }
}
