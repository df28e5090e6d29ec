//! Throughput: a script with a stream of requests runs under several protocols, with values of several sizes, and each run
//! tells how many decrees pass in 1Δ.
//!
//! A run has a rate when everybody learns at least two of the decrees that were asked for. Its rate is the number of these
//! decrees after the first one, divided by the time from when the first one is known by all until the last one is. Phase 1,
//! the wait for the first request, and decrees that nobody asked for do not count. Like every run, it is the same everywhere.

use crate::check;
use crate::latency;
use crate::protocol::{PROTOCOLS, Protocol, Trust};
use crate::scenario::{Act, Scenario, Script, Statement, limits};
use crate::sim::Run;
use crate::types::{Bytes, Time, Value};

/// The most sizes of one sweep.
pub const SIZES_MAX: usize = 16;

/// A sweep over sizes and protocols.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// The script of each run, apart from its protocol and its size.
    script: Script,
    title: String,
    /// The sizes of values, in ascending order.
    pub sizes: Vec<Bytes>,
    /// The protocols, in the order asked for.
    pub protocols: Vec<&'static Protocol>,
    /// The protocols of the registry that cannot run the script, and why. Those that were asked for by name are never here.
    pub refused: Vec<(&'static Protocol, String)>,
    /// The results so far: those of the first protocol for each size, then those of the second one.
    pub found: Vec<Passed>,
}

/// What one run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Passed {
    /// How many decrees were asked for.
    pub asked: u64,
    /// How many of these everybody knows who is up at the end.
    pub known: u64,
    /// From when the first of these is known by all until the last one is.
    pub span: Time,
    /// The bytes that nodes sent in the whole run.
    pub bytes: u64,
    /// Whether every check held.
    pub is_safe: bool,
}

impl Passed {
    /// What a run came to.
    pub fn of(run: &Run) -> Self {
        let trace = run.trace();
        let decided = latency::decisions(trace);
        let wanted = decided.iter().filter(|one| one.asked.is_some() && one.vote.value != Value::OLIVE_DAY);
        let times: Vec<Time> = wanted.filter_map(|one| one.all_learned).collect();
        let (first, last) = (times.iter().min().copied(), times.iter().max().copied());
        let asked = run.scenario().acts.iter().filter(|planned| matches!(planned.act, Act::Propose(..)));
        Self {
            asked: asked.count() as u64,
            known: times.len() as u64,
            span: last.unwrap_or_default().since(first.unwrap_or_default()),
            bytes: trace.message_counts(trace.events().len()).bytes,
            is_safe: check::check(trace).iter().all(check::Verdict::holds),
        }
    }

    /// Decrees for each Δ, in millionths, rounded down; none where the run has no rate.
    pub fn rate(&self) -> Option<u64> {
        let gaps = u128::from(self.known.saturating_sub(1));
        let whole = gaps * u128::from(Time::DELTA.0) * u128::from(Time::DELTA.0);
        (gaps > 0 && self.span > Time::ZERO).then(|| u64::try_from(whole / u128::from(self.span.0)).unwrap_or(u64::MAX))
    }

    /// The bytes that nodes sent for each decree that everybody knows, rounded down; none where there is no such decree.
    pub fn bytes_each(&self) -> Option<Bytes> {
        self.bytes.checked_div(self.known).map(Bytes)
    }
}

/// The protocols that a sweep compares when nobody names any: those with a ledger in which nobody lies.
pub fn candidates() -> impl Iterator<Item = &'static Protocol> {
    PROTOCOLS.iter().copied().filter(|protocol| protocol.has_places() && protocol.trust == Trust::Crash)
}

