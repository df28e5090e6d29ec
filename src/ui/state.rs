//! The page's state. It changes in the pure reducer of `reduce`; nothing here touches the browser.

mod embedding;
mod link;
mod presentation;
mod quest;
mod reduce;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use crate::lesson::{LESSONS, Progress};
use crate::scenario::library::BuiltIn;
use crate::scenario::{Act, Error, RuleEffect, Statement};
use crate::session::Session;
use crate::trace::{EventId, MessageId};
use crate::types::{NodeId, Time};
use crate::view::{Index, Search, Vocabulary};

use link::Sought;

pub(super) use embedding::{Embedding, HEIGHTS, SANDBOX};
pub(super) use link::{Refused, Told};
pub(super) use presentation::{Controls, PANELS, Panel, Presentation, SPEEDS};
pub(super) use quest::{Course, Order, Quest};

/// Everything that the page remembers.
#[derive(Clone)]
pub(super) struct State {
    built_in: &'static BuiltIn,
    session: Session,
    playing: bool,
    /// Whether scenarios start by themselves, as far as the reader is concerned.
    autoplay: bool,
    /// Whether nobody can see it move: then it stands still.
    asleep: bool,
    /// How the page's author presents it.
    presentation: Rc<Presentation>,
    /// How the run is to be embedded elsewhere, while somebody is about to do that.
    embedding: Option<Rc<Embedding>>,
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
    quest: Quest,
    /// What is said of links.
    told: Rc<Told>,
    /// Where a link looks, while the run is not there yet.
    sought: Option<Rc<Sought>>,
}

/// What takes the stage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Run,
    Gallery,
    Help,
    /// Many runs at once.
    Explore,
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
        /// Whether to go on running and judging what is not over yet.
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
    /// Opens what the page's address says after its `#`.
    Follow(String),
    /// Says something of links.
    Tell(Told),
    /// Opens a script that somebody outside hands over.
    Load(String),
    /// Plays or stands still.
    Play(bool),
    /// How the run is to be embedded elsewhere, or that it is not.
    Embed(Option<Rc<Embedding>>),
    /// Whether anybody can see the picture.
    Sleep(bool),
    /// Of many runs at once.
    Explore(Order),
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
        let mut session = Session::begin(built_in.text).expect("built-in scenarios are tested");
        if !autoplay {
            session.seek(session.end());
        }
        Self {
            built_in,
            session,
            playing: autoplay,
            autoplay,
            asleep: false,
            presentation: Rc::new(Presentation::new(false)),
            embedding: None,
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
            quest: Quest::default(),
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

    /// Whether time goes on just now.
    pub(super) fn is_moving(&self) -> bool {
        self.playing && !self.asleep
    }

    /// How the page's author presents it.
    pub(super) fn presentation(&self) -> &Presentation {
        &self.presentation
    }

    /// Whether something is open that is fetched when it is asked for: exploring, the editor, the code that embeds the run.
    pub(super) fn needs_tools(&self) -> bool {
        let is_editing = self.tab == Tab::Script && self.presentation.tabs().next().is_some();
        self.view == View::Explore || self.embedding.is_some() || is_editing
    }

    /// How the run is to be embedded elsewhere, if somebody is about to do that.
    pub(super) fn embedding(&self) -> Option<&Rc<Embedding>> {
        self.embedding.as_ref()
    }

    pub(super) fn speed(&self) -> u32 {
        self.speed
    }

    pub(super) fn selection(&self) -> Selection {
        self.selection
    }

    /// What the editor shows.
    pub(super) fn text(&self) -> &str {
        self.draft.as_deref().unwrap_or(self.session.text())
    }

    /// Whether the editor holds something that does not run.
    pub(super) fn has_draft(&self) -> bool {
        self.draft.is_some() && self.error.is_some()
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
}
