//! The built-in scenarios. The terminal's list, the page's gallery, the golden traces and the tests all iterate over
//! these.

/// A script that comes with the playground.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// The group of scenarios to which it belongs.
    pub group: &'static str,
    /// The name in the terminal and in links.
    pub name: &'static str,
    /// Its title, as its script says it.
    pub title: &'static str,
    /// Its script. Code of the page that may run before the rest of the page is here takes [`BuiltIn::script`].
    pub text: &'static str,
}

impl BuiltIn {
    /// Its script. The scripts of the derivations come with the rest of the page, as their machines do: until then there are
    /// zeros in their place, and whoever asks for one of them waits.
    pub fn script(&self) -> &'static str {
        if self.is_here() { self.text } else { self.late_script() }
    }

    /// Whether nobody has to wait for its script.
    pub fn is_here(&self) -> bool {
        self.text.starts_with('p')
    }

    /// This function belongs to the rest of the page, so calling it fetches the rest.
    #[inline(never)]
    fn late_script(&self) -> &'static str {
        std::hint::black_box(self).text
    }
}

/// Where the title is in a script: its second line says it.
const fn title_in(script: &[u8]) -> (usize, usize) {
    let mut start = 0;
    while script[start] != b'\n' {
        start += 1;
    }
    start += "\ntitle".len();
    while script[start] == b' ' {
        start += 1;
    }
    let mut end = start;
    while script[end] != b'\n' {
        end += 1;
    }
    (start, end)
}

macro_rules! built_in {
    ($($group:literal: $($name:literal),+;)*) => {
        &[$($(BuiltIn {
            group: $group,
            name: $name,
            // A copy: the page shows the titles of scripts that are not here yet.
            title: {
                const SCRIPT: &[u8] = include_bytes!(concat!("library/", $name, ".paxos"));
                const PLACE: (usize, usize) = title_in(SCRIPT);
                const COPY: [u8; PLACE.1 - PLACE.0] = {
                    let mut copy = [0; PLACE.1 - PLACE.0];
                    copy.copy_from_slice(SCRIPT.split_at(PLACE.1).0.split_at(PLACE.0).1);
                    copy
                };
                match std::str::from_utf8(&COPY) {
                    Ok(title) => title,
                    Err(_) => panic!("a script is UTF-8"),
                }
            },
            text: include_str!(concat!("library/", $name, ".paxos")),
        }),+),*]
    };
}

