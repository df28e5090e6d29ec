//! The timeline on its canvas: scrolling, zooming, pointing, dragging.
//!
//! The scroll container is the browser's own, so fingers, wheels and scrollbars work as everywhere. The canvas stays in
//! sight and shows the part to which somebody has scrolled. Scrolling and pointing redraw only the canvas; the rest of
//! the page is not rendered again.

mod controls;
mod listen;
mod pointer;
mod room;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

pub(super) use controls::{overview, zooms};
use listen::listen_all;
use room::{Around, PRESENTED};

use super::Shared;
use super::dom::{decimal, el, nothing, tag};
use super::painter::{self, Palette};
use super::popover;
use super::settings;
use super::state::{Action, Selection, Theme};
use crate::scenario::Scenario;
use crate::session::Session;
use crate::tongue::{say, translated};
use crate::trace::{EventId, What};
use crate::types::Time;
use crate::view::decimal::within;
use crate::view::scene::{Drag, Focus, Input, Scene, Still, Target, minimap, still, tip};
use crate::view::{Index, NodeCard, Window};

/// The height of the row of lanes' names where time runs down, in pixels.
const NAMES_ROW: f64 = 32.0;
/// The least height of a picture where time runs down, in pixels.
const LANES_SEEN: f64 = 200.0;
/// The height of the overview, in pixels.
const MINIMAP: f64 = 30.0;
/// The width of the scrubber's thumb, whose middle is at the present instant, in pixels.
const THUMB: f64 = 16.0;
/// A pointer that moved less than this, in pixels, has not dragged.
const SLIP: f64 = 4.0;
/// Dragged messages land on this grid.
const DRAG_GRID: u64 = Time::DELTA.0 / 20;

/// The pieces of the stage in the document.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Places {
    frame: NodeRef,
    scroll: NodeRef,
    spacer: NodeRef,
    canvas: NodeRef,
    original: NodeRef,
    minimap: NodeRef,
    figure: NodeRef,
    tip: NodeRef,
}

/// What the stage remembers between renderings.
#[derive(Default)]
pub(super) struct Stage {
    places: Places,
    state: Option<Shared>,
    index: Option<Rc<Index>>,
    original: Option<Rc<Index>>,
    window: Option<Window>,
    /// The width of the column of lanes' names, in pixels.
    names: f64,
    /// The width of the page for which the overview was measured, and the overview's, in pixels.
    slide: Option<(f64, f64)>,
    /// What stands around the picture in a frame, as it was measured last.
    around: Option<Around>,
    /// How far the stage is scrolled along time, in pixels. It is kept here, because asking the document forces a
    /// layout.
    scrolled: f64,
    scene: Scene,
    palette: Option<Palette>,
    /// The theme and the scenario that were shown last.
    theme: Option<Theme>,
    scenario: Option<Arc<Scenario>>,
    hover: Option<Target>,
    press: Option<Press>,
    drag: Option<Drag>,
    /// The instant that is to stay in place when the scale changes, and its place.
    anchor: Option<(f64, f64)>,
    /// The instant that was last brought into sight.
    followed: Option<Time>,
}

/// A pointer that is down.
struct Press {
    at: (f64, f64),
    target: Option<Target>,
    scrolled: i32,
    moved: bool,
    /// The browser scrolls with this pointer: it is a finger that holds nothing.
    scrolls: bool,
}

/// The stage, shared with the code that zooms from elsewhere.
pub(super) type Handle = Rc<RefCell<Stage>>;

