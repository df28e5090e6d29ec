//! The space-time timeline: a lane a process, time along it, messages across.

use super::marks::{self, Mark};
use crate::protocol::{Fact, Phase};
use crate::scenario::Act;
use crate::session::Session;
use crate::trace::{Envelope, Loss, MessageId, Trace, What};
use crate::types::{NodeId, NodeSet, Sorted, Time};

/// At most so many messages are drawn; of more, the latest.
pub const ARROWS_MAX: usize = 1500;

/// Everything on the timeline up to the session's cursor.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    /// A lane for each node, in order.
    pub lanes: Vec<Lane>,
    /// Messages, in the order sent.
    pub arrows: Vec<Arrow>,
    /// How many earlier messages are left out.
    pub arrows_left_out: usize,
    /// What machines stated.
    pub marks: Vec<Mark>,
    /// Times in which the network is not whole.
    pub bands: Vec<Band>,
    /// How far the run has been watched.
    pub now: Time,
    /// How long the picture is.
    pub end: Time,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lane {
    /// Which.
    pub node: NodeId,
    /// What it is called.
    pub name: String,
    /// When it is down.
    pub gaps: Vec<Gap>,
    /// When it thinks that it leads.
    pub leads: Vec<Gap>,
    /// Since when it knows the decree, where there is one only.
    pub knows: Option<Time>,
}

/// A stretch of time on a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// Since when.
    pub from: Time,
    /// Until when; the picture's end if it is not over.
    pub until: Time,
}

/// A message.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrow {
    /// Which.
    pub id: MessageId,
    /// The sender's lane.
    pub from: NodeId,
    /// The receiver's lane.
    pub to: NodeId,
    /// When it left.
    pub sent: Time,
    /// When it lands, or would.
    pub due: Time,
    /// How far it came: 0 at its sender, 1 at its receiver.
    pub reach: f64,
    /// What its head shows.
    pub tip: Tip,
    /// The step that sent it.
    pub phase: Phase,
    /// Its kind's name.
    pub label: &'static str,
    /// Whether it bears its label: of messages that fan out or in together, only the longest does.
    pub is_labelled: bool,
    /// All it says, in a line.
    pub title: String,
    /// Whether the network made it.
    pub is_copy: bool,
}

/// What became of a message so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tip {
    /// It is on its way.
    InFlight,
    /// It landed.
    Landed,
    /// It was lost.
    Lost(Loss),
}

/// A time in which the network is not whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Band {
    /// Since when.
    pub from: Time,
    /// Until when; the picture's end if it is not over.
    pub until: Time,
    /// For each node its group's number when this is a partition into groups, otherwise nothing.
    pub groups: Vec<u8>,
    /// `A B | C D E`, or the links that are cut.
    pub label: String,
}

impl Timeline {
    /// What a session shows now.
    pub fn of(session: &Session) -> Self {
        let trace = session.played().trace();
        let cursor = session.cursor();
        let end = session.end().max(cursor.time).max(Time::DELTA);
        let shown = trace.events().range(0..cursor.events);
        let first_unsent = shown.filter(|event| matches!(event.what, What::Sent(_))).count();
        let travelling =
            trace.messages().range(0..first_unsent).enumerate().filter(|(_, envelope)| !envelope.to_self());
        let count = travelling.clone().count();
        let arrows_left_out = count.saturating_sub(ARROWS_MAX);
        let mut arrows: Vec<_> = travelling
            .skip(arrows_left_out)
            .map(|(place, envelope)| arrow(trace, MessageId(place as u32), envelope, cursor.events, cursor.time))
            .collect();
        label_longest(&mut arrows);
        Self {
            lanes: lanes(trace, cursor.events, end),
            arrows,
            arrows_left_out,
            marks: marks::of(session),
            bands: bands(trace, cursor.events, cursor.time),
            now: cursor.time,
            end,
        }
    }
}

