//! Emulated media and printing: the preferences of a person, and paper.

use serde_json::{Value, json};

use super::{Page, decode_base64};
use crate::Outcome;
use crate::webdriver::Browser;

/// Rewrites the media of all rules that are for certain media, and tells how many such rules there are.
const HOLD: &str = "
    const [from, to] = arguments;
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const found = rules.filter((rule) => rule.media && rule.media.mediaText === from);
    found.forEach((rule) => { rule.media.mediaText = to; });
    return found.length;
";

impl Page<'_> {
    /// Pretends that the person prefers something, as in `("prefers-color-scheme", "dark")`, and nothing else. Only
    /// Chromium can do this.
    pub(crate) fn prefer(&self, preferences: &[(&str, &str)]) -> Outcome {
        self.emulate("", preferences)
    }

    /// Shows the page as it is printed, or as on a screen again. If the browser cannot pretend that, the page's rules
    /// for paper are switched on or off for the screen.
    pub(crate) fn show_as_printed(&self, printed: bool) -> Outcome {
        if self.can_prefer() {
            return self.emulate(if printed { "print" } else { "" }, &[]);
        }
        let [from, to] = if printed { ["print", "screen, print"] } else { ["screen, print", "print"] };
        let found = self.ask(HOLD, &[json!(from), json!(to)])?;
        if found.as_u64().is_some_and(|found| found > 0) {
            return Ok(());
        }
        Err("The page has no rules for paper.".to_owned())
    }

    /// Whether this browser can pretend what [`Page::prefer`] says.
    pub(crate) fn can_prefer(&self) -> bool {
        self.browser() == Browser::Chromium
    }

    fn emulate(&self, media: &str, preferences: &[(&str, &str)]) -> Outcome {
        let features: Vec<Value> =
            preferences.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let emulated = json!({ "media": media, "features": features });
        self.session.developer_tools("Emulation.setEmulatedMedia", &emulated).map(drop)
    }

    /// Prints the page, and answers the bytes of the PDF.
    pub(crate) fn print(&self) -> Outcome<Vec<u8>> {
        let printed = self.session.post("/print", &json!({ "background": false, "shrinkToFit": true }))?;
        let bytes = decode_base64(printed.as_str().unwrap_or_default());
        if bytes.starts_with(b"%PDF") { Ok(bytes) } else { Err("What was printed is no PDF.".to_owned()) }
    }

    /// Makes the page prepare itself for paper. WebKit's driver does not print, so there the page only gets the event.
    pub(crate) fn prepare_print(&self) -> Outcome {
        if self.browser() == Browser::WebKit {
            return self.execute("dispatchEvent(new Event('beforeprint'));").map(drop);
        }
        self.print().map(drop)
    }

    /// Prints an empty page, to compare with what a browser prints when there is nothing. This leaves the page.
    pub(crate) fn print_nothing(&self) -> Outcome<Vec<u8>> {
        self.go_to(&self.server.blank())?;
        self.print()
    }
}
