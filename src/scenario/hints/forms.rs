//! The forms of statements, acts and rules, each with a sentence that says what it means.
//!
//! These are the tables of `docs/scenario.md`, row by row; `tests/docs.rs` compares them. Where the document goes on with a
//! list of names, the editor offers the names themselves.

use crate::tongue::{key, translated};

/// One way to write a statement, an act or a rule.
#[derive(Debug)]
pub struct Form {
    /// How it is written; words in capitals stand for words that the writer chooses.
    pub form: &'static str,
    /// What it means.
    pub about: &'static str,
}

impl Form {
    const fn new(form: &'static str, about: &'static str) -> Self {
        Self { form, about }
    }

    fn keyword(&self) -> &str {
        self.form.split(' ').next().unwrap_or_default()
    }
}

/// The statements, without those that are rules for single messages.
pub static STATEMENTS: &[Form] = &[
    Form::new("title TEXT", key!("what it is called")),
    Form::new("about TEXT", key!("one sentence on what happens")),
    Form::new("look TEXT", key!("what to look for")),
    Form::new("caption TIME TEXT", key!("a sentence that people read from this time until the next one")),
    Form::new("wait TIME TEXT", key!("such a sentence, at which playing stops until the reader goes on")),
    Form::new("protocol NAME", key!("which algorithm the nodes run")),
    Form::new("nodes COUNT", key!("that many nodes, named A, B … Z, A1, B1 …")),
    Form::new("nodes NODE …", key!("the nodes' names; the first is not a number")),
    Form::new("delta SPAN", key!("how long 1Δ is; times may then be said in ms and s, and are shown in both")),
    Form::new("delay RANGE", key!("how long a message takes, at most Δ")),
    Form::new("delay LINK RANGE", key!("the same for one link, one way")),
    Form::new("loss PERCENT", key!("the share of messages that are lost by chance")),
    Form::new("loss LINK PERCENT", key!("the same for one link, one way")),
    Form::new("duplicates PERCENT", key!("the share of messages that the network doubles")),
    Form::new("duplicates LINK PERCENT", key!("the same for one link, one way")),
    Form::new("header SIZE", key!("how many bytes every message has, besides the values that it carries")),
    Form::new("size SIZE", key!("how many bytes every value has")),
    Form::new("bandwidth RATE", key!("how many bytes leave a node in 1Δ, one message after the other")),
    Form::new("seed NUMBER", key!("where chance comes from, 0 to 2⁶⁴ − 1")),
    Form::new("option NAME VALUE", key!("a choice that the protocol offers")),
    Form::new("leader NODE …", key!("whom the oracle names as leader at the start; leader none for nobody")),
    Form::new("acceptors NODE …", key!("who promises and votes")),
    Form::new("learners NODE …", key!("who is told what has passed")),
    Form::new("clients NODE …", key!("who only asks, and waits for an answer")),
    Form::new("auxiliaries NODE …", key!("under cheap, which acceptors are asked only while another one is missing")),
    Form::new("liars NODE …", key!("under protocols that expect lies, who may say anything")),
    Form::new("tolerate COUNT", key!("the quorums are made for so many liars")),
    Form::new("tolerate COUNT COUNT", key!("the same; with so many faults the protocol is still at its fastest")),
    Form::new("quorum SIZE", key!("so many acceptors are a quorum")),
    Form::new("quorum SIZE SIZE", key!("so many for phase 1, and so many for phase 2")),
    Form::new(
        "quorum weights NODE=WEIGHT … need WEIGHT",
        key!("those who together weigh so much; a second number is for phase 2"),
    ),
    Form::new(
        "quorum sets NODES | …",
        key!("each of these sets, and whatever contains one; after a / those of phase 2"),
    ),
    Form::new("quorum grid NODES | …", key!("each row is a quorum of phase 1, and each column is one of phase 2")),
    Form::new("service NAME", key!("what the ledger's commands are for")),
    Form::new("without RULE", key!("a rule that safety rests on is switched off; may be said for several")),
    Form::new("without memory NODE …", key!("memory is switched off for these nodes alone")),
    Form::new("skip STEP", key!("nobody ever performs this step; may be said for several")),
    Form::new("at TIME ACT", key!("something is done to the cluster")),
    Form::new("until TIME", key!("the run ends after everything at this time")),
    Form::new(
        "goal POINTS TEXT: CONDITION",
        key!("what the run has to show, and how many points that is worth; 1 when it is left out"),
    ),
    Form::new(
        "goal TEXT: CONDITION else SENTENCE",
        key!("the same, with what is said to whoever has not reached it; parts in braces are filled in"),
    ),
    Form::new(
        "allow KIND …",
        key!(
            "which kinds of lines whoever solves the exercise may add; of which node or link, before when, and how many"
        ),
    ),
];

