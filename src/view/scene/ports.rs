//! Messages that wait in the port of their sender, where bandwidth has a limit: beside the sender's lane a thin line while a
//! message waits for those before it, and a bar while the port sends it. The bars of a port never overlap.

use super::{Dash, Ink, Pen, Shape, Target};
use crate::trace::{Loss, What};
use crate::types::Time;
use crate::view::index::Flight;

/// How far beside the lane ports are drawn, and how thick a wait and a bar are, in pixels.
const BESIDE: f64 = -6.0;
const WAIT: f32 = 1.0;
const BAR: f32 = 4.0;

impl Pen<'_> {
    /// Draws the time of a message in its sender's port, as far as it is over. True when a crash has lost the message there.
    #[inline(never)]
    pub(super) fn port(&mut self, flight: &Flight, ink: Ink, alpha: f32) -> bool {
        let envelope = self.trace.message(flight.id);
        let end = envelope.end.filter(|end| self.is_shown(*end)).map(|end| self.trace.event(end));
        let lost = end.filter(|event| matches!(event.what, What::Lost(_, Loss::Crashed)));
        let until = lost.map_or(self.now, |event| event.time).min(flight.leaves);
        let takes = self.trace.scenario.network.sizes.takes(self.trace.size(envelope));
        let begins = Time(flight.leaves.0.saturating_sub(takes.0)).max(flight.sent);
        let at = |time| self.beside(self.point(time, flight.from), 0.0, BESIDE * self.scale);
        let (sent, began, done) = (at(flight.sent), at(begins.min(until)), at(until.max(flight.sent)));
        let foot = self.point(until.max(flight.sent), flight.from);
        if begins > flight.sent {
            self.line(sent, began, ink, WAIT, Dash::Solid, 0.6 * alpha);
        }
        if until > begins {
            self.line(began, done, ink, BAR * self.scale as f32, Dash::Solid, 0.6 * alpha);
        }
        self.targets.push((Target::Message(flight.id), sent, done));
        if lost.is_some() {
            let size = 5.0 * self.scale as f32;
            self.shapes.push(Shape::Cross { at: foot, size, ink: Ink::Bad, alpha: alpha.max(0.35) });
        }
        lost.is_some()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::view::Window;
    use crate::view::index::Index;
    use crate::view::scene::{Input, Point, Scene};

    /// From and until, in Δ.
    type Spans = Vec<(f64, f64)>;

    /// The bars and the thin lines of ports in the picture of a script, and how many ✕s there are, at this time.
    fn drawn(lines: &str, until: Time) -> (Spans, Spans, usize) {
        let text = format!("paxos-playground 1\nnodes 3\nheader 100B\nsize 400B\nbandwidth 1kB/Δ\ndelay 0.5Δ\n{lines}");
        let mut session = Session::open(&text).expect("a good script");
        session.seek(until);
        let index = Index::of(session.played());
        let window = Window::fit(false, 1200.0, 3, session.end());
        let scene = Scene::of(&Input::new(&session, &index, window));
        let time = |point: &Point| (window.time_at(point.0, point.1) * 100.0).round() / 100.0;
        let beside = |wanted: f32| {
            let lines = scene.shapes.iter().filter_map(|shape| match shape {
                Shape::Line { from, to, width, alpha, .. } if *width == wanted && *alpha < 0.7 && from.1 == to.1 => {
                    Some((time(from), time(to)))
                }
                _ => None,
            });
            lines.collect::<Vec<_>>()
        };
        let crosses = scene.shapes.iter().filter(|shape| matches!(shape, Shape::Cross { .. })).count();
        (beside(BAR), beside(WAIT), crosses)
    }

    #[test]
    fn bars_stand_one_after_the_other_and_waits_before_them() {
        let (bars, waits, _) = drawn("at 0 propose A red\n", Time(200_000));
        assert_eq!((bars, waits), (vec![(0.0, 0.1), (0.1, 0.2)], vec![(0.0, 0.1)]));
    }

    #[test]
    fn a_port_shows_nothing_that_has_not_happened() {
        let (bars, waits, _) = drawn("at 0 propose A red\nat 0.05 heal\n", Time(50_000));
        assert_eq!((bars, waits), (vec![(0.0, 0.05)], vec![(0.0, 0.05)]));
    }

    #[test]
    fn what_a_crash_loses_ends_in_the_port() {
        let (bars, waits, crosses) = drawn("at 0 propose A red\nat 0.15 crash A\n", Time(150_000));
        assert_eq!((bars, waits), (vec![(0.0, 0.1), (0.1, 0.15)], vec![(0.0, 0.1)]));
        assert!(crosses >= 1);
    }
}
