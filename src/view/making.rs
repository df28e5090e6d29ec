//! The form in which an exercise is made: title, text, goals and permissions as fields, read from a script and written back
//! into it.
//!
//! The script is all that is kept. A field whose text cannot stand in a script yet is not written; it says what is wrong.

use std::rc::Rc;

use crate::scenario::goals::DEEDS;
use crate::scenario::goals::vocabulary::{COLLECTIONS, FIGURES, Kind, Name};
use crate::scenario::script::quoted;
use crate::scenario::{GoalLine, Line, Scenario, Script, Statement};
use crate::tongue::{key, say};
use crate::types::NodeId;

/// What is told of a field that is not in the script, with its full stop.
pub fn told(wrong: &str) -> String {
    let stop = if wrong.ends_with('?') { "" } else { "." };
    say!("Not in the script yet: {wrong}{stop}")
}

/// What the form says. A copy is as large as its texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Making {
    /// The script's title.
    pub title: String,
    /// What the exercise is about.
    pub about: String,
    /// The goals, in their order.
    pub goals: Vec<GoalForm>,
    /// What may be added.
    pub allowed: Vec<AllowForm>,
    /// The script for which the form stands.
    of: Rc<str>,
}

/// The fields of a goal.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct GoalForm {
    /// How many points it is worth; nothing written is 1.
    pub points: String,
    /// What is so when it is reached.
    pub text: String,
    /// What has to be so.
    pub condition: String,
    /// What is told to whoever has not reached it; nothing written is a sentence of the playground’s.
    pub otherwise: String,
    /// Why it is not in the script: a sentence without its full stop.
    pub wrong: Option<String>,
    comment: Option<String>,
}

/// The fields of a permission.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct AllowForm {
    /// The kind of line.
    pub deed: String,
    /// Whom the lines are about, as in `A` or `A->*`; nothing written is anybody.
    pub who: String,
    /// The time before which they are; nothing written is any time.
    pub before: String,
    /// How many there may be; nothing written is any number.
    pub most: String,
    /// Why it is not in the script: a sentence without its full stop.
    pub wrong: Option<String>,
}

/// A goal to begin with.
#[derive(Debug)]
pub struct Idea {
    /// What is so when it is reached, in English.
    pub text: &'static str,
    /// What has to be so.
    pub condition: &'static str,
    /// What is told to whoever has not reached it, in English.
    pub otherwise: &'static str,
}

const fn idea(text: &'static str, condition: &'static str, otherwise: &'static str) -> Idea {
    Idea { text, condition, otherwise }
}

/// Goals to begin with: they can be judged as they stand, and are there to be changed.
pub static IDEAS: [Idea; 14] = [
    idea(key!("Something is decided"), "decisions > 0", key!("Nothing is decided.")),
    idea(key!("Nothing is decided"), "decisions = 0", key!("{decisions} decided.")),
    idea(key!("Somebody votes"), "votes > 0", key!("Nobody votes.")),
    idea(
        key!("A decree of this name is decided"),
        "some d in decisions: d.value = \"red\"",
        key!("Decided: {each d in decisions: d.value}."),
    ),
    idea(
        key!("Everybody knows it so long after the request"),
        "some d in decisions: d.latency.from_client.all <= 5Δ",
        key!("It took {each d in decisions: d.latency.from_client.all}."),
    ),
    idea(
        key!("No ballot has three votes"),
        "every b in ballots: b.votes < 3",
        key!("{largest b in ballots: b.votes} voted in one ballot."),
    ),
    idea(key!("Two ballots are tried"), "ballots >= 2", key!("{ballots} tried.")),
    idea(key!("Somebody refuses a smaller ballot"), "refusals > 0", key!("Nobody refuses anything.")),
    idea(key!("One larger ballot of another process comes between"), "k = 1", key!("k = {k}.")),
    idea(key!("A message is lost"), "messages.lost > 0", key!("No message is lost.")),
    idea(key!("Two nodes are down at the end"), "crashed = 2", key!("{crashed} are down.")),
    idea(key!("Every check holds"), "violated = 0", key!("{each c in checks where c.violated: c.name}: violated.")),
    idea(
        key!("Agreement is violated"),
        "some c in checks: c.name = \"agreement\" and c.violated",
        key!("Agreement holds; violated: {each c in checks where c.violated: c.name}."),
    ),
    idea(key!("The script has few lines"), "lines <= 9", key!("It has {lines} lines.")),
];

