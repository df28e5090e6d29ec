//! The timeline as SVG.

use yew::prelude::*;

use super::state::{Action, Selection};
use super::transport::act;
use super::{Shared, class};
use crate::protocol::Phase;
use crate::types::{NodeId, Time};
use crate::view::{Arrow, Band, Gap, Lane, Layout, Mark, MarkKind, NodeCard, Timeline, Tip};

/// What the pieces of one drawing share.
struct Pen<'a> {
    layout: Layout,
    timeline: &'a Timeline,
    state: &'a Shared,
}

/// The classes of what belongs to a group of a partition; of more groups, colours come back.
const STRIPS: [&str; 4] = ["strip group-0", "strip group-1", "strip group-2", "strip group-3"];

/// How long a message is drawn that never left.
const STUB: f64 = 34.0;

/// How long a message must be to have a head.
const HEAD: f64 = 9.0;

/// A place in the drawing, in pixels.
type Point = (f64, f64);

/// The whole drawing, in so many pixels of width.
pub(super) fn drawing(state: &Shared, timeline: &Timeline, cards: &[NodeCard], width: f64) -> Html {
    let counts = state.session().trace().message_counts(state.session().cursor().events);
    if width <= 0.0 {
        return html! {};
    }
    let nodes = timeline.lanes.len();
    let layout = Layout::fit(width, nodes, timeline.end);
    let pen = Pen { layout, timeline, state };
    let (width, height) = layout.size(nodes, timeline.end);
    let (width, height) = (px(width), px(height));
    let label = format!(
        "Space-time diagram of {nodes} processes at {}Δ: {} messages sent, {} lost.",
        timeline.now, counts.sent, counts.lost
    );
    let names = if layout.vertical {
        (width.clone(), px(layout.head - 26.0))
    } else {
        (px(layout.head - 12.0), height.clone())
    };
    // How far each lane is covered by the flags that are drawn already.
    let mut covered = vec![0.0; nodes];
    // The names are a drawing of their own that stays while the other one scrolls below it.
    html! {
        <div class={class("drawing", &[("vertical", layout.vertical)])}>
            <svg class="timeline names" width={names.0.clone()} height={names.1.clone()} role="group" aria-label="Processes">
                { for timeline.lanes.iter().map(|lane| pen.name(lane, &cards[lane.node.index()])) }
            </svg>
            <svg class={class("timeline", &[("vertical", layout.vertical)])} viewBox={format!("0 0 {width} {height}")}
                style={if layout.vertical { format!("margin-top:-{}px", names.1) } else { format!("margin-left:-{}px", names.0) }}
                {width} {height} role="group" aria-label={label} tabindex="0">
                <defs>{ for Phase::ALL.map(arrowhead) }</defs>
                { for timeline.bands.iter().map(|band| pen.band(band)) }
                { pen.grid() }
                { for timeline.lanes.iter().map(|lane| pen.lane(lane)) }
                { pen.now() }
                <g class="arrows">{ for timeline.arrows.iter().map(|arrow| pen.arrow(arrow)) }</g>
                <g class="marks">{ for timeline.marks.iter().map(|mark| pen.mark(mark, &mut covered)) }</g>
            </svg>
        </div>
    }
}

/// `1a` → `p1a`: a class for colours and dashes.
pub(super) fn phase_class(phase: Phase) -> String {
    format!("p{}", phase.label())
}

fn arrowhead(phase: Phase) -> Html {
    html! {
        <marker id={format!("head-{}", phase.label())} class={class("head", &[(&phase_class(phase), true)])}
            viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0.8 L10 5 L0 9.2 z" />
        </marker>
    }
}

