//! The shapes that pictures are made of, and the palette they are painted with.

use std::borrow::Cow;

use crate::protocol::Phase;
use crate::types::Value;
use crate::view::decimal::decimal;

/// A place on the canvas, in pixels.
pub type Point = (f64, f64);

/// How many hues there are for ballots, and for groups of a partition.
pub const HUES: (u8, u8) = (6, 4);

/// How thick the paper around an area is, as a part of its size.
pub const EDGE: f32 = 0.2;

/// How many colours there are for decrees.
const DECREES: u8 = 5;

/// A colour by its meaning; the theme of the page says which colour that is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// The background.
    Paper,
    /// Text.
    Ink,
    /// Things that are less important.
    Soft,
    /// Edges.
    Line,
    /// The grid.
    Grid,
    /// The chosen thing, and the line that marks the present.
    Accent,
    /// Steps 1a and 1b.
    Phase1,
    /// Steps 2a and 2b.
    Phase2,
    /// Step 3.
    Phase3,
    /// Refusals.
    Nack,
    /// Requests, and the time in which a node leads.
    Request,
    /// Things that are lost or violated.
    Bad,
    /// Decrees that are known.
    Knows,
    /// A group of a partition; the number is less than in [`HUES`].
    Group(u8),
    /// A ballot; the number is less than in [`HUES`].
    Ballot(u8),
    /// A decree; the number is less than `DECREES`.
    Decree(u8),
}

impl Ink {
    /// How many colours there are.
    pub const COUNT: usize = 13 + 4 + 6 + 5;

    /// The names of the page's colours, in the order of [`Self::place`].
    pub const NAMES: [&str; Self::COUNT] = [
        "--card",
        "--ink",
        "--soft",
        "--line",
        "--grid",
        "--accent",
        "--phase-1",
        "--phase-2",
        "--phase-3",
        "--nack",
        "--request",
        "--bad",
        "--knows",
        "--group-0",
        "--group-1",
        "--group-2",
        "--group-3",
        "--ballot-0",
        "--ballot-1",
        "--ballot-2",
        "--ballot-3",
        "--ballot-4",
        "--ballot-5",
        "--decree-0",
        "--decree-1",
        "--decree-2",
        "--decree-3",
        "--decree-4",
    ];

    /// Its place in a palette.
    pub fn place(self) -> usize {
        match self {
            Self::Paper => 0,
            Self::Ink => 1,
            Self::Soft => 2,
            Self::Line => 3,
            Self::Grid => 4,
            Self::Accent => 5,
            Self::Phase1 => 6,
            Self::Phase2 => 7,
            Self::Phase3 => 8,
            Self::Nack => 9,
            Self::Request => 10,
            Self::Bad => 11,
            Self::Knows => 12,
            Self::Group(group) => 13 + usize::from(group % HUES.1),
            Self::Ballot(hue) => 13 + usize::from(HUES.1) + usize::from(hue % HUES.0),
            Self::Decree(hue) => 13 + usize::from(HUES.1) + usize::from(HUES.0) + usize::from(hue % DECREES),
        }
    }

    /// The one for the messages of a step.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::OneA | Phase::OneB => Self::Phase1,
            Phase::TwoA | Phase::Certify | Phase::TwoB => Self::Phase2,
            Phase::Three => Self::Phase3,
            Phase::Nack => Self::Nack,
            Phase::Request | Phase::Reply => Self::Request,
            Phase::Election => Self::Soft,
        }
    }
}

/// How a decree looks wherever it is drawn: a colour, and a shape for those who cannot tell the colours apart, and for
/// print. Decrees get both in turn, in the order in which the script names them. The numbers of colours and shapes have
/// no common factor, so thirty decrees in a row all look different.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Emblem {
    /// The colour.
    pub ink: Ink,
    /// The corners of the shape around its middle, for a shape of radius 1. A circle has none.
    pub corners: &'static [Point],
}