fn arrow(trace: &Trace, id: MessageId, envelope: &Envelope, shown: usize, now: Time) -> Arrow {
    let whole = envelope.due.since(envelope.sent_at);
    let part =
        |time: Time| if whole == Time::ZERO { 1.0 } else { time.since(envelope.sent_at).0 as f64 / whole.0 as f64 };
    let end = envelope.end.filter(|end| (end.0 as usize) < shown).map(|end| trace.event(end));
    let (tip, reach) = match end.map(|event| (&event.what, event.time)) {
        None => (Tip::InFlight, part(now).min(1.0)),
        Some((What::Lost(_, why), time)) => (Tip::Lost(*why), part(time).min(1.0)),
        Some(_) => (Tip::Landed, 1.0),
    };
    let kind = trace.scenario.protocol.kind(envelope.message.kind);
    let symbols = &trace.scenario.symbols;
    let (from, to) = (symbols.node(envelope.from), symbols.node(envelope.to));
    let fate = match tip {
        Tip::InFlight => "under way".to_owned(),
        Tip::Landed => format!("landed at {}Δ", envelope.due),
        Tip::Lost(why) => format!("lost: {}", why.reason()),
    };
    let copy = if envelope.copy_of.is_some() { ", a copy" } else { "" };
    let what = trace.describe_message(id);
    Arrow {
        id,
        from: envelope.from,
        to: envelope.to,
        sent: envelope.sent_at,
        due: envelope.due,
        reach,
        tip,
        phase: kind.phase,
        label: kind.name,
        is_labelled: false,
        title: format!("{what}, {from} → {to}, sent at {}Δ, {fate}{copy}", envelope.sent_at),
        is_copy: envelope.copy_of.is_some(),
    }
}

impl Arrow {
    /// The end at which it meets the others of its fan: where a question leaves, where an answer arrives.
    pub fn hub(&self) -> (NodeId, Time) {
        match self.phase {
            Phase::OneA | Phase::TwoA | Phase::Three | Phase::Request | Phase::Election => (self.from, self.sent),
            Phase::OneB | Phase::TwoB | Phase::Nack => (self.to, self.due),
        }
    }

    fn lanes_crossed(&self) -> u8 {
        self.from.0.abs_diff(self.to.0)
    }
}

fn label_longest(arrows: &mut [Arrow]) {
    // Where many fans of one step stand at one instant, one label tells of all.
    let mut longest: Sorted<(Phase, Time), usize> = Sorted::default();
    for (place, arrow) in arrows.iter().enumerate() {
        let best = longest.entry((arrow.phase, arrow.hub().1), || place);
        if arrow.lanes_crossed() > arrows[*best].lanes_crossed() {
            *best = place;
        }
    }
    // Who is there is said again and again: one label is enough.
    let mut is_told = false;
    for (_, place) in longest.into_entries() {
        let is_beat = arrows[place].phase == Phase::Election;
        arrows[place].is_labelled = !(is_beat && is_told);
        is_told |= is_beat;
    }
}

fn lanes(trace: &Trace, shown: usize, end: Time) -> Vec<Lane> {
    let symbols = &trace.scenario.symbols;
    let lane =
        |node| Lane { node, name: symbols.node(node).to_owned(), gaps: Vec::new(), leads: Vec::new(), knows: None };
    let mut lanes: Vec<_> = NodeId::all(trace.scenario.nodes()).map(lane).collect();
    let close = |gaps: &mut Vec<Gap>, time: Time| {
        if let Some(gap) = gaps.last_mut().filter(|gap| gap.until == Time(u64::MAX)) {
            gap.until = time;
        }
    };
    for event in trace.events().range(0..shown) {
        let new = Gap { from: event.time, until: Time(u64::MAX) };
        match event.what {
            What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => {
                let lane = &mut lanes[node.index()];
                lane.gaps.push(new);
                close(&mut lane.leads, event.time);
            }
            What::Acted(_, Act::Restart(node)) => close(&mut lanes[node.index()].gaps, event.time),
            What::Stated(node, Fact::Leads(true)) => lanes[node.index()].leads.push(new),
            What::Stated(node, Fact::Leads(false)) => close(&mut lanes[node.index()].leads, event.time),
            What::Stated(node, Fact::Learned(..)) if !trace.scenario.protocol.is_log => {
                let lane = &mut lanes[node.index()];
                lane.knows = lane.knows.or(Some(event.time));
            }
            _ => {}
        }
    }
    for lane in &mut lanes {
        close(&mut lane.gaps, end);
        close(&mut lane.leads, end);
    }
    lanes
}

