//! The reducer: how each action changes the state of the page.

use std::rc::Rc;

use yew::Reducible;

use super::{Action, Fields, Presentation, Selection, State, Told, View};

use crate::lesson::LESSONS;
use crate::scenario::library::BuiltIn;
use crate::scenario::{Error, Statement, limits};
use crate::session::Session;
use crate::tongue::say;
use crate::trace::{EventId, What};
use crate::types::{NodeId, Time};
use crate::view::Search;
use crate::view::decimal::within;
use crate::view::events::message_of;
use crate::view::scene::Target;

/// How long the picture goes on playing after the last event.
pub(super) const AFTERGLOW: Time = Time(Time::DELTA.0 / 4);

/// The speed at which a run plays, and the speed while there are captions to be read, in thousandths of Δ a second.
pub(super) const USUAL_SPEED: u32 = 1000;
const CAPTION_SPEED: u32 = 250;

/// How much of a long run is worked on between two frames.
const EVENTS_A_TICK: usize = 12_000;

/// A tick that took longer, because the tab slept, counts as this long, so that nobody misses the run.
const TICK_MS_MAX: f64 = 250.0;

impl State {
    /// Takes another script; how the reader likes to look at scripts stays.
    pub(super) fn reopen(&mut self, session: Session) {
        (self.session, self.playing, self.is_own) = (session, self.plays(), true);
        if !self.autoplay {
            self.session.seek(self.session.end());
        }
        self.fields = Fields { decree: None, lie: None, breaking: false, ..std::mem::take(&mut self.fields) };
        (self.selection, self.tool, self.draft, self.error) = (Selection::Nothing, None, None, None);
        (self.view, self.zoom, self.lesson, self.compare) = (self.home(), None, None, false);
        self.guess = None;
        self.show_captions(!self.session.scenario().captions.is_empty());
        (self.search, self.only) = (None, Rc::default());
        (self.given, self.exercise, self.making) = (self.session.text().into(), None, None);
        if !self.session.scenario().goals.is_empty() {
            self.wait_for_reader();
        }
    }

    /// The view in which a script opens.
    fn home(&self) -> View {
        if self.presentation.is_race { View::Race } else { View::Run }
    }

    /// Says of which built-in scenario the script is that was just opened, if it is of one.
    pub(super) fn name(&mut self, built_in: Option<&'static BuiltIn>) {
        self.is_own = built_in.is_none();
        self.built_in = built_in.unwrap_or(self.built_in);
    }

    /// Shows the captions of the script, with time to read them, or leaves them.
    pub(super) fn show_captions(&mut self, shown: bool) {
        if self.captioned != shown && self.presentation.speed.is_none() {
            self.speed = if shown { CAPTION_SPEED } else { USUAL_SPEED };
        }
        self.captioned = shown;
        if shown && !self.autoplay {
            self.session.rewind();
        }
    }

    /// Whether a run starts to play by itself.
    pub(super) fn plays(&self) -> bool {
        self.autoplay && self.presentation.autoplay
    }

    /// Takes up how the author presents the page. A link that is opened next goes on from there.
    pub(super) fn present(&mut self, presentation: Presentation, opens_link: bool) {
        self.theme = presentation.theme.unwrap_or(self.theme);
        self.speed = presentation.speed.unwrap_or(self.speed);
        self.tab = presentation.tabs().next().unwrap_or(self.tab);
        if presentation.is_race {
            (self.view, self.racing) = (View::Race, Rc::clone(&presentation.racing));
        }
        if !presentation.motion {
            self.autoplay = false;
            self.session.seek(self.session.end());
        }
        self.presentation = presentation.into();
        if !opens_link {
            self.playing = self.plays();
            let wrong = self.presentation.wrong.clone();
            self.tell(wrong.map_or(Told::Nothing, |wrong| Told::Wrong(wrong.into())));
        }
    }

    fn open_lesson(&mut self, lesson: Option<usize>) {
        if let Some(found) = lesson.and_then(|lesson| LESSONS.get(lesson)) {
            self.reopen(Session::open(&found.script()).expect("lessons are tested"));
            self.name(found.built_in());
            self.wait_for_reader();
        }
        self.lesson = lesson;
        self.view = View::Run;
    }

    /// Stands at the beginning of the run: whoever reads a lesson starts it when the reading is done.
    pub(super) fn wait_for_reader(&mut self) {
        self.playing = false;
        self.session.rewind();
    }

    /// Judges how far the reader has come in the open lesson.
    fn judge_lesson(&mut self) {
        self.progress = self.lesson.map(|lesson| LESSONS[lesson].judge(&self.session, self.vocabulary()));
        if let (Some(lesson), Some(true)) = (self.lesson, self.progress.as_ref().map(|progress| progress.is_solved)) {
            self.solved |= 1 << lesson;
        }
    }

