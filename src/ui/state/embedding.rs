//! How a run is embedded in another page: the choices of the author, and the code.

use super::{Presentation, State};
use crate::scenario::link::RunLink;
use crate::types::Time;

/// The heights of a frame from which the author chooses, in pixels.
pub(in crate::ui) const HEIGHTS: [u32; 6] = [320, 400, 480, 560, 680, 820];

/// The choices of an author.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ui) struct Embedding {
    /// How the frame presents the page.
    pub(in crate::ui) shown: Presentation,
    /// The height of the frame, in pixels.
    pub(in crate::ui) height: u32,
    /// The moment at which it opens, if it does not open at its beginning.
    pub(in crate::ui) at: Option<Time>,
}

impl Default for Embedding {
    fn default() -> Self {
        Self { shown: Presentation::new(true), height: HEIGHTS[2], at: None }
    }
}

impl Embedding {
    /// The address of the frame. `base` is the folder in which the playground lies.
    pub(in crate::ui) fn address(&self, base: &str, state: &State) -> String {
        let RunLink { opens, only, .. } = state.link();
        let query = self.shown.print();
        let mark = if query.is_empty() { "" } else { "?" };
        let link = RunLink { opens, at: self.at, selection: None, only, lang: None }.print();
        format!("{base}embed.html{mark}{query}#{link}")
    }

    /// The HTML for another page. Its border is switched off by an attribute, because a strict policy forbids styles.
    pub(in crate::ui) fn code(&self, base: &str, state: &State) -> String {
        let title = state.session().scenario().headline();
        format!(
            "<iframe title=\"Paxos: {}\" src=\"{}\" width=\"100%\" height=\"{}\" frameborder=\"0\" loading=\"lazy\" \
             sandbox=\"{SANDBOX}\" allow=\"fullscreen; clipboard-write\"></iframe>",
            escaped(&title),
            escaped(&self.address(base, state)),
            self.height
        )
    }
}

/// What the frame may do: run scripts, keep its own origin (for a worker and cached files), open the whole page, and
/// save files.
pub(in crate::ui) const SANDBOX: &str = "allow-scripts allow-same-origin allow-popups allow-downloads";

/// A text escaped as the value of an attribute in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;
    use crate::ui::state::{Controls, Panel, Tab, Theme};

    #[test]
    fn the_code_holds_the_run_and_how_it_is_presented() {
        let built_in = library::find("two-proposers").expect("it is built in");
        let state = State::open(built_in, true);
        let mut embedding = Embedding::default();
        assert_eq!(
            embedding.code("https://example.org/p/", &state),
            "<iframe title=\"Paxos: Two proposers meet\" src=\"https://example.org/p/embed.html#v=1&amp;scenario=two-proposers\" \
             width=\"100%\" height=\"480\" frameborder=\"0\" loading=\"lazy\" sandbox=\"allow-scripts allow-same-origin allow-popups \
             allow-downloads\" allow=\"fullscreen; clipboard-write\"></iframe>"
        );
        embedding.shown.theme = Some(Theme::Dark);
        embedding.shown.controls = Controls::Min;
        embedding.shown.panels = vec![Panel::Why, Panel::Tab(Tab::Checks)];
        embedding.at = Some(Time(1_500_000));
        assert_eq!(
            embedding.address("./", &state),
            "./embed.html?theme=dark&panels=why,checks&controls=min#v=1&scenario=two-proposers&t=1.5"
        );
    }

    #[test]
    fn what_a_script_says_stays_a_text_in_the_code() {
        let mut state = State::open(&library::LIBRARY[0], true);
        let script = "paxos-playground 1\ntitle \"><script>alert(1)</script>&\nnodes 3\n";
        state.reopen(crate::session::Session::open(script).expect("it runs"));
        let code = Embedding::default().code("./", &state);
        assert!(code.contains("title=\"Paxos: &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;\""), "{code}");
        assert_eq!(code.matches('<').count(), 2);
    }
}
