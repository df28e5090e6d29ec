//! Random scripts, as data: every statement, every act, every rule, at any time and in any order.
//!
//! Every sample is a scenario: names exist, settings are said once, limits are kept. Lines that find nothing to do are
//! welcome, because they must be harmless too.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;

use paxos_playground::protocol::{Carries, PROTOCOLS, Protocol, Trust};
use paxos_playground::scenario::goals::{GoalLine, Permission, Who};
use paxos_playground::scenario::script::default_name;
use paxos_playground::scenario::{Act, Disk, Injection, Lie, Line, Link, Part, Range, RuleEffect, Script, Statement};
use paxos_playground::types::{self, Bytes, Time};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A script that shows itself as its text when a test fails.
#[derive(Clone)]
pub(crate) struct Sample(pub(crate) Script);

impl fmt::Debug for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n{}", self.0)
    }
}

impl Deref for Sample {
    type Target = Script;

    fn deref(&self) -> &Script {
        &self.0
    }
}

impl Sample {
    /// The same script, changed so that every disk survives every crash.
    pub(crate) fn with_memory(mut self) -> Self {
        self.0.lines.retain(|line| !matches!(line.statement, Some(Statement::Without(..))));
        for line in &mut self.0.lines {
            if let Some(Statement::At(_, Act::Restart(_, disk))) = &mut line.statement {
                *disk = Disk::Kept;
            }
        }
        self
    }
}

/// How much happens in a script.
#[derive(Clone, Copy)]
struct Scale {
    /// The latest time of an act, in Δ.
    last: u64,
    /// The largest ordinal in a rule.
    ordinals: u32,
    /// The number of ballots that go on besides what happens by chance.
    ballots: u32,
}

/// The timers of the protocols that have any.
const TIMERS: &[&str] = &["phase 1", "phase 2", "retry", "catch up", "beat", "silent"];

const SHORT: Scale = Scale { last: 14, ordinals: 3, ballots: 0 };
/// Long enough that runs have checkpoints, most of which a change leaves standing.
const LONG: Scale = Scale { last: 40, ordinals: 20, ballots: 60 };

/// The nodes of a script, and the line that names them.
#[derive(Clone, Debug)]
struct Cast {
    names: Vec<String>,
    line: Statement,
    /// The nodes that lie, where the protocol expects lies. Their line stays in the script.
    liars: Vec<String>,
}

fn cast() -> impl Strategy<Value = Cast> {
    let counted = (1..=7_u32).prop_map(|count| {
        let liars = Vec::new();
        Cast { names: (0..count).map(default_name).collect(), line: Statement::NodeCount(count), liars }
    });
    // The first name does not begin with a digit, or the line could say how many nodes there are.
    let head = "[A-Za-zéΔ_][A-Za-z0-9_]{0,3}";
    let head = head.prop_filter("a name of the language", |head| head != "none");
    let named = (head, prop::collection::btree_set("[A-Za-z0-9_é]{1,4}", 0..=6)).prop_map(|(head, mut rest)| {
        rest.remove(&head);
        rest.remove("none");
        let names: Vec<_> = [head].into_iter().chain(rest).collect();
        Cast { line: Statement::Nodes(names.clone()), names, liars: Vec::new() }
    });
    let lying = |cast: Cast| {
        let most = cast.names.len().min(2);
        prop::sample::subsequence(cast.names.clone(), 0..=most).prop_map(move |liars| Cast { liars, ..cast.clone() })
    };
    prop_oneof![2 => counted, 1 => named].prop_flat_map(lying)
}

/// An instant or a span: round values coincide with each other, odd values do not.
fn time(most_deltas: u64) -> impl Strategy<Value = Time> {
    let (half, most) = (Time::DELTA.0 / 2, Time::deltas(most_deltas).0);
    prop_oneof![
        2 => (0..=most / half).prop_map(move |halves| Time(halves * half)),
        1 => (0..=most).prop_map(Time),
    ]
}

fn range() -> impl Strategy<Value = Range> {
    (time(1), time(1)).prop_map(|(one, other)| Range { least: one.min(other), most: one.max(other) })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(vec!["red", "blue", "green"]).prop_map(str::to_owned),
        1 => "[a-z\"\\\\ #|→é]{0,12}",
    ]
}

