//! What the simulations of PBFT and of FaB share: lies, and the list of what is to come. Every message takes one Δ unless a lie
//! makes it late or its link is slow; a message to oneself is no message. It shares no line with the playground.

use std::collections::{BTreeMap, BTreeSet};

/// Tenths of Δ.
pub(crate) type Ticks = u32;
pub(crate) const DELTA: Ticks = 10;

/// What a liar does to one of its messages.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Twist {
    /// Another decree.
    Says(usize),
    Silent,
    /// The message takes so long.
    Late(Ticks),
    /// Another result.
    False,
    /// The claims of these processes are left out, or all claims where nobody is named.
    Omits(Vec<usize>),
}

/// The lie about the `nth` message of this kind from the liar to another process, counted from 1.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Lie<Kind> {
    pub(crate) kind: Kind,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) nth: usize,
    pub(crate) twist: Twist,
}

/// What happens to the processes and their links.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Act {
    /// This client wants this decree.
    Ask(usize, usize),
    Crash(usize),
    Cut(usize, usize),
    Heal(usize, usize),
}

/// What comes next.
pub(crate) enum Next<Message> {
    Act(Act),
    /// From whom, to whom.
    Land(usize, usize, Message),
    /// Whose timer runs out, and its number.
    Ring(usize, u64),
}

/// When, whether it is a timer, and in which order it was put in.
type Due = (Ticks, bool, u64);

/// What is to come. At one instant the acts come first, then messages, then timers; each in the order in which they were put in.
pub(crate) struct Calendar<Kind, Message> {
    pub(crate) now: Ticks,
    acts: Vec<(Ticks, Act)>,
    lies: Vec<Lie<Kind>>,
    /// Links that take another time.
    pub(crate) slow: BTreeMap<(usize, usize), Ticks>,
    until: Ticks,
    acts_done: usize,
    cut: BTreeSet<(usize, usize)>,
    down: BTreeSet<usize>,
    /// A timer has no message.
    coming: BTreeMap<Due, (usize, usize, Option<Message>)>,
    put: u64,
    /// How many messages of a kind each process has sent to each other one.
    ordinals: BTreeMap<(Kind, usize, usize), usize>,
    /// How many messages were sent to other processes.
    pub(crate) sent: BTreeMap<Kind, usize>,
}

impl<Kind: Copy + Ord, Message: Clone> Calendar<Kind, Message> {
    /// The acts are in order of time; nothing happens after `until`.
    pub(crate) fn new(acts: Vec<(Ticks, Act)>, lies: Vec<Lie<Kind>>, until: Ticks) -> Self {
        Self {
            now: 0,
            acts,
            lies,
            slow: BTreeMap::new(),
            until,
            acts_done: 0,
            cut: BTreeSet::new(),
            down: BTreeSet::new(),
            coming: BTreeMap::new(),
            put: 0,
            ordinals: BTreeMap::new(),
            sent: BTreeMap::new(),
        }
    }

    fn put(&mut self, after: Ticks, is_timer: bool, what: (usize, usize, Option<Message>)) -> u64 {
        self.put += 1;
        self.coming.insert((self.now + after, is_timer, self.put), what);
        self.put
    }

    /// Lets a timer run out at this process after so long, and tells its number.
    pub(crate) fn start_timer(&mut self, who: usize, after: Ticks) -> u64 {
        self.put(after, true, (who, who, None))
    }

    /// A process tells itself something: that takes no time, but comes after what was sent before.
    pub(crate) fn tell_itself(&mut self, who: usize, message: Message) {
        self.put(0, false, (who, who, Some(message)));
    }

    /// Sends a message; where the sender lies about it, `twist` changes what it says.
    pub(crate) fn send(
        &mut self,
        link: (usize, usize),
        kind: Kind,
        mut message: Message,
        twist: impl Fn(&mut Message, &Twist),
    ) {
        let nth = self.ordinals.entry((kind, link.0, link.1)).or_default();
        *nth += 1;
        let mut takes = self.slow.get(&link).copied().unwrap_or(DELTA);
        for lie in self.lies.iter().filter(|lie| (lie.kind, lie.from, lie.to, lie.nth) == (kind, link.0, link.1, *nth))
        {
            match lie.twist {
                Twist::Silent => return,
                Twist::Late(ticks) => takes = ticks,
                _ => twist(&mut message, &lie.twist),
            }
        }
        *self.sent.entry(kind).or_default() += 1;
        if !self.cut.contains(&link) {
            self.put(takes, false, (link.0, link.1, Some(message)));
        }
    }

    /// What happens next to a process that is up; nothing when the run is over.
    pub(crate) fn next(&mut self) -> Option<Next<Message>> {
        loop {
            let due = self.coming.first_key_value().map(|(due, _)| due.0);
            let act = self.acts.get(self.acts_done).copied();
            if let Some((at, act)) = act.filter(|(at, _)| *at <= self.until && due.is_none_or(|due| *at <= due)) {
                self.acts_done += 1;
                self.now = at;
                match act {
                    Act::Ask(..) => return Some(Next::Act(act)),
                    Act::Crash(who) => drop(self.down.insert(who)),
                    Act::Cut(from, to) => drop(self.cut.insert((from, to))),
                    Act::Heal(from, to) => drop(self.cut.remove(&(from, to))),
                }
                continue;
            }
            let (due, (from, to, message)) = self.coming.pop_first()?;
            if due.0 > self.until {
                return None;
            }
            self.now = due.0;
            match message {
                _ if self.down.contains(&to) => {}
                Some(_) if self.cut.contains(&(from, to)) => {}
                Some(message) => return Some(Next::Land(from, to, message)),
                None => return Some(Next::Ring(to, due.2)),
            }
        }
    }
}

/// The next number of a chain of pseudo-random numbers, below `below`: SplitMix64.
pub(crate) fn draw(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ mixed >> 31) % below
}