impl Pen<'_> {
    fn point(&self, time: Time, node: NodeId) -> Point {
        self.layout.point(time.as_deltas(), f64::from(node.0))
    }

    /// From the first lane to the last, and a little more.
    fn across(&self, time: f64) -> (Point, Point) {
        let last = self.timeline.lanes.len() as f64 - 1.0;
        (self.layout.point(time, -0.42), self.layout.point(time, last + 0.42))
    }

    fn grid(&self) -> Html {
        let end = self.timeline.end.as_deltas() + 0.25;
        // A long run has a line every few Δ only.
        let every = (28.0 / self.layout.per_delta).ceil().max(1.0) as usize;
        let mut pieces = Vec::new();
        for delta in (0..=end as usize).step_by(every) {
            let (first, last) = self.across(delta as f64);
            let (at, anchor) =
                if self.layout.vertical { ((6.0, first.1 + 4.0), "start") } else { ((first.0, 16.0), "middle") };
            pieces.push(line("delta", first, last));
            pieces.push(text("delta", at, anchor, &format!("{delta}Δ")));
        }
        html! { <g class="grid" aria-hidden="true">{ for pieces }</g> }
    }

    fn band(&self, band: &Band) -> Html {
        let (from, until) = (band.from.as_deltas(), band.until.as_deltas());
        let mut pieces = Vec::new();
        for (lane, group) in self.timeline.lanes.iter().zip(&band.groups) {
            let place = f64::from(lane.node.0);
            let (x1, y1) = self.layout.point(from, place - 0.5);
            let (x2, y2) = self.layout.point(until, place + 0.5);
            pieces.push(rect(STRIPS[usize::from(group % 4)], (x1, y1), (x2 - x1, y2 - y1), 0.0));
        }
        // In the corner where the fewest messages are.
        let (x, y) = self.layout.point(from, self.timeline.lanes.len() as f64 - 0.5);
        let (at, anchor) =
            if self.layout.vertical { ((x - 4.0, y + 14.0), "end") } else { ((x + 6.0, y - 6.0), "start") };
        pieces.push(text("what", at, anchor, &format!("✂ {}", band.label)));
        group("band", pieces)
    }

    fn lane(&self, lane: &Lane) -> Html {
        let end = self.timeline.end.plus(Time(Time::DELTA.0 / 4));
        let mut pieces = Vec::new();
        let mut segment = |class: &'static str, from: Time, until: Time| {
            if from < until {
                pieces.push(line(class, self.point(from, lane.node), self.point(until, lane.node)));
            }
        };
        let mut since = Time::ZERO;
        for gap in &lane.gaps {
            segment("up", since, gap.from);
            since = if gap.until >= self.timeline.end { end } else { gap.until };
            segment("down", gap.from, since);
        }
        segment("up", since, end);
        if let Some(since) = lane.knows {
            segment("knows", since, self.timeline.now);
        }
        pieces.extend(lane.leads.iter().map(|gap| self.leads(lane, gap)));
        pieces.extend(lane.gaps.iter().map(|gap| self.crash(lane, gap.from)));
        group("track", pieces)
    }

    /// A strip beside the lane, as long as the node thinks that it leads.
    fn leads(&self, lane: &Lane, gap: &Gap) -> Html {
        let until = gap.until.min(self.timeline.now);
        let beside = |(x, y): Point| if self.layout.vertical { (x - 5.0, y) } else { (x, y + 5.0) };
        let (from, to) = (beside(self.point(gap.from, lane.node)), beside(self.point(until, lane.node)));
        html! {
            <g class="leads">
                <title>{ format!("{} thinks from {}Δ to {until}Δ that it leads", lane.name, gap.from) }</title>
                { line("strip", from, to) }
            </g>
        }
    }

    fn crash(&self, lane: &Lane, at: Time) -> Html {
        html! {
            <g class="crash">
                <title>{ format!("{} crashes at {at}Δ", lane.name) }</title>
                { cross(self.point(at, lane.node), 6.0) }
            </g>
        }
    }

    /// The lane's name and what the node remembers, as a button.
    fn name(&self, lane: &Lane, card: &NodeCard) -> Html {
        let Layout { vertical, per_lane, head, .. } = self.layout;
        let (x, y) = self.point(Time::ZERO, lane.node);
        let lines: Vec<_> = card.cells.iter().map(|(name, text)| format!("{name} {text}")).collect();
        let pieces = if vertical {
            let width = per_lane.min(44.0) - 4.0;
            vec![
                rect("place", (x - width / 2.0, 4.0), (width, 26.0), 6.0),
                text("node", (x, 22.0), "middle", &lane.name),
            ]
        } else {
            let height = per_lane.min(64.0) - 6.0;
            let roomy = per_lane >= 60.0;
            let name = clipped(&lane.name, if roomy { 6 } else { 16 });
            let mut pieces = vec![
                rect("place", (2.0, y - height / 2.0), (head - 18.0, height), 8.0),
                text("node", (12.0, y + 6.0), "start", &name),
            ];
            for (place, line) in lines.iter().enumerate().filter(|_| roomy) {
                pieces.push(text("cell", (38.0, y - 18.0 + 13.0 * place as f64), "start", &clipped(line, 21)));
            }
            if roomy && !card.up {
                pieces.push(text("cell off", (38.0, y - 18.0 + 13.0 * lines.len() as f64), "start", "down"));
            }
            pieces
        };
        let selection = Selection::Node(lane.node);
        let class = class("name", &[("selected", self.state.selection() == selection), ("off", !card.up)]);
        let label = format!("{}, {}: {}", lane.name, if card.up { "up" } else { "down" }, lines.join(", "));
        html! {
            <g class="lane">
                <g {class} role="button" tabindex="0" aria-label={label.clone()} onclick={act(self.state, Action::Select(selection))}
                    onkeydown={self.select_by_key(selection)}>
                    <title>{ label }</title>
                    { for pieces }
                </g>
            </g>
        }
    }

    fn arrow(&self, arrow: &Arrow) -> Html {
        let (from, to) = (self.point(arrow.sent, arrow.from), self.point(arrow.due, arrow.to));
        let lost = matches!(arrow.tip, Tip::Lost(_));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1.0);
        // What did not even leave is drawn a little way, so that one sees where it was going.
        let reach = if lost { arrow.reach.max((STUB / length).min(1.0)) } else { arrow.reach };
        // Stop short of the lane, so that heads and marks do not cover each other.
        let short = if arrow.tip == Tip::Landed { 1.0 - 6.0 / length } else { reach };
        let end = (from.0 + dx * short, from.1 + dy * short);
        let mut pieces = Vec::new();
        if arrow.tip == Tip::InFlight {
            pieces.push(line("ghost", from, to));
        }
        pieces.push(line("hit", from, end));
        let has_head = !lost && length * short > HEAD && arrow.phase != Phase::Election;
        pieces.push(shaft(arrow.phase, from, end, has_head));
        if lost {
            pieces.push(cross(end, 5.0));
        }
        // Along the line, only where there is room for it.
        if arrow.is_labelled && reach >= 0.55 && length - 24.0 >= 6.4 * arrow.label.len() as f64 {
            let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
            pieces.push(self.arrow_label(arrow, middle, (dx / length, dy / length)));
        }
        let selection = Selection::Message(arrow.id);
        let chosen = self.state.selection() == selection;
        let others =
            [(&*phase_class(arrow.phase), true), ("selected", chosen), ("lost", lost), ("copy", arrow.is_copy)];
        html! {
            <g key={arrow.id.0} class={class("arrow", &others)} data-message={arrow.id.0.to_string()}
                data-kind={arrow.label} onclick={act(self.state, Action::Select(selection))}>
                <title>{ &arrow.title }</title>
                { for pieces }
            </g>
        }
    }

    /// On the side where the fan's other arrows are not. The way is of length 1.
    fn arrow_label(&self, arrow: &Arrow, middle: Point, way: Point) -> Html {
        let (hub, _) = arrow.hub();
        let other = if hub == arrow.from { arrow.to } else { arrow.from };
        // Text runs to the right. In a vertical picture lanes lie side by side, so "the far side" is right of the hub
        // instead of below it.
        let (cos, sin) = if way.0 < 0.0 { (-way.0, -way.1) } else { way };
        let far_side = (hub < other) ^ self.layout.vertical ^ (way.0 < 0.0);
        let matrix = [cos, sin, -sin, cos].map(|part| decimal(part, 4)).join(" ");
        html! {
            <text class="label" text-anchor="middle" dy={if far_side { "13" } else { "-5" }}
                transform={format!("matrix({matrix} {} {})", px(middle.0), px(middle.1))}>{ arrow.label }</text>
        }
    }

    fn mark(&self, mark: &Mark, covered: &mut [f64]) -> Html {
        let at = self.point(mark.time, mark.node);
        let (x, y) = at;
        let shape = match mark.kind {
            MarkKind::Tried => {
                let (beside, anchor) =
                    if self.layout.vertical { ((x + 9.0, y - 7.0), "start") } else { ((x, y - 11.0), "middle") };
                group("try", vec![text("ballot", beside, anchor, &mark.label), circle("tried", at, 7.0)])
            }
            MarkKind::Promised => circle("promised", at, 4.5),
            MarkKind::Began => rect("began", (x - 7.0, y - 7.0), (14.0, 14.0), 2.0),
            MarkKind::Voted => circle("voted", at, 4.5),
            MarkKind::Learned => self.flag(mark, at, &mut covered[mark.node.index()]),
            MarkKind::Leads => {
                let beside = if self.layout.vertical { (x + 7.0, y + 18.0) } else { (x + 2.0, y + 18.0) };
                text("leads", beside, "start", "leads")
            }
            MarkKind::Follows => self.tick("follows", at, 5.0),
            MarkKind::Timer => self.tick("timer", at, 8.0),
            MarkKind::Refused => group("refused", vec![circle("no", at, 6.0), line("no", (x - 3.5, y), (x + 3.5, y))]),
        };
        html! { <g class="mark"><title>{ &mark.title }</title>{ shape }</g> }
    }

    /// A short stroke across the lane.
    fn tick(&self, class: &'static str, (x, y): Point, half: f64) -> Html {
        let (dx, dy) = if self.layout.vertical { (half, 0.0) } else { (0.0, half) };
        line(class, (x - dx, y - dy), (x + dx, y + dy))
    }

    /// Says all it can where there is room for it; flags never cover each other. `covered` is how far those before reach.
    fn flag(&self, mark: &Mark, (x, y): Point, covered: &mut f64) -> Html {
        let width = |words: &str| 12.0 + 6.8 * words.chars().count() as f64;
        let vertical = self.layout.vertical;
        let (along, room) = if vertical { (y, 20.0) } else { (x, width(&mark.label)) };
        let is_short = if vertical { width(&mark.label) > self.layout.per_lane } else { along < *covered };
        // A flag on the lane itself is small, and one can still read what it says.
        if along < *covered && (vertical || along + width(&mark.brief) < *covered + 18.0) {
            return group("learned", vec![circle("knot", (x, y), 4.5)]);
        }
        let (words, shift) = if is_short {
            (&mark.brief, if vertical { 0.0 } else { (*covered - x).max(0.0) })
        } else {
            (&mark.label, 0.0)
        };
        let width = width(words);
        *covered = along + if vertical { room } else { shift + width + 1.0 };
        // At the end of the picture it hangs to the left.
        let edge = self.layout.size(self.timeline.lanes.len(), self.timeline.end).0 - width;
        let (left, top) = if vertical { (x - width / 2.0, y + 7.0) } else { ((x + shift).min(edge), y - 27.0) };
        let mut pieces = vec![
            rect("cloth", (left, top), (width, 18.0), 4.0),
            text("words", (left + width / 2.0, top + 13.0), "middle", words),
        ];
        if !vertical {
            pieces.insert(0, line("pole", (x, y), (left.max(x), top + 17.0)));
        }
        group("learned", pieces)
    }

    fn now(&self) -> Html {
        let ((x, y), last) = self.across(self.timeline.now.as_deltas());
        let first = if self.layout.vertical { (x - 5.0, y) } else { (x, y - 5.0) };
        html! { <g class="now" aria-hidden="true">{ line("since", first, last) }{ circle("until", first, 4.0) }</g> }
    }

    /// Enter and Space press what looks like a button.
    fn select_by_key(&self, selection: Selection) -> Callback<KeyboardEvent> {
        let state = self.state.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                event.stop_propagation();
                state.dispatch(Action::Select(selection));
            }
        })
    }
}

