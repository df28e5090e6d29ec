//! Searches over many runs: the questions and the findings. A Web Worker does the searching; see `ui::explore`.

use std::rc::Rc;

use super::{State, Tab, View};
use crate::tongue::say;
use crate::view::explore::{Chosen, Findings, QUESTIONS, Question, Tone};

/// The state of a search.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Course {
    /// It has not begun, has ended, or was stopped.
    Idle,
    /// It is searching.
    Running,
    /// It is paused.
    Paused,
}

/// The questions about many runs, and the findings.
#[derive(Clone)]
pub(in crate::ui) struct Quest {
    /// The place of the question in [`QUESTIONS`].
    place: usize,
    /// The choices for each question.
    chosen: [Chosen; 3],
    course: Course,
    /// The number n of the search, when it is the n-th.
    job: u32,
    /// The question of the search, its script, and the title of the script.
    asked: usize,
    script: Rc<str>,
    title: Rc<str>,
    /// The last findings, and the question to which they belong.
    found: Option<(usize, Rc<Findings>)>,
}

impl Default for Quest {
    fn default() -> Self {
        Self {
            place: 0,
            chosen: [QUESTIONS[0].first(), QUESTIONS[1].first(), QUESTIONS[2].first()],
            course: Course::Idle,
            job: 0,
            asked: 0,
            script: "".into(),
            title: "".into(),
            found: None,
        }
    }
}

/// An order for a search.
#[derive(Clone)]
pub(in crate::ui) enum Order {
    /// Changes to another question.
    Ask(usize),
    /// Makes the choice at this place for this knob.
    Choose(usize, usize),
    /// Begins the search.
    Begin,
    /// Pauses the search, or goes on.
    Pause(bool),
    /// Ends the search; the findings stay.
    Stop,
    /// The search with this number has these findings so far.
    Found(u32, Rc<Findings>),
    /// The search with this number broke off.
    Broke(u32, Rc<str>),
    /// Opens the run at this place of the findings.
    Show(usize),
}

impl Quest {
    /// The question.
    pub(in crate::ui) fn question(&self) -> &'static Question {
        &QUESTIONS[self.place]
    }

    /// The place of the question.
    pub(in crate::ui) fn place(&self) -> usize {
        self.place
    }

    /// The choices for the question.
    pub(in crate::ui) fn chosen(&self) -> &Chosen {
        &self.chosen[self.place]
    }

    pub(in crate::ui) fn course(&self) -> Course {
        self.course
    }

    /// The number of the search.
    pub(in crate::ui) fn job(&self) -> u32 {
        self.job
    }

    /// The script that is searched.
    pub(in crate::ui) fn script(&self) -> &Rc<str> {
        &self.script
    }

    /// The title of the script that is searched.
    pub(in crate::ui) fn title(&self) -> &str {
        &self.title
    }

    /// The question of the search that was begun last.
    pub(in crate::ui) fn asked(&self) -> usize {
        self.asked
    }

    /// The findings for the question that is shown.
    pub(in crate::ui) fn found(&self) -> Option<&Rc<Findings>> {
        self.found.as_ref().filter(|(place, _)| *place == self.place).map(|(_, found)| found)
    }
}

impl State {
    /// The search over many runs.
    pub(in crate::ui) fn quest(&self) -> &Quest {
        &self.quest
    }

    #[inline(never)]
    pub(super) fn order(&mut self, order: Order) {
        let quest = &mut self.quest;
        match order {
            Order::Ask(place) => quest.place = place.min(QUESTIONS.len() - 1),
            Order::Choose(knob, place) => {
                if let Some(chosen) = quest.chosen[quest.place].get_mut(knob) {
                    *chosen = place;
                }
            }
            Order::Begin => {
                quest.job += 1;
                quest.course = Course::Running;
                quest.asked = quest.place;
                quest.script = self.session.text().into();
                quest.title = (*self.session.scenario().headline()).into();
                quest.found = None;
            }
            Order::Pause(waits) if quest.course != Course::Idle => {
                quest.course = if waits { Course::Paused } else { Course::Running };
            }
            Order::Stop if quest.course != Course::Idle => {
                quest.course = Course::Idle;
                quest.conclude(say!("It was stopped; this is what it had found.").text());
            }
            Order::Found(job, findings) if job == quest.job && quest.course != Course::Idle => {
                if findings.is_over {
                    quest.course = Course::Idle;
                }
                quest.found = Some((quest.asked, findings));
            }
            Order::Broke(job, why) if job == quest.job && quest.course != Course::Idle => {
                quest.course = Course::Idle;
                quest.conclude(&why);
            }
            Order::Show(place) => {
                let script = quest.found().and_then(|found| Some(found.runs.get(place)?.1.clone()));
                let is_bad = quest.found().is_some_and(|found| found.tone == Tone::Bad);
                if let Some(script) = script {
                    self.draft = None;
                    self.playing = false;
                    self.error = self.session.edit(&script).err();
                    self.session.seek(self.session.end());
                    self.view = View::Run;
                    self.tab = if is_bad { Tab::Checks } else { Tab::Latency };
                    (self.zoom, self.lesson) = (None, None);
                }
            }
            Order::Pause(_) | Order::Stop | Order::Found(..) | Order::Broke(..) => {}
        }
    }
}

impl Quest {
    /// Adds to the findings how the search ended.
    fn conclude(&mut self, why: &str) {
        let found = self.found.take().map_or_else(Findings::default, |(_, found)| (*found).clone());
        let mut sentences = vec![why.to_owned()];
        sentences.extend(found.sentences);
        self.found = Some((self.asked, Rc::new(Findings { sentences, is_over: true, ..found })));
    }
}