/// The text of a comment or a title: any text on one line that trimming leaves alone.
fn remark() -> impl Strategy<Value = String> {
    "[a-zA-ZΔ’“#\"|:.-][a-zA-Z #\"|:.-]{0,12}[a-z.]"
}

fn link(names: &[String]) -> BoxedStrategy<Link<String>> {
    let (names, last) = (names.to_vec(), names.len() - 1);
    (0..=last, 0..last)
        .prop_map(move |(from, to)| {
            let to = if to < from { to } else { to + 1 };
            Link { from: names[from].clone(), to: names[to].clone() }
        })
        .boxed()
}

fn groups(names: &[String]) -> impl Strategy<Value = Vec<Vec<String>>> + use<> {
    let names = names.to_vec();
    // For each node its group; the last place means that no group names the node.
    vec(0..4_usize, names.len()).prop_map(move |places| {
        let of = |group| names.iter().zip(&places).filter(move |(_, place)| **place == group);
        let mut groups: Vec<Vec<String>> =
            (0..3).map(|group| of(group).map(|(name, _)| name.clone()).collect()).collect();
        groups.retain(|group| !group.is_empty());
        if groups.is_empty() { vec![names.clone()] } else { groups }
    })
}

/// No leader, or one. Two leaders can start ballots against each other for ever at one instant, where messages take no
/// time; the swarm tests those.
fn leaders(names: &[String]) -> impl Strategy<Value = Vec<String>> + use<> {
    prop::sample::subsequence(names.to_vec(), 0..=1)
}

fn act(names: &[String]) -> BoxedStrategy<Act<String, String>> {
    let node = || select(names.to_vec());
    let anywhere = prop_oneof![
        8 => (node(), value()).prop_map(|(node, value)| Act::Propose(node, value)),
        2 => node().prop_map(Act::Crash),
        2 => node().prop_map(Act::CrashBeforeSend),
        1 => (node(), select(TIMERS.to_vec()), 0..3_u32)
            .prop_map(|(node, timer, number)| Act::Timeout(node, timer.to_owned(), number)),
        5 => node().prop_map(|node| Act::Restart(node, Disk::Kept)),
        1 => node().prop_map(|node| Act::Restart(node, Disk::Empty)),
        1 => groups(names).prop_map(Act::Partition),
        2 => Just(Act::Heal),
        2 => leaders(names).prop_map(Act::Leader),
    ];
    if names.len() == 1 {
        return anywhere.boxed();
    }
    let stale = (link(names), 1..9_u32, node(), 1..4_u32, prop::option::of(time(3)));
    let stale = stale.prop_map(|(link, number, owner, instance, takes)| {
        let kind = "NextBallot".to_owned();
        Act::Inject(Injection { kind, link, ballot: Some((number, owner)), instance, value: None, takes })
    });
    let between = prop_oneof![
        2 => link(names).prop_map(Act::Cut),
        1 => link(names).prop_map(Act::HealLink),
        1 => stale,
    ];
    prop_oneof![20 => anywhere, 3 => between].boxed()
}

fn rule(names: &[String], ordinals: u32) -> impl Strategy<Value = Statement> + use<> {
    // Only a few protocols have some of these words; under the others such a line does nothing.
    let kinds = vec![
        "NextBallot",
        "LastVote",
        "BeginBallot",
        "Voted",
        "Success",
        "Prepare",
        "Accepted",
        "Nack",
        "Request",
        "Alive",
        "Learn",
    ];
    let effect = prop_oneof![
        Just(RuleEffect::Drop),
        time(3).prop_map(RuleEffect::Delay),
        time(2).prop_map(RuleEffect::Duplicate),
    ];
    let kind = select(kinds).prop_map(str::to_owned);
    (kind, link(names), 1..=ordinals, effect).prop_map(|(kind, link, ordinal, effect)| Statement::Rule {
        kind,
        link,
        ordinal,
        effect,
    })
}

