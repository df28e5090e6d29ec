//! The timeline as SVG.

use std::rc::Rc;

use yew::prelude::*;

use super::Shared;
use super::state::{Action, Selection};
use crate::protocol::Phase;
use crate::types::{NodeId, Time};
use crate::view::{Arrow, Band, Lane, Layout, Mark, MarkKind, NodeCard, Panels, Timeline, Tip};

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) state: Shared,
    pub(super) timeline: Rc<Timeline>,
    pub(super) panels: Rc<Panels>,
    /// Of the element that holds it, in pixels.
    pub(super) width: f64,
}

/// What the pieces of one drawing share.
struct Pen<'a> {
    layout: Layout,
    timeline: &'a Timeline,
    state: &'a Shared,
}

#[component]
pub(super) fn Drawing(props: &Props) -> Html {
    if props.width <= 0.0 {
        return html! {};
    }
    let timeline = &*props.timeline;
    let nodes = timeline.lanes.len();
    let layout = Layout::fit(props.width, nodes, timeline.end);
    let pen = Pen { layout, timeline, state: &props.state };
    let (width, height) = layout.size(nodes, timeline.end);
    let label = format!(
        "Space-time diagram of {nodes} processes at {}Δ: {} messages sent, {} lost.",
        timeline.now, props.panels.messages_sent, props.panels.messages_lost
    );
    let arrows = timeline.arrows.iter();
    html! {
        <svg class={classes!("timeline", layout.vertical.then_some("vertical"))} width={width.to_string()} height={height.to_string()}
            viewBox={format!("0 0 {width} {height}")} role="group" aria-label={label} tabindex="0">
            <defs>{ for Phase::ALL.map(arrowhead) }</defs>
            { for timeline.bands.iter().map(|band| pen.band(band)) }
            { pen.grid() }
            { for timeline.lanes.iter().map(|lane| pen.lane(lane, &props.panels.nodes[lane.node.index()])) }
            <g class="arrows">{ for arrows.map(|arrow| pen.arrow(arrow)) }</g>
            <g class="marks">{ for timeline.marks.iter().map(|mark| pen.mark(mark)) }</g>
            { pen.now() }
        </svg>
    }
}

/// `1a` → `p1a`: a class for colours and dashes.
pub(super) fn phase_class(phase: Phase) -> String {
    format!("p{}", phase.label())
}

fn arrowhead(phase: Phase) -> Html {
    html! {
        <marker id={format!("head-{}", phase.label())} class={classes!("head", phase_class(phase))} viewBox="0 0 10 10"
            refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0.8 L10 5 L0 9.2 z" />
        </marker>
    }
}

