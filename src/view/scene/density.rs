//! Densities, for windows in which messages could not be told apart: how many messages were sent from each lane in each
//! bin, by phase.

use super::marks::rounded;
use super::strokes::Face;
use super::{Anchor, Emblem, Ink, Pen, Target};
use crate::protocol::{Fact, Phase};
use crate::trace::What;
use crate::types::{NodeId, Time};
use crate::view::index::{Flight, Mark, MarkKind};

/// The width of a bin, in pixels.
const BIN: f64 = 5.0;

/// The width of the bins in which decisions are counted, in pixels.
const KNOT: f64 = 30.0;

/// The largest number of bins.
const BINS_MAX: usize = 1600;

/// The inks of the stacks, from the lane on.
const INKS: [Ink; 6] = [Ink::Phase1, Ink::Phase2, Ink::Phase3, Ink::Nack, Ink::Request, Ink::Soft];

/// The place of a phase's messages in a stack.
const fn layer(phase: Phase) -> usize {
    match phase {
        Phase::OneA | Phase::OneB => 0,
        Phase::TwoA | Phase::Certify | Phase::TwoB => 1,
        Phase::Three => 2,
        Phase::Nack => 3,
        Phase::Request | Phase::Reply => 4,
        Phase::Election => 5,
    }
}

/// Bins: stretches of time of equal length. They are counted from time 0, so that they stay in place while somebody
/// scrolls.
struct Bins {
    /// The number of the first bin in the window.
    first: u64,
    /// How many bins there are.
    count: usize,
    /// The length of a bin, in ticks.
    ticks: u64,
}

impl Bins {
    fn new(pen: &Pen<'_>, pixels: f64) -> Self {
        let ticks = ((pixels / pen.window.per_delta * Time::DELTA.0 as f64) as u64).max(1);
        let first = pen.from.0 / ticks;
        let count = ((pen.until.0 / ticks).saturating_sub(first) as usize + 1).min(BINS_MAX);
        Self { first, count, ticks }
    }

    /// When a bin begins.
    fn start(&self, bin: usize) -> Time {
        Time((self.first + bin as u64) * self.ticks)
    }

    /// The bin of an instant.
    fn of(&self, time: Time) -> Option<usize> {
        let bin = (time.0 / self.ticks).checked_sub(self.first)? as usize;
        (bin < self.count).then_some(bin)
    }
}