/// Parts of conditions: for each group its name, and for each part what is put in and what it tells.
pub type Pieces = Vec<(&'static str, Vec<(String, &'static str)>)>;

/// The parts from which a condition can be made: every figure, and every field of every collection, each compared with
/// something of its kind.
pub fn pieces(scenario: &Scenario) -> Pieces {
    let node = scenario.symbols.node(NodeId(0));
    let compared = |what: &str, kind: Kind| match kind {
        Kind::Truth => what.to_owned(),
        Kind::Number => format!("{what} >= 1"),
        Kind::Time => format!("{what} <= 5Δ"),
        Kind::Node => format!("{what} = {node}"),
        Kind::Ballot => format!("{what} = \"1.{node}\""),
        Kind::Decree => format!("{what} = \"red\""),
        Kind::Word(words) => {
            format!("{what} = {}", quoted(words.list(scenario.protocol).first().unwrap_or(&"")))
        }
        Kind::List => String::new(),
    };
    let figures = FIGURES.iter().map(|name| (compared(name.name, name.kind), name.about)).collect();
    let mut pieces = vec![(say!("the whole run").text(), figures)];
    for collection in COLLECTIONS {
        let row = &collection.name[..1];
        let field = |name: &Name| {
            let body = compared(&format!("{row}.{}", name.name), name.kind);
            (format!("some {row} in {}: {body}", collection.name), name.about)
        };
        let size = (format!("{} >= 1", collection.name), collection.about);
        pieces.push((collection.name, std::iter::once(size).chain(collection.fields.iter().map(field)).collect()));
    }
    pieces
}

impl GoalForm {
    /// Adds a part to the condition: both have to hold then.
    pub fn add(&mut self, piece: &str) {
        let inside =
            |condition: &str| if condition.contains(':') { format!("({condition})") } else { condition.to_owned() };
        let condition = self.condition.trim();
        self.condition = match condition.is_empty() {
            true => piece.to_owned(),
            false => format!("{} and {}", inside(condition), inside(piece)),
        };
    }

    /// Whether it stands in the script.
    pub fn is_written(&self) -> bool {
        self.wrong.is_none() && !self.is_empty()
    }

    fn is_empty(&self) -> bool {
        [&self.text, &self.condition, &self.otherwise].iter().all(|field| field.trim().is_empty())
    }

    fn line(&self) -> String {
        let points = self.points.trim();
        let gap = if points.is_empty() { "" } else { " " };
        let otherwise = self.otherwise.trim();
        let sentence = if otherwise.is_empty() { String::new() } else { format!(" else {}", quoted(otherwise)) };
        format!("goal {points}{gap}{}: {}{sentence}", quoted(self.text.trim()), self.condition.trim())
    }

    /// Why the line for it is none.
    fn check(&self, base: &[Line]) -> Result<Statement, String> {
        if self.text.trim().is_empty() {
            return Err(say!("say what is so when the goal is reached").into());
        }
        if self.condition.trim().is_empty() {
            return Err(say!("say what has to be so, as in decisions > 0").into());
        }
        let line = read(base, &self.line())?;
        match &line.statement {
            Some(Statement::Goal(GoalLine { condition, .. })) if *condition == self.condition.trim() => {
                line.statement.ok_or_else(String::new)
            }
            _ => Err(say!("outside of quotes a condition has no # and no “else”").into()),
        }
    }
}

impl AllowForm {
    fn check(&self, base: &[Line]) -> Result<Statement, String> {
        let before = self.before.trim();
        let before = if before.is_empty() { String::new() } else { format!("before {before}") };
        let words = [self.deed.trim(), self.who.trim(), &before, self.most.trim()];
        let said: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        if said.iter().any(|word| word.contains([',', '#'])) {
            return Err(say!("each field is about one thing: it has no comma and no #").into());
        }
        read(base, &format!("allow {}", said.join(" ")))?.statement.ok_or_else(String::new)
    }
}

