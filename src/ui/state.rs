//! The page's state and the pure reducer that changes it. Nothing here touches the browser.

use std::rc::Rc;

use yew::Reducible;

use crate::lesson::{LESSONS, Progress};
use crate::scenario::library::BuiltIn;
use crate::scenario::{Act, Error, RuleEffect, Statement, limits};
use crate::session::Session;
use crate::trace::{EventId, MessageId, What};
use crate::types::{NodeId, Time};
use crate::view::events::message_of;
use crate::view::scene::Target;
use crate::view::{Index, Search, Vocabulary};

/// After the last event the picture stays a moment before it stops playing.
const AFTERGLOW: Time = Time(Time::DELTA.0 / 4);

/// How much of a long run is worked on between two frames.
const EVENTS_A_TICK: usize = 12_000;

/// A tick that took longer than this, because the tab slept, counts as this: nobody wants to miss the run.
const TICK_MS_MAX: f64 = 250.0;

/// Everything that the page remembers.
#[derive(Clone)]
pub(super) struct State {
    built_in: &'static BuiltIn,
    session: Session,
    playing: bool,
    /// Whether scenarios start by themselves.
    autoplay: bool,
    /// In thousandths of Δ a second.
    speed: u32,
    selection: Selection,
    /// Whether what is selected is open, and not only walked past.
    open: bool,
    /// The lane that keys walk along.
    lane: NodeId,
    /// The text in the editor, while it is not the script that runs.
    draft: Option<String>,
    /// What is wrong with the draft, or with the last act.
    error: Option<Error>,
    fields: Fields,
    /// Of the element that holds the timeline, in pixels; 0 until it is known.
    width: f64,
    /// Pixels a Δ, where somebody zoomed.
    zoom: Option<f64>,
    view: View,
    tab: Tab,
    theme: Theme,
    /// Whether messages and the rest have their names of 2001.
    modern: bool,
    /// The lesson that is open.
    lesson: Option<usize>,
    /// How far it has come.
    progress: Option<Progress>,
    /// Which lessons have been solved, a bit each.
    solved: u64,
    /// Whether the run as it was opened is drawn below.
    compare: bool,
    /// Whether the event table is open.
    events: bool,
    /// A page of the event table that somebody turned to: where the cursor was then, and where the page ends.
    page: Option<(usize, usize)>,
    /// What is searched for, while the field is open.
    search: Option<String>,
    finder: Search,
}

/// What takes the stage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Run,
    Gallery,
    Help,
}

/// The panel that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Latency,
    Ballots,
    Checks,
    Ledger,
    Rules,
    Script,
}

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    Auto,
    Light,
    Dark,
}

/// What is filled in, but not done yet.
#[derive(Clone)]
pub(super) struct Fields {
    /// The delay to give to a message.
    pub(super) delay: String,
    /// The decree to propose; none while nobody has written one.
    pub(super) decree: Option<String>,
    /// Whether rules are being broken here: then they stay in sight.
    pub(super) breaking: bool,
    /// For each node the group that it is to be in; of another script's nodes when there are more or fewer.
    pub(super) sides: Vec<usize>,
    /// The link to cut, as places of nodes.
    pub(super) ends: (usize, usize),
}

impl Default for Fields {
    fn default() -> Self {
        Self { delay: "0.5".to_owned(), decree: None, breaking: false, sides: Vec::new(), ends: (0, 1) }
    }
}

/// What the inspector shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Selection {
    Nothing,
    Message(MessageId),
    Node(NodeId),
    /// What a machine stated.
    Mark(EventId),
    /// Both ways between two nodes.
    Link(NodeId, NodeId),
}