/// The sizes in a list, such as `100B,1kB`.
///
/// # Errors
/// A sentence: what in the list is no size.
pub fn sizes(list: &str) -> Result<Vec<Bytes>, String> {
    let mut sizes = Vec::new();
    for text in list.split(',').take(SIZES_MAX + 1) {
        let Some(size) = Bytes::read(text.trim()) else {
            let text = crate::types::shortened(text);
            return Err(format!("“{text}” is no size; write sizes like 100B,1kB,30kB"));
        };
        if size > limits::SIZE {
            return Err(format!("a size is at most {}", limits::SIZE));
        }
        sizes.push(size);
    }
    if sizes.len() > SIZES_MAX {
        return Err(format!("there are at most {SIZES_MAX} sizes"));
    }
    sizes.sort_unstable();
    sizes.dedup();
    Ok(sizes)
}

impl Throughput {
    /// A sweep of this script; none of its runs is made yet. Without protocols it takes those of the registry that have a
    /// ledger, expect no lies and understand the script.
    ///
    /// # Errors
    /// A sentence: why the script or a protocol has no throughput.
    pub fn new(script: &Script, named: Option<Vec<&'static Protocol>>, sizes: Vec<Bytes>) -> Result<Self, String> {
        let own = Scenario::of(script).map_err(|error| error.to_string())?;
        if sizes.is_empty() {
            return Err("name at least one size, as in 1kB".to_owned());
        }
        let is_named = named.is_some();
        let (mut protocols, mut refused) = (Vec::new(), Vec::new());
        for protocol in named.unwrap_or_else(|| candidates().collect()) {
            let meaning = Scenario::of(&script.under(protocol.name)).map_err(|error| error.to_string());
            let meaning = meaning.and_then(|_| {
                let one = "it passes a single decree, so it has no throughput";
                if protocol.is_log { Ok(()) } else { Err(one.to_owned()) }
            });
            match meaning {
                Ok(()) => protocols.push(protocol),
                Err(why) if is_named => return Err(format!("under the {} protocol, {why}", protocol.name)),
                Err(why) => refused.push((protocol, why)),
            }
        }
        if protocols.is_empty() {
            return Err("no protocol with a ledger understands this script".to_owned());
        }
        let title = own.headline().into_owned();
        Ok(Self { script: script.clone(), title, sizes, protocols, refused, found: Vec::new() })
    }

    /// What people call the script.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// How many bytes leave a node in 1Δ; none where the script sets no limit.
    pub fn bandwidth(&self) -> Option<Bytes> {
        self.script.lines.iter().find_map(|line| match line.statement {
            Some(Statement::Bandwidth(rate)) => Some(rate),
            _ => None,
        })
    }

    /// How many runs the sweep has.
    pub fn asked(&self) -> usize {
        self.protocols.len() * self.sizes.len()
    }

    /// The script of a run, with its protocol and its size.
    pub fn script_of(&self, protocol: &Protocol, size: Bytes) -> Script {
        let mut script = self.script.under(protocol.name);
        script.set(Statement::Size(size));
        script
    }

    /// Makes so many more runs. True when none is left.
    pub fn go_on(&mut self, work: usize) -> bool {
        for _ in 0..work.min(self.asked() - self.found.len()) {
            let (protocol, size) = (self.found.len() / self.sizes.len(), self.found.len() % self.sizes.len());
            let script = self.script_of(self.protocols[protocol], self.sizes[size]);
            let scenario = Scenario::of(&script).expect("the size of values changes no meaning");
            self.found.push(Passed::of(&Run::of(scenario)));
        }
        self.is_over()
    }

    /// Whether every run is made.
    pub fn is_over(&self) -> bool {
        self.found.len() == self.asked()
    }

    /// What each protocol came to so far, for the first sizes.
    pub fn rows(&self) -> impl Iterator<Item = (&'static Protocol, &[Passed])> {
        self.protocols.iter().copied().zip(self.found.chunks(self.sizes.len()))
    }