/// The stage of a page, drawn again after every rendering.
#[hook]
pub(super) fn use_stage(state: &Shared, index: &Rc<Index>, original: Option<Rc<Index>>) -> Handle {
    let stage = use_mut_ref(Stage::default);
    let handle = Rc::clone(&stage);
    {
        let stage = Rc::clone(&stage);
        use_effect_with((), move |()| {
            let listening = listen_all(&stage);
            move || drop(listening)
        });
    }
    stage.borrow_mut().follow_early(state);
    let (state, index) = (state.clone(), Rc::clone(index));
    use_effect(move || {
        let mut stage = stage.borrow_mut();
        // A handle that is kept always shows the current state, so the things to compare are kept separately.
        if stage.theme != Some(state.theme()) {
            stage.theme = Some(state.theme());
            settings::show(state.theme());
            stage.palette = None;
        }
        // In another run the pointer is on another thing; and a card that is open says itself what it is about.
        let scenario = state.session().scenario();
        let is_another = stage.scenario.as_ref().is_some_and(|old| !Arc::ptr_eq(old, scenario));
        if is_another || state.is_open() {
            stage.forget_pointer();
            stage.slide = None;
        }
        if is_another {
            // The same instant may be at another place in another run.
            stage.followed = None;
        }
        stage.scenario = Some(Arc::clone(scenario));
        stage.state = Some(state);
        stage.index = Some(index);
        stage.original = original;
        stage.update();
    });
    handle
}

/// Zooms by a factor. A factor of zero shows the whole run, and a second time the scale at which it can be read.
pub(super) fn zoom_by(stage: &Handle, factor: f64) {
    let Ok(mut borrowed) = stage.try_borrow_mut() else { return };
    let Some(state) = borrowed.state.clone() else { return };
    let actions = if factor > 0.0 {
        borrowed.zoom(factor, None)
    } else {
        vec![Action::Zoom(if state.zoom() == Some(0.0) { None } else { Some(0.0) })]
    };
    drop(borrowed);
    actions.into_iter().for_each(|action| state.dispatch(action));
}

/// The lanes' names, the canvas, the overview, and what is selected.
pub(super) fn timeline(state: &Shared, stage: &Handle, label: String, tells: bool) -> Html {
    let places = stage.borrow().places.clone();
    let session = state.session();
    let vertical = is_vertical(state);
    let cards = NodeCard::all(session, state.vocabulary());
    let roomy = !vertical && cards.len() <= 7;
    let canvas = tag("canvas", "picture")
        .attr("id", "timeline")
        .find(&places.canvas)
        .attr("role", "application")
        .attr("tabindex", "0")
        .attr("aria-roledescription", "timeline")
        .attr("aria-describedby", "timeline-help")
        .set("aria-label", label);
    let original = tag("canvas", "picture original")
        .find(&places.original)
        .flag("hidden", !state.compares() || vertical)
        .attr("role", "img")
        .attr("aria-label", say!("The run as it was opened"));
    tag("div", if vertical { "timeline vertical" } else { "timeline" })
        .attr("id", "timeline-frame")
        .find(&places.frame)
        .with(
            tag("div", "scroll").attr("id", "timeline-scroll").find(&places.scroll).with(
                tag("div", "spacer")
                    .find(&places.spacer)
                    .with(
                        tag("ol", if roomy { "lanes roomy" } else { "lanes" })
                            .attr("aria-label", say!("Processes"))
                            .all(cards.iter().map(|card| lane(state, card, roomy)).collect()),
                    )
                    .with(tag("div", "pictures").with(canvas).with(original)),
            ),
        )
        .with(
            el("p").attr("id", "timeline-help").attr("class", "sr").text(
                say!("Arrow up and down choose a process, comma and full stop walk along what happens there, Enter opens what is \
                 chosen. The event table below says all that is drawn."),
            ),
        )
        .with(tag("div", "tip").find(&places.tip).attr("aria-hidden", "true"))
        .with(tag("canvas", "figure").find(&places.figure).attr("aria-hidden", "true"))
        .with(if state.is_open() && tells { popover::popover(state) } else { nothing() })
        .with(
            tag("p", "sr").attr("id", "here").attr("aria-live", "polite").with(match target(state.selection()).filter(|_| tells) {
                Some(target) => super::dom::words(tip(session, state.vocabulary(), target)),
                None => nothing(),
            }),
        )
        .into()
}

