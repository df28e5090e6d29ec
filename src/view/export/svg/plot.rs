//! A plot as SVG text, in the colours of the page.

use super::{Svg, escape, number};
use crate::view::plot::{Plot, SAMPLE};
use crate::view::scene::Ink;

/// The size of words in a plot, and the room for its title, in pixels.
const WORDS: &str = "11.5";
const TITLE: i32 = 26;

/// The whole plot, with its title above it.
pub fn plot_svg(plot: &Plot, title: &str, is_dark: bool) -> String {
    let [width, height] = [plot.size.0, plot.size.1 + TITLE].map(|pixels| u32::try_from(pixels).unwrap_or(0));
    let mut svg = Svg::new(width, height, is_dark, title, &plot.sentence);
    let (left, top, right, bottom) = plot.frame;
    svg.plot_words((8, 18 - TITLE), "start", Ink::Ink, true, &format!("{title}: {}", plot.caption));
    for tick in &plot.across {
        svg.plot_line(&format!("M{} {}V{}", tick.at, top + TITLE, bottom + TITLE), Ink::Grid, 1.0, &[]);
        svg.plot_words((tick.at, bottom + 16), "middle", Ink::Soft, false, &tick.label);
    }
    for tick in &plot.up {
        svg.plot_line(&format!("M{left} {}H{right}", tick.at + TITLE), Ink::Grid, 1.0, &[]);
        svg.plot_words((left - 6, tick.at + 4), "end", Ink::Soft, false, &tick.label);
    }
    for curve in &plot.curves {
        let points: Vec<_> = curve.line.iter().map(|(x, y)| format!("{x} {}", y + TITLE)).collect();
        if !points.is_empty() {
            svg.plot_line(&format!("M{}", points.join("L")), curve.ink, 2.0, curve.dash);
        }
        for mark in &curve.marks {
            let (x, y) = (mark.at.0, mark.at.1 + TITLE);
            svg.plot_line(&format!("M{x} {}v8m-4 -4h8", y - 4), curve.ink, 1.5, &[]);
        }
        let (x, y) = curve.key;
        svg.plot_line(&format!("M{x} {}h{}", y - 4 + TITLE, SAMPLE - 6), curve.ink, 2.0, curve.dash);
        svg.plot_words((x + SAMPLE, y), "start", Ink::Ink, true, &curve.label);
    }
    svg.finish()
}

impl Svg {
    fn plot_line(&mut self, path: &str, ink: Ink, width: f64, dash: &[i32]) {
        let stroke = self.colour("stroke", ink, 1.0);
        let dash = match dash {
            [] => String::new(),
            dash => {
                let lengths: Vec<_> = dash.iter().map(i32::to_string).collect();
                format!(" stroke-dasharray=\"{}\"", lengths.join(" "))
            }
        };
        let width = number(width);
        self.text.push_str(&format!("<path d=\"{path}\" fill=\"none\"{stroke} stroke-width=\"{width}\"{dash}/>\n"));
    }

    /// Words at a place of the plot, which lies below the title.
    fn plot_words(&mut self, (x, y): (i32, i32), anchor: &str, ink: Ink, is_bold: bool, words: &str) {
        let fill = self.colour("fill", ink, 1.0);
        let weight = if is_bold { " font-weight=\"600\"" } else { "" };
        let y = y + TITLE;
        self.text.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{WORDS}\" text-anchor=\"{anchor}\"{fill}{weight}>"
        ));
        escape(&mut self.text, words);
        self.text.push_str("</text>\n");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::types::Bytes;
    use crate::view::plot::Rates;

    #[test]
    fn a_plot_is_one_file_with_its_words_spelled_out() {
        let series = [Rates { label: "a<b".to_owned(), rates: vec![Some(1_000_000), Some(2_000_000)] }];
        let plot = Plot::rates(&[Bytes(100), Bytes(1_000)], &series, (360, 240));
        for is_dark in [false, true] {
            let text = plot_svg(&plot, "Ports & bytes", is_dark);
            assert!(text.starts_with("<svg xmlns") && text.ends_with("</svg>\n"), "{text}");
            assert!(text.contains("Ports &amp; bytes") && text.contains(">a&lt;b</text>"), "{text}");
            assert_eq!(text.matches("<path").count(), 2 + plot.up.len() + 1 + 2 + 1, "grid, line, points, key");
        }
    }
}