    /// Whether every check held in every run so far.
    pub fn is_safe(&self) -> bool {
        self.found.iter().all(|passed| passed.is_safe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::find;

    fn swept(script: &str, named: &[&str], list: &str) -> Result<Throughput, String> {
        let script = Script::parse(&format!("paxos-playground 1\n{script}")).expect("a good script");
        let named = named.iter().map(|name| find(name).expect("a protocol")).collect();
        let mut sweep = Throughput::new(&script, Some(named), sizes(list)?)?;
        assert!(sweep.go_on(usize::MAX));
        Ok(sweep)
    }

    /// Two nodes, so every decree is BeginBallot, Voted, Success. The leader's port sends the value twice for each decree:
    /// with headers of 100 bytes and values of 400, that is 1000 bytes, which take 1Δ at 1kB/Δ.
    const STREAM: &str = "nodes 2\nheader 100B\nbandwidth 1kB/Δ\ndelay 0Δ\noption window 1\nat 3 propose A a\n\
                          at 3 propose A b\nat 3 propose A c\nat 3 propose A d\nat 3 propose A e\n";

    #[test]
    fn a_rate_is_the_decrees_after_the_first_divided_by_their_time() {
        let sweep = swept(STREAM, &["multi"], "400B,0B").expect("it runs");
        assert_eq!(sweep.sizes, [Bytes(0), Bytes(400)]);
        let [empty, full] = sweep.found[..] else { panic!("{sweep:?}") };
        // Votes take 0.1Δ through B's port. The next BeginBallot leaves behind the Success before it, and all know that one
        // 0.6Δ before the next vote arrives at A: a decree takes 0.5 + 0.1 + 0.5.
        assert_eq!((full.asked, full.known, full.span), (5, 5, Time(4_400_000)));
        assert_eq!(full.rate(), Some(909_090));
        assert_eq!(full.bytes_each(), Some(Bytes((200 + 5 * 1_100) / 5)), "NextBallot and LastVote, and five decrees");
        assert_eq!((empty.span, empty.rate()), (Time(1_200_000), Some(3_333_333)));
        assert!(sweep.is_safe());
    }

    #[test]
    fn without_two_known_decrees_or_time_between_them_there_is_no_rate() {
        let one = swept("nodes 2\nat 3 propose A a\n", &["multi"], "1kB").expect("it runs");
        assert_eq!((one.found[0].known, one.found[0].rate()), (1, None));
        let at_once = swept("nodes 2\nat 3 propose A a\nat 3 propose A b\n", &["multi"], "1kB").expect("it runs");
        assert_eq!((at_once.found[0].known, at_once.found[0].rate()), (2, None));
        let down = swept("nodes 2\nat 3 crash A\nat 4 propose B b\n", &["multi"], "1kB").expect("it runs");
        assert_eq!((down.found[0].known, down.found[0].bytes_each()), (0, None));
    }

    #[test]
    fn what_has_no_throughput_is_told() {
        let single = swept("nodes 2\n", &["basic"], "1kB").expect_err("a single decree");
        assert_eq!(single, "under the basic protocol, it passes a single decree, so it has no throughput");
        assert_eq!(sizes("1kB,2").expect_err("no unit"), "“2” is no size; write sizes like 100B,1kB,30kB");
        assert_eq!(sizes("2GB").expect_err("too large"), "a size is at most 1GB");
        assert_eq!(sizes(&"1B,".repeat(20)).expect_err("too many"), "there are at most 16 sizes");
        assert_eq!(sizes("2kB,1kB,1000B"), Ok(vec![Bytes(1_000), Bytes(2_000)]));
    }

    #[test]
    fn the_registry_says_who_is_compared_when_nobody_is_named() {
        let text = crate::scenario::library::find("throughput").expect("it is built in").text;
        let script = Script::parse(text).expect("a good script");
        let sweep = Throughput::new(&script, None, vec![Bytes(1_000)]).expect("it runs");
        let names: Vec<_> = sweep.protocols.iter().chain(sweep.refused.iter().map(|(protocol, _)| protocol)).collect();
        assert_eq!(names.len(), candidates().count());
        assert!(sweep.protocols.iter().any(|protocol| protocol.name == "multi"));
    }
}
