//! A run as a picture for TikZ: the lanes with time to the right, each message as an arrow from where it left to where it
//! landed.
//!
//! The file is a `tikzpicture` for `\input` in a document that loads TikZ. Its words are in the fonts of that document.

use std::fmt::Write as _;

use super::Choice;
use super::steps::{Drawn, Step, steps};
use crate::session::Session;
use crate::types::{NodeId, Sorted, Time};

/// How long a Δ is and how far one lane is from the next, in hundredths of a centimetre.
const DELTA: u64 = 300;
const LANE: u64 = 140;

/// The longest picture, in hundredths of a centimetre: TeX knows no length above 575 cm.
const LENGTH_MAX: u64 = 48_000;

/// The picture.
///
/// # Errors
/// A sentence, when the run is too long for a picture.
pub(super) fn tikz(session: &Session, choice: &Choice) -> Result<String, String> {
    let scenario = session.scenario();
    let end = choice.shown.map_or(session.end(), |shown| shown.time).max(Time::DELTA);
    if place(end) > LENGTH_MAX {
        let most = LENGTH_MAX / DELTA;
        return Err(format!(
            "A TikZ picture is at most {most}Δ long; a picture of the beginning of this run is shorter"
        ));
    }
    let mut out = String::new();
    put(&mut out, format_args!("% {}", scenario.headline().replace(char::is_control, "\u{fffd}")));
    put(
        &mut out,
        format_args!("% \\usepackage{{tikz}} in the preamble of the document, and \\input of this file in its text."),
    );
    put(&mut out, format_args!("\\begin{{tikzpicture}}[x=1cm, y=1cm, >=stealth, font=\\scriptsize]"));
    for delta in 0..=end.0 / Time::DELTA.0 {
        let (x, bottom) = (centimetres(delta * DELTA), centimetres(LANE * (scenario.nodes() as u64 - 1)));
        put(&mut out, format_args!("\\draw[gray!30] ({x},0.4) -- ({x},-{bottom});"));
        put(&mut out, format_args!("\\node[above] at ({x},0.4) {{{delta}$\\Delta$}};"));
    }
    for node in NodeId::all(scenario.nodes()) {
        let (name, y, right) = (plain(scenario.symbols.node(node)), lane(node), centimetres(place(end) + 40));
        put(&mut out, format_args!("\\draw (0,{y}) -- ({right},{y});"));
        put(&mut out, format_args!("\\node[left] at (0,{y}) {{\\textbf{{{name}}}}};"));
    }
    let steps = steps(session, choice)?;
    let mut departures: Sorted<(NodeId, Time), usize> = Sorted::default();
    steps.iter().filter_map(departure).for_each(|at| *departures.entry(at, || 0) += 1);
    for step in &steps {
        // Arrows that begin at one point are apart at their ends, and those that end at one point at their beginnings.
        let is_fan = departure(step).and_then(|at| departures.get(&at)).is_some_and(|count| *count > 1);
        put_step(&mut out, step, if is_fan { "near end" } else { "near start" });
    }
    out.push_str("\\end{tikzpicture}\n");
    Ok(out)
}

/// Where and when the message of a step was sent.
fn departure(step: &Step) -> Option<(NodeId, Time)> {
    match step.what {
        Drawn::Arrow { from, sent, .. } => Some((from, sent)),
        Drawn::Note(..) => None,
    }
}

fn put_step(out: &mut String, step: &Step, label_place: &str) {
    let x = centimetres(place(step.time));
    match &step.what {
        Drawn::Arrow { from, to, sent, label, lost, .. } => {
            let (left, top, bottom) = (centimetres(place(*sent)), lane(*from), lane(*to));
            let label = plain(label);
            let words = format!("node[sloped, above, {label_place}, inner sep=1pt, font=\\tiny] {{{label}}}");
            match lost {
                None => put(out, format_args!("\\draw[->] ({left},{top}) -- {words} ({x},{bottom});")),
                Some(loss) => {
                    let why = loss.reason();
                    put(out, format_args!("\\draw[dashed] ({left},{top}) -- {words} ({x},{bottom});"));
                    put(out, format_args!("\\node[red] at ({x},{bottom}) {{$\\times$}};"));
                    put(out, format_args!("\\node[red, below right, font=\\tiny] at ({x},{bottom}) {{lost: {why}}};"));
                }
            }
        }
        Drawn::Note(Some(node), words) => {
            let (y, words) = (lane(*node), plain(words));
            put(out, format_args!("\\fill ({x},{y}) circle (0.05);"));
            put(
                out,
                format_args!("\\node[above right, inner sep=1pt, font=\\tiny\\bfseries] at ({x},{y}) {{{words}}};"),
            );
        }
        Drawn::Note(None, words) => {
            let words = plain(words);
            put(out, format_args!("\\node[above right, font=\\tiny\\itshape] at ({x},0.8) {{{words}}};"));
        }
    }
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(out, "{line}").expect("a string takes everything");
}

/// How far to the right an instant is, in hundredths of a centimetre.
fn place(time: Time) -> u64 {
    u64::try_from(u128::from(time.0) * u128::from(DELTA) / u128::from(Time::DELTA.0)).unwrap_or(u64::MAX)
}

/// The height of a lane: the first one is at 0, the others are below it.
fn lane(node: NodeId) -> String {
    match u64::from(node.0) * LANE {
        0 => "0".to_owned(),
        below => format!("-{}", centimetres(below)),
    }
}

fn centimetres(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Words in which no sign means anything to TeX.
fn plain(words: &str) -> String {
    let mut plain = String::new();
    for sign in words.chars() {
        match sign {
            'Δ' => plain.push_str("$\\Delta$"),
            '∞' => plain.push_str("$\\infty$"),
            '−' => plain.push_str("$-$"),
            '→' => plain.push_str("$\\to$"),
            '•' => plain.push_str("$\\bullet$"),
            '⊥' => plain.push_str("$\\bot$"),
            '…' => plain.push_str("\\dots{}"),
            // German shorthands take a bare quotation mark for more than that.
            '"' => plain.push_str("{\\char34}"),
            '\\' => plain.push_str("\\textbackslash{}"),
            '~' => plain.push_str("\\textasciitilde{}"),
            '^' => plain.push_str("\\textasciicircum{}"),
            '<' => plain.push_str("\\textless{}"),
            '>' => plain.push_str("\\textgreater{}"),
            '|' => plain.push_str("\\textbar{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                plain.push('\\');
                plain.push(sign);
            }
            control if control.is_control() => plain.push('\u{fffd}'),
            other => plain.push(other),
        }
    }
    plain
}
