//! A script and its run while somebody works with them: seek, step, act, fork, undo.
//!
//! Nothing here changes the world directly. An act becomes a line of the script, and the run forks at that instant; the
//! lines for later instants stay and act again. The page and the embedding API drive a run only through a session.
//!
//! *Architecture invariant:* the session does not know how anything is drawn.

mod played;
#[cfg(test)]
mod tests;

use std::cell::Ref;
use std::rc::Rc;
use std::sync::Arc;

use crate::check::Verdict;
use crate::check::beta::Beta;
use crate::scenario::{Act, Error, Lie, Line, Link, RuleEffect, Scenario, Script, Statement, limits};
use crate::sim::{Run, World};
use crate::tongue::say;
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::Time;

pub use played::Played;

/// How many versions of the script can be undone.
pub const HISTORY_MAX: usize = 200;

/// How many bytes the texts of these versions have together; of a long script fewer versions can be undone.
pub const HISTORY_BYTES_MAX: usize = 4_000_000;

/// Acts are placed on this grid, so that the lines read well: a hundredth of Δ.
pub const GRID: Time = Time(Time::DELTA.0 / 100);

/// How much longer a script with an `until` runs once somebody acts after that instant.
const EXTENSION: Time = Time::deltas(6);

/// How far a run has been watched: up to an instant, and how many events that is. While somebody steps through an
/// instant, only some of its events have been shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cursor {
    /// The instant.
    pub time: Time,
    /// How many of the trace's events are shown.
    pub events: usize,
}

/// A script that is being played. A copy is cheap, because it shares the run.
#[derive(Clone, Debug)]
pub struct Session {
    version: Version,
    played: Rc<Played>,
    /// The text that was opened, and its run if another run is played now.
    opened: Rc<str>,
    original: Option<Rc<Played>>,
    cursor: Cursor,
    /// Whether the run is a log, so that nobody knows what its processes remember.
    is_log: bool,
    /// Other versions, as texts: a parsed script takes ten times as much memory as its text.
    undo: Vec<Rc<str>>,
    redo: Vec<Rc<str>>,
}

/// A script, and its text.
#[derive(Clone, Debug)]
struct Version {
    script: Rc<Script>,
    text: Rc<str>,
}

impl Version {
    /// A script with its text, written in the usual form. If that is too long, the script keeps the text from which it
    /// was read.
    fn new(script: Script, read_from: Option<&str>) -> Result<Self, Error> {
        let text = script.to_string();
        let (bytes, lines) = (text.len(), script.lines.len() + 1);
        let text = match read_from {
            _ if bytes <= limits::TEXT_BYTES && lines <= limits::LINES => text.into(),
            Some(text) => text.into(),
            None => {
                let (most, at_most) = (limits::TEXT_BYTES, limits::LINES);
                let message =
                    say!("the script would have {bytes} bytes in {lines} lines; it has at most {most} in {at_most}");
                return Err(Error { line: 1, column: 1, message });
            }
        };
        Ok(Self { script: Rc::new(script), text })
    }
}

impl Session {
    /// Opens a script at its beginning. A long run is then neither over nor judged: see [`Session::judge`].
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn open(text: &str) -> Result<Self, Error> {
        Self::of(text, Played::open)
    }