/// A circle, a diamond, a triangle, a square, a triangle that stands on its point, and a plus. The areas look equal.
static CORNERS: [&[Point]; 6] = [
    &[],
    &[(0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)],
    &[(0.0, -1.3), (1.3, 0.95), (-1.3, 0.95)],
    &[(-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)],
    &[(0.0, 1.3), (1.3, -0.95), (-1.3, -0.95)],
    &[
        (-0.45, -1.3),
        (0.45, -1.3),
        (0.45, -0.45),
        (1.3, -0.45),
        (1.3, 0.45),
        (0.45, 0.45),
        (0.45, 1.3),
        (-0.45, 1.3),
        (-0.45, 0.45),
        (-1.3, 0.45),
        (-1.3, -0.45),
        (-0.45, -0.45),
    ],
];

/// The shape of the decree that does nothing: a minus.
static MINUS: [Point; 4] = [(-1.3, -0.5), (1.3, -0.5), (1.3, 0.5), (-1.3, 0.5)];

impl Emblem {
    /// Marks that stand for several decrees at once have this look.
    pub const SEVERAL: Self = Self { ink: Ink::Knows, corners: &[] };

    /// The look of a decree; a history with one command looks as its command.
    pub fn of(value: Value) -> Self {
        if value.is_history() {
            return if let [command] = *value.commands() { Self::of(command) } else { Self::SEVERAL };
        }
        if value == Value::OLIVE_DAY {
            return Self { ink: Ink::Soft, corners: &MINUS };
        }
        let ink = Ink::Decree((value.0 % u32::from(DECREES)) as u8);
        Self { ink, corners: CORNERS[value.0 as usize % CORNERS.len()] }
    }

    /// The look of a mark for these decrees.
    pub fn of_all(mut values: impl Iterator<Item = Value>) -> Self {
        let Some(first) = values.next() else { return Self::SEVERAL };
        if values.all(|value| value == first) { Self::of(first) } else { Self::SEVERAL }
    }

    /// The class of its elements on the page; the style sheet gives the class its colour.
    pub fn class(self) -> &'static str {
        match self.ink {
            Ink::Decree(hue) => ["d0", "d1", "d2", "d3", "d4"][usize::from(hue % DECREES)],
            Ink::Soft => "dn",
            _ => "",
        }
    }

    /// The shape of this radius around 0, 0, as a path of SVG.
    pub fn path(self, radius: f64) -> String {
        let Some(((x, y), rest)) = self.corners.split_first() else {
            let r = decimal(radius, 1);
            return format!("M{r} 0A{r} {r} 0 1 1-{r} 0A{r} {r} 0 1 1 {r} 0z");
        };
        let place = |x: &f64, y: &f64| format!("{} {}", decimal(x * radius, 1), decimal(y * radius, 1));
        let rest: Vec<_> = rest.iter().map(|(x, y)| place(x, y)).collect();
        format!("M{}L{}z", place(x, y), rest.join("L"))
    }

    /// The shape of this radius around a place.
    pub fn shape(self, at: Point, radius: f32, alpha: f32) -> Shape {
        let Self { ink, corners } = self;
        if corners.is_empty() {
            let stroke = Some((Ink::Paper, radius * EDGE));
            return Shape::Circle { at, radius, fill: Some(ink), stroke, alpha };
        }
        Shape::Area { at, corners, size: radius, ink, alpha }
    }
}

/// How a line is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dash {
    /// The line is not broken.
    Solid,
    /// Answers.
    Answer,
    /// Confirmations between 2a and 2b.
    Certificate,
    /// Refusals.
    Refusal,
    /// Requests.
    Request,
    /// Messages that say who is there.
    Beat,
    /// Copies.
    Copy,
    /// Things that have not happened yet.
    Ghost,
    /// A lane whose node is down.
    Down,
}

impl Dash {
    /// The one for the messages of a step.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::OneB | Phase::TwoB | Phase::Reply => Self::Answer,
            Phase::Certify => Self::Certificate,
            Phase::Nack => Self::Refusal,
            Phase::Request => Self::Request,
            Phase::Election => Self::Beat,
            Phase::OneA | Phase::TwoA | Phase::Three => Self::Solid,
        }
    }

    /// Dashes and gaps, in pixels.
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Answer => &[7.0, 3.5],
            Self::Certificate => &[9.0, 3.0, 2.0, 3.0],
            Self::Refusal => &[2.5, 3.0],
            Self::Request => &[12.0, 4.0],
            Self::Beat => &[1.5, 4.0],
            Self::Copy => &[1.5, 3.5],
            Self::Ghost => &[2.0, 5.0],
            Self::Down => &[1.0, 7.0],
        }
    }
}

