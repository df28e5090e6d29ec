//! PBFT (Castro and Liskov, OSDI '99) once more, written from the paper's rules and not from the playground's machine: a list of
//! what is to come, a row of plain states, and functions that read a message. Every message takes one Δ unless a lie makes it late.
//! It tells who executes what, and when, when the client believes a reply, and how many messages are sent. It shares no line with
//! the playground.
//!
//! Process p is replica p; the one client comes after the last replica. The primary of view v is replica v mod n. A decree is a
//! number; zero is the request that does nothing. A liar's replica keeps the rules, and only what leaves it is forged.

use std::collections::{BTreeMap, BTreeSet};

use super::byzantine::{Act, Calendar, Next, Ticks};

pub(crate) use super::pbft_case::{Case, Kind, Lie, NULL, Outcome};
use super::pbft_case::{Certificate, Change, Message};

/// What stands in a log for a view and a place: who said which decree, in order of arrival.
type Said = BTreeMap<(usize, usize), Vec<(usize, usize)>>;

#[derive(Clone, Default)]
struct Replica {
    view: usize,
    is_changing: bool,
    /// The requests that the replica has heard of, in that order.
    known: Vec<usize>,
    /// The place that this replica has given to a request last, in its present view.
    last_given: usize,
    /// The decrees that stand in a PRE-PREPARE of the present view.
    ordered: BTreeSet<usize>,
    accepted: BTreeMap<(usize, usize), usize>,
    prepares: Said,
    commits: Said,
    /// The latest certificate for each place.
    certificates: BTreeMap<usize, Certificate>,
    committed: BTreeMap<usize, usize>,
    executed: Vec<(usize, Ticks)>,
    /// The state after the last execution.
    state: u64,
    results: BTreeMap<usize, u64>,
    stable: usize,
    stable_by: Vec<usize>,
    /// The CHECKPOINTs for each place: who, and which state.
    checkpoints: BTreeMap<usize, Vec<(usize, u64)>>,
    /// The VIEW-CHANGEs for each view, in order of arrival.
    changes: BTreeMap<usize, Vec<Change>>,
    /// How many views the replica has given up since it has executed something.
    given_up: u32,
    timer: Option<u64>,
    /// After this one the replica says again that it has given up its view.
    retry: Option<u64>,
    /// The proof of the view that this replica has begun as its primary.
    proof: Vec<Change>,
    /// Messages of a view that the replica has not entered or, in the playground, of places above its window.
    early: Vec<(usize, Message)>,
}

/// The state after a decree.
fn after(state: u64, decree: usize) -> u64 {
    (state ^ (decree as u64 + 1)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29)
}

impl Replica {
    fn has_executed(&self, decree: usize) -> bool {
        self.executed.iter().any(|(done, _)| *done == decree)
    }

    fn pending(&self) -> Vec<usize> {
        self.known.iter().copied().filter(|decree| !self.has_executed(*decree)).collect()
    }

    /// Whether there is a request that the replica has not executed, from a client or in a place of its view.
    fn is_waiting(&self) -> bool {
        let mut of_view = self.accepted.iter().filter(|(slot, _)| slot.0 == self.view);
        !self.pending().is_empty() || of_view.any(|(_, decree)| *decree != NULL && !self.has_executed(*decree))
    }
}

#[derive(Clone, Default)]
struct Client {
    view: usize,
    waiting: Vec<usize>,
    /// For each decree, what replicas say was its result.
    replies: BTreeMap<usize, BTreeSet<(usize, u64)>>,
    timer: Option<u64>,
}

struct Run<'a> {
    case: &'a Case,
    calendar: Calendar<Kind, Message>,
    replicas: Vec<Replica>,
    client: Client,
    outcome: Outcome,
}

/// Plays the case.
pub(crate) fn simulate(case: &Case) -> Outcome {
    let mut run = Run {
        case,
        calendar: Calendar::new(case.acts.clone(), case.lies.clone(), case.until),
        replicas: vec![Replica::default(); case.n],
        client: Client::default(),
        outcome: Outcome::default(),
    };
    while let Some(next) = run.calendar.next() {
        match next {
            Next::Act(Act::Ask(_, decree)) => run.ask(decree),
            Next::Act(_) => {}
            Next::Land(from, to, message) => run.land(from, to, message),
            Next::Ring(who, number) => run.ring(who, number),
        }
    }
    run.outcome.executed = run.replicas.iter().map(|replica| replica.executed.clone()).collect();
    Outcome { sent: run.calendar.sent, ..run.outcome }
}

