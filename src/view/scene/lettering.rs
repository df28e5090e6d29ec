//! Words in a figure: an estimate of their width that asks no font, and how they are broken into lines.

use super::{Anchor, Ink, Point, Shape};

/// A title or a sentence has at most so many lines.
const LINES_MAX: usize = 3;

/// Words that stand on a base line.
pub(in crate::view) fn text(at: Point, words: String, ink: Ink, size: f64, bold: bool, anchor: Anchor) -> Shape {
    let (size, words) = (size as f32, words.into());
    Shape::Text { at, words, ink, size, bold, anchor, along: None, halo: false, alpha: 1.0 }
}

/// An estimate of the width of words, or a little less: fonts differ, and nobody knows which font there will be.
pub(in crate::view) fn width_of(words: &str, size: f64, is_bold: bool) -> f64 {
    let of = |character: char| match character {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '(' | ')' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' => 0.9,
        'A'..='Z' => 0.68,
        _ if character.is_ascii() => 0.57,
        // A Chinese character is as wide as it is high.
        '\u{1100}'.. => 1.05,
        _ => 0.65,
    };
    words.chars().map(of).sum::<f64>() * size * if is_bold { 1.06 } else { 1.0 }
}

/// Breaks words into lines of at most this width; a text with too many lines ends in an ellipsis.
pub(in crate::view) fn wrap(words: &str, width: f64, size: f64, is_bold: bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace().flat_map(|word| pieces(word, width, size, is_bold)) {
        let last = lines.len() - 1;
        let longer = if lines[last].is_empty() { word.clone() } else { format!("{} {word}", lines[last]) };
        if lines[last].is_empty() || width_of(&longer, size, is_bold) <= width {
            lines[last] = longer;
        } else {
            lines.push(word);
        }
    }
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        lines[LINES_MAX - 1].push_str(" …");
    }
    lines
}

/// A word, cut into pieces if it is wider than a line.
fn pieces(word: &str, width: f64, size: f64, is_bold: bool) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut taken = 0.0;
    for character in word.chars() {
        let more = width_of(character.encode_utf8(&mut [0; 4]), size, is_bold);
        if taken + more > width {
            pieces.push(String::new());
            taken = 0.0;
        }
        taken += more;
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_into_lines_that_fit() {
        let long = "One process proposes, nothing fails, and every message takes exactly Δ. ".repeat(3);
        let lines = wrap(&long, 300.0, 13.0, false);
        assert_eq!(lines.len(), LINES_MAX);
        assert!(lines[LINES_MAX - 1].ends_with(" …"));
        assert!(lines[..LINES_MAX - 1].iter().all(|line| width_of(line, 13.0, false) <= 300.0), "{lines:?}");
        let word = wrap(&"w".repeat(60), 300.0, 13.0, false);
        assert!(word.len() == 3 && word.concat().len() == 60, "{word:?}");
        assert_eq!(wrap("", 300.0, 13.0, false), [""]);
    }
}
