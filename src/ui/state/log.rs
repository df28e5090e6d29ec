//! A log in the place of the run: it can be watched and not changed, and the script that was open comes back as it was.

use std::rc::Rc;

use super::{Action, Selection, State, Tab, Told, View};
use crate::scenario::Error;
use crate::session::Session;
use crate::tongue::say;
use crate::view::log::LogView;

/// A log, and the session that shows it.
pub(in crate::ui) struct Logged {
    view: LogView,
    session: Session,
}

impl Logged {
    pub(in crate::ui) fn new(view: LogView, session: Session) -> Self {
        Self { view, session }
    }

    /// What is told of the log.
    pub(in crate::ui) fn view(&self) -> &LogView {
        &self.view
    }
}

/// What waits while a log is shown.
#[derive(Clone)]
pub(super) struct Waiting {
    log: Rc<Logged>,
    session: Session,
    lesson: Option<usize>,
}

impl State {
    /// The log that is shown in the place of the run.
    pub(in crate::ui) fn log(&self) -> Option<&Rc<Logged>> {
        self.waiting.as_ref().map(|waiting| &waiting.log)
    }

    /// Whether the run cannot be changed: the author of the page wants it so, or it is a log.
    pub(in crate::ui) fn is_fixed(&self) -> bool {
        self.presentation.is_read_only || self.waiting.is_some()
    }

    /// Shows a log at the first event that breaks a check, or goes back to what was there before.
    #[inline(never)]
    pub(super) fn show_log(&mut self, log: Option<Rc<Logged>>) {
        let Some(log) = log else { return self.leave_log() };
        if self.has_draft() {
            let sentence = say!(
                "The log was not opened, because the text in the editor is no script yet and would be lost: finish it or \
                            undo it, and open the log again"
            );
            return self.tell(Told::Wrong(sentence.text().into()));
        }
        self.leave_log();
        let session = std::mem::replace(&mut self.session, log.session.clone());
        let first = log.view.first;
        self.waiting = Some(Rc::new(Waiting { log, session, lesson: self.lesson.take() }));
        self.look_anew();
        self.tab = Tab::Checks;
        match first {
            Some(event) => self.show(event),
            None => self.session.seek(self.session.end()),
        }
    }

    /// Goes back to the script that was open before the log, if a log is shown.
    pub(super) fn leave_log(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            (self.session, self.lesson) = (waiting.session.clone(), waiting.lesson);
            self.look_anew();
        }
    }

    fn look_anew(&mut self) {
        (self.playing, self.selection, self.tool, self.error) = (false, Selection::Nothing, None, None);
        (self.view, self.zoom, self.making, self.embedding) = (View::Run, None, None, None);
    }

    /// What becomes of an action that would change a log: undoing leads back to the script, and nothing else does anything.
    pub(super) fn refuse_for_log(&mut self, action: &Action) {
        if matches!(action, Action::Undo) {
            return self.leave_log();
        }
        let message = say!("a log cannot be changed: go back to the script first").into();
        self.error = Some(Error { line: 1, column: 1, message });
    }

    /// Whether an action is about the script that was open before the log.
    pub(super) fn is_about_script(action: &Action) -> bool {
        use Action::{Embed, Explore, Follow, Lesson, Load, Open, Pose, Race};
        let is_view = matches!(action, Action::View(View::Explore | View::Race | View::Trio));
        is_view || matches!(action, Open(_) | Lesson(_) | Follow(_) | Load(_) | Explore(_) | Race(_) | Embed(_) | Pose)
    }
}