/// Each lie that can be told in a message of this kind, under every protocol that expects lies and has such a kind.
fn lies(kind: &'static str, names: &[String]) -> BoxedStrategy<Lie> {
    let kinds = lying().flat_map(|protocol| protocol.kinds).filter(|info| info.name == kind);
    let carried: Vec<Carries> = kinds.map(|info| info.carries).collect();
    let all = |can: &[Carries]| carried.iter().all(|carries| can.contains(carries));
    let mut lies = vec![Just(Lie::Silent).boxed(), time(3).prop_map(Lie::Late).boxed()];
    if all(&[Carries::Value, Carries::Result, Carries::Proof]) {
        lies.push(value().prop_map(Lie::Says).boxed());
    }
    if all(&[Carries::Result]) {
        lies.push(Just(Lie::False).boxed());
    }
    if all(&[Carries::Proof]) {
        lies.push(prop::sample::subsequence(names.to_vec(), 0..=names.len()).prop_map(Lie::Omits).boxed());
    }
    prop::strategy::Union::new(lies).boxed()
}

/// The protocols that expect lies.
fn lying() -> impl Iterator<Item = &'static &'static Protocol> {
    PROTOCOLS.iter().filter(|protocol| protocol.trust == Trust::Byzantine)
}

/// A lie of one of the liars.
fn forged(cast: &Cast, ordinals: u32) -> Option<BoxedStrategy<Statement>> {
    let kinds: Vec<&'static str> = lying().flat_map(|protocol| protocol.kinds).map(|kind| kind.name).collect();
    if cast.liars.is_empty() || kinds.is_empty() || cast.names.len() == 1 {
        return None;
    }
    let (names, liars) = (cast.names.clone(), cast.liars.clone());
    let lie = (select(kinds), select(liars), select(names.clone()), 1..=ordinals);
    let lie = lie.prop_flat_map(move |(kind, from, to, ordinal)| {
        // A message to oneself cannot be a lie.
        let to = if to == from { names.iter().find(|name| **name != from).expect("there are two").clone() } else { to };
        let link = Link { from, to };
        lies(kind, &names).prop_map(move |lie| Statement::Rule {
            kind: kind.to_owned(),
            link: link.clone(),
            ordinal,
            effect: RuleEffect::Forge(lie),
        })
    });
    Some(lie.boxed())
}

fn protocol() -> impl Strategy<Value = Statement> {
    select(PROTOCOLS.iter().map(|protocol| protocol.name).collect::<Vec<_>>())
        .prop_map(|name| Statement::Protocol(name.to_owned()))
}

/// With these options, leaders can start ballots at one instant without end.
const AT_ONCE: [&str; 3] = ["any-nack", "own-nack", "hopeless"];

/// Options of any protocol, and steps that are left out. Where the script's protocol has no such option, the line does
/// nothing.
fn options() -> impl Strategy<Value = Vec<Statement>> {
    let all = PROTOCOLS.iter().flat_map(|protocol| protocol.options);
    let values = all.flat_map(|option| option.values.iter().map(|value| (option.name, *value)));
    let values: Vec<_> = values.filter(|(_, value)| !AT_ONCE.contains(value)).collect();
    let skipped = prop::option::weighted(0.05, select(vec!["1a", "1b", "2a", "2b", "3"]));
    (vec(select(values), 0..4), skipped).prop_map(|(chosen, skipped)| {
        let mut said = BTreeSet::new();
        let fresh = chosen.into_iter().filter(|(name, _)| said.insert(*name)).collect::<Vec<_>>();
        let options = fresh.into_iter().map(|(name, value)| Statement::Option(name.to_owned(), value.to_owned()));
        options.chain(skipped.map(|step| Statement::Skip(step.to_owned()))).collect()
    })
}

/// All nodes forget their promises and votes in a crash, or some nodes do.
fn forgetful(names: &[String]) -> impl Strategy<Value = Statement> + use<> {
    prop::sample::subsequence(names.to_vec(), 0..=names.len())
        .prop_map(|nodes| Statement::Without("memory".to_owned(), nodes))
}