/// Reads a line as the last line of a script.
fn read(base: &[Line], line: &str) -> Result<Line, String> {
    let mut text = Script { lines: base.to_vec() }.to_string();
    text.push_str(&line.replace(char::is_control, " "));
    let (mut script, _) = Scenario::read(&text).map_err(|error| error.message)?;
    script.lines.pop().ok_or_else(String::new)
}

/// Whether a line is one that the form writes.
fn is_ours(line: &Line) -> bool {
    use Statement::{About, Allow, Goal, Title};
    matches!(line.statement, Some(Title(_) | About(_) | Goal(_) | Allow(_)))
}

impl Making {
    /// The form for a script, which has to be right.
    pub fn of(text: &str) -> Self {
        let script = Script::parse(text).unwrap_or_default();
        let mut making = Self {
            title: String::new(),
            about: String::new(),
            goals: Vec::new(),
            allowed: Vec::new(),
            of: text.into(),
        };
        for line in &script.lines {
            match &line.statement {
                Some(Statement::Title(title)) => making.title.clone_from(title),
                Some(Statement::About(about)) => making.about.clone_from(about),
                Some(Statement::Goal(goal)) => making.goals.push(GoalForm {
                    points: if goal.points == 1 { String::new() } else { goal.points.to_string() },
                    text: goal.text.clone(),
                    condition: goal.condition.clone(),
                    otherwise: goal.otherwise.clone().unwrap_or_default(),
                    wrong: None,
                    comment: line.comment.clone(),
                }),
                Some(Statement::Allow(permissions)) => {
                    for permission in permissions {
                        let said = Line { scale: line.scale, ..Statement::Allow(vec![permission.clone()]).into() };
                        making.allowed.push(fields(&said.to_string()));
                    }
                }
                _ => {}
            }
        }
        making
    }

    /// Whether the form stands for this script.
    pub fn is_of(&self, text: &str) -> bool {
        *self.of == *text
    }

    /// The form for a script that was changed elsewhere. What is not in the script because it is not finished stays.
    pub fn refilled(&self, text: &str) -> Self {
        let mut making = Self::of(text);
        let is_open = |goal: &&GoalForm| goal.wrong.is_some() || goal.is_empty();
        making.goals.extend(self.goals.iter().filter(is_open).cloned());
        making.allowed.extend(self.allowed.iter().filter(|allow| allow.wrong.is_some()).cloned());
        making.check(text);
        making
    }

    /// From now on the form stands for this script; each field says what is wrong with it.
    pub fn stands_for(&mut self, text: &str) {
        self.of = text.into();
        self.check(text);
    }

    /// The lines of a script without those of the form, and the place for its goals.
    fn base(text: &str) -> (Vec<Line>, usize) {
        let lines = Script::parse(text).unwrap_or_default().lines;
        let is_stated = |line: &Line| matches!(line.statement, Some(Statement::Goal(_) | Statement::Allow(_)));
        let place = lines.iter().position(is_stated).unwrap_or(lines.len());
        let before = lines[..place].iter().filter(|line| !is_ours(line)).count();
        (lines.into_iter().filter(|line| !is_ours(line)).collect(), before)
    }

    fn check(&mut self, text: &str) {
        let (base, _) = Self::base(text);
        for goal in &mut self.goals {
            goal.wrong = if goal.is_empty() { None } else { goal.check(&base).err() };
        }
        for allow in &mut self.allowed {
            allow.wrong = allow.check(&base).err();
        }
    }