/// A button with a lane's name and what the node remembers.
fn lane(state: &Shared, card: &NodeCard, roomy: bool) -> Html {
    let cells: Vec<_> = card.cells.iter().map(|(name, text)| format!("{name} {text}")).collect();
    let status = if card.up { say!("up") } else { say!("down") };
    let chosen = state.selection() == Selection::Node(card.node);
    let mut lines = Vec::new();
    if roomy {
        if !card.up {
            lines.push(tag("span", "off").text(say!("down")).into());
        }
        lines.extend(card.part.map(|part| el("span").text(translated(part)).into()));
        // There is room for three lines.
        let room = 3_usize.saturating_sub(lines.len());
        lines.extend(cells.iter().take(room).map(|line| el("span").text(line).into()));
    }
    let class = match (chosen, card.up) {
        (true, _) => "name chosen",
        (false, true) => "name",
        (false, false) => "name off",
    };
    let part = card.part.map_or_else(String::new, |part| format!("{}, ", translated(part)));
    let more = if roomy { status.into() } else { format!("{part}{status}: {}", cells.join(", ")) };
    el("li")
        .key(card.node.index())
        .with(
            tag("button", class)
                .attr("type", "button")
                // Keys walk from lane to lane in the picture, so the names are no stops on the way to it.
                .attr("tabindex", "-1")
                .set("data-node", card.name.clone())
                .set("title", format!("{}: {}", card.name, cells.join(", ")))
                .click(state, Action::Select(Selection::Node(card.node)))
                .with(el("b").text(&card.name))
                .with(tag("span", "cells").all(lines))
                .with(tag("span", "sr").text(&more)),
        )
        .into()
}

/// The target in the picture for what is selected.
pub(super) fn target(selection: Selection) -> Option<Target> {
    match selection {
        Selection::Message(id) => Some(Target::Message(id)),
        Selection::Mark(event) => Some(Target::Mark(event)),
        Selection::Node(_) | Selection::Link(..) | Selection::Nothing => None,
    }
}

/// What the last step that is shown was about.
fn last_step(session: &Session) -> Option<Target> {
    let last = session.cursor().events.checked_sub(1)?;
    let event = EventId(last as u32);
    match session.trace().event(event).what {
        What::Sent(id) | What::Landed(id) | What::Lost(id, _) => Some(Target::Message(id)),
        What::Stated(..) => Some(Target::Mark(event)),
        _ => None,
    }
}

impl Stage {
    /// Updates the sizes, the part in sight and the picture after a rendering.
    fn update(&mut self) {
        let Some(state) = self.state.clone() else { return };
        let Some(scroll) = self.places.scroll.cast::<HtmlElement>() else { return };
        if state.width() <= 0.0 {
            return;
        }
        let session = state.session();
        let (nodes, end) = (session.scenario().nodes(), session.end());
        let vertical = is_vertical(&state);
        // Asking the document forces a layout, so it is asked only where a scrollbar may stand beside the picture.
        let room = if vertical { f64::from(scroll.client_width()) } else { state.width() };
        self.names = NodeCard::column(session.scenario(), room, end);
        let mut window = Window::fit(vertical, if vertical { room } else { room - self.names }, nodes, end);
        window = self.spread(&state, window, nodes);
        let tallest = self.tallest(&state);
        if window.vertical {
            window.height = window.height.min(tallest);
        }
        if let Some(zoom) = state.zoom() {
            // The smallest scale shows the whole run.
            window = window.zoomed(zoom, 0.0, end);
        }
        let (length, breadth) = (window.length(end), window.breadth(nodes));
        if window.vertical {
            // A run in which nothing happens has no length, and its lanes can still be seen and pressed.
            let length = length.max(LANES_SEEN.min(tallest));
            window.height = length.min(tallest);
            size(&self.places.spacer, "width", window.width);
            size(&self.places.spacer, "height", length + NAMES_ROW);
            // No more of it is in sight than is drawn.
            size(&self.places.scroll, "max-height", window.height + NAMES_ROW);
        } else {
            window.height = breadth;
            size(&self.places.spacer, "width", (length + self.names).max(room));
            if let Some(spacer) = self.places.spacer.cast::<HtmlElement>() {
                let _ = spacer.style().remove_property("height");
                let _ = scroll.style().remove_property("max-height");
            }
        }
        if let Some(spacer) = self.places.spacer.cast::<HtmlElement>() {
            let style = spacer.style();
            let _ = style.set_property("--names", &format!("{}px", decimal(self.names, 2)));
            let _ = style.set_property("--lane", &format!("{}px", decimal(window.per_lane, 2)));
            let _ = style.set_property("--side", &format!("{}px", decimal(window.side, 2)));
            let _ = style.set_property("--tall", &format!("{}px", decimal(window.height, 2)));
        }
        // The place at which somebody zooms stays in place.
        let old = self.window.replace(window);
        if old.is_none_or(|old| old != Window { offset: old.offset, ..window }) {
            self.scrolled = self.ask_scrolled();
        }
        let scaled = old.is_some_and(|old| old.per_delta != window.per_delta && old.vertical == window.vertical);
        if let (Some((time, at)), true) = (self.anchor.take(), scaled) {
            self.scroll_to(&scroll, window.head + time * window.per_delta - at);
        }
        self.follow(&scroll, session.cursor().time);
        self.draw();
    }