/// All of them, in the order in which a reader should meet them.
pub static LIBRARY: &[BuiltIn] = built_in![
    "One decree":
        "minimal-ballot", "first-story", "minority-crash", "half-crashed", "two-proposers", "duelling-proposers", "later-ballot-adopts",
        "late-question", "chosen-unknown", "random-delays", "in-milliseconds", "three-nodes";
    "Faults":
        "message-loss", "crash-before-send", "partition-and-heal", "one-way-cut";
    "A leader":
        "leader-election", "nack-nine-delta", "sliding-arrival", "two-stale-ten-delta", "request-passed-on";
    "The worst case":
        "promise-then-crash", "promise-never-vote", "overtaken-begin", "notice-seven-delta", "notice-nine-delta",
        "nack-too-late";
    "Many decrees":
        "steady-log", "in-flight", "client-elsewhere", "olive-day", "gap-behind-leader", "outrun-leader", "leader-change", "catching-up", "lock-leases",
        "asked-twice", "throughput";
    "Votes to everybody":
        "steady", "votes-to-everybody", "followers-first";
    "Cheap Paxos":
        "quiet-auxiliaries", "quiet-auxiliaries-client", "last-main-dead", "one-main-of-three-dead", "strict-auxiliary",
        "three-under-way", "auxiliary-down", "main-and-auxiliary-down", "both-mains-jump", "closed-for-ever",
        "removed-and-back", "without-whole-quorum", "without-change-decided", "without-mains-know", "without-closed",
        "forgotten-too-early", "cheap-broken-promise";
    "Rings":
        "m-ring-steady", "m-ring-five", "m-ring-seven", "m-ring-elsewhere", "m-ring-client", "m-ring-piggyback", "m-ring-one-at-a-time",
        "m-ring-member-dead", "m-ring-coordinator-dead", "m-ring-lost-value", "m-ring-impatient", "m-ring-spare-dead",
        "u-ring-steady", "u-ring-five", "u-ring-seven", "u-ring-farthest", "u-ring-client", "u-ring-member-dead",
        "u-ring-news-lost", "u-ring-coordinator-dead", "u-ring-back-again", "without-own-vote", "without-fresh-ids",
        "without-ask-first", "u-ring-stale-count";
    "Fast rounds":
        "fast-two-delta", "fast-at-the-leader", "fast-one-dead", "fast-collision", "fast-restart", "fast-uncoordinated",
        "fast-unequal", "fast-three-nodes", "fast-two-dead";
    "A ledger of fast rounds":
        "fast-log-steady", "fast-log-collision", "fast-log-leader-dies", "fast-log-gap", "fast-log-two-places";
    "Command histories":
        "generalized-steady", "generalized-two-reads", "generalized-sequence", "generalized-collision", "generalized-collision-five",
        "generalized-same-order", "generalized-third", "generalized-restart", "generalized-classic";
    "Processes that lie":
        "pbft-steady", "pbft-at-the-primary", "pbft-at-a-backup", "pbft-seven", "pbft-tentative", "pbft-read", "pbft-checkpoint",
        "pbft-silent-primary", "pbft-two-silent-primaries", "pbft-equivocation", "pbft-equivocation-two",
        "pbft-backup-cut-off", "without-commit", "without-backups-prepare", "without-large-quorum",
        "without-more-than-thrice", "without-equal-replies", "without-window", "without-whole-view", "pbft-two-orders",
        "pbft-forgetful", "pbft-lowest", "pbft-old-view", "pbft-too-many-liars";
    "Fast Byzantine Paxos":
        "fab-steady", "fab-client", "fab-eleven", "fab-silent-acceptor", "fab-equivocation", "fab-one-learns", "fab-split",
        "fab-silent-leader", "fab-two-bad-leaders", "fab-four-acceptors", "pfab-steady", "pfab-client", "pfab-one-silent", "pfab-stuck", "pfab-unstuck";
    "A ledger that expects lies":
        "fab-log-steady", "fab-log-client", "fab-log-direct", "fab-log-collision", "fab-log-five-to-one", "fab-log-lying-client",
        "fab-log-gap";
    "Broken rules":
        "without-promise", "without-max-vote", "without-highest", "without-majority", "without-unique-ballots",
        "without-memory", "without-memory-of-one", "restart-empty", "without-one-ballot", "without-in-order", "without-once",
        "ordering-in-halves", "vote-nobody-began", "flexible-sum-is-n", "without-fast-quorum", "without-vote-once",
        "without-pick", "fast-unowned-rounds", "fast-mixed-rounds", "without-conflicts", "without-grow",
        "without-proposed", "without-last-vote", "generalized-majority", "generalized-mixed-ballots",
        "without-learn-quorum", "without-enough-acceptors", "without-certificate", "without-vouching", "without-signed",
        "without-one-truthful",
        "fab-broken-promise", "fab-two-liars";
    "Parts and quorums":
        "client-apart", "textbook-parts", "flexible-two-votes";
];

/// The scenario with this name.
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    LIBRARY.iter().find(|scenario| scenario.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn a_title_is_that_of_the_script() {
        for built_in in LIBRARY {
            let (_, scenario) = Scenario::read(built_in.text).expect("a good script");
            assert_eq!(built_in.title, scenario.title, "{}", built_in.name);
            assert!(built_in.is_here() && built_in.script() == built_in.text, "{}", built_in.name);
        }
    }
}
