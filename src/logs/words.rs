//! The words of logs: those of 1998 and those of 2001, for what happens and for the kinds of messages.

use crate::scenario::suggestion;
use crate::tongue::say;

/// What a line can say, by the name that `docs/logs.md` gives it first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    Asked,
    Crash,
    Restart,
    Send,
    Receive,
    Lose,
    Tried,
    Promised,
    PromisedFrom,
    Began,
    Voted,
    Learned,
    Refused,
    Leads,
    Follows,
    Answered,
    Applied,
    Other,
}

/// Each word with its names.
static WORDS: &[(Word, &[&str])] = &[
    (Word::Asked, &["asked", "requested"]),
    (Word::Crash, &["crash", "crashed"]),
    (Word::Restart, &["restart", "restarted"]),
    (Word::Send, &["send", "sent"]),
    (Word::Receive, &["receive", "received"]),
    (Word::Lose, &["lose", "lost"]),
    (Word::Tried, &["tried", "prepared"]),
    (Word::Promised, &["promised"]),
    (Word::PromisedFrom, &["promised-from"]),
    (Word::Began, &["began", "proposed"]),
    (Word::Voted, &["voted", "accepted"]),
    (Word::Learned, &["learned", "chosen", "decided"]),
    (Word::Refused, &["refused", "rejected"]),
    (Word::Leads, &["leads"]),
    (Word::Follows, &["follows"]),
    (Word::Answered, &["answered"]),
    (Word::Applied, &["applied", "executed"]),
    // What the playground’s own logs say besides, and no check reads.
    (
        Word::Other,
        &[
            "timer",
            "persist",
            "timeout",
            "crash-before-send",
            "partition",
            "cut",
            "heal",
            "leader",
            "inject",
            "other",
            "believed",
            "certified",
            "stable",
            "configured",
            "forgot",
            "blocked",
            "result",
        ],
    ),
];

/// The kinds of messages: the name of 1998, that of 2001, and the step as other papers call them.
static KINDS: &[[&str; 3]] = &[
    ["NextBallot", "Prepare", "1a"],
    ["LastVote", "Promise", "1b"],
    ["BeginBallot", "Accept", "2a"],
    ["Voted", "Accepted", "2b"],
    ["Success", "Decide", "3"],
    ["Nack", "Reject", "nack"],
    ["Request", "Propose", "request"],
    ["Alive", "Heartbeat", "alive"],
    ["Ask", "Learn", "ask"],
    ["Forward", "Relay", "forward"],
    ["NoLeader", "Unavailable", "unavailable"],
    ["Reply", "Response", "reply"],
];

/// What this name means.
///
/// # Errors
/// A sentence that suggests a similar name.
pub(super) fn word(name: &str) -> Result<Word, String> {
    let found = WORDS.iter().find(|(_, names)| names.contains(&name)).map(|(word, _)| *word);
    found.ok_or_else(|| {
        let known = WORDS.iter().flat_map(|(_, names)| names.iter().copied());
        say!(
            "“{name}” is nothing that happens here{hint}",
            name = crate::types::shortened(name),
            hint = suggestion(name, known)
        )
    })
}

/// The kind with this name, in the words of 1998. Capital letters do not matter.
///
/// # Errors
/// A sentence that suggests a similar name.
pub(super) fn kind(name: &str) -> Result<&'static str, String> {
    let found = KINDS.iter().find(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
    found.map(|names| names[0]).ok_or_else(|| {
        let known = KINDS.iter().flatten().copied();
        say!(
            "“{name}” is no kind of message here{hint}",
            name = crate::types::shortened(name),
            hint = suggestion(name, known)
        )
    })
}