    fn scroll_to(&mut self, scroll: &HtmlElement, offset: f64) {
        let offset = (offset + 0.5).max(0.0) as i32;
        if self.window.is_some_and(|window| window.vertical) {
            scroll.set_scroll_top(offset);
        } else {
            scroll.set_scroll_left(offset);
        }
        self.scrolled = self.ask_scrolled();
    }

    /// Brings the cursor into sight before the page is changed, if only the cursor has moved: as long as nothing has
    /// changed, scrolling needs no layout.
    fn follow_early(&mut self, state: &Shared) {
        let is_same = self.scenario.as_ref().is_some_and(|old| Arc::ptr_eq(old, state.session().scenario()));
        if let (true, Some(scroll)) = (is_same, self.places.scroll.cast::<HtmlElement>()) {
            self.follow(&scroll, state.session().cursor().time);
        }
    }

    /// Brings the cursor into sight, if it has moved.
    fn follow(&mut self, scroll: &HtmlElement, now: Time) {
        let Some(window) = self.window.filter(|_| self.followed != Some(now)) else { return };
        self.followed = Some(now);
        let along = window.head + now.as_deltas() * window.per_delta;
        let room = window.extent();
        let at = along - self.scrolled;
        if at < 10.0 {
            self.scroll_to(scroll, along - room * 0.25);
        } else if at > room - 30.0 {
            self.scroll_to(scroll, along - room * 0.8);
        }
    }

    /// The state and the index of its run. A handle shows the current state, which may be ahead of the rendering from
    /// which the index comes. Then another rendering is under way, and until then there is nothing to show.
    fn shown(&self) -> Option<(Shared, Rc<Index>)> {
        let (state, index) = (self.state.clone()?, self.index.clone()?);
        index.is_of(state.session().scenario()).then_some((state, index))
    }

    /// Draws the part in sight.
    fn draw(&mut self) {
        let (Some((state, index)), Some(mut window)) = (self.shown(), self.window) else { return };
        window.offset = self.scrolled;
        self.window = Some(window);
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        if self.palette.is_none() {
            self.palette = Palette::read(&document);
        }
        let Some(palette) = &self.palette else { return };
        let is_presented = state.presentation().present;
        let scale = device_pixels() * if is_presented { PRESENTED } else { 1.0 };
        // A lecture is about the last step, unless something is chosen.
        let last = || last_step(state.session()).filter(|_| is_presented);
        let input = Input {
            focus: Focus { chosen: target(state.selection()).or_else(last), hovered: self.hover },
            drag: self.drag,
            words: state.vocabulary(),
            ..Input::new(state.session(), &index, window)
        };
        self.scene = Scene::of(&input);
        if let Some(canvas) = self.places.canvas.cast::<HtmlCanvasElement>() {
            let brush = painter::prepare(&canvas, window.width, window.height, scale);
            if let Some(mut brush) = brush {
                brush.paint(&self.scene.shapes, palette);
            }
            tell(&canvas, &window);
        }
        let original = self.original.as_ref().filter(|_| state.compares() && !window.vertical);
        if let (Some(original), Some(canvas)) = (original, self.places.original.cast::<HtmlCanvasElement>()) {
            let before = state.session().before();
            let height = window.breadth(before.scenario().nodes());
            let input =
                Input { words: state.vocabulary(), ..Input::new(&before, original, Window { height, ..window }) };
            if let Some(mut brush) = painter::prepare(&canvas, window.width, height, scale) {
                brush.paint(&Scene::of(&input).shapes, palette);
            }
        }
        if let Some(canvas) = self.places.minimap.cast::<HtmlCanvasElement>() {
            // Asking the document forces a layout, so it is asked once for each width of the page and for each run.
            let measured = self.slide.filter(|(room, _)| *room == state.width());
            let measure = || f64::from(canvas.parent_element().map_or(0, |slide| slide.client_width())) - THUMB;
            let (_, width) = *self.slide.insert(measured.unwrap_or_else(|| (state.width(), measure())));
            if let Some(mut brush) = painter::prepare(&canvas, width.max(40.0), MINIMAP, scale) {
                let (end, now) = (state.session().end(), state.session().cursor().time);
                // The overview lies below the picture, or below its end; time runs to the right in it either way.
                let window = Window { vertical: false, width: window.extent(), ..window };
                brush.paint(&minimap(&index, &window, end, now, (width.max(40.0), MINIMAP)), palette);
            }
        }
        self.place_popover(&state, &window);
    }

