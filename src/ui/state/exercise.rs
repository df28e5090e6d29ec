//! Exercises on the page: the script's goals are judged as the run changes, and a form writes them into the script.

use std::rc::Rc;
use std::sync::Arc;

use super::{Action, State, Tab, View};
use crate::view::exercise::ExerciseView;
use crate::view::making::Making;

impl State {
    /// Whether the script states goals. A lesson has a task of its own, so the goals of its script are not shown.
    pub(in crate::ui) fn has_goals(&self) -> bool {
        !self.session.scenario().goals.is_empty() && self.lesson.is_none()
    }

    /// Whether a task stands beside the run: a lesson, or an exercise.
    pub(in crate::ui) fn has_task(&self) -> bool {
        self.lesson.is_some() || self.has_goals() || self.log().is_some()
    }

    /// The exercise that the script states, once something can be said of it.
    pub(in crate::ui) fn exercise(&self) -> Option<&Rc<ExerciseView>> {
        self.exercise.as_ref().filter(|_| self.has_goals())
    }

    /// The same, if it is about the run that is shown and not about one before it.
    pub(in crate::ui) fn exercise_now(&self) -> Option<&Rc<ExerciseView>> {
        self.exercise().filter(|exercise| Arc::ptr_eq(&exercise.run, self.session.scenario()))
    }

    /// Whether there is a goal that can be judged now.
    pub(in crate::ui) fn is_to_be_judged(&self) -> bool {
        let is_known = self.exercise_now().is_some_and(|exercise| exercise.is_judged);
        self.has_goals() && !is_known && (self.exercise_now().is_none() || self.session.played().is_judged())
    }

    /// The text of the script as it was opened.
    pub(in crate::ui) fn given(&self) -> &str {
        &self.given
    }

    /// The form in which an exercise is made, while it is open.
    pub(in crate::ui) fn making(&self) -> Option<&Rc<Making>> {
        self.making.as_ref()
    }

    /// Judges a few goals of the run that is shown.
    pub(super) fn judge_goals(&mut self) {
        if !self.is_to_be_judged() {
            return;
        }
        match self.exercise_now().cloned() {
            Some(mut exercise) => {
                Rc::make_mut(&mut exercise).go_on(&self.session);
                self.exercise = Some(exercise);
            }
            None => self.exercise = ExerciseView::of(&self.session, &self.given).map(Rc::new),
        }
    }

    /// Does what is asked for about an exercise.
    #[inline(never)]
    pub(super) fn exercise_action(&mut self, action: Action) {
        match action {
            Action::Judge => self.judge_goals(),
            Action::Pose => {
                (self.given, self.exercise, self.making) = (self.session.text().into(), None, None);
                self.wait_for_reader();
            }
            Action::Again => {
                let given = Rc::clone(&self.given);
                self.change(|session| session.edit(&given));
                self.wait_for_reader();
            }
            Action::Make(None) => self.making = None,
            Action::Make(Some(making)) => self.make(&making),
            _ => {}
        }
    }

    /// Shows the form, and writes into the script what it says and what a script can say.
    fn make(&mut self, making: &Rc<Making>) {
        if self.making.is_none() {
            (self.tab, self.view, self.lesson) = (Tab::Script, View::Run, None);
        }
        let written = making.written(self.session.text());
        if written != self.session.text() {
            self.change(|session| session.edit(&written));
        }
        let mut making = (**making).clone();
        // A draft in the editor comes first; the form then waits for it.
        if self.error.is_none() {
            making.stands_for(self.session.text());
        }
        self.making = Some(Rc::new(making));
    }

    /// Fills the form anew when the script was changed elsewhere: in the editor, by undoing, by an act.
    pub(super) fn refill(&mut self) {
        if let Some(making) = self.making.as_ref().filter(|making| !making.is_of(self.session.text())) {
            self.making = Some(Rc::new(making.refilled(self.session.text())));
        }
    }
}
