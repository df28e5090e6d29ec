//! Writes what a process does as a log for `paxos-playground check`: docs/logs.md has the words and keys.

use std::io::Write;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// The log of one process. Any thread may use it.
pub struct PaxosLog<W> {
    node: String,
    out: Mutex<W>,
}

impl<W: Write> PaxosLog<W> {
    pub fn new(node: &str, out: W) -> Self {
        Self { node: node.to_owned(), out: Mutex::new(out) }
    }

    /// `log.say("voted", &[("ballot", text("1.A")), ("value", text("red"))])`: the word, and keys with their JSON.
    pub fn say(&self, what: &str, keys: &[(&str, String)]) -> std::io::Result<()> {
        let mut out = self.out.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_micros());
        write!(out, "{{\"us\":{micros},\"node\":{},\"what\":{}", text(&self.node), text(what))?;
        for (key, json) in keys {
            write!(out, ",{}:{json}", text(key))?;
        }
        writeln!(out, "}}")?;
        out.flush()
    }
}

/// A text as JSON.
pub fn text(text: &str) -> String {
    let sign = |sign: char| match sign {
        '"' | '\\' | '\0'..='\u{1f}' => format!("\\u{:04x}", u32::from(sign)),
        _ => sign.to_string(),
    };
    format!("\"{}\"", text.chars().map(sign).collect::<String>())
}

/// A vote as JSON, or null.
pub fn vote(vote: Option<(&str, &str)>) -> String {
    vote.map_or("null".to_owned(), |(ballot, value)| format!("{{\"ballot\":{},\"value\":{}}}", text(ballot), text(value)))
}

/// Names as JSON.
pub fn names(names: &[&str]) -> String {
    format!("[{}]", names.iter().map(|name| text(name)).collect::<Vec<_>>().join(","))
}