/// Everything that can be done on the page.
#[derive(Clone)]
pub(super) enum Action {
    Open(&'static BuiltIn),
    PlayOrPause,
    Tick {
        milliseconds: f64,
    },
    Step,
    StepBack,
    StepDelta,
    StepDeltaBack,
    ToStart,
    ToEnd,
    Seek(Time),
    Speed(u32),
    Select(Selection),
    /// The lane below or above.
    Lane {
        down: bool,
    },
    /// The next or the previous thing on the lane.
    Walk {
        index: Rc<Index>,
        forward: bool,
    },
    /// Opens what is selected.
    Enter,
    Act(Act<String, String>),
    Rule(MessageId, RuleEffect),
    Unrule(MessageId),
    Set(Statement),
    Unset(Statement),
    Edit(String),
    Fill(Fields),
    Width(f64),
    Undo,
    Redo,
    /// Goes to the step of an event, and shows it.
    ShowEvent(EventId),
    /// Pixels a Δ; none for what fits.
    Zoom(Option<f64>),
    View(View),
    Tab(Tab),
    Theme(Theme),
    Modern(bool),
    /// Opens a lesson's script, or leaves the lessons.
    Lesson(Option<usize>),
    Compare(bool),
    /// Which lessons are solved, a bit each.
    Solved(u64),
    Events(bool),
    /// Turns to the page of the event table that ends there; none for the one that ends with now.
    EventsPage(Option<usize>),
    Search(Option<String>),
    /// The next or the previous event that has what is searched for.
    Find {
        forward: bool,
    },
}

/// Two states are drawn alike only if they are the same one.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl State {
    /// The page as it opens: a running picture, or a finished one where motion is not wanted.
    pub(super) fn open(built_in: &'static BuiltIn, autoplay: bool) -> Self {
        let mut session = Session::open(built_in.text).expect("built-in scenarios are tested");
        if !autoplay {
            session.seek(session.end());
        }
        Self {
            built_in,
            session,
            playing: autoplay,
            autoplay,
            speed: 1000,
            selection: Selection::Nothing,
            open: false,
            lane: NodeId(0),
            draft: None,
            error: None,
            fields: Fields::default(),
            width: 0.0,
            zoom: None,
            view: View::Run,
            tab: Tab::Latency,
            theme: Theme::Auto,
            modern: false,
            lesson: None,
            progress: None,
            solved: 0,
            compare: false,
            events: false,
            page: None,
            search: None,
            finder: Search::default(),
        }
    }

    pub(super) fn zoom(&self) -> Option<f64> {
        self.zoom
    }

    pub(super) fn view(&self) -> View {
        self.view
    }

    pub(super) fn tab(&self) -> Tab {
        self.tab
    }

    pub(super) fn theme(&self) -> Theme {
        self.theme
    }

