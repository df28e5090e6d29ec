//! Plain shapes on a canvas.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Document, HtmlCanvasElement, HtmlElement};

use crate::view::scene::{Anchor, Dash, EDGE, Head, Ink, Shape};

/// The colours of the theme, as canvases understand them.
pub(super) struct Palette(Vec<String>);

impl Palette {
    /// Reads the palette from the style sheet. Each ink is a custom property, and a probe gets one after the other as
    /// its colour.
    pub(super) fn read(document: &Document) -> Option<Self> {
        let probe = document.create_element("span").ok()?.dyn_into::<HtmlElement>().ok()?;
        probe.set_class_name("probe");
        document.body()?.append_child(&probe).ok()?;
        let style = web_sys::window()?.get_computed_style(&probe).ok()??;
        let colour = |name: &&str| {
            let _ = probe.style().set_property("color", &format!("var({name})"));
            style.get_property_value("color").unwrap_or_default()
        };
        let colours = Ink::NAMES.iter().map(colour).collect();
        probe.remove();
        Some(Self(colours))
    }

    fn of(&self, ink: Ink) -> &str {
        self.0.get(ink.place()).map_or("", String::as_str)
    }
}

/// Makes a canvas as large as it is on the screen, in the screen's own pixels, and clears it.
pub(super) fn prepare(canvas: &HtmlCanvasElement, width: f64, height: f64, scale: f64) -> Option<Brush> {
    let (wide, high) = ((width * scale) as u32, (height * scale) as u32);
    if (canvas.width(), canvas.height()) != (wide, high) {
        canvas.set_width(wide);
        canvas.set_height(high);
        let _ = canvas.style().set_property("width", &format!("{}px", width as u32));
        let _ = canvas.style().set_property("height", &format!("{}px", height as u32));
    }
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    let _ = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width, height);
    context.set_line_join("round");
    Some(Brush {
        context,
        scale,
        stroke: None,
        fill: None,
        width: -1.0,
        alpha: -1.0,
        dash: None,
        font: None,
        anchor: None,
    })
}

/// A canvas and the properties that are set on it. Comparing a property is cheaper than setting it.
pub(super) struct Brush {
    context: CanvasRenderingContext2d,
    scale: f64,
    stroke: Option<Ink>,
    fill: Option<Ink>,
    width: f64,
    alpha: f64,
    dash: Option<Dash>,
    font: Option<(f32, bool)>,
    anchor: Option<Anchor>,
}

impl Brush {
    /// Paints shapes, later ones over earlier ones.
    pub(super) fn paint(&mut self, shapes: &[Shape], palette: &Palette) {
        for shape in shapes {
            self.shape(shape, palette);
        }
    }

