//! Whole fault configurations, drawn from one seed, as the text of a script.
//!
//! The drawing reads what a protocol understands from the protocol's row of the registry, so that it uses a new protocol,
//! option or service from the first day. A configuration keeps to what the protocols promise to withstand: no process
//! lies, or fewer than a third where a protocol is made for that, and no process forgets. It invents only messages that a network could have kept: NextBallots of ballots that no
//! process will ever choose again, questions, and signs of life.

use std::fmt::Write as _;

use paxos_playground::protocol::{Carries, KindInfo, Phase, Protocol, Trust};
use paxos_playground::replica::{SERVICES, Service};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::{HEADER, default_name, quoted};
use paxos_playground::types::Time;

use crate::chance::Chance;

/// A number that no run reaches, and the distance to the next such number: a ballot chosen above one stays below the
/// next.
const FAR_BALLOTS: usize = 10_000;

/// The kind of configuration that is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// Anything at all.
    Everything,
    /// A few processes that disturb each other, crash and come back: here a missing rule shows soonest.
    Conflict,
    /// Faults that end, under the assumptions on which progress is promised.
    Progress,
}

/// Something that goes wrong for a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Crash,
    CrashBeforeSend,
    Partition,
    Cut,
}

/// A configuration in the making.
pub(crate) struct Plan {
    pub(crate) protocol: &'static Protocol,
    pub(crate) chance: Chance,
    aim: Aim,
    pub(crate) names: Vec<String>,
    service: Option<&'static Service>,
    /// Nodes that are down from the start and never come back.
    pub(crate) ghosts: Vec<String>,
    /// All other nodes.
    pub(crate) living: Vec<String>,
    /// Nodes that may lie.
    pub(crate) liars: Vec<String>,
    hears_oracle: bool,
    /// The time until which acts happen.
    pub(crate) span: Time,
    far: usize,
    asked: usize,
    /// A leader that stays, and its rival, if the rival leaves a gap behind that leader.
    pub(crate) gap: Option<(String, String)>,
    /// The process that leads in the end, where chance does not decide that.
    pub(crate) leads: Option<String>,
    lines: Vec<String>,
}

