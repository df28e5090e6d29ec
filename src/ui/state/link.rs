//! Links: what a link opens on the page, and the link to what the page shows.

#[cfg(test)]
mod tests;

use std::rc::Rc;

use super::{Presentation, Selection, State, Tab};
use crate::lesson::{self, LESSONS};
use crate::scenario::link::{Opens, RunLink};
use crate::scenario::{Error, Scenario, Script, is_of_the_slides, library, suggestion};
use crate::session::Session;
use crate::tongue::{Phrase, Tongue, say, spoken};
use crate::trace::{EventId, MessageId};
use crate::types::Time;
use crate::view::filter::Filter;

/// The message about links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Told {
    Nothing,
    /// The address is a link to what needs the rest of the page. It is opened as soon as the rest of the page is here.
    Opening,
    /// The link was copied; it has so many characters.
    Copied(usize),
    /// The browser does not let the page copy this link.
    ByHand(Rc<str>),
    /// The code that embeds the run was copied.
    CodeCopied,
    /// The browser does not let the page copy that code; it is in a field.
    CodeByHand,
    /// Something is being done: a sentence.
    Said(Rc<str>),
    /// What is wrong with the link or the log that was opened: a sentence without its full stop.
    Wrong(Rc<str>),
}

/// Why a link from outside is not opened.
pub(in crate::ui) enum Refused {
    /// What is wrong with the link: a sentence.
    Link(String),
    /// The text in it is not a script.
    Script(Error),
}

/// The reason why no link is opened now.
const DRAFT: Phrase = say!(
    "The link was not opened, because the text in the editor is no script yet and would be lost: \
                     finish it or undo it, and open the link again"
);

fn no_lesson(id: &str) -> String {
    let hint = suggestion(id, LESSONS.iter().map(|lesson| lesson.id));
    say!("The link asks for a lesson, and “{id}” is none{hint}")
}

/// Whether what a link opens needs the rest of the page: a lesson, a run of a protocol that the slides only name, or a script
/// with goals. So does a link that shows only a part of its run.
fn waits(link: &RunLink) -> bool {
    if link.only.is_some() {
        return true;
    }
    let text = match &link.opens {
        Opens::Nothing => return false,
        Opens::Lesson(_) => return true,
        Opens::Script(text) => text,
        Opens::BuiltIn(name) => match library::find(name) {
            Some(built_in) if built_in.is_here() => built_in.text,
            Some(_) => return true,
            None => "",
        },
    };
    let says_goals = |line: &str| matches!(line.split_whitespace().next(), Some("goal" | "allow"));
    !is_of_the_slides(text) || text.lines().any(says_goals)
}

/// How a script becomes a session: judged at once, or later.
type Open = fn(&str) -> Result<Session, Error>;

/// Where a link looks, while the run is not there yet.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sought {
    at: Option<Time>,
    selection: Option<String>,
}

impl State {
    /// The page as its address says that it opens: presented so, with the run of the link, if there is one. A lesson has to
    /// wait for the rest of the page, and so has a run of a protocol whose machines come with the rest. A run is judged
    /// later.
    pub(in crate::ui) fn opened(mut self, presentation: Presentation, fragment: &str) -> Self {
        self.present(presentation, !fragment.is_empty());
        if fragment.is_empty() {
            return self;
        }
        let (link, wrong) = RunLink::read(fragment);
        if waits(&link) {
            return Self { told: Rc::new(Told::Opening), playing: false, ..self };
        }
        self.take_up(link, wrong, Session::begin);
        self
    }

    /// Whether the page still waits to open a link.
    pub(in crate::ui) fn is_awaiting(&self) -> bool {
        *self.told == Told::Opening
    }

    /// Shows a message about links.
    pub(super) fn tell(&mut self, told: Told) {
        self.told = Rc::new(told);
    }

    /// The message about links.
    pub(in crate::ui) fn told(&self) -> &Told {
        &self.told
    }

