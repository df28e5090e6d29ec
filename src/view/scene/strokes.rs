//! The strokes of the pen: lines, circles, rectangles and words. The other files of the picture draw with them.

use std::borrow::Cow;

use super::{Anchor, Dash, Ink, Pen, Point, Shape, Target};

/// How wide a letter of the small words below a lane is, in pixels.
pub(super) const LETTER: f64 = 6.5;

/// The look of a text.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) ink: Ink,
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) anchor: Anchor,
}

impl Pen<'_> {
    /// Draws a line.
    pub(super) fn line(&mut self, from: Point, to: Point, ink: Ink, width: f32, dash: Dash, alpha: f32) {
        self.shapes.push(Shape::Line { from, to, ink, width, dash, alpha });
    }

    /// Draws words with paper around them; a tiny picture has no words.
    pub(super) fn text(&mut self, at: Point, words: impl Into<Cow<'static, str>>, face: Face, alpha: f32) {
        if !self.is_tiny {
            let Face { ink, size, bold, anchor } = face;
            let words = words.into();
            self.shapes.push(Shape::Text { at, words, ink, size, bold, anchor, along: None, halo: true, alpha });
        }
    }

    /// Draws a circle.
    pub(super) fn circle(&mut self, at: Point, radius: f32, fill: Option<Ink>, stroke: Option<(Ink, f32)>, alpha: f32) {
        let radius = radius * self.scale as f32;
        self.shapes.push(Shape::Circle { at, radius, fill, stroke, alpha });
    }

    /// Draws a rectangle between two corners.
    pub(super) fn rect(&mut self, one: Point, other: Point, radius: f32, fill: Ink, alpha: f32) {
        let corner = (one.0.min(other.0), one.1.min(other.1));
        let size = ((one.0 - other.0).abs(), (one.1 - other.1).abs());
        self.shapes.push(Shape::Rect { corner, size, radius, fill: Some(fill), stroke: None, alpha });
    }

    /// Draws a short stroke across a lane.
    pub(super) fn tick(&mut self, at: Point, half: f64, ink: Ink, width: f32, alpha: f32) {
        let half = half * self.scale;
        let (from, to) = (self.beside(at, 0.0, -half), self.beside(at, 0.0, half));
        self.line(from, to, ink, width, Dash::Solid, alpha);
    }

    /// Draws a ring around a target that is chosen or under the pointer.
    pub(super) fn ring(&mut self, at: Point, target: Target) {
        if self.input.focus.chosen == Some(target) {
            self.circle(at, 12.0, None, Some((Ink::Accent, 2.0)), 1.0);
        } else if self.input.focus.hovered == Some(target) {
            self.circle(at, 12.0, None, Some((Ink::Accent, 1.0)), 0.7);
        }
    }
}
