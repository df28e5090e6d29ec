//! Cheap Paxos once more: what happens, to the Δ and to the message, when some processes are dead before a client asks. It
//! is written from the rules (Lamport and Massa, *Cheap Paxos*), without looking at the machine, as a calculation with sets
//! and times; nothing is simulated message by message. It shares no line with the playground.
//!
//! The leader is process 0 and never dies. Every message takes 1Δ, and a message to oneself takes no time.

/// What is dead, and how the protocol is set.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The acceptors are 0 to `acceptors` − 1; the last minority of them is auxiliary.
    pub(crate) acceptors: usize,
    pub(crate) dead: Vec<usize>,
    pub(crate) alpha: usize,
    pub(crate) is_strict: bool,
    /// How many commands the leader is asked for at time 0.
    pub(crate) commands: usize,
}

/// A decision: the decree's name, when the leader knows it, and when the last other main process knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Decided {
    pub(crate) decree: String,
    pub(crate) leader: u64,
    pub(crate) others: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Members {
    mains: Vec<usize>,
    auxiliaries: Vec<usize>,
}

impl Members {
    fn need(&self) -> usize {
        (self.mains.len() + self.auxiliaries.len()) / 2 + 1
    }
}

/// Who has not answered in time so far, and who has promised or voted in the leader's ballot.
struct Leader<'a> {
    case: &'a Case,
    suspects: Vec<usize>,
    heard_promise: Vec<usize>,
    messages: usize,
}

impl Leader<'_> {
    fn is_alive(&self, node: usize) -> bool {
        !self.case.dead.contains(&node)
    }

    /// The time from the 2a of an instance until a majority of its members has voted.
    fn vote(&mut self, members: &Members) -> u64 {
        let (mut asked, mut voted, mut now) = (Vec::new(), vec![0], 0);
        loop {
            let mut wanted: Vec<usize> =
                members.mains.iter().copied().filter(|node| !self.suspects.contains(node)).collect();
            let lacking = members.need().saturating_sub(wanted.len());
            let (trusted, rest): (Vec<usize>, Vec<usize>) =
                members.auxiliaries.iter().partition(|node| !self.suspects.contains(node));
            wanted.extend(trusted.into_iter().chain(rest).take(lacking));
            wanted.retain(|node| !asked.contains(node) && *node != 0);
            // With the strict guard an auxiliary process promises first: two messages and 2Δ more.
            let first: Vec<usize> = wanted
                .iter()
                .copied()
                .filter(|node| {
                    let is_auxiliary = members.auxiliaries.contains(node);
                    self.case.is_strict && is_auxiliary && !self.heard_promise.contains(node)
                })
                .collect();
            let mut last = now;
            for node in &wanted {
                let is_first = first.contains(node);
                self.messages += 1;
                if self.is_alive(*node) {
                    self.messages += if is_first { 3 } else { 1 };
                    self.heard_promise.push(*node);
                    voted.push(*node);
                    last = last.max(now + if is_first { 4 } else { 2 });
                }
            }
            asked.extend(wanted);
            if voted.len() >= members.need() {
                return last;
            }
            now += if first.is_empty() { 2 } else { 4 };
            let silent: Vec<usize> = asked.iter().copied().filter(|node| !voted.contains(node)).collect();
            self.suspects.extend(silent);
        }
    }
}

/// Every decision, in the order of the instances, and the number of messages between different processes from the request
/// on. Only for one instance at a time (α = 1).
pub(crate) fn expected(case: &Case) -> (Vec<Decided>, usize) {
    assert_eq!(case.alpha, 1, "instances overlap otherwise");
    let majority = case.acceptors / 2 + 1;
    let mut members = Members { mains: (0..majority).collect(), auxiliaries: (majority..case.acceptors).collect() };
    let mut leader = Leader { case, suspects: Vec::new(), heard_promise: Vec::new(), messages: 0 };
    let (mut decided, mut now) = (Vec::new(), 0);
    let mut asked: Vec<String> = (1..=case.commands).rev().map(|number| format!("c{number}")).collect();
    let mut removal: Option<usize> = None;
    while let Some(decree) = removal.map(|node| format!("remove({node})")).or_else(|| asked.pop()) {
        now += leader.vote(&members);
        if let Some(gone) = removal.take() {
            members.mains.retain(|node| *node != gone);
            members.auxiliaries.pop();
            leader.suspects.retain(|node| *node != gone);
        }
        let told: Vec<usize> =
            members.mains.iter().copied().filter(|node| *node != 0 && !leader.suspects.contains(node)).collect();
        leader.messages += told.len();
        decided.push(Decided { decree, leader: now, others: (!told.is_empty()).then_some(now + 1) });
        removal = members.mains.iter().copied().find(|node| leader.suspects.contains(node));
    }
    (decided, leader.messages)
}