    /// Goes to the next or the previous event that matches the search.
    fn find(&mut self, forward: bool) {
        let vocabulary = self.vocabulary();
        if let Some(event) = self.finder.find(&self.session, vocabulary, forward) {
            self.show(event);
        }
    }

    /// Goes to the step of an event, and selects the thing that the event is about. If the event is not shown, everything is
    /// shown again.
    pub(super) fn show(&mut self, event: EventId) {
        self.playing = false;
        self.view = View::Run;
        self.session.seek_event(event);
        let is_hidden =
            !self.only.is_empty() && !self.filter().shows(self.session.trace(), self.session.trace().event(event));
        if is_hidden {
            self.only = Rc::default();
        }
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
        let milliseconds = within(milliseconds, 0.0, TICK_MS_MAX);
        let span = Time((milliseconds * f64::from(self.speed)) as u64 * Time::DELTA.0 / 1_000_000);
        let end = self.session.end().plus(AFTERGLOW);
        let now = self.session.cursor().time;
        let time = now.plus(span).min(end);
        // A caption can wait for the reader.
        let waits = self.session.scenario().next_caption(now).filter(|next| next.waits && next.at <= time);
        let stop = waits.filter(|_| self.captioned).map(|next| next.at);
        self.session.seek(stop.unwrap_or(time));
        self.playing = time < end && stop.is_none();
    }

    /// Makes a change to the script by an act or a rule. It says what could not be done, and does not lose an
    /// unfinished draft silently.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Session) -> Result<(), Error>) {
        if self.draft.is_some() {
            let message = say!("finish the text first: it is not a script yet").into();
            self.error = self.error.take().or(Some(Error { line: 1, column: 1, message }));
            return;
        }
        self.error = change(&mut self.session).err();
    }

    fn edit(&mut self, text: String) {
        self.error = self.session.edit(&text).err();
        // The editor keeps what was typed, with its layout. It does not take a text that is far too long: laying out a
        // megabyte can freeze the tab, and the text before it is worth more.
        if text.len() <= limits::TEXT_BYTES {
            self.draft = Some(text);
        }
    }

    /// Runs the draft, or leaves it alone when it cannot run.
    fn settle(&mut self) {
        if self.error.is_none() {
            self.draft = None;
        }
    }
}

