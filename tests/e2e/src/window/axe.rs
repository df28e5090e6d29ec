//! Looking for barriers with axe-core, in the page as it is now.

use std::fs;

use serde_json::{Value, json};

use super::Page;
use crate::Outcome;

/// Runs axe with the rules of WCAG 2.2, levels A and AA. Preloading would fetch the style sheets a second time.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, {
        runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
        resultTypes: ['violations'],
        preload: false,
    }).then(
        (results) => done(results.violations.flatMap((rule) => rule.nodes.map((node) => {
            const why = node.any.concat(node.all, node.none).map((check) => check.message).join('; ');
            return [rule.id, node.target.flat().join(' '), rule.help, why];
        }))),
        (error) => done(String(error)),
    );
";

/// What axe has found so far: for each rule the places that break it. A place counts once, however many views have it.
#[derive(Default)]
pub(crate) struct Barriers(Vec<Barrier>);

/// A rule that is broken.
struct Barrier {
    rule: String,
    /// What the rule asks, why the first place breaks it, and the view in which that is.
    sentence: String,
    targets: Vec<String>,
}

impl Barriers {
    /// Fails with a sentence for each rule that is broken, or succeeds if none is.
    pub(crate) fn outcome(self) -> Outcome {
        let told =
            |barrier: &Barrier| format!("{}: {} At: {}", barrier.rule, barrier.sentence, barrier.targets.join(", "));
        let sentences: Vec<String> = self.0.iter().map(told).collect();
        if sentences.is_empty() { Ok(()) } else { Err(sentences.join("\n    ")) }
    }

    fn note(&mut self, view: &str, [rule, target, help, why]: [String; 4]) {
        let target = format!("`{target}`");
        match self.0.iter_mut().find(|barrier| barrier.rule == rule) {
            Some(known) if known.targets.contains(&target) => {}
            Some(known) => known.targets.push(target),
            None => {
                let sentence = format!("{help} ({why}), first seen on {view}.");
                self.0.push(Barrier { rule, sentence, targets: vec![target] });
            }
        }
    }
}

impl Page<'_> {
    /// Looks for barriers in the page as it is now; `view` is the name of the view.
    pub(crate) fn axe(&self, view: &str, barriers: &mut Barriers) -> Outcome {
        let file = self.axe_file.ok_or("Say with `--axe` where axe.min.js is.")?;
        if self.execute("return !window.axe;")? == json!(true) {
            let source =
                fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
            self.execute(&source)?;
        }
        let answer = self.session.post("/execute/async", &json!({ "script": RUN, "args": [] }))?;
        let violations = answer.as_array().ok_or_else(|| format!("axe failed on {view}: {answer}"))?;
        let word = |violation: &Value, place: usize| violation[place].as_str().unwrap_or_default().to_owned();
        for found in violations {
            barriers.note(view, [0, 1, 2, 3].map(|place| word(found, place)));
        }
        Ok(())
    }
}
