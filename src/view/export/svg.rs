//! Shapes as SVG text: one file that needs nothing else, and runs nothing.
//!
//! Every property is an attribute of its element, because some programs that read SVG ignore style sheets. Numbers are
//! short and the same everywhere. Texts from a script are escaped and stand only between tags.

mod plot;

use super::super::decimal::short;
use super::super::scene::{Anchor, Dash, EDGE, Head, Ink, Point, Shape};

pub use plot::plot_svg;

/// The fonts of the page, so that a picture looks like it.
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/// How wide the paper around words is, in pixels.
const HALO: &str = "3";

/// How thick the strokes of an open head and of a ✕ are, in pixels.
const STROKES: (f64, f64) = (1.75, 2.25);

/// The light and the dark colour of each ink, in the order of [`Ink::place`]: those of the page's style sheet.
static COLOURS: [(&str, &str); Ink::COUNT] = [
    ("#ffffff", "#1a1c22"),
    ("#1b1d22", "#eceae4"),
    ("#5c6270", "#a2a7b4"),
    ("#dcdad3", "#33363f"),
    ("#e9e6de", "#282b34"),
    ("#0b5f99", "#7cc4f2"),
    ("#4a7190", "#8cb2cd"),
    ("#926551", "#caa285"),
    ("#487060", "#88c2a9"),
    ("#b3261e", "#ff8a80"),
    ("#7a5c84", "#c3a7cd"),
    ("#b3261e", "#ff8a80"),
    ("#00795a", "#3ecf9f"),
    ("#0072b2", "#62b6ec"),
    ("#d55e00", "#f0913f"),
    ("#009e73", "#3ecf9f"),
    ("#cc79a7", "#cc79a7"),
    ("#516a9b", "#93a8cf"),
    ("#5d6b45", "#b1c290"),
    ("#4b7372", "#8abcbc"),
    ("#83547a", "#c9a0c1"),
    ("#856647", "#caaf87"),
    ("#665c96", "#b0a6d2"),
    ("#9a6200", "#ffc233"),
    ("#7a1fa8", "#cf9bff"),
    ("#00767c", "#3fdada"),
    ("#b80f76", "#ff86c8"),
    ("#4f7000", "#b6e04f"),
];

/// The opacity of the groups of a partition, on light paper and on dark; everything else is fully opaque.
const GROUPS: [(f64, f64); 4] = [(0.09, 0.12), (0.09, 0.12), (0.11, 0.12), (0.14, 0.18)];

/// The width and the height of an SVG of ours, in pixels; 0 where it has none.
pub(super) fn size(svg: &str) -> (u32, u32) {
    let side = |name: &str| {
        let digits = svg.split_once(&format!(" {name}=\""))?.1;
        digits.split('"').next()?.parse().ok()
    };
    (side("width").unwrap_or(0), side("height").unwrap_or(0))
}

/// An SVG that is being written.
pub(super) struct Svg {
    text: String,
    is_dark: bool,
    /// Paths that may still be continued, with their properties: either all of them are lines, or all are areas.
    open: Vec<(String, String)>,
    is_lines: bool,
}