impl Pen<'_> {
    #[inline(never)]
    pub(super) fn density(&mut self, flights: &[Flight], marks: &[Mark]) {
        let bins = Bins::new(self, BIN * if self.is_tiny { 0.6 } else { 1.0 });
        self.stacks(&bins, flights);
        self.rug(&bins, marks);
        self.losses(&bins);
        self.knots();
    }

    /// Bars beside the lanes.
    #[inline(never)]
    fn stacks(&mut self, bins: &Bins, flights: &[Flight]) {
        let mut counts = vec![[0_u16; INKS.len()]; self.nodes * bins.count];
        // Flights are in the order sent, so the next flight is in this bin or a later one.
        let (mut bin, mut next) = (0, bins.start(1));
        for flight in flights.iter().filter(|flight| flight.sent >= self.from) {
            while flight.sent >= next {
                bin += 1;
                next = bins.start(bin + 1);
            }
            if bin >= bins.count {
                break;
            }
            let count = &mut counts[flight.from.index() * bins.count + bin][layer(flight.phase)];
            *count = count.saturating_add(1).min(u16::MAX / INKS.len() as u16);
        }
        // A node that leads one ballot after another fills its stack; with the square root, a few messages are still
        // visible beside many.
        let height_max = (0.6 * self.window.per_lane).min(26.0);
        let full = 0.6 * self.nodes as f64 * (bins.ticks as f64 / Time::DELTA.0 as f64).max(1.7);
        for counts in &mut counts {
            let total = f64::from(counts.iter().sum::<u16>());
            let scale = if total > 0.0 { (total / full).sqrt().min(1.0) * height_max / total } else { 0.0 };
            for count in counts.iter_mut().filter(|count| **count > 0) {
                *count = (f64::from(*count) * scale).round().max(1.0) as u16;
            }
        }
        let mut base = vec![0_u16; counts.len()];
        for (layer, ink) in INKS.into_iter().enumerate() {
            for node in NodeId::all(self.nodes) {
                let lane = node.index() * bins.count..(node.index() + 1) * bins.count;
                let mut place = 0;
                while place < bins.count {
                    let (counts, base) = (&counts[lane.clone()], &mut base[lane.clone()]);
                    let (foot, tall) = (base[place], counts[place][layer]);
                    // Neighbours of the same height share a rectangle.
                    let since = place;
                    while place < bins.count && base[place] == foot && counts[place][layer] == tall {
                        base[place] += tall;
                        place += 1;
                    }
                    if tall > 0 {
                        self.bar(bins, node, (since, place), (foot, tall), ink);
                    }
                }
            }
        }
    }

    fn bar(&mut self, bins: &Bins, node: NodeId, (since, until): (usize, usize), (foot, tall): (u16, u16), ink: Ink) {
        let foot = -1.5 - f64::from(foot);
        let one = self.beside(self.point(bins.start(since), node), 0.0, foot);
        let other = self.beside(self.point(bins.start(until), node), 0.0, foot - f64::from(tall));
        self.rect(one, other, 0.0, ink, 0.85);
    }

    /// Draws beside the lanes which ballots were tried, and where something was learned.
    #[inline(never)]
    fn rug(&mut self, bins: &Bins, marks: &[Mark]) {
        let mut tried = vec![usize::MAX; self.nodes];
        // For each lane, a run of bins in which something was learned: the first bin, and the bin after the last.
        let mut rows = vec![(0, 0); self.nodes];
        let (mut bin, mut next) = (0, bins.start(1));
        for mark in marks.iter().filter(|mark| mark.time >= bins.start(0)) {
            while mark.time >= next {
                bin += 1;
                next = bins.start(bin + 1);
            }
            let lane = mark.node.index();
            match mark.kind {
                MarkKind::Tried if tried[lane] != bin => {
                    tried[lane] = bin;
                    let at = self.point(mark.time, mark.node);
                    let (one, other) = (self.beside(at, 0.0, 2.0), self.beside(at, 0.0, 9.0 * self.scale));
                    self.line(one, other, Ink::Phase1, 1.5, super::Dash::Solid, 1.0);
                }
                MarkKind::Learned if bin > rows[lane].1 || rows[lane].1 == 0 => {
                    self.row(bins, mark.node, rows[lane]);
                    rows[lane] = (bin, bin + 1);
                }
                MarkKind::Learned => rows[lane].1 = bin + 1,
                _ => {}
            }
        }
        for node in NodeId::all(self.nodes) {
            self.row(bins, node, rows[node.index()]);
        }
    }

    fn row(&mut self, bins: &Bins, node: NodeId, (since, until): (usize, usize)) {
        if since < until {
            let one = self.beside(self.point(bins.start(since), node), 0.0, -1.5);
            let other = self.beside(self.point(bins.start(until), node), 0.0, 1.5);
            self.rect(one, other, 0.0, Ink::Knows, 1.0);
        }
    }

    #[inline(never)]
    fn losses(&mut self, bins: &Bins) {
        let (losses, shown) = (&self.index.losses, self.shown);
        let first = losses.partition_point(|lost| lost.time < bins.start(0));
        let mut last = vec![usize::MAX; self.nodes];
        for lost in losses[first..].iter().take_while(|lost| (lost.event.0 as usize) < shown) {
            let Some(bin) = bins.of(lost.time) else { break };
            if std::mem::replace(&mut last[lost.node.index()], bin) != bin {
                let at = self.point(lost.time, lost.node);
                let (one, other) = (self.beside(at, 0.0, 3.0), self.beside(at, 0.0, 10.0 * self.scale));
                self.line(one, other, Ink::Bad, 1.5, super::Dash::Solid, 0.9);
            }
        }
    }

    /// Draws a knot for each decree where it was learned for the first time; several that are near each other share a
    /// knot with their number.
    #[inline(never)]
    fn knots(&mut self) {
        let bins = Bins::new(self, KNOT);
        let (index, shown) = (self.index, self.shown);
        let first = index.decisions.partition_point(|(_, time)| *time < bins.start(0));
        // For each lane its last knot: the bin, the first decision, and how many decisions there are.
        let mut knots = vec![None; self.nodes];
        for (event, time) in index.decisions[first..].iter().take_while(|(event, _)| (event.0 as usize) < shown) {
            let Some(bin) = bins.of(*time) else { break };
            let What::Stated(node, _) = self.trace.event(*event).what else { continue };
            match &mut knots[node.index()] {
                Some((known, _, count)) if *known == bin => *count += 1,
                last => {
                    if let Some((_, event, count)) = last.replace((bin, *event, 1)) {
                        self.knot(event, count);
                    }
                }
            }
        }
        for (_, event, count) in knots.into_iter().flatten() {
            self.knot(event, count);
        }
    }

    fn knot(&mut self, event: crate::trace::EventId, count: u32) {
        let happened = self.trace.event(event);
        let What::Stated(node, Fact::Learned(instance, vote)) = happened.what else { return };
        let at = self.point(happened.time, node);
        let emblem = if count > 1 { Emblem::SEVERAL } else { Emblem::of(vote.value) };
        self.shapes.push(emblem.shape(at, 5.5, 1.0));
        let words = match self.index.took(self.trace.scenario.protocol, instance, vote, happened.time) {
            _ if count > 1 => format!("×{count}"),
            Some(took) if took != happened.time => format!("+{}Δ", rounded(took)),
            Some(took) => format!("{}Δ", rounded(took)),
            None => String::new(),
        };
        let (x, y) = self.beside(at, 0.0, 7.0);
        let (place, anchor) =
            if self.window.vertical { ((x, y + 4.0), Anchor::Start) } else { ((x, y + 9.0), Anchor::Middle) };
        if self.window.per_lane >= 40.0 {
            self.text(place, words, Face { ink: emblem.ink, size: 11.0, bold: true, anchor }, 1.0);
        }
        self.targets.push((Target::Mark(event), at, at));
    }
}