    /// The text of a script with everything in it that the form says and that can stand there. A script that says all of it
    /// already stays as it is.
    pub fn written(&self, text: &str) -> String {
        let (base, place) = Self::base(text);
        let clean = |field: &str| field.replace(char::is_control, " ").trim().to_owned();
        let head =
            [(clean(&self.title), Statement::Title as fn(String) -> Statement), (clean(&self.about), Statement::About)];
        let head = head.into_iter().filter(|(text, _)| !text.is_empty()).map(|(text, of)| Line::from(of(text)));
        let head = head.filter(|line| read(&base, &line.to_string()).is_ok());
        let mut permissions = Vec::new();
        for allow in &self.allowed {
            if let Ok(Statement::Allow(allowed)) = allow.check(&base) {
                permissions.extend(allowed);
            }
        }
        let scale = base.iter().find_map(|line| line.scale);
        let allowed = (!permissions.is_empty()).then(|| Line { scale, ..Statement::Allow(permissions).into() });
        let goal = |goal: &GoalForm| Some(Line { comment: goal.comment.clone(), ..goal.check(&base).ok()?.into() });
        let stated = allowed.into_iter().chain(self.goals.iter().filter_map(goal));
        let mut lines: Vec<Line> = head.collect();
        lines.extend(base[..place].iter().cloned());
        lines.extend(stated);
        lines.extend(base[place..].iter().cloned());
        let written = Script { lines };
        let said = |script: &Script| -> Vec<Statement> {
            script
                .lines
                .iter()
                .filter_map(|line| line.statement.clone())
                .filter(|one| !matches!(one, Statement::Allow(_)))
                .collect()
        };
        let allows = |script: &Script| -> Vec<_> {
            let allowed = script.lines.iter().filter_map(|line| match &line.statement {
                Some(Statement::Allow(allowed)) => Some(allowed.clone()),
                _ => None,
            });
            allowed.flatten().collect()
        };
        let now = Script::parse(text).unwrap_or_default();
        let is_said = said(&now) == said(&written) && allows(&now) == allows(&written);
        if is_said { text.to_owned() } else { written.to_string() }
    }
}

/// The fields of a permission, from the line that says it.
fn fields(line: &str) -> AllowForm {
    let mut words = line.split_whitespace().skip(1).peekable();
    let mut form = AllowForm { deed: words.next().unwrap_or_default().to_owned(), ..AllowForm::default() };
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    while let Some(word) = words.next() {
        match word {
            "before" => form.before = words.next().unwrap_or_default().to_owned(),
            // The last word, if it is a number, says how many.
            _ if is_number(word) && words.peek().is_none() => word.clone_into(&mut form.most),
            _ => word.clone_into(&mut form.who),
        }
    }
    form
}

