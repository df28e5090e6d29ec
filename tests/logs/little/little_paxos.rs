//! Three acceptors, and two proposers that meet. With the word `bug`, acceptors forget what they have promised.

use std::io::{Stdout, stdout};

#[path = "../../../docs/logs/paxos_log.rs"]
mod paxos_log;

use paxos_log::{PaxosLog, names, text, vote};

type Ballot = (u32, &'static str);

struct Acceptor {
    name: &'static str,
    log: PaxosLog<Stdout>,
    promised: Ballot,
    vote: Option<(Ballot, &'static str)>,
    forgets: bool,
}

impl Acceptor {
    fn new(name: &'static str, forgets: bool) -> Self {
        Self { name, log: PaxosLog::new(name, stdout()), promised: (0, ""), vote: None, forgets }
    }

    fn prepare(&mut self, ballot: Ballot) -> Option<(Ballot, &'static str)> {
        self.promised = ballot;
        let last = self.vote.map(|(ballot, value)| (told(ballot), value));
        let last = vote(last.as_ref().map(|(ballot, value)| (ballot.as_str(), *value)));
        self.say("promised", &[("ballot", text(&told(ballot))), ("vote", last)]);
        self.vote
    }

    fn accept(&mut self, ballot: Ballot, value: &'static str) -> bool {
        if ballot < self.promised && !self.forgets {
            self.say("refused", &[("ballot", text(&told(ballot))), ("bound", text(&told(self.promised)))]);
            return false;
        }
        self.vote = Some((ballot, value));
        self.say("voted", &[("ballot", text(&told(ballot))), ("value", text(value))]);
        true
    }

    fn say(&self, what: &str, keys: &[(&str, String)]) {
        self.log.say(what, keys).expect("standard output is open");
    }
}

fn told((number, owner): Ballot) -> String {
    format!("{number}.{owner}")
}

fn prepare(acceptors: [&mut Acceptor; 2], ballot: Ballot, own: &'static str) -> &'static str {
    acceptors[0].say("tried", &[("ballot", text(&told(ballot)))]);
    let last = acceptors.into_iter().filter_map(|one| one.prepare(ballot)).max();
    last.map_or(own, |(_, value)| value)
}

fn propose(acceptors: [&mut Acceptor; 2], ballot: Ballot, value: &'static str) {
    let quorum = acceptors.each_ref().map(|one| one.name);
    let keys = [("ballot", text(&told(ballot))), ("value", text(value))];
    acceptors[0].say("began", &[keys.to_vec(), vec![("quorum", names(&quorum))]].concat());
    let [owner, other] = acceptors;
    if owner.accept(ballot, value) & other.accept(ballot, value) {
        owner.say("learned", &keys);
    }
}

fn main() {
    let forgets = std::env::args().any(|word| word == "bug");
    let [mut a, mut b, mut c] = ["A", "B", "C"].map(|name| Acceptor::new(name, forgets));
    a.say("asked", &[("value", text("red"))]);
    let red = prepare([&mut a, &mut b], (1, "A"), "red");
    c.say("asked", &[("value", text("blue"))]);
    let blue = prepare([&mut c, &mut b], (2, "C"), "blue");
    propose([&mut a, &mut b], (1, "A"), red);
    propose([&mut c, &mut b], (2, "C"), blue);
}
