//! Sentences on the lines of a script that mean nothing under its protocol.

use crate::scenario::Scenario;
use crate::tongue::say;

/// Sentences on the lines that mean nothing under a protocol; lines that mean nothing for the same reason share one.
pub fn idle(scenario: &Scenario) -> Vec<String> {
    let mut idle: Vec<(String, &str)> = Vec::new();
    for (line, why) in &scenario.idle {
        match idle.iter_mut().find(|(_, other)| *other == why) {
            Some((lines, _)) => *lines = format!("{lines}, {line}"),
            None => idle.push((line.to_string(), why)),
        }
    }
    let told = |(lines, why): &(String, &str)| {
        if lines.contains(',') {
            say!("Lines {lines}: {why}.")
        } else {
            say!("Line {line}: {message}.", line = lines, message = why)
        }
    };
    idle.iter().map(told).collect()
}