    /// Puts the popover beside its target without covering it. Where there is little room, the style sheet puts it at
    /// the bottom.
    fn place_popover(&self, state: &Shared, window: &Window) {
        let Some(frame) = self.places.frame.cast::<HtmlElement>() else { return };
        let popover = frame.query_selector("#popover").ok().flatten();
        let Some(popover) = popover.and_then(|popover| popover.dyn_into::<HtmlElement>().ok()) else { return };
        let style = popover.style();
        if window.vertical {
            let _ = style.remove_property("left");
            let _ = style.remove_property("top");
            return;
        }
        let (x, y) = match popover::place(state) {
            Some((node, time)) => window.point(time.as_deltas(), node.index() as f64),
            None => (window.width / 2.0, 40.0),
        };
        let (width, height) = (f64::from(popover.offset_width()), f64::from(popover.offset_height()));
        let after = (self.names + x + 18.0).min(f64::from(frame.client_width()) - width - 4.0).max(4.0);
        // What comes of an act is after the present, so the menu of a lane stands before it where there is room.
        let before = self.names + x - 18.0 - width;
        let is_lane = matches!(state.selection(), Selection::Node(_));
        let left = if is_lane && before >= 4.0 { before } else { after };
        // It is below its lane, or above it in the lower half.
        let top = if y < window.height * 0.5 { y + 22.0 } else { y - height - 22.0 };
        // It does not cover what stands below the picture, as long as it fits.
        let top = top.min((f64::from(frame.client_height()) - height - 4.0).max(4.0));
        let _ = style.set_property("left", &format!("{}px", left as i32));
        let _ = style.set_property("top", &format!("{}px", top as i32));
    }

    fn zoom(&mut self, factor: f64, at: Option<f64>) -> Vec<Action> {
        let (Some(window), Some(state)) = (self.window, &self.state) else { return Vec::new() };
        let room = if window.vertical { window.height } else { window.width };
        // The anchor is the pointer, or else the cursor while it is in sight, or else the middle.
        let now = window.head + state.session().cursor().time.as_deltas() * window.per_delta - window.offset;
        let at = at.unwrap_or(if (0.0..=room).contains(&now) { now } else { room / 2.0 });
        let time = (at + window.offset - window.head) / window.per_delta;
        self.anchor = Some((time, at));
        let per_delta = window.zoomed(window.per_delta * factor, at, state.session().end()).per_delta;
        vec![Action::Zoom(Some(per_delta))]
    }

    /// Highlights what the pointer is on, and says what it is.
    fn point_at(&mut self, x: f64, y: f64) {
        let hover = self.scene.hit(x, y);
        let (Some(state), Some(tips)) = (&self.state, self.places.tip.cast::<HtmlElement>()) else { return };
        let lit = hover.filter(|target| !matches!(target, Target::Lane(..)));
        if lit != self.hover {
            let told = lit.map_or(String::new(), |target| tip(state.session(), state.vocabulary(), target));
            tips.set_text_content(Some(&told));
            let _ = tips.class_list().toggle_with_force("shown", lit.is_some());
            if let (Some(canvas), Some(frame)) =
                (self.places.canvas.cast::<HtmlElement>(), self.places.frame.cast::<HtmlElement>())
            {
                let _ = canvas.style().set_property("cursor", if hover.is_some() { "pointer" } else { "grab" });
                let vertical = self.window.is_some_and(|window| window.vertical);
                let left = if vertical { x } else { x + self.names } + 14.0;
                let most = f64::from(frame.client_width() - tips.offset_width()) - 4.0;
                let _ = tips.style().set_property("left", &format!("{}px", left.min(most).max(0.0) as i32));
                let top = y + if vertical { NAMES_ROW } else { 0.0 } + 18.0;
                let _ = tips.style().set_property("top", &format!("{}px", top as i32));
            }
            self.hover = lit;
            self.draw();
        }
    }