/// A band for each stretch of time in which the cuts stay the same.
fn bands(trace: &Trace, shown: usize, now: Time) -> Vec<Band> {
    let nodes = trace.scenario.nodes();
    let symbols = &trace.scenario.symbols;
    let mut bands: Vec<Band> = Vec::new();
    let mut groups: Vec<u8> = Vec::new();
    let mut cuts: Vec<(NodeId, NodeId)> = Vec::new();
    for event in trace.events().range(0..shown) {
        let What::Acted(_, act) = &event.what else { continue };
        match act {
            Act::Partition(named) => {
                cuts.clear();
                groups = vec![named.len() as u8; nodes];
                for (number, group) in named.iter().enumerate() {
                    group.iter().for_each(|node| groups[node.index()] = number as u8);
                }
            }
            Act::Cut(link) => cuts.push((link.from, link.to)),
            Act::HealLink(link) => cuts.retain(|cut| *cut != (link.from, link.to)),
            Act::Heal => {
                groups.clear();
                cuts.clear();
            }
            _ => continue,
        }
        if let Some(band) = bands.last_mut().filter(|band| band.until == Time(u64::MAX)) {
            band.until = event.time;
        }
        if groups.is_empty() && cuts.is_empty() {
            continue;
        }
        let links = cuts.iter().map(|(from, to)| format!("{}↛{}", symbols.node(*from), symbols.node(*to)));
        let named = if groups.is_empty() { None } else { Some(partition_text(trace, &groups)) };
        let label = named.into_iter().chain(links).collect::<Vec<_>>().join(", ");
        bands.push(Band { from: event.time, until: Time(u64::MAX), groups: groups.clone(), label });
    }
    for band in &mut bands {
        band.until = band.until.min(now);
    }
    bands
}

fn partition_text(trace: &Trace, groups: &[u8]) -> String {
    let members =
        |number: u8| -> NodeSet { NodeId::all(groups.len()).filter(|node| groups[node.index()] == number).collect() };
    let last = groups.iter().copied().max().unwrap_or(0);
    let texts = (0..=last).map(members).filter(|set| !set.is_empty()).map(|set| trace.scenario.symbols.set(set));
    texts.collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::MarkKind;

    fn at(text: &str, time: Time) -> Timeline {
        let mut session = Session::open(&format!("paxos-playground 1\n{text}")).expect("a good script");
        session.seek(time);
        Timeline::of(&session)
    }

    #[test]
    fn a_message_under_way_ends_at_now() {
        let timeline = at("nodes 3\nat 0Δ propose A \"red\"\n", Time(250_000));
        let reaches: Vec<_> = timeline.arrows.iter().map(|arrow| (arrow.reach, arrow.tip)).collect();
        assert_eq!(reaches, [(0.25, Tip::InFlight), (0.25, Tip::InFlight)]);
    }

    #[test]
    fn losses_show_where_they_happen() {
        let text = "nodes 4\nat 0Δ cut A->B\nat 0Δ propose A \"red\"\nat 0.5Δ crash C\ndrop NextBallot A->D #1\n";
        let timeline = at(text, Time::DELTA);
        let ends: Vec<_> = timeline.arrows.iter().map(|arrow| (arrow.reach, arrow.tip)).collect();
        let lost = [(0.0, Loss::Cut), (1.0, Loss::Down), (0.5, Loss::Dropped)];
        assert_eq!(ends, lost.map(|(reach, why)| (reach, Tip::Lost(why))));
        assert_eq!(timeline.lanes[2].gaps, [Gap { from: Time(500_000), until: Time::DELTA }]);
    }

    #[test]
    fn learn_flags_say_the_latency() {
        let timeline = at("nodes 5\nat 1Δ propose A \"red\"\n", Time::deltas(6));
        let flags: Vec<_> = timeline.marks.iter().filter(|mark| mark.kind == MarkKind::Learned).collect();
        assert_eq!(flags.iter().map(|flag| flag.label.as_str()).collect::<Vec<_>>(), ["4Δ", "5Δ", "5Δ", "5Δ", "5Δ"]);
    }

    #[test]
    fn bands_last_from_cut_to_heal() {
        let timeline = at("nodes 3\nat 1Δ partition A | B\nat 2Δ cut A->B\nat 3Δ heal\n", Time::deltas(4));
        let bands: Vec<_> =
            timeline.bands.iter().map(|band| (band.from.0, band.until.0, band.label.as_str())).collect();
        assert_eq!(bands, [(1_000_000, 3_000_000, "A | B | C")], "the link was cut already, so that line does nothing");
        let timeline = at("nodes 3\nat 1Δ cut A->B\n", Time::deltas(4));
        assert_eq!((timeline.bands[0].until, timeline.bands[0].label.as_str()), (Time::deltas(4), "A↛B"));
    }
}