impl Plan {
    /// Begins a configuration with the settings of the whole run.
    pub(crate) fn open(protocol: &'static Protocol, aim: Aim, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let nodes = match aim {
            Aim::Conflict => chance.weighted(&[(1, 2), (5, 3), (4, 4), (3, 5)]),
            _ => chance.between(1, 9),
        };
        let names: Vec<_> = (0..nodes as u32).map(default_name).collect();
        let mut plan = Self {
            protocol,
            chance,
            aim,
            living: names.clone(),
            names,
            service: None,
            ghosts: Vec::new(),
            liars: Vec::new(),
            hears_oracle: false,
            span: Time::ZERO,
            far: 0,
            asked: 0,
            gap: None,
            leads: None,
            lines: vec![HEADER.to_owned(), format!("protocol {}", protocol.name), format!("nodes {nodes}")],
        };
        plan.options();
        plan.network();
        if protocol.is_log && plan.chance.percent(75) {
            let service = *plan.chance.pick(SERVICES);
            plan.service = Some(service);
            plan.line(format!("service {}", service.name));
        }
        if aim == Aim::Everything && plan.chance.percent(4) {
            let step = plan.chance.pick(&Phase::STEPS).label();
            plan.line(format!("skip {step}"));
        }
        plan.name_liars();
        let most = if aim == Aim::Progress { 20 } else { 40 };
        plan.span = plan.chance.time(Time::deltas(4), Time::deltas(most));
        plan.bury();
        plan
    }

    pub(crate) fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    pub(crate) fn at(&mut self, time: Time, act: &str) {
        self.lines.push(format!("at {time} {act}"));
    }

    /// The text of the script.
    pub(crate) fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Goes on with other lines; some lines may have been taken out.
    pub(crate) fn replace(&mut self, text: &str) {
        self.lines = text.lines().map(str::to_owned).collect();
    }

    fn options(&mut self) {
        let mut choices = self.protocol.default_choices();
        for (place, option) in self.protocol.options.iter().enumerate() {
            // The bounds are stated for these values of the options.
            let is_assumed =
                self.aim == Aim::Progress && matches!(option.name, "guard" | "phase-2") && self.has_leader();
            let wanted = match option.name {
                "guard" if is_assumed => "ge",
                "phase-2" if is_assumed => "all",
                _ if self.chance.percent(50) => *self.chance.pick(option.values),
                _ => continue,
            };
            choices[place] = option.values.iter().position(|value| *value == wanted).expect("a value") as u8;
            self.line(format!("option {} {wanted}", option.name));
        }
        self.hears_oracle = (self.protocol.ignores_oracle)(&choices).is_none();
        if self.hears_oracle && self.chance.percent(40) {
            let leaders = self.leaders();
            self.line(format!("leader {leaders}"));
        }
    }

    /// Whether this protocol has leaders at all.
    pub(crate) fn has_leader(&self) -> bool {
        (self.protocol.ignores_oracle)(&self.protocol.default_choices()).is_none()
    }

    /// Whether the script says who leads.
    pub(crate) fn hears_oracle(&self) -> bool {
        self.hears_oracle
    }

    fn network(&mut self) {
        if self.chance.percent(75) {
            let range = self.range();
            self.line(format!("delay {range}"));
        }
        for _ in 0..self.chance.weighted(&[(6, 0), (2, 1), (1, 3)]) {
            // When a link is drawn twice, its first delay counts.
            if let Some(link) = self.link()
                && !self.lines.iter().any(|line| line.starts_with(&format!("delay {link} ")))
            {
                let range = self.range();
                self.line(format!("delay {link} {range}"));
            }
        }
        let share = |chance: &mut Chance| chance.weighted(&[(4, 2), (3, 10), (2, 30), (1, 50)]);
        if self.aim != Aim::Progress && self.chance.percent(40) {
            let share = share(&mut self.chance);
            self.line(format!("loss {share}%"));
        }
        if self.chance.percent(30) {
            let share = share(&mut self.chance);
            self.line(format!("duplicates {share}%"));
        }
        let seed = self.chance.number();
        self.line(format!("seed {seed}"));
    }

    fn range(&mut self) -> String {
        let [one, other] = [(); 2].map(|()| self.chance.time(Time::ZERO, Time::DELTA));
        if one == other { one.to_string() } else { format!("{}..{}", one.min(other), one.max(other)) }
    }

    /// How many liars the protocol's quorums are made for; none where it expects no lies.
    fn tolerated(&self) -> usize {
        if self.protocol.trust == Trust::Crash {
            return 0;
        }
        let text = format!("{HEADER}\nprotocol {}\nnodes {}\n", self.protocol.name, self.names.join(" "));
        let (_, scenario) = Scenario::read(&text).expect("a cluster and nothing else");
        scenario.setup.tolerated_liars()
    }

    /// Some nodes lie, where the protocol is made for that.
    fn name_liars(&mut self) {
        let most = self.tolerated();
        if most > 0 && self.chance.percent(70) {
            let count = self.chance.between(1, most);
            self.liars = self.chance.some(&self.names, count);
            let names = self.liars.join(" ");
            self.line(format!("liars {names}"));
        }
    }

    /// Lets the liars lie in some of their messages: they say another value or another result, or nothing, or leave a part of
    /// a proof out, or say it late.
    pub(crate) fn lies(&mut self) {
        for liar in self.liars.clone() {
            for _ in 0..self.chance.weighted(&[(1, 1), (3, 6), (2, 20)]) {
                let others: Vec<_> = self.names.iter().filter(|name| **name != liar).cloned().collect();
                let (to, kind) = (self.chance.pick(&others).clone(), self.chance.pick(self.protocol.kinds));
                let ordinal = self.chance.weighted(&[(5, 1), (3, 2), (2, 3), (1, 6)]);
                let late = self.chance.time(Time::ZERO, Time::deltas(9));
                let lie = match self.chance.below(5) {
                    0 => "silent".to_owned(),
                    1 => format!("late {late}"),
                    2 if kind.carries == Carries::Result => "false".to_owned(),
                    2 | 3 if kind.carries == Carries::Proof => "omit".to_owned(),
                    _ if matches!(kind.carries, Carries::Value | Carries::Proof | Carries::Result) => {
                        quoted(&self.made_up())
                    }
                    _ => "silent".to_owned(),
                };
                self.line(format!("forge {} {liar}->{to} #{ordinal} {lie}", kind.name));
            }
        }
    }

    /// Some nodes never come up, always fewer than half.
    fn bury(&mut self) {
        let most = (self.names.len() - 1) / 2;
        if most > 0 && self.chance.percent(30) {
            let count = self.chance.between(1, most);
            self.ghosts = self.chance.some(&self.names, count);
            self.living.retain(|name| !self.ghosts.contains(name));
            for ghost in self.ghosts.clone() {
                self.at(Time::ZERO, &format!("crash {ghost}"));
            }
        }
    }

    /// A node that is not down for good.
    pub(crate) fn node(&mut self) -> String {
        self.chance.pick(&self.living).clone()
    }

    fn link(&mut self) -> Option<String> {
        let ends = self.chance.some(&self.names, 2);
        let [from, to] = ends.as_slice() else { return None };
        Some(format!("{from}->{to}"))
    }

    /// The living processes that may lead: where there are auxiliary processes, only the other ones.
    fn candidates(&self) -> Vec<String> {
        let mains = match self.protocol.membership {
            Some(_) => self.names.len() / 2 + 1,
            None => self.names.len(),
        };
        self.names[..mains].iter().filter(|name| self.living.contains(name)).cloned().collect()
    }

    fn leaders(&mut self) -> String {
        let count = self.chance.weighted(&[(1, 0), (6, 1), (3, 2), (1, 3)]);
        let leaders = self.chance.some(&self.candidates(), count);
        if leaders.is_empty() { "none".to_owned() } else { leaders.join(" ") }
    }

    /// Now and then a rival passes a later place by a larger ballot than the leader's. The leader hears only the outcome,
    /// and the rival crashes before any process hears of the place before.
    pub(crate) fn gap(&mut self) {
        let majority = self.names.len() / 2 + 1;
        if !self.protocol.has_places()
            || !self.hears_oracle
            || self.living.len() <= majority
            || !self.chance.percent(40)
        {
            return;
        }
        let drawn = self.chance.some(&self.living.clone(), 3);
        let [rival, leader, client] = drawn.as_slice() else { return };
        let start = self.span.plus(Time::DELTA);
        let after = |hundredths: u64| start.plus(Time(Time::DELTA.0 / 100 * hundredths));
        for name in self.living.clone() {
            self.at(start, &format!("restart {name}"));
        }
        self.at(start, "heal");
        self.at(start, &format!("cut {rival}->{leader}"));
        self.at(start, &format!("leader {leader}"));
        self.at(after(210), &format!("leader {leader} {rival}"));
        self.at(after(420), &format!("partition {rival}"));
        self.propose(after(420), rival);
        self.at(after(430), "heal");
        self.at(after(430), &format!("cut {rival}->{leader}"));
        self.propose(after(431), client);
        self.propose(after(432), rival);
        self.at(after(540), "heal");
        self.at(after(615), &format!("crash {rival}"));
        self.span = start.plus(Time::deltas(9));
        self.gap = Some((leader.clone(), rival.clone()));
    }

    /// Now and then one process hears nothing of the only decree, and has promised a number above all others. No process
    /// tells it the decree, until it refuses a ballot of the process that leads in the end.
    pub(crate) fn miss(&mut self) {
        let majority = self.names.len() / 2 + 1;
        let is_possible = self.has_leader() && !self.protocol.has_places() && self.hears_oracle;
        if !is_possible || self.living.len() < majority + 2 || !self.chance.percent(40) {
            return;
        }
        let drawn = self.chance.some(&self.living.clone(), 3);
        let [first, second, remote] = drawn.as_slice() else { return };
        let start = self.span.plus(Time::DELTA);
        for name in self.living.clone() {
            self.at(start, &format!("restart {name}"));
        }
        self.at(start, "heal");
        self.far += FAR_BALLOTS;
        let far = self.far;
        let is_succeeded = self.chance.percent(50);
        let (owner, late) = if is_succeeded { (second, 1) } else { (first, 0) };
        self.at(start, &format!("inject NextBallot {owner}->{remote} {far}.{owner} after {late}"));
        if is_succeeded {
            // Another process leads in the end. It has been down meanwhile: when it is back, it asks, and starts a ballot
            // that is below all others. The refusal comes before any process has told it the decree.
            for link in [format!("{second}->{remote}"), format!("{remote}->{second}")] {
                self.lines.retain(|line| !line.starts_with(&format!("delay {link} ")));
                self.line(format!("delay {link} 0"));
            }
            self.far += FAR_BALLOTS;
            let far = self.far;
            self.at(start, &format!("inject NextBallot {second}->{first} {far}.{second} after 0"));
            self.at(start, &format!("crash {second}"));
            self.at(start, &format!("cut {first}->{remote}"));
        } else {
            // The refusal is under way for a long time; the decree passes before the refusal comes.
            self.at(start.plus(Time::DELTA), &format!("cut {first}->{remote}"));
            for ordinal in 1..=4 {
                let late = self.chance.time(Time::deltas(5), Time::deltas(9));
                self.line(format!("delay Nack {remote}->{first} #{ordinal} {late}"));
            }
        }
        self.at(start, &format!("leader {first}"));
        self.propose(start, first);
        self.span = start.plus(Time::deltas(5));
        self.leads = Some(owner.clone());
    }

    /// Makes this process a leader at every act that names leaders.
    pub(crate) fn lead_throughout(&mut self, leader: &str) {
        for line in &mut self.lines {
            let Some((head, named)) = line.split_once("leader ") else { continue };
            if named == "none" {
                *line = format!("{head}leader {leader}");
            } else if !named.split(' ').any(|name| name == leader) {
                line.push_str(&format!(" {leader}"));
            }
        }
    }

    /// The next wish of a client.
    fn wish(&mut self) -> String {
        self.asked += 1;
        match self.service {
            Some(service) => command(service, &mut self.chance),
            None if self.protocol.is_log => format!("decree {}", self.asked),
            None => (*self.chance.pick(&["red", "blue", "green", "white"])).to_owned(),
        }
    }

    /// Lets a client ask a node.
    pub(crate) fn propose(&mut self, at: Time, node: &str) {
        let wish = quoted(&self.wish());
        self.at(at, &format!("propose {node} {wish}"));
    }

    /// Adds everything that goes wrong, and the requests of clients meanwhile.
    pub(crate) fn storm(&mut self) {
        let wishes = match self.aim {
            Aim::Everything => self.chance.between(0, 14),
            Aim::Conflict => self.chance.between(4, 16),
            Aim::Progress => self.chance.between(0, 8),
        };
        // A history has room for twelve commands, and some have to be left for the time after the faults.
        let wishes = if self.protocol.histories.is_some() { wishes / 3 } else { wishes };
        for _ in 0..wishes {
            let (at, node) = (self.moment(), self.node());
            self.propose(at, &node);
            if self.chance.percent(30) {
                let (rival, later) = (self.node(), self.chance.time(Time::ZERO, Time::deltas(3)));
                self.propose(self.within(at.plus(later)), &rival);
            }
        }
        let faults = self.chance.weighted(&[(1, 0), (3, 3), (4, 8), (2, 20)]);
        for _ in 0..faults {
            self.fault();
        }
        if self.hears_oracle {
            for _ in 0..self.chance.weighted(&[(2, 0), (3, 2), (3, 5), (1, 12)]) {
                let (at, leaders) = (self.moment(), self.leaders());
                self.at(at, &format!("leader {leaders}"));
            }
        }
        for _ in 0..self.chance.weighted(&[(3, 0), (3, 2), (2, 8), (1, 20)]) {
            self.rule();
        }
        for _ in 0..self.chance.weighted(&[(4, 0), (2, 1), (1, 4)]) {
            let at = self.moment();
            self.inject(at);
        }
        self.lies();
    }

    /// A time within the span, by which a fault that is to end does end.
    fn within(&self, time: Time) -> Time {
        if self.aim == Aim::Progress { time.min(self.span) } else { time }
    }

    fn moment(&mut self) -> Time {
        self.chance.time(Time::ZERO, self.span)
    }

    fn fault(&mut self) {
        let crashes = if self.aim == Aim::Conflict { 8 } else { 4 };
        let choices = [(crashes, Fault::Crash), (3, Fault::CrashBeforeSend), (3, Fault::Partition), (2, Fault::Cut)];
        let at = self.moment();
        let lasts = self.chance.time(Time::ZERO, Time::deltas(9));
        let until = self.within(at.plus(lasts));
        match self.chance.weighted(&choices) {
            fault @ (Fault::Crash | Fault::CrashBeforeSend) => {
                let node = self.node();
                let how = if fault == Fault::Crash { "" } else { " before-send" };
                self.at(at, &format!("crash {node}{how}"));
                if self.chance.percent(85) {
                    self.at(until, &format!("restart {node}"));
                }
            }
            Fault::Partition => {
                let groups = self.groups();
                self.at(at, &format!("partition {groups}"));
                if self.chance.percent(85) {
                    self.at(until, "heal");
                }
            }
            Fault::Cut => {
                let Some(link) = self.link() else { return };
                self.at(at, &format!("cut {link}"));
                if self.chance.percent(85) {
                    self.at(until, &format!("heal {link}"));
                }
            }
        }
    }

    /// Two groups or three; the nodes that no group names form one more.
    fn groups(&mut self) -> String {
        let mut groups = vec![String::new(); self.chance.between(1, 3)];
        for name in self.names.clone() {
            if let Some(group) = groups.get_mut(self.chance.below(4)) {
                write!(group, " {name}").expect("a string");
            }
        }
        groups.retain(|group| !group.is_empty());
        if groups.is_empty() { self.names[0].clone() } else { groups.join(" |") }
    }

    /// Adds a rule for a single message.
    fn rule(&mut self) {
        let Some(link) = self.link() else { return };
        let is_timely = |kind: &&KindInfo| self.aim != Aim::Progress || kind.phase != Phase::Election;
        let kinds: Vec<_> = self.protocol.kinds.iter().filter(is_timely).map(|kind| kind.name).collect();
        let (kind, ordinal) = (*self.chance.pick(&kinds), self.chance.weighted(&[(5, 1), (3, 2), (2, 3), (1, 6)]));
        let message = format!("{kind} {link} #{ordinal}");
        let most = self.chance.weighted(&[(4, 3), (1, 12)]);
        let span = self.chance.time(Time::ZERO, Time::deltas(most));
        match self.chance.below(3) {
            0 => self.line(format!("drop {message}")),
            1 => self.line(format!("delay {message} {span}")),
            _ => self.line(format!("duplicate {message} +{span}")),
        }
    }

    /// A value that only liars speak of; or, of a service, often one that somebody has asked for.
    fn made_up(&mut self) -> String {
        match self.service {
            Some(service) => command(service, &mut self.chance),
            None => (*self.chance.pick(&["lie 1", "lie 2", "lie 3"])).to_owned(),
        }
    }

    /// Lets a liar say something that its machine does not say.
    fn say(&mut self, at: Time) {
        let is_said = |kind: &&KindInfo| {
            matches!(kind.phase, Phase::TwoA | Phase::TwoB | Phase::Certify) && kind.carries == Carries::Value
        };
        let kinds: Vec<_> = self.protocol.kinds.iter().filter(is_said).map(|kind| kind.name).collect();
        if self.liars.is_empty() {
            return;
        }
        let liar = self.chance.pick(&self.liars).clone();
        let others: Vec<_> = self.names.iter().filter(|name| **name != liar).cloned().collect();
        let (kind, to) = (*self.chance.pick(&kinds), self.chance.pick(&others).clone());
        let number = self.chance.between(1, 3);
        // The owner of a ballot is the process that leads in it, one after the other.
        let owner = self.names[(number - 1) % self.names.len()].clone();
        let (place, late) = (self.chance.between(1, 6), self.chance.time(Time::ZERO, Time::deltas(4)));
        let value = quoted(&self.made_up());
        self.at(at, &format!("inject {kind} {liar}->{to} {number}.{owner} [{place}] {value} after {late}"));
    }

    /// Adds a message that is found in the network. A NextBallot comes from a process that is down for good, or has a
    /// number that no process will choose: otherwise two ballots would have one number, and the script itself would break
    /// B1.
    pub(crate) fn inject(&mut self, at: Time) {
        // Whoever says that it knows decrees, or that votes may be forgotten, has to be right.
        const CLAIMS: [&str; 2] = ["Closed", "Forget"];
        let is_harmless = |kind: &&KindInfo| {
            kind.carries == Carries::Nothing
                && !CLAIMS.contains(&kind.name)
                && match kind.phase {
                    Phase::OneA => true,
                    Phase::Request | Phase::Election => self.aim != Aim::Progress,
                    _ => false,
                }
        };
        let kinds: Vec<_> = self.protocol.kinds.iter().filter(is_harmless).collect();
        if self.protocol.trust == Trust::Byzantine {
            return self.say(at);
        }
        let kind = *self.chance.pick(&kinds);
        let speaks_of_ballot = kind.phase == Phase::OneA;
        let owner = match self.ghosts.first() {
            Some(ghost) if speaks_of_ballot && self.chance.percent(70) => ghost.clone(),
            _ => self.chance.pick(&self.names).clone(),
        };
        let others: Vec<_> = self.living.iter().filter(|name| **name != owner).cloned().collect();
        if others.is_empty() {
            return;
        }
        let to = self.chance.pick(&others).clone();
        let mut act = format!("inject {} {owner}->{to}", kind.name);
        if speaks_of_ballot {
            let number = if self.ghosts.contains(&owner) {
                self.chance.between(1, 20)
            } else {
                self.far += FAR_BALLOTS;
                self.far
            };
            write!(act, " {number}.{owner}").expect("a string");
        }
        if self.protocol.is_log && self.chance.percent(30) {
            write!(act, " [{}]", self.chance.between(1, 6)).expect("a string");
        }
        let most = self.chance.weighted(&[(4, 4), (1, 15)]);
        let takes = self.chance.time(Time::ZERO, Time::deltas(most));
        self.at(at, &format!("{act} after {takes}"));
    }
}