    /// Whose words are used.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        if self.modern { Vocabulary::MadeSimple2001 } else { Vocabulary::Parliament1998 }
    }

    /// Whether what is selected is open.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// The lesson that is open.
    pub(super) fn lesson(&self) -> Option<usize> {
        self.lesson
    }

    /// How far the open lesson has come.
    pub(super) fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// The first lesson that has not been solved.
    pub(super) fn next_lesson(&self) -> usize {
        (0..LESSONS.len()).find(|place| !self.is_solved(*place)).unwrap_or(0)
    }

    pub(super) fn is_solved(&self, lesson: usize) -> bool {
        self.solved >> lesson & 1 == 1
    }

    /// Which lessons are solved, a bit each.
    pub(super) fn solved(&self) -> u64 {
        self.solved
    }

    pub(super) fn compares(&self) -> bool {
        self.compare && self.is_edited()
    }

    /// Whether the event table is open.
    pub(super) fn shows_events(&self) -> bool {
        self.events
    }

    /// Where the page of the event table ends; none for the one that ends with now.
    pub(super) fn events_page(&self) -> Option<usize> {
        self.page.filter(|(cursor, _)| *cursor == self.session.cursor().events).map(|(_, end)| end)
    }

    /// What came of the last search, a sentence.
    pub(super) fn search_status(&self) -> &str {
        if self.search.is_some() { self.finder.status() } else { "" }
    }

    pub(super) fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }

    pub(super) fn built_in(&self) -> &'static BuiltIn {
        self.built_in
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Whether the script is no longer the one that was opened.
    pub(super) fn is_edited(&self) -> bool {
        self.session.can_undo_redo().0
    }

    pub(super) fn is_playing(&self) -> bool {
        self.playing
    }

    pub(super) fn speed(&self) -> u32 {
        self.speed
    }

    pub(super) fn selection(&self) -> Selection {
        self.selection
    }

    /// What the editor shows.
    pub(super) fn text(&self) -> String {
        self.draft.clone().unwrap_or_else(|| self.session.script().to_string())
    }

    pub(super) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// What was wrong with the last act or choice, while nothing is selected that would say it.
    pub(super) fn act_error(&self) -> Option<&Error> {
        self.error.as_ref().filter(|_| self.draft.is_none() && self.selection == Selection::Nothing)
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    pub(super) fn width(&self) -> f64 {
        self.width
    }

    /// Another script; how one likes to look at it stays.
    fn reopen(&mut self, session: Session) {
        (self.session, self.playing) = (session, self.autoplay);
        if !self.autoplay {
            self.session.seek(self.session.end());
        }
        self.fields = Fields { decree: None, breaking: false, ..std::mem::take(&mut self.fields) };
        (self.selection, self.draft, self.error) = (Selection::Nothing, None, None);
        (self.view, self.zoom, self.lesson, self.compare) = (View::Run, None, None, false);
        self.search = None;
    }

    fn open_lesson(&mut self, lesson: Option<usize>) {
        if let Some(found) = lesson.and_then(|lesson| LESSONS.get(lesson)) {
            self.reopen(Session::open(&found.script()).expect("lessons are tested"));
            self.built_in = found.built_in().unwrap_or(self.built_in);
        }
        self.lesson = lesson;
    }

    /// Looks at how far the open lesson has come.
    fn judge_lesson(&mut self) {
        self.progress = self.lesson.map(|lesson| LESSONS[lesson].judge(&self.session));
        if let (Some(lesson), Some(true)) = (self.lesson, self.progress.as_ref().map(|progress| progress.is_solved)) {
            self.solved |= 1 << lesson;
        }
    }

    /// Goes to the next event that has what is searched for, or to the one before.
    fn find(&mut self, forward: bool) {
        let vocabulary = self.vocabulary();
        if let Some(event) = self.finder.find(&self.session, vocabulary, forward) {
            self.show(event);
        }
    }

    /// Goes to the step of an event, and selects what it is about.
    fn show(&mut self, event: EventId) {
        self.playing = false;
        self.view = View::Run;
        self.session.seek_event(event);
        let trace = self.session.trace();
        let happened = trace.event(event);
        self.selection = match (message_of(happened), &happened.what, trace.node_of(happened)) {
            (Some(message), ..) => Selection::Message(message),
            (_, What::Stated(..) | What::TimerFired(..) | What::Applied(..), _) => Selection::Mark(event),
            (_, _, Some(node)) => Selection::Node(node),
            _ => Selection::Nothing,
        };
        self.open = false;
    }

    fn walk_lanes(&mut self, down: bool) {
        let last = self.session.scenario().nodes().saturating_sub(1) as u8;
        if matches!(self.selection, Selection::Nothing) {
            self.lane = self.lane.min(NodeId(last));
        } else {
            let NodeId(lane) = self.lane;
            self.lane = NodeId(if down { lane.saturating_add(1).min(last) } else { lane.saturating_sub(1) });
        }
        self.open = false;
        self.selection = Selection::Node(self.lane);
    }

    fn seek(&mut self, time: Time) {
        self.playing = false;
        self.session.seek(time);
    }

    fn tick(&mut self, milliseconds: f64) {
        let milliseconds = milliseconds.clamp(0.0, TICK_MS_MAX);
        let span = Time((milliseconds * f64::from(self.speed)) as u64 * Time::DELTA.0 / 1_000_000);
        let end = self.session.end().plus(AFTERGLOW);
        let time = self.session.cursor().time.plus(span).min(end);
        self.session.seek(time);
        self.playing = time < end;
    }

    /// An act or a rule: what could not be done is said, and an unfinished draft is not lost silently.
    fn change(&mut self, change: impl FnOnce(&mut Session) -> Result<(), Error>) {
        if self.draft.is_some() {
            let message = "finish the text first: it is not a script yet".to_owned();
            self.error = self.error.take().or(Some(Error { line: 1, column: 1, message }));
            return;
        }
        self.error = change(&mut self.session).err();
    }

    fn edit(&mut self, text: String) {
        self.error = self.session.edit(&text).err();
        // The editor keeps what was typed, layout and all. A text that is far too long it does not take: to lay out a
        // megabyte can freeze the tab, and what was there before is worth more.
        if text.len() <= limits::TEXT_BYTES {
            self.draft = Some(text);
        }
    }

    /// Leaves the draft alone when it cannot run.
    fn settle(&mut self) {
        if self.error.is_none() {
            self.draft = None;
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        if !matches!(action, Action::Edit(_) | Action::Tick { .. } | Action::Fill(_) | Action::Width(_)) {
            state.settle();
        }
        match action {
            Action::Open(built_in) => {
                state.reopen(Session::open(built_in.text).expect("built-in scenarios are tested"));
                state.built_in = built_in;
            }
            Action::PlayOrPause => {
                if !state.playing && state.session.cursor().time >= state.session.end() {
                    state.session.rewind();
                }
                state.playing = !state.playing;
            }
            Action::Tick { milliseconds } => {
                if !state.session.is_settled() {
                    state.session.judge(EVENTS_A_TICK);
                }
                // A last tick may be on its way when playing stops.
                if state.playing {
                    state.tick(milliseconds);
                }
            }
            Action::Step => {
                state.playing = false;
                state.session.step();
            }
            Action::StepBack => {
                state.playing = false;
                state.session.step_back();
            }
            Action::StepDelta => {
                let now = state.session.cursor().time.0;
                state.seek(Time((now / Time::DELTA.0 + 1) * Time::DELTA.0));
            }
            Action::StepDeltaBack => {
                let now = state.session.cursor().time.0;
                state.seek(Time(now.div_ceil(Time::DELTA.0).saturating_sub(1) * Time::DELTA.0));
            }
            Action::ToStart => {
                state.playing = false;
                state.session.rewind();
            }
            Action::ToEnd => state.seek(state.session.end()),
            Action::Seek(time) => state.seek(time),
            Action::Speed(speed) => state.speed = speed,
            Action::Select(selection) => {
                state.selection = selection;
                state.open = true;
                if let Selection::Node(node) = selection {
                    state.lane = node;
                }
            }
            Action::Lane { down } => state.walk_lanes(down),
            Action::Walk { index, forward } => {
                let from = match state.selection {
                    Selection::Message(id) => Some(Target::Message(id)),
                    Selection::Mark(event) => Some(Target::Mark(event)),
                    Selection::Node(_) | Selection::Link(..) | Selection::Nothing => None,
                };
                state.open = false;
                match index.next_in_lane(&state.session, state.lane, from, forward) {
                    Some(Target::Message(id)) => state.selection = Selection::Message(id),
                    Some(Target::Mark(event)) => state.selection = Selection::Mark(event),
                    Some(Target::Lane(..)) | None => {}
                }
            }
            Action::Enter => state.open = state.selection != Selection::Nothing,
            Action::Solved(solved) => state.solved = solved,
            Action::Act(act) => state.change(|session| session.act(act)),
            Action::Rule(message, effect) => state.change(|session| session.rule(message, effect)),
            Action::Unrule(message) => state.change(|session| session.unrule(message)),
            Action::Set(setting) => {
                // What was to be proposed to one protocol may mean nothing to another.
                state.fields.decree = None;
                state.fields.breaking |= matches!(setting, Statement::Without(_));
                state.change(|session| session.set(setting));
            }
            Action::Unset(setting) => {
                state.fields.breaking |= matches!(setting, Statement::Without(_));
                state.change(|session| session.unset(&setting));
            }
            Action::Edit(text) => state.edit(text),
            Action::Fill(fields) => state.fields = fields,
            Action::Width(width) => state.width = width,
            Action::Undo | Action::Redo if state.draft.is_some() => {
                state.draft = None;
                state.error = None;
            }
            Action::Undo => state.session.undo(),
            Action::Redo => state.session.redo(),
            Action::ShowEvent(event) => state.show(event),
            Action::Zoom(zoom) => state.zoom = zoom,
            // What is searched for in one view means nothing in another.
            Action::View(view) => (state.view, state.search) = (view, None),
            Action::Tab(tab) => state.tab = tab,
            Action::Theme(theme) => state.theme = theme,
            Action::Modern(modern) => state.modern = modern,
            Action::Lesson(lesson) => state.open_lesson(lesson),
            Action::Compare(compare) => state.compare = compare,
            Action::Events(open) => state.events = open,
            Action::EventsPage(end) => state.page = end.map(|end| (state.session.cursor().events, end)),
            Action::Search(text) => {
                state.finder = Search::new(text.clone().unwrap_or_default());
                state.search = text;
            }
            Action::Find { forward } => state.find(forward),
        }
        let moved = state.session.cursor() != self.session.cursor() || state.lesson != self.lesson;
        if moved || !Rc::ptr_eq(state.session.played(), self.session.played()) {
            state.judge_lesson();
        }
        let (messages, nodes) = {
            let trace = state.session.trace();
            (trace.messages().len(), trace.scenario.nodes())
        };
        let is_there = match state.selection {
            Selection::Nothing => true,
            Selection::Message(id) => (id.0 as usize) < messages,
            Selection::Node(node) => node.index() < nodes,
            Selection::Link(from, to) => from.index() < nodes && to.index() < nodes,
            Selection::Mark(event) => (event.0 as usize) < state.session.trace().events().len(),
        };
        if !is_there {
            state.selection = Selection::Nothing;
        }
        Rc::new(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library::LIBRARY;

    fn open() -> Rc<State> {
        Rc::new(State::open(&LIBRARY[0], true))
    }

    fn after(actions: impl IntoIterator<Item = Action>) -> Rc<State> {
        actions.into_iter().fold(open(), Reducible::reduce)
    }

    #[test]
    fn playing_reaches_the_end_and_stops() {
        let state = after((0..200).map(|_| Action::Tick { milliseconds: 33.0 }));
        assert!(!state.is_playing());
        assert_eq!(state.session().cursor().time, Time::deltas(5).plus(AFTERGLOW));
        let again = Reducible::reduce(state, Action::PlayOrPause);
        assert!(again.is_playing() && again.session().cursor().time == Time::ZERO);
    }

    #[test]
    fn a_tick_that_comes_too_late_moves_nothing() {
        let state = after([Action::Seek(Time::DELTA), Action::Tick { milliseconds: 33.0 }]);
        assert!(!state.is_playing());
        assert_eq!(state.session().cursor().time, Time::DELTA);
    }

    #[test]
    fn after_a_cut_only_healing_and_a_new_ballot_decide() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let cut = Act::Partition(vec![names(&["A", "B"]), names(&["C", "D", "E"])]);
        let state = after([Action::ToStart, Action::Act(cut)]);
        assert!(state.session().played().decisions.is_empty() && state.error().is_none());
        let propose = Act::Propose("A".to_owned(), "blue".to_owned());
        let state = [Action::Seek(Time::deltas(6)), Action::Act(Act::Heal), Action::Act(propose)]
            .into_iter()
            .fold(state, Reducible::reduce);
        assert_eq!(state.session().played().decisions.len(), 1);
    }

    #[test]
    fn a_bad_draft_stays_in_the_editor_and_the_last_good_run_on_the_screen() {
        let before = open().session().played().trace().hash();
        let state = after([Action::Edit("paxos-playground 1\nnodes A\nat 0Δ propose Z \"x\"".to_owned())]);
        assert!(state.error().is_some_and(|error| error.line == 3));
        assert!(state.text().contains("propose Z"));
        assert_eq!(state.session().played().trace().hash(), before);
        let state = Reducible::reduce(state, Action::Act(Act::Heal));
        assert!(state.text().contains("propose Z") && state.error().is_some());
        let state = Reducible::reduce(state, Action::Undo);
        assert!(state.error().is_none() && !state.text().contains("propose Z"));
    }

    #[test]
    fn a_choice_that_the_script_cannot_follow_is_said_and_not_taken() {
        let text = "paxos-playground 1\nnodes 3\nservice kv\nat 0Δ propose A \"red\"\n".to_owned();
        let choose = |name: &str| Action::Set(Statement::Protocol(name.to_owned()));
        let state = after([Action::Edit(text), choose("multi")]);
        assert_eq!(state.session().scenario().protocol.name, "basic");
        assert!(state.act_error().is_some_and(|error| error.message.contains("red")));
        let state = Reducible::reduce(state, choose("complete"));
        assert!(state.act_error().is_none() && state.session().scenario().protocol.name == "complete");
    }

    #[test]
    fn a_text_that_is_far_too_long_is_refused_and_the_editor_keeps_what_it_had() {
        let before = open().text();
        let state = after([Action::Edit("x".repeat(1 << 20))]);
        assert!(state.error().is_some_and(|error| error.message.contains("at most 65536")));
        assert_eq!(state.text(), before);
    }

    #[test]
    fn steps_by_delta_stop_at_whole_deltas() {
        let state = after([Action::Seek(Time(2_300_000)), Action::StepDelta]);
        assert_eq!(state.session().cursor().time, Time::deltas(3));
        let state = Reducible::reduce(state, Action::StepDeltaBack);
        assert_eq!(state.session().cursor().time, Time::deltas(2));
    }

    #[test]
    fn what_is_found_is_shown_and_selected() {
        let find = |forward| Action::Find { forward };
        let state = after([Action::Search(Some("voted from b".to_owned())), find(true)]);
        assert!(state.search_status().starts_with("4Δ: A receives Voted 1.A from B"), "{}", state.search_status());
        assert!(matches!(state.selection(), Selection::Message(_)) && !state.is_playing());
        assert_eq!(state.session().cursor().time, Time::deltas(4));
        let state = Reducible::reduce(state, Action::Search(Some("asked".to_owned())));
        let state = Reducible::reduce(state, find(false));
        assert!(matches!(state.selection(), Selection::Node(_)));
        assert_eq!(state.session().cursor().time, Time::ZERO);
    }

    #[test]
    fn a_page_of_the_table_is_turned_back_when_time_moves() {
        let state = after([Action::ToEnd, Action::EventsPage(Some(20))]);
        assert_eq!(state.events_page(), Some(20));
        let state = Reducible::reduce(state, Action::StepBack);
        assert_eq!(state.events_page(), None);
    }
}