impl State {
    /// Actions that somebody asks for, as opposed to those that happen by themselves or restore what was remembered.
    /// The page opens without them.
    #[inline(never)]
    fn follow(&mut self, action: Action) {
        let state = self;
        // Somebody has gone on: what was said has been heard.
        let is_by_itself = matches!(action, Action::Sleep(_) | Action::Judge);
        if !is_by_itself && !matches!(action, Action::Follow(_)) {
            state.tell(Told::Nothing);
        }
        if !is_by_itself {
            state.sought = None;
        }
        if state.waiting.is_some() && Self::is_about_script(&action) {
            state.leave_log();
        }
        match action {
            Action::Open(built_in) => {
                state.reopen(Session::open(built_in.script()).expect("built-in scenarios are tested"));
                state.name(Some(built_in));
            }
            Action::PlayOrPause => {
                if !state.playing && state.session.cursor().time >= state.session.end() {
                    state.session.rewind();
                }
                state.playing = !state.playing;
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
                if state.use_tool(selection) {
                    return;
                }
                state.selection = selection;
                state.open = true;
                if let Selection::Node(node) = selection {
                    state.lane = node;
                }
            }
            Action::Tool(tool) => state.take_tool(tool),
            Action::Variant(protocol) => state.show_variant(protocol),
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
            Action::Enter => {
                if !state.use_tool(state.selection) {
                    state.open = state.selection != Selection::Nothing;
                }
            }
            Action::Act(act) => {
                // What a request starts is in the picture, below the card in which it was made.
                let starts = matches!(act, crate::scenario::Act::Propose(..));
                state.change(|session| session.act(act));
                state.open &= !starts || state.error.is_some();
            }
            Action::Rule(message, effect) => state.change(|session| session.rule(message, effect)),
            Action::Unrule(message) => state.change(|session| session.unrule(message)),
            Action::Set(setting) => {
                // A decree for one protocol may mean nothing to another.
                state.fields.decree = None;
                state.fields.breaking |= matches!(setting, Statement::Without(..));
                state.change(|session| session.set(setting));
            }
            Action::Unset(setting) => {
                state.fields.breaking |= matches!(setting, Statement::Without(..));
                state.change(|session| session.unset(&setting));
            }
            Action::Edit(text) => state.edit(text),
            Action::Fill(fields) => state.fields = fields,
            Action::Undo | Action::Redo if state.draft.is_some() => {
                state.draft = None;
                state.error = None;
            }
            Action::Undo => state.session.undo(),
            Action::Redo => state.session.redo(),
            Action::ShowEvent(event) => state.show(event),
            Action::Zoom(zoom) => state.zoom = zoom,
            // The search of one view means nothing in another.
            Action::View(view) => (state.view, state.search) = (view, None),
            Action::Tab(tab) => state.tab = tab,
            Action::Race(racing) => (state.view, state.racing) = (View::Race, racing),
            Action::Lesson(lesson) => state.open_lesson(lesson),
            Action::Present(present) => {
                state.view = View::Run;
                Rc::make_mut(&mut state.presentation).present = present;
            }
            Action::Captions(shown) => state.show_captions(shown),
            Action::NextCaption => {
                let next = state.session.scenario().next_caption(state.session.cursor().time).map(|next| next.at);
                state.seek(next.unwrap_or(state.session.end()));
            }
            Action::Guess(answer) => state.guess = Some(answer),
            Action::Judge | Action::Pose | Action::Again | Action::Make(_) => state.exercise_action(action),
            Action::Log(log) => state.show_log(log),
            Action::Compare(compare) => state.compare = compare,
            Action::Events(open) => state.events = open,
            Action::EventsPage(end) => state.page = end.map(|end| (state.session.cursor().events, end)),
            Action::Search(text) => {
                state.finder = Search::new(text.clone().unwrap_or_default());
                state.search = text;
            }
            Action::Only(only) => (state.only, state.page) = (only.into(), None),
            Action::Narrow(open) => state.narrowing = open,
            Action::Follow(fragment) => state.open_link(&fragment),
            Action::Tell(told) => state.tell(told),
            // Who hands a script over has seen that it runs.
            Action::Load(text) => {
                if let Ok(session) = Session::open(&text) {
                    state.reopen(session);
                }
            }
            Action::Play(playing) => {
                if playing && !state.playing && state.session.cursor().time >= state.session.end() {
                    state.session.rewind();
                }
                state.playing = playing;
            }
            Action::Sleep(asleep) => state.asleep = asleep,
            Action::Embed(embedding) => state.embedding = embedding,
            Action::Explore(order) => state.order(order),
            Action::Find { forward } => state.find(forward),
            Action::Tick { .. } | Action::Width(_) | Action::Theme(_) | Action::Modern(_) | Action::Solved(_) => {}
        }
    }
}

impl Action {
    /// Whether the action changes the script.
    fn changes(&self) -> bool {
        use Action::{Act, Again, Edit, Make, Redo, Rule, Set, Tool, Undo, Unrule, Unset, Variant};
        let is_setting = matches!(self, Set(_) | Unset(_) | Variant(_) | Make(_));
        let is_act = matches!(self, Act(_) | Rule(..) | Tool(_) | Unrule(_) | Edit(_) | Undo | Redo | Again);
        is_setting || is_act
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        if self.presentation.is_read_only && action.changes() {
            return self;
        }
        let mut state = (*self).clone();
        if state.waiting.is_some() && action.changes() {
            state.refuse_for_log(&action);
            return Rc::new(state);
        }
        use Action::{Edit, Fill, Judge, Tick, Width};
        if !matches!(action, Edit(_) | Tick { .. } | Fill(_) | Width(_) | Judge) {
            state.settle();
        }
        match action {
            Action::Tick { milliseconds, judges } => {
                if judges && !state.session.is_settled() {
                    // If the cursor is at the end, it stays there while the end moves.
                    let was_at_end = !state.playing && state.session.cursor().time >= state.session.end();
                    state.session.judge(EVENTS_A_TICK);
                    if was_at_end {
                        state.session.seek(state.session.end());
                    }
                    if state.sought.is_some() {
                        state.seek_link();
                    }
                }
                // A last tick may be under way when playing stops.
                if state.playing {
                    state.tick(milliseconds);
                }
            }
            Action::Width(width) => state.width = width,
            Action::Theme(theme) => state.theme = theme,
            Action::Modern(modern) => state.modern = modern,
            Action::Solved(solved) => state.solved = solved,
            action => state.follow(action),
        }
        let moved = state.session.cursor() != self.session.cursor() || state.lesson != self.lesson;
        let has_other_words = state.modern != self.modern;
        if moved || has_other_words || !Rc::ptr_eq(state.session.played(), self.session.played()) {
            state.judge_lesson();
        }
        if state.making.is_some() {
            state.refill();
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