/// Sizes and a bandwidth, in most scripts none. A message of a thousand bytes takes a port a thousandth of Δ to 2Δ.
fn sizes() -> BoxedStrategy<Vec<Statement>> {
    let bytes = || prop_oneof![1 => Just(0), 3 => 1..2_000_u64].prop_map(Bytes);
    let rate = prop_oneof![1 => Just(1_000), 3 => 500..1_000_000_u64].prop_map(Bytes);
    let said = (
        prop::option::of(bytes().prop_map(Statement::Header)),
        prop::option::of(bytes().prop_map(Statement::Size)),
        prop::option::of(rate.prop_map(Statement::Bandwidth)),
    );
    let list = said.prop_map(|(header, size, bandwidth)| [header, size, bandwidth].into_iter().flatten().collect());
    prop_oneof![3 => Just(Vec::new()), 1 => list].boxed()
}

/// Settings of the whole run, each said at most once.
fn settings(names: &[String]) -> BoxedStrategy<Vec<Statement>> {
    let share = || prop_oneof![3 => 0..100_000_u32, 1 => Just(1_000_000)];
    let once = (
        prop::option::of(remark().prop_map(Statement::Title)),
        prop::option::of(remark().prop_map(Statement::About)),
        prop::option::of(remark().prop_map(Statement::Look)),
        prop::option::weighted(0.9, protocol()),
        prop::option::of(range().prop_map(|range| Statement::Delay(None, range))),
        prop::option::weighted(0.2, share().prop_map(|share| Statement::Loss(None, share))),
        prop::option::weighted(0.2, share().prop_map(|share| Statement::Duplicates(None, share))),
        prop::option::of(any::<u64>().prop_map(Statement::Seed)),
        sizes(),
        options(),
        prop::option::weighted(0.3, leaders(names).prop_map(Statement::Leader)),
        prop::option::weighted(0.2, forgetful(names)),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, sizes, options, i, j)| {
            [a, b, c, d, e, f, g, h, i, j].into_iter().flatten().chain(options).chain(sizes).collect::<Vec<_>>()
        });
    if names.len() == 1 {
        return once.boxed();
    }
    let own = prop_oneof![
        2 => (link(names), range()).prop_map(|(link, range)| Statement::Delay(Some(link), range)),
        1 => (link(names), share()).prop_map(|(link, share)| Statement::Loss(Some(link), share)),
        1 => (link(names), share()).prop_map(|(link, share)| Statement::Duplicates(Some(link), share)),
    ];
    let links = vec(own, 0..4).prop_map(|links| {
        let mut said = Script::default();
        links.into_iter().for_each(|setting| said.set(setting));
        said.lines.into_iter().filter_map(|line| line.statement).collect::<Vec<_>>()
    });
    (once, links).prop_map(|(once, links): (Vec<_>, _)| [once, links].concat()).boxed()
}

/// A goal or a permission now and then, as a script that sets an exercise has them.
fn asked() -> impl Strategy<Value = Vec<Statement>> {
    let conditions = [
        "votes > 0 and decisions = 0",
        "some b in ballots: b.votes = 2  or (k >= 1)",
        "every d in decisions where d.value = \"# else\": d.latency.from_client.all <= 9Δ",
    ];
    let texts = || select(vec!["Somebody votes", "It \"passes\" \\ # so", "else: {{k}} = {k}"]);
    let goal = (0..4_u32, texts(), select(conditions.to_vec()), prop::option::of(texts()));
    let goal = goal.prop_map(|(points, text, condition, otherwise)| {
        let otherwise = otherwise.map(str::to_owned);
        Statement::Goal(GoalLine { points, text: text.to_owned(), condition: condition.to_owned(), otherwise })
    });
    let permission =
        (select(vec!["crash", "propose", "inject"]), prop::option::of(time(20)), prop::option::of(0..9_u32));
    let permission = permission.prop_map(|(deed, before, most)| Permission {
        deed: deed.to_owned(),
        who: Who::Anybody,
        before,
        most,
    });
    let allow = vec(permission, 1..3).prop_map(Statement::Allow);
    vec(prop_oneof![goal, allow], 0..2)
}