    /// The link to what is shown: to a lesson or a built-in scenario while nothing has been changed, otherwise with the
    /// script.
    pub(in crate::ui) fn link(&self) -> RunLink {
        let is_shown = |text: &str| Script::parse(text).as_ref() == Ok(self.session.script());
        let lesson = self.lesson.map(|place| LESSONS[place]).filter(|lesson| is_shown(&lesson.script()));
        let opens = match lesson {
            Some(lesson) => Opens::Lesson(lesson.id.to_owned()),
            None if is_shown(self.built_in.script()) => Opens::BuiltIn(self.built_in.name),
            None => Opens::Script(self.session.text().to_owned()),
        };
        let cursor = self.session.cursor();
        // If nothing has been watched yet, the link opens a run that starts.
        let at = (cursor.events > 0).then(|| cursor.time.min(self.session.end()));
        let only = Some(self.only.to_string()).filter(|only| !only.is_empty());
        // A page that speaks English leaves to the next reader what theirs speaks.
        let lang = Some(spoken()).filter(|tongue| *tongue != Tongue::English);
        RunLink { opens, at, selection: self.name_of(self.selection), only, lang }
    }

    /// The name that links use for what is selected.
    fn name_of(&self, selection: Selection) -> Option<String> {
        let name = |node| self.session.scenario().symbols.node(node);
        Some(match selection {
            Selection::Nothing => return None,
            Selection::Node(node) => name(node).to_owned(),
            Selection::Link(from, to) => format!("{}-{}", name(from), name(to)),
            Selection::Mark(EventId(place)) => format!("event:{}", u64::from(place) + 1),
            Selection::Message(message) => {
                let trace = self.session.trace();
                let sent = trace.messages().get(message.0 as usize).filter(|sent| !sent.to_self())?;
                let kind = trace.scenario.protocol.kind(sent.message.kind).name;
                format!("{kind}:{}-{}:{}", name(sent.from), name(sent.to), trace.place_on_link(message))
            }
        })
    }

    /// What a name in a link stands for, as far as the run has come.
    fn called(&self, name: &str) -> Option<Selection> {
        let (trace, scenario) = (self.session.trace(), self.session.scenario());
        let node = |name: &str| scenario.symbols.node_named(name);
        let link = |name: &str| {
            let (from, to) = name.split_once('-')?;
            Some((node(from)?, node(to)?)).filter(|(from, to)| from != to)
        };
        let mut parts = name.split(':');
        match (parts.next()?, parts.next(), parts.next()) {
            ("event", Some(number), None) => {
                let place = number.parse::<u32>().ok()?.checked_sub(1)?;
                ((place as usize) < trace.events().len()).then_some(Selection::Mark(EventId(place)))
            }
            (kind, Some(ends), Some(ordinal)) => {
                let kind = scenario.protocol.kind_named(kind)?;
                let (from, to) = link(ends)?;
                let ordinal = ordinal.parse::<usize>().ok()?.checked_sub(1)?;
                let all = (0..).zip(trace.messages().range(0..trace.messages().len()));
                let mut alike = all.filter(|(_, message)| {
                    (message.message.kind, message.from, message.to) == (kind, from, to) && message.copy_of.is_none()
                });
                alike.nth(ordinal).map(|(place, _)| Selection::Message(MessageId(place)))
            }
            (one, None, None) => {
                node(one).map(Selection::Node).or_else(|| link(one).map(|(from, to)| Selection::Link(from, to)))
            }
            _ => None,
        }
    }

    /// Opens a link, or as much of it as could be read, and says what is wrong with it. Nothing is lost: an edited
    /// script can be had back by undoing, and a draft that does not run stays in the editor.
    #[inline(never)]
    pub(super) fn open_link(&mut self, fragment: &str) {
        if self.is_awaiting() {
            self.playing = self.plays();
        }
        let (link, wrong) = RunLink::read(fragment);
        self.take_up(link, wrong, Session::open);
    }

    fn take_up(&mut self, link: RunLink, wrong: Option<String>, open: Open) {
        self.tell(Told::Nothing);
        let opened = self.open_read(link, open);
        self.seek_link();
        if let Some(wrong) = wrong.or(opened.err()).or(self.presentation.wrong.clone()) {
            self.tell(Told::Wrong(wrong.into()));
        }
    }