/// A configuration of faults that may end or not: the script, which ends some time after the last fault.
pub(crate) fn storm(protocol: &'static Protocol, aim: Aim, seed: u64) -> String {
    let mut plan = Plan::open(protocol, aim, seed);
    plan.storm();
    let end = plan.span.plus(plan.chance.time(Time::deltas(2), Time::deltas(25)));
    plan.line(format!("until {end}"));
    plan.text()
}

/// A command of a service, written in one of the service's forms: a word in capitals stands for other words.
fn command(service: &Service, chance: &mut Chance) -> String {
    let info = chance.pick(service.commands);
    let examples = info.example.split(' ');
    let words = info.form.split(' ').zip(examples).map(|(word, example)| match word {
        "KEY" => (*chance.pick(&["x", "y", "z"])).to_owned(),
        "VALUE" => (*chance.pick(&["1", "two", "3"])).to_owned(),
        "N" => (chance.below(9) as i64 - 3).to_string(),
        "LOCK" => (*chance.pick(&["L", "M"])).to_owned(),
        "WHO" | "FROM" | "TO" => (*chance.pick(&["ann", "bob", "cyd"])).to_owned(),
        "LEASE" => chance.time(Time(1), Time::deltas(9)).to_string(),
        "AMOUNT" => chance.below(60).to_string(),
        _ => example.to_owned(),
    });
    let command = words.collect::<Vec<_>>().join(" ");
    assert!(service.read(&command, Time::ZERO).is_ok(), "{command}");
    command
}