/// An act or a rule, as a line of its own.
fn deed(cast: &Cast, scale: Scale) -> BoxedStrategy<Statement> {
    let names = &cast.names;
    let act = (time(scale.last), act(names)).prop_map(|(at, act)| Statement::At(at, act));
    let deed =
        if names.len() == 1 { act.boxed() } else { prop_oneof![3 => act, 1 => rule(names, scale.ordinals)].boxed() };
    match forged(cast, scale.ordinals) {
        Some(lie) => prop_oneof![2 => deed, 1 => lie].boxed(),
        None => deed,
    }
}

/// How long Δ is, if the script says so.
fn delta() -> impl Strategy<Value = Option<types::Scale>> {
    let millis = prop_oneof![Just(100_000), Just(30_000), Just(7), 1..=3_600_000_000_u64];
    prop::option::weighted(
        0.3,
        millis.prop_map(|micros| types::Scale::new(types::Millis(micros)).expect("in its bounds")),
    )
}

/// The same line with its times in ms, if any of them can be written in ms.
fn in_ms(line: Line, scale: Option<types::Scale>) -> Line {
    let scaled = Line { scale, ..line.clone() };
    if scaled.to_string() == line.to_string() { line } else { scaled }
}

/// A line with a comment now and then; a statement whose text takes the whole line can have no comment.
fn line(statement: Statement, comment: Option<String>) -> Line {
    let is_text = matches!(statement, Statement::Title(_) | Statement::About(_) | Statement::Look(_));
    Line { statement: Some(statement), comment: comment.filter(|_| !is_text), scale: None }
}

fn script_of(cast: &Cast, scale: Scale) -> impl Strategy<Value = Sample> + use<> {
    let until = prop::option::weighted(0.3, time(scale.last + 2).prop_map(Statement::Until));
    let deeds = prop_oneof![3 => vec(deed(cast, scale), 0..12), 1 => vec(deed(cast, scale), 12..60)];
    let propose = (time(scale.last), select(cast.names.clone()), value());
    let propose = propose.prop_map(|(at, node, value)| Statement::At(at, Act::Propose(node, value)));
    let ballots = vec(propose, scale.ballots as usize);
    let comments = vec(prop::option::weighted(0.1, remark()), 120);
    let loose = vec(prop::option::of(remark()), 0..3);
    let liars = (!cast.liars.is_empty()).then(|| Statement::Part(Part::Liars, cast.liars.clone()));
    let nodes = [Some(cast.line.clone()), liars];
    (settings(&cast.names), deeds, ballots, until, comments, loose, (delta(), asked()))
        .prop_map(move |(settings, deeds, ballots, until, comments, loose, (delta, asked))| {
            let statements = settings
                .into_iter()
                .chain(nodes.clone().into_iter().flatten())
                .chain(deeds)
                .chain(ballots)
                .chain(until)
                .chain(asked);
            let said = statements.zip(comments).map(|(statement, comment)| line(statement, comment));
            let said = said.enumerate().map(|(place, line)| in_ms(line, delta.filter(|_| place % 3 != 0)));
            let said = said.chain(delta.map(|delta| Statement::Delta(delta).into()));
            let loose = loose.into_iter().map(|comment| Line { comment, ..Line::default() });
            said.chain(loose).collect::<Vec<_>>()
        })
        .prop_shuffle()
        .prop_map(|lines| Sample(Script { lines }))
}

/// A script that can be resolved to a scenario.
pub(crate) fn script() -> impl Strategy<Value = Sample> {
    cast().prop_flat_map(|cast| script_of(&cast, SHORT))
}

/// A script whose run is long enough to have checkpoints.
pub(crate) fn long_script() -> impl Strategy<Value = Sample> {
    cast().prop_flat_map(|cast| script_of(&cast, LONG))
}

/// A change that a person makes to a script; places beyond the end wrap around.
#[derive(Clone, Debug)]
enum Edit {
    Insert(usize, Box<Statement>),
    Remove(usize),
    Move(usize, usize),
    Until(Option<Time>),
    Seed(u64),
}

