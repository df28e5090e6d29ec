//! The page's state. It changes in the pure reducer of `reduce`; nothing here touches the browser.

mod embedding;
mod exercise;
mod link;
mod log;
mod presentation;
mod quest;
mod reduce;
#[cfg(test)]
mod tests;
mod tools;

use std::rc::Rc;

use crate::lesson::{LESSONS, Progress};
use crate::scenario::library::BuiltIn;
use crate::scenario::{Act, Error, RuleEffect, Statement};
use crate::session::Session;
use crate::trace::{EventId, MessageId};
use crate::types::{NodeId, Time};
use crate::view::exercise::ExerciseView;
use crate::view::filter::Filter;
use crate::view::making::Making;
use crate::view::race::RaceChoice;
use crate::view::{Index, Search, Vocabulary};

use link::Sought;
use log::Waiting;

pub(super) use embedding::{Embedding, HEIGHTS, SANDBOX};
pub(super) use link::{Refused, Told};
pub(super) use log::Logged;
pub(super) use presentation::{Controls, PANELS, Panel, Presentation, SPEEDS};
pub(super) use quest::{Course, Order, Quest};
pub(super) use tools::Tool;

/// Everything that the page remembers.
#[derive(Clone)]
pub(super) struct State {
    built_in: &'static BuiltIn,
    /// Whether what was opened is not the built-in scenario but a script of its own.
    is_own: bool,
    session: Session,
    playing: bool,
    /// Whether the reader lets scenarios start by themselves.
    autoplay: bool,
    /// Whether nobody can see the picture; then it stands still.
    asleep: bool,
    /// How the author presents the page.
    presentation: Rc<Presentation>,
    /// How the run is to be embedded in another page, while somebody chooses that.
    embedding: Option<Rc<Embedding>>,
    /// The speed, in thousandths of Δ a second.
    speed: u32,
    /// Whether the script's captions are shown.
    captioned: bool,
    selection: Selection,
    /// The tool that waits for the thing on which it acts.
    tool: Option<Tool>,
    /// Whether the card of what is selected is open; it is not while keys only walk past.
    open: bool,
    /// The lane along which keys walk.
    lane: NodeId,
    /// The text in the editor, while it is not the script that runs.
    draft: Option<String>,
    /// What is wrong with the draft, or with the last act.
    error: Option<Error>,
    fields: Fields,
    /// The width of the element that holds the timeline, in pixels; 0 until it is known.
    width: f64,
    /// The scale in pixels for a Δ, if somebody zoomed.
    zoom: Option<f64>,
    view: View,
    tab: Tab,
    theme: Theme,
    /// Whether messages and everything else have their names of 2001.
    modern: bool,
    /// The lesson that is open.
    lesson: Option<usize>,
    /// The answer that the reader has guessed to the lesson's question.
    guess: Option<usize>,
    /// How far the reader has come in the lesson.
    progress: Option<Progress>,
    /// The lessons that have been solved, with a bit for each.
    solved: u64,
    /// The text of the script as it was opened: the lines that an exercise gives.
    given: Rc<str>,
    /// The exercise that the script states, as far as it has been judged. While a changed run is not judged yet, this is still
    /// what was said of the run before.
    exercise: Option<Rc<ExerciseView>>,
    /// The form in which an exercise is made, while it is open.
    making: Option<Rc<Making>>,
    /// The log that is shown in the place of the run, and what waits meanwhile.
    waiting: Option<Rc<Waiting>>,
    /// Whether the run as it was opened is drawn below the timeline.
    compare: bool,
    /// Whether the event table is open.
    events: bool,
    /// The page of the event table to which somebody turned: where the cursor was then, and where the page ends.
    page: Option<(usize, usize)>,
    /// What is searched for, while the field is open.
    search: Option<String>,
    finder: Search,
    /// What is shown of the run, as the text of a filter; empty for everything.
    only: Rc<str>,
    /// Whether the choice of what is shown is open.
    narrowing: bool,
    quest: Quest,
    /// Who races, and what is shown of it.
    racing: Rc<RaceChoice>,
    /// The message about links.
    told: Rc<Told>,
    /// What a link shows, while the run has not come that far.
    sought: Option<Rc<Sought>>,
}

/// The view in the place of the stage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Run,
    Gallery,
    Help,
    /// Many runs at once.
    Explore,
    /// The three variants below each other.
    Trio,
    /// The protocols on one script, and the family side by side.
    Race,
}