/// What `at` can do to the cluster.
pub static ACTS: &[Form] = &[
    Form::new("propose NODE VALUE", key!("somebody asks A to have this decree passed")),
    Form::new("crash NODE", key!("everything but stable storage is gone, timers included")),
    Form::new(
        "crash NODE before-send",
        key!("the next step in which A would send is its last: what it persists stays, nothing leaves"),
    ),
    Form::new(
        "timeout NODE TIMER #NUMBER",
        key!("this running timer of A runs out now, as if A’s clock were fast; its number is left out where it is 0"),
    ),
    Form::new("restart NODE", key!("A comes back with what its stable storage holds")),
    Form::new("restart NODE empty", key!("A comes back with an empty disk: stable storage is gone, too")),
    Form::new(
        "partition NODES | …",
        key!(
            "messages pass within a group only; nodes that are not named are one more group, and what was cut before is forgotten"
        ),
    ),
    Form::new("cut LINK", key!("A's messages to B no longer pass; B's to A do")),
    Form::new("heal", key!("every cut and partition ends")),
    Form::new("heal LINK", key!("this way is open again, whatever closed it")),
    Form::new(
        "leader NODE …",
        key!(
            "from now on the oracle names B; everybody who is up hears it at once. Of several each believes that it leads, and the others turn to the one that nodes lists first; leader none names nobody"
        ),
    ),
    Form::new(
        "inject KIND LINK BALLOT …",
        key!(
            "a message that nobody sends now enters the network, such as one of a process that is gone. After the link come, where they apply, the ballot, the instance as in [3], the decree in quotes, and how long it takes"
        ),
    ),
];

/// The statements that are rules for single messages.
pub static RULES: &[Form] = &[
    Form::new("drop KIND LINK #n", key!("it is lost, half-way")),
    Form::new("delay KIND LINK #n TIME", key!("it takes exactly this long, Δ or not")),
    Form::new("duplicate KIND LINK #n +TIME", key!("a copy lands this much later than it")),
    Form::new("forge KIND LINK #n VALUE", key!("the liar sends this decree in it instead")),
    Form::new("forge KIND LINK #n silent", key!("the liar does not send it")),
    Form::new("forge KIND LINK #n late TIME", key!("the liar sends it late, so that it takes this long")),
    Form::new("forge KIND LINK #n false", key!("the liar tells another result in it")),
    Form::new(
        "forge KIND LINK #n omit NODE …",
        key!("the liar leaves the claims of these nodes out of its proof; all of them where no node is named"),
    ),
    Form::new(
        "forge KIND LINK #n claim KIND NODE BALLOT …",
        key!(
            "the proof contains one more claim, of a message that this node has sent to anybody; the rest is as in inject"
        ),
    ),
];

/// What the statement with this keyword means: each form and its sentence, in lines.
pub(super) fn statement(keyword: &str) -> String {
    told(STATEMENTS.iter().chain(RULES).filter(|form| form.keyword() == keyword))
}

/// What this act does: each form and its sentence, in lines.
pub(super) fn act(verb: &str) -> String {
    told(ACTS.iter().filter(|form| form.keyword() == verb))
}

/// What this form of `quorum` means.
pub(super) fn quorum(form: &str) -> String {
    told(STATEMENTS.iter().filter(|row| row.form.strip_prefix("quorum ").is_some_and(|rest| rest.starts_with(form))))
}

/// What this form of `forge` means.
pub(super) fn lie(form: &str) -> String {
    told(
        RULES
            .iter()
            .filter(|row| row.form.strip_prefix("forge KIND LINK #n ").is_some_and(|rest| rest.starts_with(form))),
    )
}

fn told<'f>(forms: impl Iterator<Item = &'f Form>) -> String {
    forms.map(|form| format!("{}: {}", form.form, translated(form.about))).collect::<Vec<_>>().join("\n")
}