impl Pen<'_> {
    fn point(&self, time: Time, node: NodeId) -> (f64, f64) {
        self.layout.point(time.as_deltas(), f64::from(node.0))
    }

    /// From the first lane to the last, and a little more.
    fn across(&self, time: f64) -> ((f64, f64), (f64, f64)) {
        let last = self.timeline.lanes.len() as f64 - 1.0;
        (self.layout.point(time, -0.42), self.layout.point(time, last + 0.42))
    }

    fn grid(&self) -> Html {
        let end = self.timeline.end.as_deltas() + 0.25;
        // A long run has a line every few Δ only.
        let every = (28.0 / self.layout.per_delta).ceil().max(1.0) as usize;
        let line = |delta: usize| {
            let ((x1, y1), (x2, y2)) = self.across(delta as f64);
            let (x, y) = if self.layout.vertical { (6.0, y1 + 4.0) } else { (x1, 16.0) };
            let anchor = if self.layout.vertical { "start" } else { "middle" };
            html! {
                <>
                    <line x1={x1.to_string()} y1={y1.to_string()} x2={x2.to_string()} y2={y2.to_string()} />
                    <text x={x.to_string()} y={y.to_string()} text-anchor={anchor}>{ format!("{delta}Δ") }</text>
                </>
            }
        };
        html! { <g class="grid" aria-hidden="true">{ for (0..=end as usize).step_by(every).map(line) }</g> }
    }

    fn band(&self, band: &Band) -> Html {
        let (from, until) = (band.from.as_deltas(), band.until.as_deltas());
        let strip = |lane: &Lane| {
            let place = f64::from(lane.node.0);
            let (x1, y1) = self.layout.point(from, place - 0.5);
            let (x2, y2) = self.layout.point(until, place + 0.5);
            let group = band.groups.get(lane.node.index()).map(|group| format!("group-{}", group % 4));
            html! {
                <rect class={classes!("strip", group)} x={x1.to_string()} y={y1.to_string()}
                    width={(x2 - x1).max(0.0).to_string()} height={(y2 - y1).max(0.0).to_string()} />
            }
        };
        let (x, y) = self.layout.point(from, -0.5);
        let (x, y) = if self.layout.vertical { (x + 4.0, y + 12.0) } else { (x + 4.0, y + 2.0) };
        html! {
            <g class="band">
                { for self.timeline.lanes.iter().filter(|_| !band.groups.is_empty()).map(strip) }
                <text x={x.to_string()} y={y.to_string()}>{ format!("✂ {}", band.label) }</text>
            </g>
        }
    }

    fn lane(&self, lane: &Lane, card: &NodeCard) -> Html {
        let end = self.timeline.end.plus(Time(Time::DELTA.0 / 4));
        let mut pieces = Vec::new();
        let mut since = Time::ZERO;
        for gap in &lane.gaps {
            pieces.push(self.segment(lane, since, gap.from, "up"));
            let until = if gap.until >= self.timeline.end { end } else { gap.until };
            pieces.push(self.segment(lane, gap.from, until, "down"));
            pieces.push(self.crash(lane, gap.from));
            since = until;
        }
        pieces.push(self.segment(lane, since, end, "up"));
        let learned = |mark: &&Mark| mark.kind == MarkKind::Learned && mark.node == lane.node;
        if let Some(flag) = self.timeline.marks.iter().find(learned) {
            pieces.push(self.segment(lane, flag.time, self.timeline.now.max(flag.time), "knows"));
        }
        html! { <g class="lane">{ for pieces }{ self.name(lane, card) }</g> }
    }

    fn segment(&self, lane: &Lane, from: Time, until: Time, class: &'static str) -> Html {
        if until <= from {
            return html! {};
        }
        let ((x1, y1), (x2, y2)) = (self.point(from, lane.node), self.point(until, lane.node));
        html! { <line {class} x1={x1.to_string()} y1={y1.to_string()} x2={x2.to_string()} y2={y2.to_string()} /> }
    }

    fn crash(&self, lane: &Lane, at: Time) -> Html {
        let (x, y) = self.point(at, lane.node);
        html! {
            <g class="crash">
                <title>{ format!("{} crashes at {at}Δ", lane.name) }</title>
                { cross(x, y, 6.0) }
            </g>
        }
    }

    /// The lane's name and what the node remembers, as a button.
    fn name(&self, lane: &Lane, card: &NodeCard) -> Html {
        let (x, y) = self.layout.point(0.0, f64::from(lane.node.0));
        let selected = self.state.selection() == Selection::Node(lane.node);
        let select = self.select(Selection::Node(lane.node));
        let class = classes!("name", selected.then_some("selected"), (!card.up).then_some("off"));
        let lines = card.cells.iter().map(|(name, text)| format!("{name} {text}"));
        let status = if card.up { "up" } else { "down" };
        let label = format!("{}, {status}: {}", lane.name, lines.clone().collect::<Vec<_>>().join(", "));
        let (click, key) = (select.clone(), on_enter(select));
        if self.layout.vertical {
            let width = self.layout.per_lane.min(44.0) - 4.0;
            return html! {
                <g {class} role="button" tabindex="0" aria-label={label} onclick={click} onkeydown={key}>
                    <rect x={(x - width / 2.0).to_string()} y="4" width={width.to_string()} height="26" rx="6" />
                    <text class="node" x={x.to_string()} y="22" text-anchor="middle">{ &lane.name }</text>
                </g>
            };
        }
        let height = self.layout.per_lane.min(64.0) - 6.0;
        let roomy = self.layout.per_lane >= 60.0;
        let small = |(place, line): (usize, String)| {
            let top = y - 18.0 + 13.0 * place as f64;
            html! { <text class="cell" x="38" y={top.to_string()}>{ clipped(&line, 17) }</text> }
        };
        html! {
            <g {class} role="button" tabindex="0" aria-label={label.clone()} onclick={click} onkeydown={key}>
                <title>{ label }</title>
                <rect x="2" y={(y - height / 2.0).to_string()} width={(self.layout.head - 18.0).to_string()}
                    height={height.to_string()} rx="8" />
                <text class="node" x="12" y={(y + 6.0).to_string()}>{ clipped(&lane.name, if roomy { 6 } else { 16 }) }</text>
                if roomy {
                    { for lines.enumerate().map(small) }
                    if !card.up { <text class="cell off" x="38" y={(y + 34.0).to_string()}>{ "down" }</text> }
                }
            </g>
        }
    }

    fn arrow(&self, arrow: &Arrow) -> Html {
        let (x1, y1) = self.point(arrow.sent, arrow.from);
        let (x2, y2) = self.point(arrow.due, arrow.to);
        let reach = if matches!(arrow.tip, Tip::Lost(_)) { arrow.reach.max(0.08) } else { arrow.reach };
        // Stop short of the lane, so that heads and marks do not cover each other.
        let length = (x2 - x1).hypot(y2 - y1).max(1.0);
        let short = if arrow.tip == Tip::Landed { 1.0 - 6.0 / length } else { reach };
        let (x, y) = (x1 + (x2 - x1) * short, y1 + (y2 - y1) * short);
        let selected = self.state.selection() == Selection::Message(arrow.id);
        let lost = matches!(arrow.tip, Tip::Lost(_));
        let class = classes!(
            "arrow",
            phase_class(arrow.phase),
            selected.then_some("selected"),
            lost.then_some("lost"),
            arrow.is_copy.then_some("copy"),
        );
        let head = (!lost).then(|| format!("url(#head-{})", arrow.phase.label()));
        let [sx1, sy1, sx2, sy2, sx, sy] = [x1, y1, x2, y2, x, y].map(|pixel| format!("{pixel:.1}"));
        let ghost = arrow.tip == Tip::InFlight;
        html! {
            <g key={arrow.id.0} {class} data-message={arrow.id.0.to_string()} data-kind={arrow.label}
                onclick={self.select(Selection::Message(arrow.id))}>
                <title>{ &arrow.title }</title>
                if ghost { <line class="ghost" x1={sx1.clone()} y1={sy1.clone()} x2={sx2} y2={sy2} /> }
                <line class="hit" x1={sx1.clone()} y1={sy1.clone()} x2={sx.clone()} y2={sy.clone()} />
                <line class="body" x1={sx1} y1={sy1} x2={sx} y2={sy} marker-end={head} />
                if lost { { cross(x, y, 5.0) } }
                if arrow.is_labelled { { self.arrow_label(arrow, (x1, y1), (x2, y2), reach) } }
            </g>
        }
    }

    /// Along the line, on the side where the fan's other arrows are not; only where there is room for it.
    fn arrow_label(&self, arrow: &Arrow, (x1, y1): (f64, f64), (x2, y2): (f64, f64), reach: f64) -> Html {
        let room = (x2 - x1).hypot(y2 - y1) - 24.0;
        if reach < 0.55 || room < 6.4 * arrow.label.len() as f64 {
            return html! {};
        }
        let (hub, _) = arrow.hub();
        let other = if hub == arrow.from { arrow.to } else { arrow.from };
        let (x, y) = (f64::midpoint(x1, x2), f64::midpoint(y1, y2));
        let mut angle = (y2 - y1).atan2(x2 - x1).to_degrees();
        // In a vertical picture lanes lie side by side, so "the far side" is right of the hub instead of below it.
        let mut far_side = if self.layout.vertical { hub > other } else { hub < other };
        if angle > 90.0 || angle < -90.0 {
            angle += 180.0;
            far_side = !far_side;
        }
        if self.layout.vertical && angle < 0.0 {
            far_side = !far_side;
        }
        let shift = if far_side { 13.0 } else { -5.0 };
        html! {
            <text class="label" text-anchor="middle" dy={shift.to_string()}
                transform={format!("translate({x:.1} {y:.1}) rotate({angle:.2})")}>{ arrow.label }</text>
        }
    }

    fn mark(&self, mark: &Mark) -> Html {
        let (x, y) = self.point(mark.time, mark.node);
        let (sx, sy) = (format!("{x:.1}"), format!("{y:.1}"));
        let beside = |class: &'static str| {
            let (dx, dy, anchor) = if self.layout.vertical { (9.0, -7.0, "start") } else { (0.0, -11.0, "middle") };
            html! {
                <text {class} x={(x + dx).to_string()} y={(y + dy).to_string()} text-anchor={anchor}>{ &mark.label }</text>
            }
        };
        let shape = match mark.kind {
            MarkKind::Tried => html! { <>{ beside("ballot") }<circle class="tried" cx={sx} cy={sy} r="7" /></> },
            MarkKind::Promised => html! { <circle class="promised" cx={sx} cy={sy} r="4.5" /> },
            MarkKind::Began => html! {
                <rect class="began" x={format!("{:.1}", x - 7.0)} y={format!("{:.1}", y - 7.0)} width="14" height="14" rx="2" />
            },
            MarkKind::Voted => html! { <circle class="voted" cx={sx} cy={sy} r="4.5" /> },
            MarkKind::Learned => self.flag(mark, x, y),
            MarkKind::Refused => html! {
                <g class="refused">
                    <circle cx={sx} cy={sy} r="6" />
                    <line x1={(x - 3.5).to_string()} y1={y.to_string()} x2={(x + 3.5).to_string()} y2={y.to_string()} />
                </g>
            },
        };
        html! { <g class="mark"><title>{ &mark.title }</title>{ shape }</g> }
    }

    fn flag(&self, mark: &Mark, x: f64, y: f64) -> Html {
        let width = 14.0 + 7.2 * mark.label.chars().count() as f64;
        let (left, top) = if self.layout.vertical { (x - width / 2.0, y + 7.0) } else { (x, y - 27.0) };
        html! {
            <g class="learned">
                if !self.layout.vertical {
                    <line x1={x.to_string()} y1={y.to_string()} x2={x.to_string()} y2={top.to_string()} />
                }
                <rect x={left.to_string()} y={top.to_string()} width={width.to_string()} height="18" rx="4" />
                <text x={(left + width / 2.0).to_string()} y={(top + 13.0).to_string()} text-anchor="middle">{ &mark.label }</text>
            </g>
        }
    }

    fn now(&self) -> Html {
        let ((x1, y1), (x2, y2)) = self.across(self.timeline.now.as_deltas());
        let (dx, dy) = if self.layout.vertical { (-5.0, 0.0) } else { (0.0, -5.0) };
        html! {
            <g class="now" aria-hidden="true">
                <line x1={(x1 + dx).to_string()} y1={(y1 + dy).to_string()} x2={x2.to_string()} y2={y2.to_string()} />
                <circle cx={(x1 + dx).to_string()} cy={(y1 + dy).to_string()} r="4" />
            </g>
        }
    }

    fn select<E>(&self, selection: Selection) -> Callback<E> {
        let state = self.state.clone();
        Callback::from(move |_| state.dispatch(Action::Select(selection)))
    }
}

/// Enter and Space press what looks like a button.
fn on_enter(press: Callback<MouseEvent>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            event.stop_propagation();
            if let Ok(click) = MouseEvent::new("click") {
                press.emit(click);
            }
        }
    })
}

fn cross(x: f64, y: f64, size: f64) -> Html {
    let (left, top, side) = (x - size, y - size, 2.0 * size);
    let path = format!("M{left:.1} {top:.1} l{side} {side} m0 -{side} l-{side} {side}");
    html! { <path class="cross" d={path} /> }
}

fn clipped(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters - 1).chain(['…']).collect()
}