/// The panel that is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tab {
    Latency,
    Ballots,
    Checks,
    Ledger,
    Rules,
    Script,
}

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Theme {
    Auto,
    Light,
    Dark,
}

/// What has been filled in and not been done yet.
#[derive(Clone)]
pub(super) struct Fields {
    /// The delay to give to a message.
    pub(super) delay: String,
    /// The decree to be proposed; none while nobody has written one.
    pub(super) decree: Option<String>,
    /// What a liar says instead; none while nobody has written it.
    pub(super) lie: Option<String>,
    /// Whether the reader is breaking rules here; then the rules stay in sight.
    pub(super) breaking: bool,
    /// For each node the group that it is to be in. If the length is not the number of nodes, this belongs to another
    /// script.
    pub(super) sides: Vec<usize>,
    /// The link to be cut, as places of nodes.
    pub(super) ends: (usize, usize),
}

impl Default for Fields {
    fn default() -> Self {
        Self { delay: "0.5".to_owned(), decree: None, lie: None, breaking: false, sides: Vec::new(), ends: (0, 1) }
    }
}

/// What the inspector shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Selection {
    Nothing,
    Message(MessageId),
    Node(NodeId),
    /// A mark: what a machine stated.
    Mark(EventId),
    /// Both directions between two nodes.
    Link(NodeId, NodeId),
}

