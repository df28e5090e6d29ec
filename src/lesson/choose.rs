//! The last lessons: a network, faults and a goal are given, and the reader finds the protocol that meets the goal.

use super::watched::Watched;
use super::{Freedom, Lesson, Progress, steps};
use crate::tongue::{key, say};
use crate::types::Time;

/// Two clients at once, one crash, and 2Δ all the same.
pub(super) static ORDER: Lesson = Lesson {
    id: "choose-order",
    title: key!("Choose: two clients at once"),
    text: key!(
        "Nobody lies, and D is down. X writes x and Y writes y at the same instant. Y’s request is the faster one to A and B, so \
           the servers hear of the two in different orders. Not all commands need one. \
           (Generalized Consensus and Paxos, §3)"
    ),
    task: key!("Choose a protocol under which all that are up know each command 2Δ after it was asked for."),
    hint: key!("No leader may be on the way. Generalized Paxos agrees on a history."),
    opens: "protocol multi\nservice kv\nnodes A B C D X Y\nclients X Y\ndelay Y->A 0.8Δ\ndelay Y->B 0.8Δ\n\
            at 2Δ crash D\nat 4Δ propose X \"put x 1\"\nat 4Δ propose Y \"put y 2\"\nuntil 9Δ\n",
    freedom: Freedom::Choice,
    judge: |watched| {
        all_within(watched, Time::deltas(2), key!("the two writes need no order, and three of four are enough."))
    },
};

/// A process that does nothing while the others are well.
pub(super) static IDLE: Lesson = Lesson {
    id: "choose-idle",
    title: key!("Choose: a machine that sleeps"),
    text: key!(
        "A and B are large machines, and X is a small one that runs on a battery. It may help when one of the two is gone, and \
           should send nothing before. At 8Δ B crashes, and at 9Δ another command comes. (Cheap Paxos; PTP §3.3.6)"
    ),
    task: key!("Choose a protocol under which X sends nothing while all are up, and all three commands are {passed}."),
    hint: key!("Under Cheap Paxos X is an auxiliary process."),
    opens: "protocol multi\nnodes A B X\nauxiliaries X\nat 3Δ propose A red\nat 5Δ propose A blue\nat 8Δ crash B\n\
            at 9Δ propose A green\nuntil 30Δ\n",
    freedom: Freedom::Choice,
    judge: |watched| {
        let title = watched.scenario.protocol.title;
        let x = watched.scenario.setup.cast.all().iter().last();
        let is_idle = x.is_some_and(|x| !watched.busy.contains(x));
        let known = watched.slowest();
        steps(
            [
                (is_idle, say!("“{title}”: X has sent something although A and B were up.")),
                (watched.asked.len() > 2, say!("X sleeps so far. Watch on: B will crash.").into()),
                (
                    known.is_some() || !watched.is_over,
                    say!("“{title}”: with B down, green is not {passed}.", passed = watched.words.passed),
                ),
                (known.is_some(), watched.words.fill(key!("Watch until green is {passed}."))),
            ],
            say!(
                "“{title}”: X slept until B was gone, and then helped. The slowest command took {span}Δ.",
                span = known.unwrap_or_default()
            ),
        )
    },
};

/// Fast, although one may lie.
pub(super) static LIES: Lesson = Lesson {
    id: "choose-lies",
    title: key!("Choose: fast, and one may lie"),
    text: key!(
        "F, one of six servers, may say anything; here it says nothing at all. X is the only client, so nothing collides. A \
           request and one round of {votes} are the least that there can be. (Fast Byzantine Consensus, §5)"
    ),
    task: key!("Choose protocol and options: a liar is expected, and all know each command 2Δ after it was asked for."),
    hint: key!("“Fast Byzantine Multi-Paxos”, and in the Rules panel requests direct."),
    opens: "protocol multi\nnodes A B C D E F X\nclients X\nliars F\nat 1Δ crash F\nat 4Δ propose X red\nat 8Δ propose X blue\n\
            until 24Δ\n",
    freedom: Freedom::Choice,
    judge: |watched| {
        if !watched.expects_a_liar() {
            let title = watched.scenario.protocol.title;
            return super::not_yet(say!("“{title}”: every process is believed here, and F may lie."));
        }
        all_within(watched, Time::deltas(2), key!("five equal {votes} of six, and no leader on the way."))
    },
};

/// Large values through narrow ports.
pub(super) static BYTES: Lesson = Lesson {
    id: "choose-bytes",
    title: key!("Choose: many Δ, many bytes"),
    text: key!(
        "Messages are on the way for 0.02Δ only, but each {decree} has 30kB, and 2MB leave a machine in 1Δ. So what takes time is \
           the port of whoever sends a {decree} again and again. A asks for eight of them at once. (Ring Paxos, DSN 2010)"
    ),
    task: key!("Choose a protocol under which everybody knows all eight 0.2Δ after A asked for them."),
    hint: key!("Who sends how many bytes? Under Ring Paxos each machine sends each {decree} once."),
    opens: "protocol multi\nnodes A B C\ndelay 0.02Δ\nsize 30kB\nbandwidth 2MB/Δ\nat 3Δ propose A 1\nat 3Δ propose A 2\n\
            at 3Δ propose A 3\nat 3Δ propose A 4\nat 3Δ propose A 5\nat 3Δ propose A 6\nat 3Δ propose A 7\nat 3Δ propose A 8\n\
            until 5Δ\n",
    freedom: Freedom::Choice,
    judge: |watched| {
        all_within(
            watched,
            Time(200_000),
            key!("each port takes each {decree} once, and the ring passes on what is small."),
        )
    },
};

/// Whether everybody that is up knows each decree so long after it was asked for, and no check is violated.
fn all_within(watched: &Watched<'_>, span: Time, why: &'static str) -> Progress {
    let title = watched.scenario.protocol.title;
    let slowest = watched.slowest();
    let missing = watched
        .asked
        .iter()
        .find(|(.., value)| watched.decrees.get(value).is_none_or(|decree| !watched.is_known_to_all(decree)));
    let missing = missing.map(|(.., value)| watched.symbols.value(*value)).unwrap_or_default();
    steps(
        [
            (
                watched.violated.is_empty(),
                say!("“{title}”: the check {check} is violated.", check = watched.violated.first().unwrap_or(&"")),
            ),
            (slowest.is_some() || watched.is_over, say!("Watch until everybody knows each command.").into()),
            (slowest.is_some(), say!("“{title}”: not everybody knows “{missing}” at the end.")),
            (
                slowest <= Some(span),
                say!(
                    "“{title}”: the slowest command took {took}Δ, and the goal is {span}Δ.",
                    took = slowest.unwrap_or_default()
                ),
            ),
            (watched.is_over, say!("So far so good. Watch to the end.").into()),
        ],
        say!("“{title}”: each command took {span}Δ at most; {why}", why = watched.words.fill(why)),
    )
}