impl Svg {
    /// A picture of this size, in pixels, with its title and a description.
    pub(super) fn new(width: u32, height: u32, is_dark: bool, title: &str, about: &str) -> Self {
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONTS}\" \
             stroke-linejoin=\"round\">\n<title>"
        );
        escape(&mut text, title);
        text.push_str("</title>\n<desc>");
        escape(&mut text, about);
        text.push_str("</desc>\n");
        let mut svg = Self { text, is_dark, open: Vec::new(), is_lines: false };
        let paper = svg.colour("fill", Ink::Paper, 1.0);
        svg.text.push_str(&format!("<rect width=\"{width}\" height=\"{height}\"{paper}/>\n"));
        svg
    }

    /// Writes shapes as a group of this class, later ones over earlier ones, and all of them moved by `moved`.
    pub(super) fn paint(&mut self, class: &str, shapes: &[Shape], moved: Point) {
        self.text.push_str(&format!("<g class=\"{class}\">\n"));
        for shape in shapes {
            self.shape(shape, moved);
        }
        self.close();
        self.text.push_str("</g>\n");
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn shape(&mut self, shape: &Shape, moved: Point) {
        let place = |point: &Point| (point.0 + moved.0, point.1 + moved.1);
        match shape {
            Shape::Line { from, to, ink, width, dash, alpha } => {
                let stroke = self.stroke(*ink, f64::from(*width), *dash, *alpha);
                self.path(&format!(" fill=\"none\"{stroke}"), &[&[place(from), place(to)]], false);
            }
            Shape::Head { at, way, form, ink, size, alpha } => {
                let outlines = form.outlines(place(at), *way, f64::from(*size));
                let outlines: Vec<&[Point]> = outlines.iter().map(|outline| &outline[..]).collect();
                let style = if *form == Head::Open {
                    format!(" fill=\"none\"{}", self.stroke(*ink, STROKES.0, Dash::Solid, *alpha))
                } else {
                    self.colour("fill", *ink, *alpha)
                };
                self.close();
                self.path(&format!(" class=\"head\"{style}"), &outlines, *form != Head::Open);
                self.close();
            }
            Shape::Circle { at, radius, fill, stroke, alpha } => {
                self.close();
                let (x, y) = place(at);
                let style = self.both(*fill, *stroke, *alpha);
                let (x, y, radius) = (number(x), number(y), number(f64::from(*radius)));
                self.text.push_str(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{style}/>\n"));
            }
            Shape::Rect { corner, size, radius, fill, stroke, alpha } => {
                let (left, top) = place(corner);
                let style = self.both(*fill, *stroke, *alpha);
                if *radius > 0.0 || stroke.is_some() {
                    self.close();
                    let [x, y, width, height] = [left, top, size.0, size.1].map(number);
                    let radius = number(f64::from(*radius));
                    self.text.push_str(&format!(
                        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"{style}/>\n"
                    ));
                } else {
                    let (right, bottom) = (left + size.0, top + size.1);
                    self.path(&style, &[&[(left, top), (right, top), (right, bottom), (left, bottom)]], true);
                }
            }
            Shape::Area { at, corners, size, ink, alpha } => {
                let ((x, y), edge, size) = (place(at), size * EDGE, f64::from(*size));
                let corners: Vec<Point> =
                    corners.iter().map(|(right, down)| (x + right * size, y + down * size)).collect();
                let style = self.both(Some(*ink), Some((Ink::Paper, edge)), *alpha);
                self.close();
                self.path(&style, &[&corners], true);
                self.close();
            }
            Shape::Cross { at, size, ink, alpha } => {
                let ((x, y), half) = (place(at), f64::from(*size));
                let stroke = self.stroke(*ink, STROKES.1, Dash::Solid, *alpha);
                let strokes: [&[Point]; 2] =
                    [&[(x - half, y - half), (x + half, y + half)], &[(x - half, y + half), (x + half, y - half)]];
                self.path(&format!(" fill=\"none\"{stroke}"), &strokes, false);
            }
            Shape::Text { at, words, ink, size, bold, anchor, along, halo, alpha } => {
                self.close();
                let (x, y) = place(at);
                let (x, y, size) = (number(x), number(y), number(f64::from(*size)));
                let place = match along {
                    None => format!(" x=\"{x}\" y=\"{y}\""),
                    Some((cos, sin)) => {
                        let [cos, sin, less] = [*cos, *sin, -sin].map(|part| short(part, 4));
                        format!(" transform=\"matrix({cos} {sin} {less} {cos} {x} {y})\"")
                    }
                };
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let weight = if *bold { " font-weight=\"600\"" } else { "" };
                let face = format!("{place} font-size=\"{size}\"{weight}{anchor}");
                if *halo {
                    // The paper around words is an element of its own, because not every program knows the attribute
                    // for the order of painting.
                    let paper = self.colour("stroke", Ink::Paper, *alpha);
                    self.words(
                        &format!("{face} fill=\"none\"{paper} stroke-width=\"{HALO}\" aria-hidden=\"true\""),
                        words,
                    );
                }
                let ink = self.colour("fill", *ink, *alpha);
                self.words(&format!("{face}{ink}"), words);
            }
        }
    }

    fn words(&mut self, face: &str, words: &str) {
        self.text.push_str(&format!("<text{face}>"));
        escape(&mut self.text, words);
        self.text.push_str("</text>\n");
    }

    /// Strokes from point to point, closed or not. Lines in a row with nothing else between them become one path for
    /// each style, and so do areas: in such a row it does not matter which style is painted over which.
    fn path(&mut self, style: &str, strokes: &[&[Point]], is_closed: bool) {
        if self.is_lines == is_closed {
            self.close();
            self.is_lines = !is_closed;
        }
        let place = self.open.iter().position(|(known, _)| known == style).unwrap_or_else(|| {
            self.open.push((style.to_owned(), String::new()));
            self.open.len() - 1
        });
        let path = &mut self.open[place].1;
        for stroke in strokes {
            let mut before: Option<(String, String)> = None;
            for (x, y) in stroke.iter().map(|(x, y)| (number(*x), number(*y))) {
                path.push_str(&match &before {
                    None => format!("M{x} {y}"),
                    Some((_, same)) if *same == y => format!("H{x}"),
                    Some((same, _)) if *same == x => format!("V{y}"),
                    Some(_) => format!("L{x} {y}"),
                });
                before = Some((x, y));
            }
            if is_closed {
                path.push('Z');
            }
        }
    }

    /// Writes the paths that could still be continued.
    fn close(&mut self) {
        for (style, path) in self.open.drain(..) {
            self.text.push_str(&format!("<path{style} d=\"{path}\"/>\n"));
        }
    }

    fn both(&self, fill: Option<Ink>, stroke: Option<(Ink, f32)>, alpha: f32) -> String {
        let fill = fill.map_or(" fill=\"none\"".to_owned(), |ink| self.colour("fill", ink, alpha));
        let stroke = stroke.map(|(ink, width)| self.stroke(ink, f64::from(width), Dash::Solid, alpha));
        fill + &stroke.unwrap_or_default()
    }

    fn stroke(&self, ink: Ink, width: f64, dash: Dash, alpha: f32) -> String {
        let mut style = self.colour("stroke", ink, alpha);
        if width != 1.0 {
            style.push_str(&format!(" stroke-width=\"{}\"", short(width, 2)));
        }
        let lengths: Vec<String> = dash.pattern().iter().map(|length| number(*length)).collect();
        if !lengths.is_empty() {
            style.push_str(&format!(" stroke-dasharray=\"{}\"", lengths.join(" ")));
        }
        style
    }

    /// A `fill` or a `stroke`.
    fn colour(&self, property: &str, ink: Ink, alpha: f32) -> String {
        let (light, dark) = COLOURS[ink.place()];
        let colour = if self.is_dark { dark } else { light };
        let group = ink.place().checked_sub(Ink::Group(0).place()).and_then(|group| GROUPS.get(group));
        let part = group.map_or(1.0, |(light, dark)| if self.is_dark { *dark } else { *light });
        let opacity = part * f64::from(alpha);
        if opacity < 0.995 {
            return format!(" {property}=\"{colour}\" {property}-opacity=\"{}\"", short(opacity, 2));
        }
        format!(" {property}=\"{colour}\"")
    }
}

/// A length or a place, rounded to a tenth of a pixel.
fn number(number: f64) -> String {
    short(number, 1)
}

/// Writes words as XML: characters with a meaning in XML are escaped, and characters that XML does not allow are
/// replaced.
fn escape(text: &mut String, words: &str) {
    for character in words.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
            control if control.is_control() => text.push('\u{fffd}'),
            other => text.push(other),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// The colours that the page's style sheet gives to a name, on light paper and on dark, with their opacity.
    fn of_the_page(name: &str) -> [(String, f64); 2] {
        let sheet = include_str!("../../../static/style.css");
        let start = format!("  {name}: light-dark(");
        let (_, rest) = sheet.split_once(&start).unwrap_or_else(|| panic!("no colour {name}"));
        let (pair, _) = rest.split_once(");").expect("the line ends");
        let (light, dark) = pair.split_once(", ").expect("two colours");
        [light, dark].map(|colour| match colour.strip_prefix("rgb(") {
            None => (colour.to_owned(), 1.0),
            Some(parts) => {
                let numbers = parts.split(|part: char| !part.is_ascii_digit()).filter(|part| !part.is_empty());
                let numbers: Vec<u32> = numbers.map(|number| number.parse().expect("a number")).collect();
                let [red, green, blue, percent] = numbers[..] else { panic!("{colour} is none") };
                (format!("#{red:02x}{green:02x}{blue:02x}"), f64::from(percent) / 100.0)
            }
        })
    }

    #[test]
    fn the_colours_are_those_of_the_page() {
        for (place, name) in Ink::NAMES.iter().enumerate() {
            let [light, dark] = of_the_page(name);
            assert_eq!((light.0.as_str(), dark.0.as_str()), COLOURS[place], "{name}");
            let group = place.checked_sub(Ink::Group(0).place()).and_then(|group| GROUPS.get(group));
            assert_eq!((light.1, dark.1), group.copied().unwrap_or((1.0, 1.0)), "{name}");
        }
    }

    #[test]
    fn words_are_spelled_out_and_what_xml_forbids_is_replaced() {
        let mut text = String::new();
        escape(&mut text, "a<b> & \"c\" \u{7}\u{ffff}'Δ");
        assert_eq!(text, "a&lt;b&gt; &amp; &quot;c&quot; \u{fffd}\u{fffd}'Δ");
    }

    #[test]
    fn lines_that_look_alike_are_one_path_until_something_else_comes() {
        let line = |x: f64, ink: Ink| Shape::Line {
            from: (x, 0.0),
            to: (x, 9.96),
            ink,
            width: 1.0,
            dash: Dash::Solid,
            alpha: 1.0,
        };
        let mut svg = Svg::new(20, 10, true, "t", "a");
        svg.paint("lines", &[line(1.0, Ink::Soft), line(4.0, Ink::Bad), line(2.5, Ink::Soft)], (0.0, 1.0));
        let dot = Shape::Circle { at: (1.0, 1.0), radius: 2.0, fill: Some(Ink::Soft), stroke: None, alpha: 0.5 };
        svg.paint("more", &[line(1.0, Ink::Bad), dot, line(2.0, Ink::Bad)], (0.0, 0.0));
        let text = svg.finish();
        assert!(text.contains("<path fill=\"none\" stroke=\"#a2a7b4\" d=\"M1 1V11M2.5 1V11\"/>"), "{text}");
        assert_eq!(text.matches("<path").count(), 4);
        assert!(text.contains("<circle cx=\"1\" cy=\"1\" r=\"2\" fill=\"#a2a7b4\" fill-opacity=\"0.5\"/>"), "{text}");
    }
}
