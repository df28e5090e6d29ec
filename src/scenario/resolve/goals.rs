//! The goals of a script, and what whoever solves it may add. Nothing that runs looks at them.

use super::Draft;
use crate::scenario::goals::{self, DEEDS, Goal, GoalLine, Misread, Names, Permission, Scope, Who};
use crate::scenario::{Wrong, limits, wrong};
use crate::tongue::say;

impl Draft {
    /// Reads a goal's condition and its sentence.
    #[inline(never)]
    pub(super) fn goal(&mut self, line: usize, goal: &GoalLine) -> Result<(), Wrong> {
        if self.goals.len() == limits::GOALS {
            return wrong("", say!("a script has at most {most} goals", most = limits::GOALS));
        }
        let names = Names { symbols: &self.symbols, protocol: self.protocol(), scale: self.delta };
        let placed = |is_in_sentence: bool| move |misread: Misread| Wrong::in_goal(misread, is_in_sentence);
        let condition = goals::condition(&goal.condition, names).map_err(placed(false))?;
        let sentence = goal.otherwise.as_deref().unwrap_or_default();
        let otherwise = goals::sentence(sentence, names).map_err(placed(true))?;
        self.goals.push(Goal { line, points: goal.points, text: goal.text.clone(), condition, otherwise });
        Ok(())
    }

    /// Checks whom the permissions are about.
    #[inline(never)]
    pub(super) fn allow(&mut self, permissions: &[Permission]) -> Result<(), Wrong> {
        for permission in permissions {
            if self.allowed.len() == limits::PERMISSIONS {
                return wrong("", say!("a script allows at most {most} kinds of lines", most = limits::PERMISSIONS));
            }
            let deed = DEEDS.iter().find(|deed| deed.name == permission.deed).expect("the parser knows it");
            match (&permission.who, deed.scope) {
                (Who::Anybody, _) => {}
                (Who::Node(name), Scope::Node) => drop(self.node(name)?),
                (Who::Link(from, to), Scope::Link) => {
                    for name in [from, to].into_iter().flatten() {
                        self.node(name)?;
                    }
                }
                (_, Scope::Node) => {
                    return wrong(deed.name, say!("“{name}” is about a node, as in {name} A", name = deed.name));
                }
                (_, Scope::Link) => {
                    return wrong(deed.name, say!("“{name}” is about a link, as in {name} A->*", name = deed.name));
                }
                (_, Scope::Nobody) => {
                    return wrong(deed.name, say!("of “{name}” it cannot be said whom it is about", name = deed.name));
                }
            }
            if permission.before.is_some() && !deed.is_act {
                return wrong(
                    deed.name,
                    say!("a line “{name}” has no instant, so it is before nothing", name = deed.name),
                );
            }
            self.allowed.push(permission.clone());
        }
        Ok(())
    }
}