impl Run<'_> {
    fn primary(&self, view: usize) -> usize {
        view % self.case.n
    }

    fn ask(&mut self, decree: usize) {
        self.client.waiting.push(decree);
        if self.case.reads.contains(&decree) {
            (0..self.case.n).for_each(|to| self.send(self.case.n, to, &Message::Request(decree, true)));
        } else {
            self.send(self.case.n, self.primary(self.client.view), &Message::Request(decree, false));
        }
        if self.client.timer.is_none() {
            self.client.timer = Some(self.calendar.start_timer(self.case.n, self.case.client_patience));
        }
    }

    fn send(&mut self, from: usize, to: usize, message: &Message) {
        self.calendar.send((from, to), message.kind(), message.clone(), Message::twisted);
    }

    fn send_others(&mut self, from: usize, message: &Message) {
        (0..self.case.n).filter(|to| *to != from).for_each(|to| self.send(from, to, message));
    }

    /// Sends to all, also to itself.
    fn send_all(&mut self, from: usize, message: &Message) {
        self.send_others(from, message);
        self.calendar.tell_itself(from, message.clone());
    }

    fn ring(&mut self, who: usize, number: u64) {
        if who == self.case.n {
            if self.client.timer == Some(number) {
                for decree in self.client.waiting.clone() {
                    (0..self.case.n).for_each(|to| self.send(who, to, &Message::Request(decree, false)));
                }
                self.client.timer = Some(self.calendar.start_timer(who, self.case.client_patience));
            }
        } else if self.replicas[who].timer == Some(number) {
            self.replicas[who].timer = None;
            self.leave_view(who, self.replicas[who].view + 1);
        } else if self.replicas[who].retry == Some(number) {
            self.replicas[who].retry = None;
            self.say_again(who);
        }
    }

    fn start_retry(&mut self, me: usize) {
        if let (Some(retry), None) = (self.case.retry, self.replicas[me].retry) {
            self.replicas[me].retry = Some(self.calendar.start_timer(me, retry));
        }
    }

    /// A replica that still waits for a NEW-VIEW sends its VIEW-CHANGE again.
    fn say_again(&mut self, me: usize) {
        let replica = &self.replicas[me];
        let own = replica.changes.get(&replica.view).and_then(|said| said.iter().find(|change| change.by == me));
        if let (true, Some(change)) = (replica.is_changing, own.cloned()) {
            let view = replica.view;
            self.send_others(me, &Message::ViewChange(view, change));
            self.start_retry(me);
        }
    }

    fn land(&mut self, from: usize, me: usize, message: Message) {
        if me == self.case.n {
            if let Message::Reply(view, decree, result) = message {
                self.reply(from, view, decree, result);
            }
            return;
        }
        match message {
            Message::Request(decree, true) => {
                let replica = &self.replicas[me];
                self.send(me, from, &Message::Reply(replica.view, decree, replica.state));
            }
            Message::Request(decree, false) => self.request(from, me, decree),
            Message::Vote(kind, view, place, decree) => {
                let replica = &mut self.replicas[me];
                let is_above = self.case.retry.is_some() && place > replica.stable + self.case.window;
                if view > replica.view || (view == replica.view && (replica.is_changing || is_above)) {
                    replica.early.push((from, message));
                } else if view == replica.view {
                    self.vote(from, me, kind, (view, place), decree);
                }
            }
            Message::Reply(..) => {}
            Message::Checkpoint(place, state) => {
                if place > self.replicas[me].stable {
                    self.replicas[me].checkpoints.entry(place).or_default().push((from, state));
                    self.look_for_stable(me);
                }
            }
            Message::ViewChange(view, change) => self.view_change(me, view, change),
            Message::NewView(view, changes) => {
                let replica = &self.replicas[me];
                let is_due = view > replica.view || (view == replica.view && replica.is_changing);
                let names: BTreeSet<usize> = changes.iter().map(|change| change.by).collect();
                let is_valid =
                    names.len() > 2 * self.case.f && changes.iter().all(|change| self.is_valid(view, change));
                if is_due && is_valid && from == self.primary(view) {
                    self.enter(me, view, &changes);
                }
            }
        }
    }

    fn reply(&mut self, from: usize, view: usize, decree: usize, result: u64) {
        let replies = self.client.replies.entry(decree).or_default();
        replies.insert((from, result));
        let equal = replies.iter().filter(|(_, other)| *other == result).count();
        let is_early = self.case.is_tentative || self.case.reads.contains(&decree);
        let needed = if is_early { 2 * self.case.f + 1 } else { self.case.f + 1 };
        if equal >= needed && self.client.waiting.contains(&decree) {
            self.client.waiting.retain(|other| *other != decree);
            self.client.view = self.client.view.max(view);
            self.outcome.believed.push((decree, self.calendar.now));
            if self.client.waiting.is_empty() {
                self.client.timer = None;
            }
        }
    }

    fn request(&mut self, from: usize, me: usize, decree: usize) {
        let replica = &mut self.replicas[me];
        if let Some(result) = replica.results.get(&decree) {
            let reply = Message::Reply(replica.view, decree, *result);
            // What a backup has handed on needs no reply: the backup has replied itself.
            if from == self.case.n {
                self.send(me, from, &reply);
            }
            return;
        }
        let (view, is_changing) = (replica.view, replica.is_changing);
        self.hear_of(me, decree);
        if is_changing {
        } else if self.primary(view) == me {
            self.order(me);
        } else if from == self.case.n {
            self.send(me, self.primary(view), &Message::Request(decree, false));
            self.start_timer(me);
        }
    }

    /// A request remains known, also one that comes with a PRE-PREPARE. What a liar has made up is not signed by a client, and
    /// is forgotten with its view.
    fn hear_of(&mut self, me: usize, decree: usize) {
        let known = &mut self.replicas[me].known;
        if self.case.is_asked(decree) && !known.contains(&decree) {
            known.push(decree);
        }
    }

    fn start_timer(&mut self, me: usize) {
        if self.replicas[me].timer.is_none() {
            self.replicas[me].timer = Some(self.calendar.start_timer(me, self.case.patience));
        }
    }

    /// A primary gives the next places to the requests that have none in its view.
    fn order(&mut self, me: usize) {
        for decree in self.replicas[me].pending() {
            let replica = &mut self.replicas[me];
            let place = replica.last_given + 1;
            if replica.ordered.contains(&decree) || place > replica.stable + self.case.window {
                continue;
            }
            replica.last_given = place;
            replica.ordered.insert(decree);
            replica.accepted.insert((replica.view, place), decree);
            let message = Message::Vote(Kind::PrePrepare, replica.view, place, decree);
            self.send_others(me, &message);
        }
    }

    /// A message of the present view.
    fn vote(&mut self, from: usize, me: usize, kind: Kind, slot: (usize, usize), decree: usize) {
        let primary = self.primary(slot.0);
        let replica = &mut self.replicas[me];
        if slot.1 <= replica.stable || slot.1 > replica.stable + self.case.window {
            return;
        }
        match kind {
            Kind::PrePrepare if from == primary && !replica.accepted.contains_key(&slot) => {
                self.accept(me, slot, decree);
                if self.replicas[me].is_waiting() {
                    self.start_timer(me);
                }
            }
            Kind::Prepare if from != primary => replica.prepares.entry(slot).or_default().push((from, decree)),
            Kind::Commit => replica.commits.entry(slot).or_default().push((from, decree)),
            _ => {}
        }
        self.count(me, slot);
    }

    /// A backup accepts a PRE-PREPARE, and says so.
    fn accept(&mut self, me: usize, slot: (usize, usize), decree: usize) {
        self.hear_of(me, decree);
        let replica = &mut self.replicas[me];
        if slot.1 > replica.stable {
            replica.accepted.insert(slot, decree);
        }
        self.send_all(me, &Message::Vote(Kind::Prepare, slot.0, slot.1, decree));
    }

    /// Whether this slot is prepared now, and whether it is committed.
    fn count(&mut self, me: usize, slot: (usize, usize)) {
        let (f, view, place, primary) = (self.case.f, slot.0, slot.1, self.primary(slot.0));
        let replica = &mut self.replicas[me];
        let Some(decree) = replica.accepted.get(&slot).copied() else { return };
        let who = |said: &Said| -> Vec<usize> {
            let equal = said.get(&slot).into_iter().flatten().filter(|(_, other)| *other == decree);
            equal.map(|(who, _)| *who).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let signers = who(&replica.prepares);
        if signers.len() >= 2 * f && replica.certificates.get(&place).is_none_or(|old| old.view < view) {
            replica.certificates.insert(place, Certificate { place, view, decree, primary, signers });
            self.send_all(me, &Message::Vote(Kind::Commit, view, place, decree));
            if self.case.is_tentative {
                self.execute_tentatively(me, view, place, decree);
            }
        }
        let replica = &mut self.replicas[me];
        let is_prepared = replica.certificates.get(&place).is_some_and(|certificate| certificate.view == view);
        if is_prepared && who(&replica.commits).len() > 2 * f {
            replica.committed.entry(place).or_insert(decree);
            self.execute(me);
        }
    }

    /// A replica that has committed all earlier places replies as soon as this one is prepared.
    fn execute_tentatively(&mut self, me: usize, view: usize, place: usize, decree: usize) {
        let replica = &self.replicas[me];
        if replica.executed.len() + 1 == place && decree != NULL && !replica.has_executed(decree) {
            let result = after(replica.state, decree);
            self.send(me, self.case.n, &Message::Reply(view, decree, result));
        }
    }

    fn execute(&mut self, me: usize) {
        while let Some(decree) = {
            let replica = &self.replicas[me];
            replica.committed.get(&(replica.executed.len() + 1)).copied()
        } {
            let (primary, replica) = (self.primary(self.replicas[me].view), &mut self.replicas[me]);
            let is_new = decree != NULL && !replica.has_executed(decree);
            replica.executed.push((decree, self.calendar.now));
            replica.state = after(replica.state, decree);
            let (place, view, state) = (replica.executed.len(), replica.view, replica.state);
            if is_new {
                replica.results.insert(decree, state);
                (replica.given_up, replica.timer) = (0, None);
            }
            // What a liar has made up has no client.
            if is_new && self.case.is_asked(decree) && !self.case.is_tentative {
                self.send(me, self.case.n, &Message::Reply(view, decree, state));
            }
            if is_new && me != primary && self.replicas[me].is_waiting() {
                self.start_timer(me);
            }
            if place.is_multiple_of(self.case.every) {
                self.send_all(me, &Message::Checkpoint(place, state));
            }
        }
    }

    fn look_for_stable(&mut self, me: usize) {
        let (f, replica) = (self.case.f, &self.replicas[me]);
        let stable = replica.checkpoints.iter().rev().find_map(|(place, said)| {
            let by = |state| said.iter().filter(|other| other.1 == state).map(|other| other.0).collect::<Vec<_>>();
            said.iter().map(|(_, state)| by(*state)).find(|by| by.len() > 2 * f).map(|by| (*place, by))
        });
        let Some((place, by)) = stable else { return };
        if place > self.replicas[me].executed.len() {
            self.outcome.behind.insert(me);
        } else {
            self.set_stable(me, place, by);
            if self.primary(self.replicas[me].view) == me && !self.replicas[me].is_changing {
                self.order(me);
            }
            self.read_early(me);
        }
    }

    fn set_stable(&mut self, me: usize, place: usize, by: Vec<usize>) {
        self.outcome.stable.push((me, place, self.calendar.now));
        let replica = &mut self.replicas[me];
        (replica.stable, replica.stable_by) = (place, by);
        replica.accepted.retain(|slot, _| slot.1 > place);
        replica.prepares.retain(|slot, _| slot.1 > place);
        replica.commits.retain(|slot, _| slot.1 > place);
        replica.certificates.retain(|other, _| *other > place);
        replica.checkpoints.retain(|other, _| *other > place);
    }

    /// The replica gives up its view and all before the one named.
    fn leave_view(&mut self, me: usize, view: usize) {
        let replica = &mut self.replicas[me];
        (replica.view, replica.is_changing, replica.timer) = (view, true, None);
        replica.given_up += 1;
        let prepared = replica.certificates.values().cloned().collect();
        let change = Change { by: me, stable: replica.stable, stable_by: replica.stable_by.clone(), prepared };
        self.outcome.changes.push((me, view, self.calendar.now));
        self.send_all(me, &Message::ViewChange(view, change));
        self.start_retry(me);
    }

    fn is_valid(&self, view: usize, change: &Change) -> bool {
        (change.stable == 0 || change.stable_by.len() > 2 * self.case.f)
            && change
                .prepared
                .iter()
                .all(|certificate| certificate.view < view && certificate.signers.len() >= 2 * self.case.f)
    }

    fn view_change(&mut self, me: usize, view: usize, change: Change) {
        let is_valid = self.is_valid(view, &change);
        let replica = &mut self.replicas[me];
        if is_valid
            && view == replica.view
            && !replica.is_changing
            && self.case.retry.is_some()
            && me == view % self.case.n
        {
            let proof = replica.proof.clone();
            return self.send(me, change.by, &Message::NewView(view, proof));
        }
        let is_over = view < replica.view || (view == replica.view && !replica.is_changing);
        let changes = replica.changes.entry(view).or_default();
        if is_over || !is_valid || changes.iter().any(|other| other.by == change.by) {
            return;
        }
        changes.push(change);
        // The latest view that each process wants, if it is above this replica's own.
        let mut wanted = BTreeMap::new();
        for (view, changes) in replica.changes.range(replica.view + 1..) {
            wanted.extend(changes.iter().map(|change| (change.by, *view)));
        }
        if wanted.len() > self.case.f {
            let view = *wanted.values().min().expect("more than f");
            self.leave_view(me, view);
        } else {
            self.look_for_changes(me);
        }
    }

    fn look_for_changes(&mut self, me: usize) {
        let replica = &self.replicas[me];
        let view = replica.view;
        let changes = replica.changes.get(&view).cloned().unwrap_or_default();
        if !replica.is_changing || changes.len() <= 2 * self.case.f {
            return;
        }
        if replica.timer.is_none() {
            self.start_view_timer(me);
        }
        if self.primary(view) == me {
            // Its own one and the first ones of the others, in order of arrival.
            let mut others = 0;
            let mut chosen = changes;
            chosen.retain(|change| {
                others += usize::from(change.by != me);
                change.by == me || others <= 2 * self.case.f
            });
            if chosen.len() > 2 * self.case.f {
                self.replicas[me].proof.clone_from(&chosen);
                self.send_others(me, &Message::NewView(view, chosen.clone()));
                self.enter(me, view, &chosen);
            }
        }
    }

    fn start_view_timer(&mut self, me: usize) {
        let doubled = self.replicas[me].given_up.saturating_sub(1).min(16);
        self.replicas[me].timer = Some(self.calendar.start_timer(me, self.case.patience << doubled));
    }

    fn enter(&mut self, me: usize, view: usize, changes: &[Change]) {
        let (is_primary, replica) = (self.primary(view) == me, &mut self.replicas[me]);
        let was_there = replica.view == view;
        (replica.view, replica.is_changing, replica.retry) = (view, false, None);
        let base = changes.iter().max_by_key(|change| change.stable).expect("2f + 1");
        if base.stable > replica.executed.len() {
            self.outcome.behind.insert(me);
        } else if base.stable > replica.stable {
            self.set_stable(me, base.stable, base.stable_by.clone());
        }
        if !was_there || self.replicas[me].timer.is_none() {
            self.start_view_timer(me);
        }
        let certificates = || changes.iter().flat_map(|change| &change.prepared);
        let last = certificates().map(|certificate| certificate.place).max().unwrap_or(0).max(base.stable);
        self.replicas[me].last_given = last;
        self.replicas[me].ordered.clear();
        for place in base.stable + 1..=last {
            // Two decrees of one view have certificates only where too many lie: then the one that is mentioned last is taken.
            let highest = certificates()
                .filter(|certificate| certificate.place == place)
                .max_by_key(|other| (other.view, self.case.mentioned(other.decree)));
            let decree = highest.map_or(NULL, |certificate| certificate.decree);
            self.replicas[me].ordered.insert(decree);
            if is_primary {
                self.hear_of(me, decree);
                let replica = &mut self.replicas[me];
                if place > replica.stable {
                    replica.accepted.insert((view, place), decree);
                }
            } else {
                self.accept(me, (view, place), decree);
            }
            self.count(me, (view, place));
        }
        if is_primary {
            self.order(me);
        }
        let replica = &mut self.replicas[me];
        if !replica.is_waiting() {
            (replica.timer, replica.given_up) = (None, 0);
        }
        self.read_early(me);
    }

    fn read_early(&mut self, me: usize) {
        let early = std::mem::take(&mut self.replicas[me].early);
        early.into_iter().for_each(|(from, message)| self.land(from, me, message));
    }
}
