//! Takes an index back to where a fork begins, so that the events that both runs share need not be read again.

use super::kinds::MarkKind;
use super::read::Notebook;
use super::{Index, NEVER, Stretch};
use crate::scenario::Act;
use crate::trace::{EventId, Trace, What};
use crate::types::{Sorted, Time};

impl Index {
    /// Keeps only what was read in the first `events` events, which its run shares with this trace, but without the
    /// last instant: facts of one instant may be one mark, and that mark may have grown.
    #[inline(never)]
    pub(super) fn cut(&mut self, trace: &Trace, events: usize) {
        let last = events.checked_sub(1).map_or(Time::ZERO, |last| trace.events()[last].time);
        let kept = trace.count_before(last);
        let is_kept = |event: EventId| (event.0 as usize) < kept;
        for track in &mut self.tracks {
            reopen(&mut track.downs, kept);
            reopen(&mut track.leads, kept);
            track.promises.truncate(track.promises.partition_point(|(event, ..)| is_kept(*event)));
            track.knows = track.knows.filter(|(event, _)| is_kept(*event));
        }
        let sent = trace.messages().partition_point(|message| is_kept(message.sent));
        self.flights.truncate(self.flights.partition_point(|flight| (flight.id.0 as usize) < sent));
        self.long.truncate(self.long.partition_point(|place| (*place as usize) < self.flights.len()));
        self.unsent.truncate(self.unsent.partition_point(|event| is_kept(*event)));
        self.losses.truncate(self.losses.partition_point(|lost| is_kept(lost.event)));
        self.marks.truncate(self.marks.partition_point(|mark| is_kept(mark.event)));
        self.brackets.truncate(self.brackets.partition_point(|bracket| is_kept(bracket.event)));
        self.acts.truncate(self.acts.partition_point(|event| is_kept(*event)));
        self.rings.truncate(self.rings.partition_point(|(event, _)| is_kept(*event)));
        self.decisions.truncate(self.decisions.partition_point(|(event, _)| is_kept(*event)));
        self.bands.truncate(self.bands.partition_point(|band| is_kept(band.stretch.first)));
        if let Some(band) = self.bands.last_mut() {
            reopen_one(&mut band.stretch, kept);
        }
        (self.density, self.bar) = (Vec::new(), Time::DELTA);
        for place in 0..self.flights.len() {
            self.count(self.flights[place].sent);
        }
        self.notebook.cut(kept, self.brackets.len());
        self.notebook.last_mark = vec![[u32::MAX; MarkKind::ALL.len()]; trace.scenario.nodes()];
        for (place, mark) in self.marks.iter().enumerate() {
            self.notebook.last_mark[mark.node.index()][mark.kind as usize] = place as u32;
        }
        for place in 0..self.acts.len() {
            let event = trace.event(self.acts[place]);
            match &event.what {
                What::Acted(_, Act::Propose(node, value)) => {
                    self.notebook.asked.entry((*value, *node), || event.time);
                }
                What::Acted(_, act) => {
                    self.notebook.connect(act, trace.scenario.nodes());
                }
                _ => {}
            }
        }
    }
}

impl Notebook {
    /// Keeps only what was read in the first `kept` events and the first so many brackets, and forgets all acts of the
    /// script.
    #[inline(never)]
    fn cut(&mut self, kept: usize, brackets: usize) {
        let is_kept = |event: &EventId| (event.0 as usize) < kept;
        self.read = kept;
        self.ballots.retain(|life| {
            life.tried = life.tried.filter(|(event, _)| is_kept(event));
            life.begun = life.begun.filter(is_kept);
            is_kept(&life.heard)
        });
        self.rounds.retain(|round| {
            round.votes.truncate(round.votes.partition_point(|(event, _)| is_kept(event)));
            round.voters = round.votes.iter().map(|(_, node)| *node).collect();
            round.bracket = round.bracket.filter(|place| *place < brackets);
            !round.votes.is_empty()
        });
        self.began.retain(|(event, _)| is_kept(event));
        self.learned.retain(|event| is_kept(event));
        self.asked = Sorted::default();
        self.groups.clear();
        self.cuts.clear();
    }
}

/// Removes the stretches that had not begun, and opens those again that had not ended.
fn reopen(stretches: &mut Vec<Stretch>, kept: usize) {
    stretches.truncate(stretches.partition_point(|stretch| (stretch.first.0 as usize) < kept));
    if let Some(last) = stretches.last_mut() {
        reopen_one(last, kept);
    }
}

fn reopen_one(stretch: &mut Stretch, kept: usize) {
    if stretch.last.0 as usize >= kept {
        (stretch.last, stretch.until) = (NEVER, Time(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::Index;
    use crate::scenario::{Act, Link, library};
    use crate::session::Session;
    use crate::types::Time;

    #[test]
    fn an_index_kept_for_another_cluster_is_that_of_its_run() {
        let mut kept = None;
        for nodes in [4, 7, 3] {
            // The index is made before anything has happened.
            let session =
                Session::begin(&format!("paxos-playground 1\nnodes {nodes}\nat 9Δ propose A \"red\"\nuntil 8Δ\n"));
            let session = session.expect("a good script");
            let index = Index::kept(&mut kept, session.played());
            assert_eq!(format!("{index:?}"), format!("{:?}", Index::of(session.played())));
            assert_eq!(index.tracks.len(), nodes);
        }
    }

    #[test]
    fn an_index_kept_over_forks_is_that_of_the_run() {
        for built_in in library::LIBRARY {
            // The run is long enough that a fork shares something with the run before.
            let asked: Vec<_> = built_in.text.lines().filter_map(|line| line.split_once("Δ")).collect();
            let asked = asked.iter().map(|(_, what)| what.trim()).filter(|what| what.starts_with("propose"));
            let again: String = (0..12)
                .flat_map(|round| asked.clone().map(move |what| format!("at {}Δ {what}\n", 20 + 7 * round)))
                .collect();
            let text = format!("{}\n{again}", built_in.text.replace("until", "# until"));
            let mut session = Session::open(&text).expect("a good script");
            let mut kept = None;
            let names = session.scenario().symbols.nodes.clone();
            let node = |place: usize| names[place % names.len()].to_string();
            for step in 0..8 {
                while !session.judge(100_000) {}
                let index = Index::kept(&mut kept, session.played());
                assert_eq!(format!("{index:?}"), format!("{:?}", Index::of(session.played())), "{}", built_in.name);
                session.seek(Time(session.end().0 / 16 * [15, 11, 12, 5, 7, 13, 2, 9][step]));
                let act = match step % 4 {
                    0 => Act::Crash(node(step)),
                    1 => Act::Cut(Link { from: node(step), to: node(step + 1) }),
                    2 => Act::Partition(vec![vec![node(0)], vec![node(1)]]),
                    _ => Act::Heal,
                };
                if step == 6 { session.undo() } else { session.act(act).expect("it can be done") }
            }
        }
    }
}