fn group(class: &'static str, pieces: Vec<Html>) -> Html {
    html! { <g {class}>{ for pieces }</g> }
}

fn line(class: &'static str, from: Point, to: Point) -> Html {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(px);
    html! { <line {class} {x1} {y1} {x2} {y2} /> }
}

/// A message's way so far.
fn shaft(phase: Phase, from: Point, to: Point, has_head: bool) -> Html {
    let head = has_head.then(|| format!("url(#head-{})", phase.label()));
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(px);
    html! { <line class="body" {x1} {y1} {x2} {y2} marker-end={head} /> }
}

fn circle(class: &'static str, at: Point, radius: f64) -> Html {
    let [cx, cy, r] = [at.0, at.1, radius].map(px);
    html! { <circle {class} {cx} {cy} {r} /> }
}

fn rect(class: &'static str, corner: Point, size: Point, radius: f64) -> Html {
    let [x, y, width, height, rx] = [corner.0, corner.1, size.0.max(0.0), size.1.max(0.0), radius].map(px);
    html! { <rect {class} {x} {y} {width} {height} {rx} /> }
}

fn text(class: &'static str, at: Point, anchor: &'static str, words: &str) -> Html {
    let [x, y] = [at.0, at.1].map(px);
    html! { <text {class} {x} {y} text-anchor={anchor}>{ words }</text> }
}

fn cross((x, y): Point, size: f64) -> Html {
    let [left, top, side] = [x - size, y - size, 2.0 * size].map(px);
    html! { <path class="cross" d={format!("M{left} {top} l{side} {side} m0 -{side} l-{side} {side}")} /> }
}

/// Pixels, to a tenth.
fn px(length: f64) -> AttrValue {
    decimal(length, 1).into()
}

/// With so many decimals. Printing floats in general would make the page a good deal larger.
fn decimal(number: f64, decimals: usize) -> String {
    let unit = 10_u64.pow(decimals as u32);
    let scaled = (number.abs() * unit as f64 + 0.5) as u64;
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{}.{:0decimals$}", scaled / unit, scaled % unit)
}

fn clipped(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters - 1).chain(['…']).collect()
}