/// The kinds of lines that can be allowed.
pub fn deeds() -> impl Iterator<Item = &'static str> {
    DEEDS.iter().map(|deed| deed.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library::LIBRARY;

    const PLAIN: &str = "paxos-playground 1\nnodes A B C\nat 0Δ propose A \"red\"\n";

    fn form(goals: &[(&str, &str)]) -> Making {
        let goal = |(text, condition): &(&str, &str)| GoalForm {
            text: (*text).to_owned(),
            condition: (*condition).to_owned(),
            ..GoalForm::default()
        };
        Making { goals: goals.iter().map(goal).collect(), ..Making::of(PLAIN) }
    }

    #[test]
    fn what_the_form_says_stands_in_the_script_and_comes_back_from_it() {
        let mut making = form(&[("Somebody votes", "votes > 0"), ("Says \"red\" and \\", "decisions = 0")]);
        making.title = "An exercise\nof two lines ".to_owned();
        making.about = "Read § 2.1 first".to_owned();
        making.goals[1].points = "2".to_owned();
        making.goals[1].otherwise = "{decisions} too many".to_owned();
        let allow = |deed: &str, who: &str, before: &str, most: &str| AllowForm {
            deed: deed.to_owned(),
            who: who.to_owned(),
            before: before.to_owned(),
            most: most.to_owned(),
            wrong: None,
        };
        making.allowed =
            vec![allow("crash", "", "", "2"), allow("drop", "A->*", "", ""), allow("propose", "B", "1Δ", "1")];
        let written = making.written(PLAIN);
        assert_eq!(
            written,
            "paxos-playground 1\ntitle     An exercise of two lines\nabout     Read § 2.1 first\nnodes     A B C\n\
             at 0Δ     propose A \"red\"\nallow     crash 2, drop A->*, propose B before 1Δ 1\n\
             goal      \"Somebody votes\": votes > 0\n\
             goal      2 \"Says \\\"red\\\" and \\\\\": decisions = 0 else \"{decisions} too many\"\n"
        );
        let mut again = Making::of(&written);
        again.stands_for(&written);
        assert_eq!((&again.goals[1].text, &again.goals[1].points), (&making.goals[1].text, &making.goals[1].points));
        assert_eq!(again.allowed, making.allowed);
        assert_eq!(again.written(&written), written);
    }

    #[test]
    fn what_is_wrong_is_told_beside_its_field_and_not_written() {
        let said = |text: &str, condition: &str| {
            let mut making = form(&[(text, condition), ("Fine", "decisions >= 0")]);
            let written = making.written(PLAIN);
            making.stands_for(&written);
            assert_eq!(written.matches("\ngoal ").count(), 1, "{written}");
            assert_eq!(making.goals[1].wrong, None);
            making.goals[0].wrong.clone().unwrap_or_default()
        };
        assert!(said("A", "decisons > 0").contains("did you mean decisions?"), "{}", said("A", "decisons > 0"));
        assert!(said("A", "end = 4").contains("a time"), "{}", said("A", "end = 4"));
        assert_eq!(said("", "decisions > 0"), "say what is so when the goal is reached");
        assert_eq!(said("A", ""), "say what has to be so, as in decisions > 0");
        assert_eq!(said("A", "decisions > 0 # 1"), "outside of quotes a condition has no # and no “else”");
        assert_eq!(said("A", "decisions > 0 else \"x\""), "outside of quotes a condition has no # and no “else”");
        assert_ne!(said("A", "some d in decisions: d.value = \"red"), "");
        assert_eq!(said("", ""), "", "a goal that nobody has begun is not wrong");
        let mut making = form(&[]);
        making.allowed = vec![AllowForm { deed: "crash".to_owned(), who: "Z".to_owned(), ..AllowForm::default() }];
        assert_eq!(making.written(PLAIN), PLAIN);
        making.stands_for(PLAIN);
        assert!(making.allowed[0].wrong.is_some());
    }

    #[test]
    fn a_goal_that_is_not_finished_survives_a_change_of_the_script() {
        let mut making = form(&[("Somebody votes", "votes > 0"), ("Not yet", "decis")]);
        let written = making.written(PLAIN);
        making.stands_for(&written);
        let changed = written.replace("propose A", "propose B");
        let refilled = making.refilled(&changed);
        assert!(refilled.is_of(&changed) && !making.is_of(&changed));
        assert_eq!(refilled.goals.iter().map(|goal| &*goal.text).collect::<Vec<_>>(), ["Somebody votes", "Not yet"]);
        assert!(refilled.goals[1].wrong.is_some());
    }

    #[test]
    fn a_script_that_says_it_all_keeps_its_comments_and_its_layout() {
        let text = "paxos-playground 1\nnodes A B C\n# Why not?\nallow drop\nallow crash   # no more\n\
                    goal \"x\": votes > 0  # easy\nuntil 9Δ\n";
        let mut making = Making::of(text);
        assert_eq!(making.written(text), text);
        making.goals[0].points = "3".to_owned();
        let written = making.written(text);
        assert!(
            written.contains("# Why not?\nallow     drop, crash\ngoal      3 \"x\": votes > 0  # easy\nuntil"),
            "{written}"
        );
    }

    #[test]
    fn ideas_and_parts_can_be_judged_in_every_scenario() {
        for built_in in LIBRARY {
            let (script, _) = Scenario::read(built_in.text).expect("it is built in");
            let base = script.lines;
            for idea in &IDEAS {
                let goal = GoalForm {
                    text: idea.text.to_owned(),
                    condition: idea.condition.to_owned(),
                    otherwise: idea.otherwise.to_owned(),
                    ..GoalForm::default()
                };
                assert_eq!(goal.check(&base).err(), None, "{}: {}", built_in.name, idea.condition);
            }
        }
        let scenario = Scenario::read(PLAIN).expect("it is a script").1;
        let base = Script::parse(PLAIN).expect("it is a script").lines;
        for (piece, _) in pieces(&scenario).into_iter().flat_map(|(_, pieces)| pieces) {
            let mut goal = GoalForm { text: "x".to_owned(), ..GoalForm::default() };
            goal.add(&piece);
            assert_eq!(goal.check(&base).err(), None, "{}", goal.condition);
            goal.add("every v in votes: v.node != A");
            assert_eq!(goal.check(&base).err(), None, "{}", goal.condition);
        }
    }
}
