//! What the person prefers, and paper: emulated media, and printing.

use serde_json::{Value, json};

use super::{Page, decode_base64};
use crate::harness::Outcome;
use crate::webdriver::Browser;

impl Page<'_> {
    /// Pretends that the person prefers something, as in `("prefers-color-scheme", "dark")`, and nothing else. Only
    /// Chromium can.
    pub(crate) fn prefer(&self, preferences: &[(&str, &str)]) -> Outcome {
        self.emulate("", preferences)
    }

    /// Shows the page as it is printed, or as on a screen again. Only Chromium can.
    pub(crate) fn show_as_printed(&self, printed: bool) -> Outcome {
        self.emulate(if printed { "print" } else { "" }, &[])
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

    /// Prints an empty page, to compare with: whatever a browser puts around nothing. It leaves the page.
    pub(crate) fn print_nothing(&self) -> Outcome<Vec<u8>> {
        self.go_to(&self.server.blank())?;
        self.print()
    }
}