/// The shapes of heads, so that steps can be told apart without their colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Head {
    /// Two strokes: phase 1, and messages outside the phases.
    Open,
    /// A triangle: phase 2.
    Filled,
    /// Two triangles: phase 3.
    Double,
}

impl Head {
    /// The one for the messages of a step.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::TwoA | Phase::Certify | Phase::TwoB => Self::Filled,
            Phase::Three => Self::Double,
            Phase::OneA | Phase::OneB | Phase::Nack | Phase::Request | Phase::Reply | Phase::Election => Self::Open,
        }
    }

    /// Its outline: strokes from point to point, in pixels, which are filled unless the head is open. The direction has
    /// length 1.
    pub fn outlines(self, (x, y): Point, (cos, sin): Point, size: f64) -> Vec<[Point; 3]> {
        let barb = |back: f64| {
            let side = |across: f64| (x - (back + size) * cos - across * sin, y - (back + size) * sin + across * cos);
            [side(size * 0.46), (x - back * cos, y - back * sin), side(-size * 0.46)]
        };
        if self == Self::Double { vec![barb(0.0), barb(size * 0.72)] } else { vec![barb(0.0)] }
    }
}

/// Where words stand beside their place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// They begin there.
    Start,
    /// Their middle is there.
    Middle,
    /// They end there.
    End,
}

/// A shape. Sizes are in pixels, `alpha` is from 0 to 1.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    /// A line.
    Line {
        /// Its beginning.
        from: Point,
        /// Its end.
        to: Point,
        /// Its colour.
        ink: Ink,
        /// How thick it is.
        width: f32,
        /// How it is broken.
        dash: Dash,
        /// How opaque it is.
        alpha: f32,
    },
    /// The head of an arrow.
    Head {
        /// Its point.
        at: Point,
        /// Its direction, of length 1.
        way: Point,
        /// Its shape.
        form: Head,
        /// Its colour.
        ink: Ink,
        /// How long it is.
        size: f32,
        /// How opaque it is.
        alpha: f32,
    },
    /// A circle.
    Circle {
        /// Its middle.
        at: Point,
        /// Its radius.
        radius: f32,
        /// What it is filled with.
        fill: Option<Ink>,
        /// Its edge, and how thick that is.
        stroke: Option<(Ink, f32)>,
        /// How opaque it is.
        alpha: f32,
    },
    /// A rectangle.
    Rect {
        /// Its upper left corner.
        corner: Point,
        /// Its width and height.
        size: Point,
        /// How round its corners are.
        radius: f32,
        /// What it is filled with.
        fill: Option<Ink>,
        /// Its edge, and how thick that is.
        stroke: Option<(Ink, f32)>,
        /// How opaque it is.
        alpha: f32,
    },
    /// An area with straight edges, and a little paper around it.
    Area {
        /// Its middle.
        at: Point,
        /// Its corners around its middle, at size 1.
        corners: &'static [Point],
        /// Its size.
        size: f32,
        /// What it is filled with.
        ink: Ink,
        /// How opaque it is.
        alpha: f32,
    },
    /// A ✕.
    Cross {
        /// Its middle.
        at: Point,
        /// The distance from its middle to its ends, along each axis.
        size: f32,
        /// Its colour.
        ink: Ink,
        /// How opaque it is.
        alpha: f32,
    },
    /// Words.
    Text {
        /// Their place, on their base line.
        at: Point,
        /// The words.
        words: Cow<'static, str>,
        /// Their colour.
        ink: Ink,
        /// How high they are.
        size: f32,
        /// Whether they are bold.
        bold: bool,
        /// On which side of their place they stand.
        anchor: Anchor,
        /// The cosine and sine of the direction in which they run, if that is not to the right.
        along: Option<Point>,
        /// Whether there is paper around them.
        halo: bool,
        /// How opaque they are.
        alpha: f32,
    },
}