fn edit(cast: &Cast) -> BoxedStrategy<Edit> {
    let names = &cast.names;
    let place = || any::<usize>();
    let edits = prop_oneof![
        4 => (place(), deed(cast, LONG)).prop_map(|(place, deed)| Edit::Insert(place, Box::new(deed))),
        3 => place().prop_map(Edit::Remove),
        3 => (place(), place()).prop_map(|(from, to)| Edit::Move(from, to)),
        1 => prop::option::of(time(LONG.last)).prop_map(Edit::Until),
        1 => any::<u64>().prop_map(Edit::Seed),
    ];
    if names.len() == 1 {
        return edits.boxed();
    }
    let rule = (place(), rule(names, LONG.ordinals)).prop_map(|(place, rule)| Edit::Insert(place, Box::new(rule)));
    prop_oneof![2 => edits, 1 => rule].boxed()
}

fn apply(lines: &mut Vec<Line>, edit: Edit) {
    let count = lines.len();
    let replace = |lines: &mut Vec<Line>, is_old: fn(&Statement) -> bool, new: Option<Statement>| {
        lines.retain(|line| !line.statement.as_ref().is_some_and(is_old));
        lines.extend(new.map(Line::from));
    };
    match edit {
        Edit::Insert(place, statement) => lines.insert(place % (count + 1), (*statement).into()),
        Edit::Remove(place) => {
            let is_cast = |line: &Line| {
                matches!(line.statement, Some(Statement::Nodes(_) | Statement::NodeCount(_) | Statement::Part(..)))
            };
            if !is_cast(&lines[place % count]) {
                lines.remove(place % count);
            }
        }
        Edit::Move(from, to) => {
            let line = lines.remove(from % count);
            lines.insert(to % count, line);
        }
        Edit::Until(time) => {
            replace(lines, |statement| matches!(statement, Statement::Until(_)), time.map(Statement::Until));
        }
        Edit::Seed(seed) => {
            replace(lines, |statement| matches!(statement, Statement::Seed(_)), Some(Statement::Seed(seed)));
        }
    }
}

/// A script, and the script after each of two changes of a few edits.
pub(crate) fn edited() -> impl Strategy<Value = [Sample; 3]> {
    let edits = |cast: &Cast| [vec(edit(cast), 1..3), vec(edit(cast), 1..3)];
    cast().prop_flat_map(move |cast| (script_of(&cast, LONG), edits(&cast))).prop_map(|(script, edits)| {
        let [first, second] = edits.map(|edits| {
            move |script: &Sample| {
                let mut lines = script.lines.clone();
                edits.into_iter().for_each(|edit| apply(&mut lines, edit));
                Sample(Script { lines })
            }
        });
        let once = first(&script);
        let twice = second(&once);
        [script, once, twice]
    })
}

/// A script of a protocol that expects lies, with one liar or two.
fn script_with_liars() -> impl Strategy<Value = Sample> {
    let names: Vec<&str> = lying().map(|protocol| protocol.name).collect();
    let cast = cast().prop_filter("somebody lies to somebody", |cast| !cast.liars.is_empty() && cast.names.len() > 1);
    (cast.prop_flat_map(|cast| script_of(&cast, SHORT)), select(names))
        .prop_map(|(script, name)| Sample(script.under(name)))
}

/// The text of a script after a few slips of the keyboard.
pub(crate) fn mutated() -> impl Strategy<Value = String> {
    slipped(script())
}

/// The same of scripts with liars.
pub(crate) fn mutated_with_liars() -> impl Strategy<Value = String> {
    slipped(script_with_liars())
}

fn slipped(script: impl Strategy<Value = Sample>) -> impl Strategy<Value = String> {
    let key = prop_oneof![
        select(" \t\n\r#\"\\->|.%+0159ΔdAx\u{0}\u{feff}\u{2028}é→".chars().collect::<Vec<_>>()),
        any::<char>()
    ];
    let slip = (any::<usize>(), 0..3_usize, vec(key, 0..3));
    (script, vec(slip, 1..5)).prop_map(|(script, slips)| {
        let mut text: Vec<char> = script.to_string().chars().collect();
        for (place, removed, added) in slips {
            let place = place % (text.len() + 1);
            let end = (place + removed).min(text.len());
            text.splice(place..end, added);
        }
        text.into_iter().collect()
    })
}