    fn forget_pointer(&mut self) {
        (self.hover, self.press, self.drag) = (None, None, None);
        if let Some(tips) = self.places.tip.cast::<HtmlElement>() {
            let _ = tips.class_list().remove_1("shown");
        }
    }

    /// Draws the part to which somebody has scrolled. It does nothing if the stage itself scrolled there, because that
    /// has been drawn.
    fn scroll(&mut self, _: &Event) -> Vec<Action> {
        self.scrolled = self.ask_scrolled();
        if self.window.is_some_and(|window| window.offset != self.scrolled) {
            self.draw();
        }
        Vec::new()
    }

    fn ask_scrolled(&self) -> f64 {
        let is_vertical = self.window.is_some_and(|window| window.vertical);
        let scroll = self.places.scroll.cast::<HtmlElement>();
        scroll.map_or(0.0, |scroll| f64::from(if is_vertical { scroll.scroll_top() } else { scroll.scroll_left() }))
    }

    /// Reads the colours anew, because the style has changed.
    fn recolour(&mut self, _: &Event) -> Vec<Action> {
        self.palette = None;
        self.draw();
        Vec::new()
    }

    /// Draws a figure for paper: the run as far as it is watched, in ink on white, as wide as the sheet.
    fn print(&mut self, _: &Event) -> Vec<Action> {
        let Some((state, index)) = self.shown() else { return Vec::new() };
        let document = web_sys::window().and_then(|window| window.document());
        let root = document.as_ref().and_then(web_sys::Document::document_element);
        let (Some(document), Some(root)) = (document, root) else { return Vec::new() };
        let theme = root.get_attribute("data-theme");
        let _ = root.set_attribute("data-theme", "light");
        let palette = Palette::read(&document);
        let _ = match theme {
            Some(theme) => root.set_attribute("data-theme", &theme),
            None => root.remove_attribute("data-theme"),
        };
        if let (Some(palette), Some(canvas)) = (palette, self.places.figure.cast::<HtmlCanvasElement>()) {
            let (scene, width, height) = still(state.session(), &index, 1000.0, Still::Figure(state.vocabulary()));
            if let Some(mut brush) = painter::prepare(&canvas, width, height, 2.0) {
                brush.paint(&scene.shapes, &palette);
            }
            let _ = canvas.style().remove_property("height");
            let _ = canvas.style().set_property("width", "100%");
        }
        Vec::new()
    }
}

/// Whether time runs down, because there is no room for names beside a picture that can be read.
pub(super) fn is_vertical(state: &Shared) -> bool {
    state.width() < if state.presentation().is_embed { Window::NARROW_EMBED } else { Window::NARROW + NodeCard::COLUMN }
}

/// Writes into the document what tests need to aim at the picture.
fn tell(canvas: &HtmlCanvasElement, window: &Window) {
    let _ = canvas.set_attribute("data-vertical", if window.vertical { "true" } else { "false" });
    let numbers = [
        ("data-offset", window.offset),
        ("data-head", window.head),
        ("data-side", window.side),
        ("data-per-delta", window.per_delta),
        ("data-per-lane", window.per_lane),
    ];
    for (name, number) in numbers {
        let _ = canvas.set_attribute(name, &decimal(number, 4));
    }
}

fn size(place: &NodeRef, side: &str, pixels: f64) {
    if let Some(element) = place.cast::<HtmlElement>() {
        let _ = element.style().set_property(side, &format!("{}px", (pixels + 0.5) as u64));
    }
}

fn offset(event: &web_sys::MouseEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

pub(super) fn device_pixels() -> f64 {
    within(web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()), 1.0, 3.0)
}