    /// Why a link from outside opens nothing: a sentence, and for a script the place in it. None if the link opens
    /// something.
    pub(in crate::ui) fn refusal_of(&self, fragment: &str) -> Option<Refused> {
        let (link, wrong) = RunLink::read(fragment);
        if self.has_draft() {
            return Some(Refused::Link(DRAFT.into()));
        }
        match link.opens {
            Opens::Nothing => Some(Refused::Link(wrong.unwrap_or_else(|| say!("The link opens nothing").into()))),
            Opens::Script(text) => Scenario::read(&text).err().map(Refused::Script),
            Opens::BuiltIn(_) => None,
            Opens::Lesson(id) => lesson::find(&id).is_none().then(|| Refused::Link(no_lesson(&id))),
        }
    }

    fn open_read(&mut self, link: RunLink, open: Open) -> Result<(), String> {
        if link.opens == Opens::Nothing {
            return Ok(());
        }
        if self.has_draft() {
            return Err(DRAFT.into());
        }
        match link.opens {
            Opens::Nothing => {}
            Opens::Script(text) => {
                if let Err(error) = self.open_over(&text, open) {
                    let sentence = say!("The link’s script does not run, and is in the editor: {error}");
                    (self.draft, self.error, self.tab) = (Some(text), Some(error), Tab::Script);
                    return Err(sentence);
                }
            }
            Opens::BuiltIn(name) => {
                let built_in = library::find(name).unwrap_or(self.built_in);
                self.open_over(built_in.script(), open).expect("built-in scenarios are tested");
                self.name(Some(built_in));
            }
            Opens::Lesson(id) => {
                let Some(place) = lesson::find(&id) else {
                    return Err(no_lesson(&id));
                };
                let lesson = LESSONS[place];
                self.open_over(&lesson.script(), open).expect("lessons are tested");
                self.name(lesson.built_in());
                self.lesson = Some(place);
                self.wait_for_reader();
            }
        }
        self.sought = Some(Rc::new(Sought { at: link.at, selection: link.selection }));
        self.playing &= link.at.is_none();
        let Some(only) = link.only else { return Ok(()) };
        let (filter, wrong) = Filter::read(&only, self.session.scenario());
        self.only = filter.print(self.session.scenario()).into();
        wrong.map_or(Ok(()), |wrong| Err(say!("The link says what is to be shown: {wrong}")))
    }

    /// Opens a script from its beginning. What was there can be had back by undoing, if anything had been done to it.
    fn open_over(&mut self, text: &str, open: Open) -> Result<(), Error> {
        if self.session.can_undo_redo() == (false, false) {
            self.reopen(open(text)?);
            return Ok(());
        }
        let mut session = self.session.clone();
        session.edit(text)?;
        session.rewind();
        self.reopen(session);
        Ok(())
    }

    /// Goes to what the link shows, as far as the run has come.
    #[inline(never)]
    pub(super) fn seek_link(&mut self) {
        let Some(sought) = self.sought.take() else { return };
        let sought = Rc::unwrap_or_clone(sought);
        let is_settled = self.session.is_settled();
        if let Some(at) = sought.at {
            // The part of the run that is missing is run between frames, and not at once.
            let known = if is_settled { self.session.end() } else { self.session.trace().end() };
            self.session.seek(at.min(known));
        }
        let found = sought.selection.as_deref().and_then(|name| self.called(name));
        if let Some(selection) = found {
            (self.selection, self.open) = (selection, true);
            if let Selection::Node(node) = selection {
                self.lane = node;
            }
        }
        match sought.selection {
            Some(name) if found.is_none() && is_settled => {
                self.tell(Told::Wrong(say!("The link selects “{name}”, which is not in this run").into()));
            }
            selection => {
                let selection = selection.filter(|_| found.is_none());
                if !is_settled && (sought.at.is_some() || selection.is_some()) {
                    self.sought = Some(Rc::new(Sought { at: sought.at, selection }));
                }
            }
        }
    }
}
