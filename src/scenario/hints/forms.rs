//! The forms of statements, acts and rules, each with a sentence that says what it means.
//!
//! These are the tables of `docs/scenario.md`, row by row; `tests/docs.rs` compares them. Where the document goes on with a
//! list of names, the editor offers the names themselves.

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
    Form::new("title TEXT", "what it is called"),
    Form::new("about TEXT", "one sentence on what happens"),
    Form::new("look TEXT", "what to look for"),
    Form::new("caption TIME TEXT", "a sentence that people read from this time until the next one"),
    Form::new("wait TIME TEXT", "such a sentence, at which playing stops until the reader goes on"),
    Form::new("protocol NAME", "which algorithm the nodes run"),
    Form::new("nodes COUNT", "that many nodes, named A, B … Z, A1, B1 …"),
    Form::new("nodes NODE …", "the nodes' names; the first is not a number"),
    Form::new("delta SPAN", "how long 1Δ is; times may then be said in ms and s, and are shown in both"),
    Form::new("delay RANGE", "how long a message takes, at most Δ"),
    Form::new("delay LINK RANGE", "the same for one link, one way"),
    Form::new("loss PERCENT", "the share of messages that are lost by chance"),
    Form::new("loss LINK PERCENT", "the same for one link, one way"),
    Form::new("duplicates PERCENT", "the share of messages that the network doubles"),
    Form::new("duplicates LINK PERCENT", "the same for one link, one way"),
    Form::new("header SIZE", "how many bytes every message has, besides the values that it carries"),
    Form::new("size SIZE", "how many bytes every value has"),
    Form::new("bandwidth RATE", "how many bytes leave a node in 1Δ, one message after the other"),
    Form::new("seed NUMBER", "where chance comes from, 0 to 2⁶⁴ − 1"),
    Form::new("option NAME VALUE", "a choice that the protocol offers"),
    Form::new("leader NODE …", "whom the oracle names as leader at the start; leader none for nobody"),
    Form::new("acceptors NODE …", "who promises and votes"),
    Form::new("learners NODE …", "who is told what has passed"),
    Form::new("clients NODE …", "who only asks, and waits for an answer"),
    Form::new("auxiliaries NODE …", "under cheap, which acceptors are asked only while another one is missing"),
    Form::new("liars NODE …", "under protocols that expect lies, who may say anything"),
    Form::new("tolerate COUNT", "the quorums are made for so many liars"),
    Form::new("tolerate COUNT COUNT", "the same; with so many faults the protocol is still at its fastest"),
    Form::new("quorum SIZE", "so many acceptors are a quorum"),
    Form::new("quorum SIZE SIZE", "so many for phase 1, and so many for phase 2"),
    Form::new(
        "quorum weights NODE=WEIGHT … need WEIGHT",
        "those who together weigh so much; a second number is for phase 2",
    ),
    Form::new("quorum sets NODES | …", "each of these sets, and whatever contains one; after a / those of phase 2"),
    Form::new("quorum grid NODES | …", "each row is a quorum of phase 1, and each column is one of phase 2"),
    Form::new("service NAME", "what the ledger's commands are for"),
    Form::new("without RULE", "a rule that safety rests on is switched off; may be said for several"),
    Form::new("without memory NODE …", "memory is switched off for these nodes alone"),
    Form::new("skip STEP", "nobody ever performs this step; may be said for several"),
    Form::new("at TIME ACT", "something is done to the cluster"),
    Form::new("until TIME", "the run ends after everything at this time"),
    Form::new(
        "goal POINTS TEXT: CONDITION",
        "what the run has to show, and how many points that is worth; 1 when it is left out",
    ),
    Form::new(
        "goal TEXT: CONDITION else SENTENCE",
        "the same, with what is said to whoever has not reached it; parts in braces are filled in",
    ),
    Form::new(
        "allow KIND …",
        "which kinds of lines whoever solves the exercise may add; of which node or link, before when, and how many",
    ),
];

/// What `at` can do to the cluster.
pub static ACTS: &[Form] = &[
    Form::new("propose NODE VALUE", "somebody asks A to have this decree passed"),
    Form::new("crash NODE", "everything but stable storage is gone, timers included"),
    Form::new(
        "crash NODE before-send",
        "the next step in which A would send is its last: what it persists stays, nothing leaves",
    ),
    Form::new(
        "timeout NODE TIMER #NUMBER",
        "this running timer of A runs out now, as if A’s clock were fast; its number is left out where it is 0",
    ),
    Form::new("restart NODE", "A comes back with what its stable storage holds"),
    Form::new("restart NODE empty", "A comes back with an empty disk: stable storage is gone, too"),
    Form::new(
        "partition NODES | …",
        "messages pass within a group only; nodes that are not named are one more group, and what was cut before is forgotten",
    ),
    Form::new("cut LINK", "A's messages to B no longer pass; B's to A do"),
    Form::new("heal", "every cut and partition ends"),
    Form::new("heal LINK", "this way is open again, whatever closed it"),
    Form::new(
        "leader NODE …",
        "from now on the oracle names B; everybody who is up hears it at once. Of several each believes that it leads, and the others turn to the one that nodes lists first; leader none names nobody",
    ),
    Form::new(
        "inject KIND LINK BALLOT …",
        "a message that nobody sends now enters the network, such as one of a process that is gone. After the link come, where they apply, the ballot, the instance as in [3], the decree in quotes, and how long it takes",
    ),
];

/// The statements that are rules for single messages.
pub static RULES: &[Form] = &[
    Form::new("drop KIND LINK #n", "it is lost, half-way"),
    Form::new("delay KIND LINK #n TIME", "it takes exactly this long, Δ or not"),
    Form::new("duplicate KIND LINK #n +TIME", "a copy lands this much later than it"),
    Form::new("forge KIND LINK #n VALUE", "the liar sends this decree in it instead"),
    Form::new("forge KIND LINK #n silent", "the liar does not send it"),
    Form::new("forge KIND LINK #n late TIME", "the liar sends it late, so that it takes this long"),
    Form::new("forge KIND LINK #n false", "the liar tells another result in it"),
    Form::new(
        "forge KIND LINK #n omit NODE …",
        "the liar leaves the claims of these nodes out of its proof; all of them where no node is named",
    ),
    Form::new(
        "forge KIND LINK #n claim KIND NODE BALLOT …",
        "the proof contains one more claim, of a message that this node has sent to anybody; the rest is as in inject",
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
    forms.map(|form| format!("{}: {}", form.form, form.about)).collect::<Vec<_>>().join("\n")
}