    /// Opens a script in the quickest way: nothing is judged, however short the run is.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn begin(text: &str) -> Result<Self, Error> {
        Self::of(text, Played::begin)
    }

    /// Shows a trace that nobody has run here, as [`Session::of_log`] does.
    ///
    /// # Errors
    /// A sentence, when the script is none.
    pub fn of_trace(script: &str, trace: Trace, verdicts: Vec<Verdict>) -> Result<Self, String> {
        Self::of_log(script, Run::recorded(trace), verdicts)
    }

    /// Shows a run that came from somewhere else, with these verdicts. The script says which cluster it is and runs nothing, so
    /// such a session cannot be edited.
    ///
    /// # Errors
    /// A sentence, when the script is none.
    pub fn of_log(script: &str, run: Run, verdicts: Vec<Verdict>) -> Result<Self, String> {
        let script = Script::parse(script).map_err(|error| error.to_string())?;
        let version = Version::new(script, None).map_err(|error| error.to_string())?;
        let (opened, played) = (Rc::clone(&version.text), Rc::new(Played::recorded(run, verdicts)));
        let (undo, redo) = (Vec::new(), Vec::new());
        Ok(Self { version, played, opened, original: None, cursor: Cursor::default(), is_log: true, undo, redo })
    }

    fn of(text: &str, play: fn(Scenario) -> Played) -> Result<Self, Error> {
        let (script, scenario) = Scenario::read(text)?;
        let version = Version::new(script, Some(text))?;
        let (opened, played) = (Rc::clone(&version.text), Rc::new(play(scenario)));
        let (undo, redo) = (Vec::new(), Vec::new());
        Ok(Self { version, played, opened, original: None, cursor: Cursor::default(), is_log: false, undo, redo })
    }

    /// Whether the run is a log of another system. Nobody has run it, so there is no world to look at.
    pub fn is_log(&self) -> bool {
        self.is_log
    }

    /// The script as it is now.
    pub fn script(&self) -> &Script {
        &self.version.script
    }

    /// The script's text.
    pub fn text(&self) -> &str {
        &self.version.text
    }

    /// The run of the script, and what is read off it.
    pub fn played(&self) -> &Rc<Played> {
        &self.played
    }

    /// The run as it was opened, before anything was done to it.
    pub fn original(&self) -> &Rc<Played> {
        self.original.as_ref().unwrap_or(&self.played)
    }

    /// Goes on with a long run, then with reading it, then with running and reading the original. It works on so many
    /// events, each of which counts once when it is run and once when it is read. True when nothing is left to do. A
    /// page calls this between its frames; until it has said true, the end of the run is missing, and what is read off
    /// the run is incomplete.
    ///
    /// The run stays the same run, with the same [`Session::scenario`]; events that are there already do not change.
    pub fn judge(&mut self, events: usize) -> bool {
        if !self.played.is_judged() {
            Rc::make_mut(&mut self.played).judge(events);
        } else if let Some(original) = self.original.as_mut().filter(|original| !original.is_judged()) {
            Rc::make_mut(original).judge(events);
        }
        self.is_settled()
    }

    /// Whether [`Session::judge`] has nothing left to do.
    pub fn is_settled(&self) -> bool {
        self.played.is_judged() && self.original().is_judged()
    }

    /// How many events of the run have been judged, and how many there are so far.
    pub fn judged(&self) -> (usize, usize) {
        self.played.judged()
    }

    /// The paper's β, the set of ballots, as it stands at the cursor.
    pub fn beta(&self) -> Ref<'_, Beta> {
        self.played.beta(self.cursor.events)
    }

    /// The world as it is at the cursor: nodes, what they remember, which links are open.
    pub fn world(&self) -> Ref<'_, World> {
        self.played.world(self.cursor.events)
    }

    /// The first event that differs from the one at its place in the original, or that only one of the two runs has.
    /// None where they are the same as far as both have been run.
    pub fn first_difference(&self) -> Option<EventId> {
        self.played.first_difference(self.original())
    }

    /// What the script means. A run keeps its scenario for as long as it lives, so two sessions with the very same
    /// scenario (by [`Arc::ptr_eq`]) show the same run.
    pub fn scenario(&self) -> &Arc<Scenario> {
        self.played.run.scenario()
    }

    /// The run as it was opened, as far as this one has been watched.
    #[must_use]
    pub fn before(&self) -> Self {
        let mut before = Self { played: Rc::clone(self.original()), ..self.clone() };
        before.seek(self.cursor.time);
        before
    }

    /// The events of the run, watched or not, as far as it has been run.
    pub fn trace(&self) -> &Trace {
        self.played.run.trace()
    }

    /// How far the run has been watched.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Whether there is something to undo, and to redo.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        (!self.undo.is_empty(), !self.redo.is_empty())
    }

    /// When the last event happens, or the time given by `until`. It can still move while the run is not over.
    pub fn end(&self) -> Time {
        self.played.end()
    }

    /// Shows nothing yet, not even what happens at time 0.
    pub fn rewind(&mut self) {
        self.cursor = Cursor::default();
    }

    /// Shows everything up to and including this instant.
    pub fn seek(&mut self, time: Time) {
        self.reach(time);
        self.cursor = Cursor { time, events: self.trace().count_until(time) };
    }

    /// Shows everything up to and including the step to which this event belongs. For an event that has not happened
    /// yet it does nothing.
    pub fn seek_event(&mut self, event: EventId) {
        let place = event.0 as usize;
        if let Some(event) = self.trace().events().get(place) {
            self.cursor = Cursor { time: event.time, events: self.step_end(place) };
        }
    }

    /// Runs on if that is needed to show this instant.
    fn reach(&mut self, time: Time) {
        if !self.played.run.is_over() {
            Rc::make_mut(&mut self.played).run_to(time);
        }
    }

    /// The place after the step to which the event at this place belongs.
    fn step_end(&self, place: usize) -> usize {
        let events = self.trace().events().len();
        (place + 1..events).find(|place| self.begins_step(*place)).unwrap_or(events)
    }

    /// Shows the next step: one input (a script line, a landing, a timer) and all that follows from it at once. False
    /// when there is none.
    pub fn step(&mut self) -> bool {
        let place = self.cursor.events;
        if place >= self.trace().events().len() && !self.played.run.is_over() {
            Rc::make_mut(&mut self.played).run_on(1);
        }
        if place >= self.trace().events().len() {
            return false;
        }
        let next = self.step_end(place);
        self.cursor = Cursor { time: self.trace().events()[next - 1].time, events: next };
        true
    }

    /// Takes the last step back. False at the beginning.
    pub fn step_back(&mut self) -> bool {
        let Some(last) = (0..self.cursor.events).rev().find(|place| self.begins_step(*place)) else { return false };
        let time = last.checked_sub(1).map_or(Time::ZERO, |before| self.played.trace().events()[before].time);
        self.cursor = Cursor { time, events: last };
        true
    }

    fn begins_step(&self, place: usize) -> bool {
        self.played.trace().events()[place].cause.0 as usize == place
    }

    /// Replaces the whole script by what somebody wrote. The cursor stays where it is in time.
    ///
    /// # Errors
    /// What is wrong with the text, and where; the last good run stays.
    pub fn edit(&mut self, text: &str) -> Result<(), Error> {
        let (script, scenario) = Scenario::read(text)?;
        self.take(script, scenario, Some(text))
    }

    /// Does something to the cluster now: after everything that has been shown, before everything that has not.
    ///
    /// # Errors
    /// Why it cannot be done: the act names something that is not there.
    pub fn act(&mut self, act: Act<String, String>) -> Result<(), Error> {
        let (now, acts_shown) = self.act_place();
        let shown = self.played.trace().count_until(now).min(self.cursor.events);
        let mut script = self.script().clone();
        script.lines.insert(script.place_for(now, acts_shown), Statement::At(now, act).into());
        for line in &mut script.lines {
            if let Some(Statement::Until(until)) = &mut line.statement
                && *until <= now
            {
                *until = now.plus(EXTENSION);
            }
        }
        self.change(script)?;
        self.reach(now);
        // Show the act and its immediate effects, but nothing that comes after them at the same instant.
        self.cursor = Cursor { time: now, events: self.played.trace().count_before(now).max(shown) };
        let acted = self.played.trace().events().get(self.cursor.events);
        if acted.is_some_and(|event| event.time == now && matches!(event.what, What::Acted(..))) {
            self.step();
        }
        Ok(())
    }

    /// Writes a setting into the script: in place of the line that set it before, or after the other settings.
    ///
    /// # Errors Why the script cannot have this setting.
    pub fn set(&mut self, setting: Statement) -> Result<(), Error> {
        let mut script = self.script().clone();
        let is_old = |line: &Line| line.statement.as_ref().is_some_and(|old| is_alike(old, &setting));
        match script.lines.iter().position(is_old) {
            Some(place) => script.lines[place].statement = Some(setting),
            None => {
                let is_setting = |line: &Line| {
                    let timed = matches!(
                        line.statement,
                        None | Some(Statement::At(..) | Statement::Rule { .. } | Statement::Until(_))
                    );
                    !timed
                };
                let place = script.lines.iter().rposition(is_setting).map_or(0, |place| place + 1);
                script.lines.insert(place, setting.into());
            }
        }
        self.change(script)
    }

    /// Takes a setting out of the script, so that the default holds.
    ///
    /// # Errors
    /// Why the script cannot do without it.
    pub fn unset(&mut self, setting: &Statement) -> Result<(), Error> {
        let mut script = self.script().clone();
        script.lines.retain(|line| line.statement.as_ref().is_none_or(|old| !is_alike(old, setting)));
        self.change(script)
    }

    /// Adds a rule for one message; it replaces an earlier rule for this message with the same sort of effect. Rules
    /// count only messages that nodes send, so for a message that the script injects, the line that injects it is
    /// changed instead.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub fn rule(&mut self, message: MessageId, effect: RuleEffect) -> Result<(), Error> {
        if let Some(place) = self.injected_by(message) {
            return self.reinject(place, message, &effect);
        }
        let Some(named) = self.named(message) else { return Ok(()) };
        let mut script = self.without_rules(&named, Some(&effect));
        let (kind, link, ordinal) = named;
        let rule = Line::from(Statement::Rule { kind, link, ordinal, effect });
        let end = script.lines.iter().rposition(|line| !matches!(line.statement, None | Some(Statement::Until(_))));
        script.lines.insert(end.map_or(0, |place| place + 1), rule);
        self.change(script)
    }

    /// Takes back everything that the script does to one message.
    ///
    /// # Errors Never in practice: a script is still valid with fewer rules.
    pub fn unrule(&mut self, message: MessageId) -> Result<(), Error> {
        self.named(message).map_or(Ok(()), |named| self.change(self.without_rules(&named, None)))
    }

    /// Whether the script does something to this message.
    pub fn is_ruled(&self, message: MessageId) -> bool {
        // Counting messages takes a while, and most scripts have no rules.
        let is_rule = |line: &Line| matches!(line.statement, Some(Statement::Rule { .. }));
        let has_rules = self.script().lines.iter().any(is_rule);
        let named = if has_rules { self.named(message) } else { None };
        named.is_some_and(|named| self.script().lines.iter().any(|line| self.is_about(line, &named, None)))
    }

    /// Goes back to the version before the last change.
    pub fn undo(&mut self) {
        if let Some(text) = self.undo.pop() {
            let undone = self.restore(&text);
            self.redo.push(undone);
        }
    }

    /// Takes the last undo back.
    pub fn redo(&mut self) {
        if let Some(text) = self.redo.pop() {
            let done = self.restore(&text);
            self.undo.push(done);
        }
    }

    /// When an act that is done now happens, and how many of the script's acts at that instant come before it. The
    /// lines of a script act first at their instant. So if a message has been seen to land at this instant, the act has
    /// to wait for the next point of the grid, or it would undo what was seen.
    fn act_place(&self) -> (Time, usize) {
        let Cursor { time, events } = self.cursor;
        let trace = self.played.trace();
        let up = Time(time.0.div_ceil(GRID.0) * GRID.0);
        let shown = trace.events().range(0..events);
        let now = shown.rev().take_while(|event| event.time == up);
        let is_act = |what: &What| matches!(what, What::Acted(..));
        if now.clone().all(|event| is_act(&trace.event(event.cause).what)) {
            (up, now.filter(|event| is_act(&event.what)).count())
        } else {
            (up.plus(GRID), 0)
        }
    }

    fn change(&mut self, script: Script) -> Result<(), Error> {
        let scenario = Scenario::of(&script)?;
        self.take(script, scenario, None)
    }

    /// Makes a new version and forks the run.
    fn take(&mut self, script: Script, scenario: Scenario, read_from: Option<&str>) -> Result<(), Error> {
        if script == *self.script() {
            return Ok(());
        }
        let version = Version::new(script, read_from)?;
        self.undo.push(std::mem::replace(&mut self.version, version).text);
        let bytes = |texts: &[Rc<str>]| texts.iter().map(|text| text.len()).sum::<usize>();
        let is_too_much = |undo: &[Rc<str>]| undo.len() > HISTORY_MAX || bytes(undo) > HISTORY_BYTES_MAX;
        while is_too_much(&self.undo) {
            self.undo.remove(0);
        }
        self.redo.clear();
        self.play(scenario);
        Ok(())
    }

    /// Goes to another version, and gives back the text of the one before.
    fn restore(&mut self, text: &Rc<str>) -> Rc<str> {
        let (script, scenario) = Scenario::read(text).expect("it was good before");
        let version = Version { script: Rc::new(script), text: Rc::clone(text) };
        let before = std::mem::replace(&mut self.version, version);
        self.play(scenario);
        before.text
    }

    fn play(&mut self, scenario: Scenario) {
        let played = match &self.original {
            Some(original) if Rc::ptr_eq(&self.version.text, &self.opened) => Rc::clone(original),
            _ => Rc::new(self.played.branch(scenario)),
        };
        let before = std::mem::replace(&mut self.played, played);
        self.original = match self.original.take() {
            Some(original) => Some(original).filter(|original| !Rc::ptr_eq(original, &self.played)),
            None => Some(before),
        };
        self.seek(self.cursor.time);
    }

    /// The place of the script's line that injects this message, if one does.
    fn injected_by(&self, message: MessageId) -> Option<usize> {
        let trace = self.played.trace();
        let sent = trace.event(trace.messages().get(message.0 as usize)?.sent);
        let What::Acted(act, Act::Inject(_)) = &trace.event(sent.cause).what else { return None };
        // The first line after the header is line 2.
        Some(trace.scenario.acts[*act as usize].line - 2)
    }

    /// Applies an effect to the message that the line at this place injects: the line gets another delay, is removed,
    /// or a second line injects a copy.
    fn reinject(&mut self, place: usize, message: MessageId, effect: &RuleEffect) -> Result<(), Error> {
        let sent = self.played.trace().message(message);
        let took = sent.due.since(sent.leaves);
        let mut script = self.script().clone();
        let mut line = script.lines[place].clone();
        if let Some(Statement::At(_, Act::Inject(injection))) = &mut line.statement {
            injection.takes = match effect {
                RuleEffect::Drop => None,
                RuleEffect::Delay(exactly) => Some(*exactly),
                RuleEffect::Duplicate(after) => Some(took.plus(*after)),
                RuleEffect::Forge(Lie::Late(exactly)) => Some(*exactly),
                RuleEffect::Forge(_) => injection.takes,
            };
            if let RuleEffect::Forge(Lie::Says(value)) = effect {
                injection.value = Some(value.clone());
            }
        }
        match effect {
            RuleEffect::Drop | RuleEffect::Forge(Lie::Silent) => drop(script.lines.remove(place)),
            RuleEffect::Delay(_) | RuleEffect::Forge(_) => script.lines[place] = line,
            RuleEffect::Duplicate(_) => script.lines.insert(place + 1, line),
        }
        self.change(script)
    }

    /// A message as scripts name it; none for a message to oneself and for one that is injected.
    pub fn named(&self, message: MessageId) -> Option<Named> {
        let trace = self.played.trace();
        let envelope = trace.messages().get(message.0 as usize).filter(|envelope| !envelope.to_self())?;
        let scenario = &trace.scenario;
        let name = |node| scenario.symbols.node(node).to_owned();
        let link = Link { from: name(envelope.from), to: name(envelope.to) };
        Some((scenario.protocol.kind(envelope.message.kind).name.to_owned(), link, trace.ordinal(message)?))
    }

    /// The script without the rules for one message: without all of them, or without those whose effect is like `like`.
    fn without_rules(&self, named: &Named, like: Option<&RuleEffect>) -> Script {
        let mut script = self.script().clone();
        script.lines.retain(|line| !self.is_about(line, named, like));
        script
    }

    /// Whether a line is a rule for this message and, where `like` is given, has an effect like that.
    fn is_about(&self, line: &Line, named: &Named, like: Option<&RuleEffect>) -> bool {
        let protocol = self.scenario().protocol;
        let Some(Statement::Rule { kind, link, ordinal, effect }) = &line.statement else { return false };
        let same_kind = protocol.kind_named(kind) == protocol.kind_named(&named.0);
        let same = same_kind && (link, ordinal) == (&named.1, &named.2);
        same && like.is_none_or(|like| std::mem::discriminant(like) == std::mem::discriminant(effect))
    }
}

/// A message as scripts name it: its kind, its link, and its number n, when it is the n-th of its kind on this link.
pub type Named = (String, Link<String>, u32);

/// Whether two lines are about the same setting.
fn is_alike(one: &Statement, other: &Statement) -> bool {
    match (one, other) {
        (Statement::Option(one, _), Statement::Option(other, _)) => one == other,
        (Statement::Without(one, _), Statement::Without(other, _)) => one == other,
        (Statement::Part(one, _), Statement::Part(other, _)) => one == other,
        _ => matches!((one, other), (Statement::Protocol(_), Statement::Protocol(_))),
    }
}
