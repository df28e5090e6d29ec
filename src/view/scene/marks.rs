//! Marks of what machines stated, on their lanes; flags of what was learned; brackets of quorums.

use super::strokes::{Face, LETTER};
use super::{Anchor, Dash, Emblem, Ink, Pen, Point, Shape, Target};
use crate::protocol::Fact;
use crate::report::broken;
use crate::scenario::Scenario;
use crate::trace::What;
use crate::types::{Instance, NodeId, Sorted, Time, Value};
use crate::view::index::{Bracket, Mark, MarkKind, ranges};

/// The height of a flag's cloth, and the distance of its lower edge from the lane, in pixels.
const CLOTH: (f64, f64) = (17.0, 9.0);

/// The size of the shapes of decrees on a lane, in pixels.
const VOTE: f32 = 5.0;

/// How far the small words below a lane are from their mark, in pixels.
const ASIDE: f64 = 8.0;

/// A decree is shortened to this many characters at least; where there is less room, it is left out.
const DECREE_MIN: usize = 8;

/// The words of a flag: a long form and a short one.
struct Words {
    label: String,
    brief: String,
}

impl Pen<'_> {
    pub(super) fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            self.mark(mark);
        }
        // The list has the place of the next flag on each lane. The words of a flag depend only on the room before the
        // next flag, so they do not change while somebody scrolls.
        let mut next = vec![f64::MAX; self.nodes];
        for mark in marks.iter().rev().filter(|mark| mark.kind == MarkKind::Learned) {
            self.flag(mark, &mut next[mark.node.index()]);
        }
        if self.names_decrees && !self.is_tiny {
            let mut next = vec![f64::MAX; self.nodes];
            for mark in marks.iter().rev().filter(|mark| matches!(mark.kind, MarkKind::Began | MarkKind::Voted)) {
                self.decree(mark, &mut next[mark.node.index()]);
            }
        }
    }

    /// Draws the decrees of a vote or of the beginning of a ballot below the lane, in the room before the next such
    /// mark, which is at `next` along time. Where time runs down, they stand beside the lane.
    fn decree(&mut self, mark: &Mark, next: &mut f64) {
        let at = self.point(mark.time, mark.node);
        let along = self.window.axes(at.0, at.1).0;
        // A leader votes at the instant at which it begins its ballot; the decree is shown only once for both.
        if *next - along < LETTER {
            *next = along;
            return;
        }
        let edge = self.window.length(self.end) - self.window.offset;
        let (place, room) = if self.window.vertical {
            let is_free = *next - along >= CLOTH.0;
            ((at.0 + ASIDE, at.1 + 4.0), if is_free { self.window.per_lane - ASIDE - 6.0 } else { 0.0 })
        } else {
            let here = self.below.iter().filter(|(node, ..)| *node == mark.node);
            let before = here.clone().filter(|(_, from, _)| *from <= along + ASIDE).map(|(.., until)| until + 4.0);
            let start = before.fold(along + ASIDE, f64::max);
            let after = here.map(|(_, from, _)| *from).filter(|from| *from > along + ASIDE);
            let end = after.fold(next.min(edge), f64::min);
            ((start, at.1 + 15.5), end - start - 4.0)
        };
        *next = along;
        let decrees = self.decrees(mark);
        let letters = (room.max(0.0) / LETTER) as usize;
        let words = match decrees.chars().count() {
            all if all <= letters => decrees,
            _ if letters > DECREE_MIN => decrees.chars().take(letters - 1).chain(['…']).collect(),
            _ => return,
        };
        let ink = self.emblem(mark).ink;
        let face = Face { ink, size: 11.0, bold: true, anchor: Anchor::Start };
        self.text(place, words, face, self.lit.mark(mark));
    }

    /// The decrees of a mark, as far as it is shown: of its votes, of its ballots, or of what was learned there. A ballot in
    /// which the acceptors choose has none yet.
    fn values(&self, mark: &Mark) -> impl Iterator<Item = (Instance, Option<Value>)> {
        let last = (mark.last.0 as usize + 1).min(self.shown);
        let (node, kind) = (mark.node, mark.kind);
        self.trace.events().range(mark.event.0 as usize..last).filter_map(move |event| match event.what {
            What::Stated(by, fact) if by == node => match (kind, fact) {
                (MarkKind::Voted, Fact::Voted(instance, vote) | Fact::Certified(instance, vote, _)) => {
                    Some((instance, Some(vote.value)))
                }
                (MarkKind::Voted, Fact::Believed { instance, value, .. }) => Some((instance, Some(value))),
                (MarkKind::Began, Fact::Began { instance, value, .. }) => Some((instance, value)),
                (MarkKind::Certified, Fact::Certified(instance, vote, _)) => Some((instance, Some(vote.value))),
                (MarkKind::Learned, Fact::Learned(instance, vote)) => Some((instance, Some(vote.value))),
                (MarkKind::Learned, Fact::Answered(value)) if self.index.waited(node, value, mark.time).is_none() => {
                    Some((Instance::FIRST, Some(value)))
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// The look of the decree of a mark.
    fn emblem(&self, mark: &Mark) -> Emblem {
        Emblem::of_all(self.values(mark).filter_map(|(_, value)| value))
    }

    /// The decrees of a mark's votes or ballots in words, each with its place where there is a ledger.
    fn decrees(&self, mark: &Mark) -> String {
        let symbols = &self.trace.scenario.symbols;
        let mut said: Vec<String> = Vec::new();
        for (instance, value) in self.values(mark) {
            // In a fast round the acceptors choose.
            let decree = value.map_or_else(|| "any".into(), |value| symbols.value(value));
            let words = if self.trace.scenario.protocol.has_places() {
                format!("[{}] {decree}", instance.0)
            } else {
                decree.into_owned()
            };
            if !said.contains(&words) {
                said.push(words);
            }
        }
        said.join(", ")
    }

    fn mark(&mut self, mark: &Mark) {
        let at = self.point(mark.time, mark.node);
        let alpha = self.lit.mark(mark);
        let target = Target::Mark(mark.event);
        let scale = self.scale as f32;
        self.ring(at, target);
        let edge = |ink: Ink| Some((ink, 2.0 * scale));
        let paper = Some(Ink::Paper);
        match mark.kind {
            MarkKind::Tried => {
                self.circle(at, 7.0, paper, edge(Ink::Phase1), alpha);
                let (place, anchor) = if self.window.vertical {
                    ((at.0 + 10.0, at.1 - 7.0), Anchor::Start)
                } else {
                    ((at.0, at.1 - 11.0), Anchor::Middle)
                };
                if let What::Stated(_, Fact::Tried(ballot)) = self.trace.event(mark.event).what {
                    let name = self.trace.scenario.symbols.ballot(ballot);
                    self.text(place, name, Face { ink: Ink::Phase1, size: 12.0, bold: true, anchor }, alpha);
                }
            }
            MarkKind::Promised => self.circle(at, 4.5, paper, edge(Ink::Phase1), alpha),
            MarkKind::Began => {
                let half = 6.5 * self.scale;
                let (corner, size) = ((at.0 - half, at.1 - half), (2.0 * half, 2.0 * half));
                let stroke = edge(Ink::Phase2);
                self.shapes.push(Shape::Rect { corner, size, radius: 2.0, fill: paper, stroke, alpha });
            }
            MarkKind::Certified => {
                let emblem = self.emblem(mark);
                self.circle(at, 6.5, paper, edge(emblem.ink), alpha);
                self.shapes.push(emblem.shape(at, 0.5 * VOTE * scale, alpha));
            }
            MarkKind::Voted => self.shapes.push(self.emblem(mark).shape(at, VOTE * scale, alpha)),
            MarkKind::Learned => {}
            MarkKind::Leads => self.tick(at, 6.0, Ink::Request, 2.5 * scale, alpha),
            MarkKind::Follows => self.tick(at, 4.0, Ink::Request, 1.5 * scale, alpha),
            MarkKind::Timer => self.tick(at, 8.0, Ink::Ink, 1.25 * scale, 0.7 * alpha),
            MarkKind::Refused => {
                self.circle(at, 6.0, paper, edge(Ink::Bad), alpha);
                let half = 3.5 * self.scale;
                let ends = ((at.0 - half, at.1), (at.0 + half, at.1));
                self.line(ends.0, ends.1, Ink::Bad, 2.0 * scale, Dash::Solid, alpha);
            }
        }
        self.targets.push((target, at, at));
    }

    /// Draws a flag with the longest words that fit before the next flag of its lane, which begins at `next` along
    /// time.
    fn flag(&mut self, mark: &Mark, next: &mut f64) {
        let at = self.point(mark.time, mark.node);
        let alpha = self.lit.mark(mark);
        let along = self.window.axes(at.0, at.1).0;
        let (words, emblem) = (self.flag_words(mark), self.emblem(mark));
        let width = |words: &str| 11.0 + 6.6 * words.chars().count() as f64;
        let is_vertical = self.window.vertical;
        let room = *next - along - 2.0;
        let fits = |words: &str| {
            let is_narrow = !is_vertical || width(words) <= self.window.per_lane - 2.0;
            is_narrow && room >= if is_vertical { CLOTH.0 + CLOTH.1 } else { width(words) }
        };
        let said = [&words.label, &words.brief].into_iter().find(|words| !words.is_empty() && fits(words));
        *next = along;
        let (Some(words), false) = (said, self.is_tiny) else {
            return self.shapes.push(emblem.shape(at, VOTE * self.scale as f32, alpha));
        };
        let width = width(words);
        let (left, top) = if is_vertical {
            // Beside the outer lanes there is less room than between two.
            let most = self.window.width - width - 2.0;
            ((at.0 - width / 2.0).min(most).max(2.0), at.1 + CLOTH.1)
        } else {
            // At the end of the picture the flag hangs to the left.
            let edge = self.window.length(self.end) - self.window.offset;
            let left = at.0.min(edge - width);
            *next = left.min(along);
            (left, at.1 - CLOTH.1 - CLOTH.0)
        };
        let foot = if is_vertical { (at.0, top) } else { (at.0, top + CLOTH.0 - 1.0) };
        self.line(at, foot, emblem.ink, 2.0, Dash::Solid, alpha);
        self.shapes.push(emblem.shape(at, VOTE, alpha));
        self.rect((left, top), (left + width, top + CLOTH.0), 3.5, emblem.ink, alpha);
        let place = (left + width / 2.0, top + 12.5);
        let face = Face { ink: Ink::Paper, size: 11.0, bold: true, anchor: Anchor::Middle };
        self.text(place, words.clone(), face, alpha);
        if let Some(Shape::Text { halo, .. }) = self.shapes.last_mut() {
            *halo = false;
        }
        let middle = top + CLOTH.0 / 2.0;
        self.targets.push((Target::Mark(mark.event), (left, middle), (left + width, middle)));
    }

    /// The words for what was learned there, as far as it is shown.
    fn flag_words(&self, mark: &Mark) -> Words {
        let mut instances: Sorted<u32, ()> = Sorted::default();
        let mut took = None;
        let mut answered = None;
        let last = (mark.last.0 as usize + 1).min(self.shown);
        for event in self.trace.events().range(mark.event.0 as usize..last) {
            if let What::Stated(node, Fact::Learned(instance, vote)) = event.what
                && node == mark.node
            {
                if instances.is_empty() {
                    took = self.index.took(self.trace.scenario.protocol, instance, vote, mark.time);
                }
                instances.set(instance.0, ());
            }
            if let What::Stated(node, Fact::Answered(value)) = event.what
                && node == mark.node
            {
                answered = answered.or(Some((value, self.index.waited(node, value, mark.time))));
            }
        }
        if let (true, Some((value, waited))) = (instances.is_empty(), answered) {
            let Some(waited) = waited else {
                // The answer is a decree that this client did not ask for: no wish of its own can come true any more.
                let label = self.trace.scenario.symbols.value(value).into_owned();
                return Words { label, brief: String::new() };
            };
            // A client has its answer, so long after it asked.
            let (brief, waited) = ("✓".to_owned(), rounded(waited));
            let sign = if waited == rounded(mark.time) { "" } else { "+" };
            return Words { label: format!("{brief} {sign}{waited}Δ"), brief };
        }
        let clock = took.and_then(|took| rounded_clock(&self.trace.scenario, took));
        // The axis counts from 0Δ; a flag that counts from the start of its ballot says so.
        let sign = took.map_or("", |took| if took == mark.time { "" } else { "+" });
        let took = took.map_or(String::new(), |took| format!("{sign}{}Δ", rounded(took)));
        if !self.trace.scenario.protocol.has_places() {
            let label = clock.map_or_else(|| took.clone(), |clock| format!("{took} ({clock})"));
            return Words { brief: took, label };
        }
        let numbers: Vec<u32> = instances.entries().iter().map(|(number, ())| *number).collect();
        let brief = format!("[{}]", ranges(&numbers));
        let label = if numbers.len() == 1 { format!("{brief} {took}") } else { brief.clone() };
        Words { label, brief }
    }

    /// Draws the quorums that were completed in this window: a spine across the lanes, with a tab at each member.
    pub(super) fn brackets(&mut self) {
        let (brackets, until) = (&self.index.brackets, self.until);
        let first = brackets.partition_point(|bracket| bracket.time < self.from);
        let mut before = f64::MIN;
        for bracket in brackets[first..].iter().take_while(|bracket| bracket.time <= until) {
            if !self.is_shown(bracket.event) {
                break;
            }
            let is_chosen = self.is_of_chosen(bracket);
            let along = self.along(bracket.time);
            // Where brackets would stand close together, only the one that belongs to the chosen mark is drawn.
            if is_chosen || along - before >= 24.0 {
                self.bracket(bracket, is_chosen);
                before = along;
            }
        }
    }

    /// Draws a ring around each event that broke an invariant, and a larger one around the two processes that disagree.
    #[inline(never)]
    pub(super) fn broken(&mut self) {
        let verdicts = &self.input.session.played().verdicts;
        let Some(broken) = broken(self.trace, self.input.words, verdicts, self.shown) else { return };
        let violations = verdicts.iter().filter_map(|verdict| verdict.violation.as_ref());
        let events = violations.map(|violation| (violation.event, 11.0, 2.5));
        let parties = broken.parties.into_iter().flatten().map(|(_, event)| (event, 16.0, 4.0));
        for (event, radius, width) in events.chain(parties) {
            if !self.is_shown(event) {
                continue;
            }
            let happened = self.trace.event(event);
            if let Some(node) =
                self.trace.node_of(happened).filter(|_| (self.from..=self.until).contains(&happened.time))
            {
                let at = self.point(happened.time, node);
                self.circle(at, radius, None, Some((Ink::Bad, width)), 1.0);
            }
        }
    }

    fn is_of_chosen(&self, bracket: &Bracket) -> bool {
        let Some(Target::Mark(event)) = self.input.focus.chosen else { return false };
        let What::Stated(_, fact) = &self.trace.event(event).what else { return false };
        match fact {
            Fact::Began { .. } => event == bracket.event,
            Fact::Voted(instance, vote) | Fact::Learned(instance, vote) => {
                bracket.is_votes && (vote.ballot, *instance) == (bracket.ballot, bracket.instance)
            }
            _ => false,
        }
    }

    #[inline(never)]
    fn bracket(&mut self, bracket: &Bracket, is_chosen: bool) {
        let ink = if bracket.is_votes { Ink::Phase2 } else { Ink::Phase1 };
        let alpha = if is_chosen { 1.0 } else { 0.5 * self.lit.message_free() };
        let mut members = bracket.members.iter();
        let Some(first) = members.next() else { return };
        let last = members.last().unwrap_or(first);
        let spine = |pen: &Self, node: NodeId| pen.beside(pen.point(bracket.time, node), -9.0 * pen.scale, 0.0);
        let (from, to) = (spine(self, first), spine(self, last));
        let width = if is_chosen { 2.0 } else { 1.25 } * self.scale as f32;
        self.line(from, to, ink, width, Dash::Solid, alpha);
        for node in bracket.members.iter() {
            let at = spine(self, node);
            let end = self.beside(at, 5.0 * self.scale, 0.0);
            self.line(at, end, ink, 3.0 * self.scale as f32, Dash::Solid, alpha);
        }
        if is_chosen {
            let (x, y) = self.beside(from, -4.0, -10.0);
            let (at, anchor): (Point, _) =
                if self.window.vertical { ((x, y - 4.0), Anchor::Start) } else { ((x, y), Anchor::End) };
            let members = self.trace.scenario.symbols.set(bracket.members);
            self.text(at, format!("quorum {members}"), Face { ink, size: 11.0, bold: true, anchor }, 1.0);
        }
    }
}

/// A time in ms, as exact as [`rounded`], where the script says how long Δ is: `500 ms`.
pub(in crate::view) fn rounded_clock(scenario: &Scenario, time: Time) -> Option<String> {
    scenario.delta.map(|delta| format!("{} ms", delta.rounded(time)))
}

/// To a hundredth of Δ.
pub fn rounded(time: Time) -> Time {
    let grid = Time::DELTA.0 / 100;
    Time((time.0 + grid / 2) / grid * grid)
}