    fn shape(&mut self, shape: &Shape, palette: &Palette) {
        match shape {
            Shape::Line { from, to, ink, width, dash, alpha } => {
                self.pen(*ink, f64::from(*width), *dash, f64::from(*alpha), palette);
                self.context.begin_path();
                self.context.move_to(from.0, from.1);
                self.context.line_to(to.0, to.1);
                self.context.stroke();
            }
            Shape::Head { at, way, form, ink, size, alpha } => {
                self.context.begin_path();
                for [first, point, last] in form.outlines(*at, *way, f64::from(*size)) {
                    self.context.move_to(first.0, first.1);
                    self.context.line_to(point.0, point.1);
                    self.context.line_to(last.0, last.1);
                }
                if *form == Head::Open {
                    self.pen(*ink, 1.75, Dash::Solid, f64::from(*alpha), palette);
                    self.context.stroke();
                } else {
                    self.ink(*ink, f64::from(*alpha), palette);
                    self.context.fill();
                }
            }
            Shape::Circle { at, radius, fill, stroke, alpha } => {
                self.context.begin_path();
                let _ = self.context.arc(at.0, at.1, f64::from(*radius), 0.0, std::f64::consts::TAU);
                self.finish(*fill, *stroke, f64::from(*alpha), palette);
            }
            Shape::Rect { corner, size, radius, fill, stroke, alpha } => {
                self.context.begin_path();
                if *radius > 0.0 {
                    let _ = self.context.round_rect_with_f64(corner.0, corner.1, size.0, size.1, f64::from(*radius));
                } else {
                    self.context.rect(corner.0, corner.1, size.0, size.1);
                }
                self.finish(*fill, *stroke, f64::from(*alpha), palette);
            }
            Shape::Area { at, corners, size, ink, alpha } => {
                self.context.begin_path();
                for (x, y) in *corners {
                    let size = f64::from(*size);
                    self.context.line_to(at.0 + x * size, at.1 + y * size);
                }
                self.context.close_path();
                self.finish(Some(*ink), Some((Ink::Paper, size * EDGE)), f64::from(*alpha), palette);
            }
            Shape::Cross { at, size, ink, alpha } => {
                self.pen(*ink, 2.25, Dash::Solid, f64::from(*alpha), palette);
                let half = f64::from(*size);
                self.context.begin_path();
                self.context.move_to(at.0 - half, at.1 - half);
                self.context.line_to(at.0 + half, at.1 + half);
                self.context.move_to(at.0 - half, at.1 + half);
                self.context.line_to(at.0 + half, at.1 - half);
                self.context.stroke();
            }
            Shape::Text { at, words, ink, size, bold, anchor, along, halo, alpha } => {
                if self.font != Some((*size, *bold)) {
                    self.font = Some((*size, *bold));
                    let weight = if *bold { 650 } else { 450 };
                    let size = (*size * 10.0) as u32;
                    self.context.set_font(&format!("{weight} {}.{}px system-ui, sans-serif", size / 10, size % 10));
                }
                if self.anchor != Some(*anchor) {
                    self.anchor = Some(*anchor);
                    self.context.set_text_align(match anchor {
                        Anchor::Start => "left",
                        Anchor::Middle => "center",
                        Anchor::End => "right",
                    });
                }
                let (mut x, mut y) = *at;
                if let Some((cos, sin)) = along {
                    let scale = self.scale;
                    let _ = self.context.set_transform(
                        scale * cos,
                        scale * sin,
                        -scale * sin,
                        scale * cos,
                        x * scale,
                        y * scale,
                    );
                    (x, y) = (0.0, 0.0);
                }
                if *halo {
                    self.pen(Ink::Paper, 3.0, Dash::Solid, f64::from(*alpha), palette);
                    let _ = self.context.stroke_text(words, x, y);
                }
                self.ink(*ink, f64::from(*alpha), palette);
                let _ = self.context.fill_text(words, x, y);
                if along.is_some() {
                    let _ = self.context.set_transform(self.scale, 0.0, 0.0, self.scale, 0.0, 0.0);
                }
            }
        }
    }

    fn finish(&mut self, fill: Option<Ink>, stroke: Option<(Ink, f32)>, alpha: f64, palette: &Palette) {
        if let Some(ink) = fill {
            self.ink(ink, alpha, palette);
            self.context.fill();
        }
        if let Some((ink, width)) = stroke {
            self.pen(ink, f64::from(width), Dash::Solid, alpha, palette);
            self.context.stroke();
        }
    }

    fn ink(&mut self, ink: Ink, alpha: f64, palette: &Palette) {
        if self.fill != Some(ink) {
            self.fill = Some(ink);
            self.context.set_fill_style_str(palette.of(ink));
        }
        self.alpha(alpha);
    }

    fn pen(&mut self, ink: Ink, width: f64, dash: Dash, alpha: f64, palette: &Palette) {
        if self.stroke != Some(ink) {
            self.stroke = Some(ink);
            self.context.set_stroke_style_str(palette.of(ink));
        }
        if self.width != width {
            self.width = width;
            self.context.set_line_width(width);
        }
        if self.dash != Some(dash) {
            self.dash = Some(dash);
            let pattern = js_sys::Array::new();
            for length in dash.pattern() {
                pattern.push(&wasm_bindgen::JsValue::from_f64(*length));
            }
            let _ = self.context.set_line_dash(&pattern);
        }
        self.alpha(alpha);
    }

    fn alpha(&mut self, alpha: f64) {
        if self.alpha != alpha {
            self.alpha = alpha;
            self.context.set_global_alpha(alpha);
        }
    }
}