/// Everything that can be done on the page.
#[derive(Clone)]
pub(super) enum Action {
    Open(&'static BuiltIn),
    PlayOrPause,
    Tick {
        milliseconds: f64,
        /// Whether to go on with running and judging.
        judges: bool,
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
    /// Takes a tool, or puts it away.
    Tool(Option<Tool>),
    /// Shows the variant of this protocol.
    Variant(&'static str),
    /// Goes to the lane below or above.
    Lane {
        down: bool,
    },
    /// Goes to the next or the previous thing on the lane.
    Walk {
        index: Rc<Index>,
        forward: bool,
    },
    /// Opens the card of what is selected.
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
    /// Goes to the step of an event, and selects the event.
    ShowEvent(EventId),
    /// Zooms to a scale in pixels for a Δ; none for the scale that fits.
    Zoom(Option<f64>),
    View(View),
    Tab(Tab),
    Theme(Theme),
    Modern(bool),
    /// Opens a lesson's script, or leaves the lessons.
    Lesson(Option<usize>),
    /// Shows the picture alone and large, or the whole page again.
    Present(bool),
    /// Shows the script's captions, or leaves them.
    Captions(bool),
    /// Goes to the instant of the next caption.
    NextCaption,
    /// Guesses the answer with this place to the lesson's question.
    Guess(usize),
    /// Judges goals of the script that are not judged yet.
    Judge,
    /// Takes the script as it is for the exercise: its lines are given from now on.
    Pose,
    /// Goes back to the script that the exercise gives.
    Again,
    /// Changes what the form says in which an exercise is made, and the script with it; none closes the form.
    Make(Option<Rc<Making>>),
    /// Shows a log in the place of the run; none goes back to the script.
    Log(Option<Rc<Logged>>),
    Compare(bool),
    /// The lessons that are solved, with a bit for each.
    Solved(u64),
    Events(bool),
    /// Turns to the page of the event table that ends at this event; none for the page that ends at the cursor.
    EventsPage(Option<usize>),
    Search(Option<String>),
    /// Shows only this of the run: the text of a filter, empty for everything.
    Only(String),
    /// Opens or closes the choice of what is shown.
    Narrow(bool),
    /// Opens the link in the part of the address after its `#`.
    Follow(String),
    /// Shows a message about links.
    Tell(Told),
    /// Opens a script that somebody outside hands over.
    Load(String),
    /// Plays or stands still.
    Play(bool),
    /// Changes how the run is to be embedded; none closes that view.
    Embed(Option<Rc<Embedding>>),
    /// Whether anybody can see the picture.
    Sleep(bool),
    /// An order for a search over many runs.
    Explore(Order),
    /// Shows a race.
    Race(Rc<RaceChoice>),
    /// Goes to the next or the previous event that matches the search.
    Find {
        forward: bool,
    },
}

/// Two states count as equal only if they are the very same state.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl State {
    /// The state in which the page opens: with a picture that plays, or with a finished one where motion is not wanted.
    pub(super) fn open(built_in: &'static BuiltIn, autoplay: bool) -> Self {
        let mut session = Session::begin(built_in.script()).expect("built-in scenarios are tested");
        if !autoplay {
            session.seek(session.end());
        }
        Self {
            built_in,
            is_own: false,
            session,
            playing: autoplay,
            autoplay,
            asleep: false,
            presentation: Rc::new(Presentation::new(false)),
            embedding: None,
            speed: reduce::USUAL_SPEED,
            captioned: false,
            selection: Selection::Nothing,
            tool: None,
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
            guess: None,
            progress: None,
            solved: 0,
            given: "".into(),
            exercise: None,
            making: None,
            waiting: None,
            compare: false,
            events: false,
            only: Rc::default(),
            narrowing: false,
            page: None,
            search: None,
            finder: Search::default(),
            quest: Quest::default(),
            racing: Rc::default(),
            told: Rc::new(Told::Nothing),
            sought: None,
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

    /// The vocabulary in use.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        if self.modern { Vocabulary::MadeSimple2001 } else { Vocabulary::Parliament1998 }
    }

    /// Whether the card of what is selected is open.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// The lesson that is open.
    pub(super) fn lesson(&self) -> Option<usize> {
        self.lesson
    }

    /// The place of the answer that the reader has guessed to the open lesson's question.
    pub(super) fn guess(&self) -> Option<usize> {
        self.guess
    }

    /// How far the reader has come in the open lesson.
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

    /// The lessons that are solved, with a bit for each.
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

    /// The end of the page of the event table; none for the page that ends at the cursor.
    pub(super) fn events_page(&self) -> Option<usize> {
        self.page.filter(|(cursor, _)| *cursor == self.session.cursor().events).map(|(_, end)| end)
    }

    /// What is shown of the run, as the text of a filter; empty for everything.
    pub(super) fn only(&self) -> &Rc<str> {
        &self.only
    }

    /// What is shown of the run.
    #[inline(never)]
    pub(super) fn filter(&self) -> Filter {
        Filter::read(&self.only, self.session.scenario()).0
    }

    /// Whether the choice of what is shown is open.
    pub(super) fn is_narrowing(&self) -> bool {
        self.narrowing
    }

    /// A sentence with the result of the last search.
    pub(super) fn search_status(&self) -> &str {
        if self.search.is_some() { self.finder.status() } else { "" }
    }

    pub(super) fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }

    pub(super) fn built_in(&self) -> &'static BuiltIn {
        self.built_in
    }

    /// The title of what was opened, if that is no built-in scenario.
    pub(super) fn own_title(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self.log() {
            Some(log) => Some(log.view().name.as_str().into()),
            None => self.is_own.then(|| self.session.scenario().headline()),
        }
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

    /// Whether time is moving on right now.
    pub(super) fn is_moving(&self) -> bool {
        self.playing && !self.asleep
    }

    /// How the author presents the page.
    pub(super) fn presentation(&self) -> &Presentation {
        &self.presentation
    }

    /// Whether something is open that is fetched when it is asked for: exploring, the race, the editor, the code that embeds the run,
    /// an exercise.
    pub(super) fn needs_tools(&self) -> bool {
        matches!(self.view, View::Explore | View::Race)
            || self.embedding.is_some()
            || self.is_editing()
            || self.has_goals()
            || self.narrowing
            || self.waiting.is_some()
    }

    /// Whether the script is open.
    pub(super) fn is_editing(&self) -> bool {
        self.tab == Tab::Script && self.presentation.tabs().next().is_some()
    }

    /// Who races, and what is shown of it.
    pub(super) fn racing(&self) -> &Rc<RaceChoice> {
        &self.racing
    }

    /// How the run is to be embedded elsewhere, if somebody is about to do that.
    pub(super) fn embedding(&self) -> Option<&Rc<Embedding>> {
        self.embedding.as_ref()
    }

    /// Whether the script's captions are shown.
    pub(super) fn is_captioned(&self) -> bool {
        self.captioned
    }

    pub(super) fn speed(&self) -> u32 {
        self.speed
    }

    pub(super) fn selection(&self) -> Selection {
        self.selection
    }

    /// The text that the editor shows.
    pub(super) fn text(&self) -> &str {
        self.draft.as_deref().unwrap_or(self.session.text())
    }

    /// Whether the editor holds a text that does not run.
    pub(super) fn has_draft(&self) -> bool {
        self.draft.is_some() && self.error.is_some()
    }

    pub(super) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// What was wrong with the last act or choice, while nothing is selected whose card would say it.
    pub(super) fn act_error(&self) -> Option<&Error> {
        self.error.as_ref().filter(|_| self.draft.is_none() && self.selection == Selection::Nothing)
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    pub(super) fn width(&self) -> f64 {
        self.width
    }
}
