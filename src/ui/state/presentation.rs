//! How an author presents the page, mostly as a frame in a course. The part of the address after its `?` says it.
//!
//! All keys and values of today are kept for ever, since nobody goes through old courses to mend their frames. If
//! something is wrong, one sentence says so, and the rest of the query still counts.

use std::rc::Rc;

use super::{Tab, Theme};
use crate::scenario::fit::Size;
use crate::scenario::link::decoded;
use crate::scenario::suggestion;
use crate::tongue::{Tongue, say};
use crate::types::shortened;
use crate::view::race::{RaceChoice, Shows};

/// The longest query that is read, in characters.
const QUERY_CHARS: usize = 2_000;

/// How many controls there are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::ui) enum Controls {
    /// Only the picture.
    None,
    /// Play and pause, and the scrubber.
    Min,
    /// Everything.
    Full,
}

/// A part of the page that an author can choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Panel {
    /// The chamber, and what cuts and heals the network.
    Network,
    /// The explanation of what just happened, and by which rule.
    Why,
    /// All events, as a table.
    Events,
    /// One of the panels with a tab.
    Tab(Tab),
}

impl Controls {
    /// Its name in a query.
    pub(in crate::ui) fn name(self) -> &'static str {
        ["none", "min", "full"][self as usize]
    }

    /// What has this name in a query.
    pub(in crate::ui) fn named(name: &str) -> Option<Self> {
        [Self::None, Self::Min, Self::Full].into_iter().find(|controls| controls.name() == name)
    }
}

impl Panel {
    /// Its name in a query.
    pub(in crate::ui) fn name(self) -> &'static str {
        PANELS.iter().find(|(_, panel)| *panel == self).map_or("", |(name, _)| name)
    }
}

/// The name of each panel in a query.
pub(in crate::ui) const PANELS: [(&str, Panel); 9] = [
    ("network", Panel::Network),
    ("why", Panel::Why),
    ("events", Panel::Events),
    ("latency", Panel::Tab(Tab::Latency)),
    ("ballots", Panel::Tab(Tab::Ballots)),
    ("checks", Panel::Tab(Tab::Checks)),
    ("ledger", Panel::Tab(Tab::Ledger)),
    ("rules", Panel::Tab(Tab::Rules)),
    ("script", Panel::Tab(Tab::Script)),
];

/// The speeds from which the reader can choose, in thousandths of Δ a second.
pub(in crate::ui) const SPEEDS: [u32; 6] = [100, 250, 500, 1000, 2000, 5000];

/// Their names in a query, in Δ a second.
const SPEED_NAMES: [&str; 6] = ["0.1", "0.25", "0.5", "1", "2", "5"];

/// What can be shown in place of the run, as `view` says it: the run itself, and everything of a race.
const VIEWS: [&str; 4] = ["run", Shows::ALL[0].1, Shows::ALL[1].1, Shows::ALL[2].1];

/// All keys of a query.
const KEYS: [&str; 16] = [
    "theme", "panels", "controls", "readonly", "lang", "autoplay", "speed", "keys", "motion", "load", "resize",
    "present", "view", "with", "tolerate", "nodes",
];

/// How the page is presented.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ui) struct Presentation {
    /// Whether it is a frame in another page.
    pub(in crate::ui) is_embed: bool,
    /// The theme that the author chose; none for the one of the system, or of the reader.
    pub(in crate::ui) theme: Option<Theme>,
    /// The panels that are shown.
    pub(in crate::ui) panels: Vec<Panel>,
    pub(in crate::ui) controls: Controls,
    /// Whether the run cannot be changed.
    pub(in crate::ui) is_read_only: bool,
    /// The language that the author chose; the page speaks it already.
    pub(in crate::ui) lang: Option<Tongue>,
    /// Whether a run starts to play by itself.
    pub(in crate::ui) autoplay: bool,
    /// The speed, in thousandths of Δ a second.
    pub(in crate::ui) speed: Option<u32>,
    /// Whether keys act while the playground has the focus.
    pub(in crate::ui) keys: bool,
    /// Whether something may move by itself.
    pub(in crate::ui) motion: bool,
    /// Whether the picture stands alone, large, as for a lecture.
    pub(in crate::ui) present: bool,
    /// Whether a race is shown in place of the run, and which.
    pub(in crate::ui) is_race: bool,
    pub(in crate::ui) racing: Rc<RaceChoice>,
    /// Whether the frame is made as high as its content, by the page around it.
    pub(in crate::ui) follows_content: bool,
    /// What is wrong with the query: a sentence without its full stop.
    pub(in crate::ui) wrong: Option<String>,
}

impl Presentation {
    /// The default presentation of the page or of a frame.
    pub(in crate::ui) fn new(is_embed: bool) -> Self {
        let panels = if is_embed { Vec::new() } else { PANELS.map(|(_, panel)| panel).to_vec() };
        Self {
            is_embed,
            theme: None,
            panels,
            controls: Controls::Full,
            is_read_only: false,
            lang: None,
            autoplay: true,
            speed: None,
            keys: true,
            motion: true,
            present: false,
            is_race: false,
            racing: Rc::default(),
            follows_content: false,
            wrong: None,
        }
    }

    /// Reads a query, which is the part of an address after its `?`.
    #[inline(never)]
    pub(in crate::ui) fn read(query: &str, is_embed: bool) -> Self {
        let mut read = Self::new(is_embed);
        if query.len() > QUERY_CHARS {
            read.wrong = Some(say!(
                "The address says too much after its “?”: at most {most} characters are read",
                most = QUERY_CHARS
            ));
            return read;
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            // An address that was copied out of a page's source may contain this.
            let part = part.strip_prefix("amp;").unwrap_or(part);
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (decoded(key), decoded(value));
            if let Err(wrong) = read.take(&key, &value) {
                read.wrong.get_or_insert(wrong);
            }
        }
        read
    }

    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        let one_of = |names: &[&str]| {
            names.iter().position(|name| *name == value).ok_or_else(|| {
                let list = names.join(", ");
                let value = shortened(value);
                say!("The address says “{key}={value}”, but {key} is one of {list}; this was left out")
            })
        };
        // A key without a value switches something on, as an attribute in HTML does.
        let yes_no = || if value.is_empty() { Ok(1) } else { one_of(&["0", "1"]) };
        match key {
            "theme" => self.theme = [None, Some(Theme::Light), Some(Theme::Dark)][one_of(&["auto", "light", "dark"])?],
            "panels" => return self.take_panels(value),
            "controls" => {
                self.controls = [Controls::None, Controls::Min, Controls::Full][one_of(&["none", "min", "full"])?];
            }
            "readonly" => self.is_read_only = yes_no()? == 1,
            "autoplay" => self.autoplay = yes_no()? == 1,
            "speed" => self.speed = Some(SPEEDS[one_of(&SPEED_NAMES)?]),
            "keys" => self.keys = one_of(&["off", "focus"])? == 1,
            "present" => self.present = yes_no()? == 1,
            "view" => {
                let place = one_of(&VIEWS)?;
                self.is_race = place > 0;
                let shows = place.checked_sub(1).and_then(|place| Shows::ALL.get(place));
                Rc::make_mut(&mut self.racing).shows = shows.map_or(Shows::Timelines, |(shows, ..)| *shows);
            }
            "with" => {
                let with = RaceChoice::named(value)
                    .map_err(|why| say!("The address says “{key}={value}”: {why}", value = shortened(value)));
                Rc::make_mut(&mut self.racing).with = with?;
            }
            "tolerate" | "nodes" => {
                let (tolerate, nodes) = if key == "nodes" { (None, Some(value)) } else { (Some(value), None) };
                let size = Size::read(tolerate, nodes).map_err(|why| say!("The address says {why}"));
                Rc::make_mut(&mut self.racing).size = size?;
            }
            "motion" => self.motion = one_of(&["off", "auto"])? == 1,
            // The script that starts the page reads this key.
            "load" => drop(one_of(&["lazy", "eager", "click"])?),
            // The script that speaks to the page around reads it too.
            "resize" => self.follows_content = one_of(&["none", "post", "lti"])? > 0,
            // English stands in for every language that the page does not speak.
            "lang" => self.lang = Tongue::named(value),
            // Course systems and social networks add keys of their own.
            _ => match suggestion(key, KEYS) {
                hint if hint.is_empty() => {}
                hint => {
                    return Err(say!("The address says “{key}”, which is not known here{hint}", key = shortened(key)));
                }
            },
        }
        Ok(())
    }

    fn take_panels(&mut self, value: &str) -> Result<(), String> {
        self.panels = Vec::new();
        let mut wrong = Ok(());
        for name in value.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "none") {
            match PANELS.iter().find(|(known, _)| *known == name) {
                Some((_, panel)) if self.panels.contains(panel) => {}
                Some((_, panel)) => self.panels.push(*panel),
                None => {
                    let hint = suggestion(name, PANELS.map(|(known, _)| known));
                    wrong = Err(say!(
                        "The address asks for the panel “{name}”, and there is none{hint}",
                        name = shortened(name)
                    ));
                }
            }
        }
        wrong
    }

    /// The query for this presentation, without its `?`. Defaults are left out.
    pub(in crate::ui) fn print(&self) -> String {
        let usual = Self::new(self.is_embed);
        let mut parts = Vec::new();
        let mut say = |is_said: bool, part: String| {
            if is_said {
                parts.push(part);
            }
        };
        let theme = if self.theme == Some(Theme::Dark) { "dark" } else { "light" };
        say(self.theme.is_some(), format!("theme={theme}"));
        let panels: Vec<&str> = self.panels.iter().map(|panel| panel.name()).collect();
        let panels = if panels.is_empty() { "none".to_owned() } else { panels.join(",") };
        say(self.panels != usual.panels, format!("panels={panels}"));
        say(self.controls != Controls::Full, format!("controls={}", self.controls.name()));
        say(self.is_read_only, "readonly".to_owned());
        say(self.lang.is_some(), format!("lang={}", self.lang.unwrap_or_default().code()));
        say(!self.autoplay, "autoplay=0".to_owned());
        let speed = self.speed.and_then(|speed| SPEEDS.iter().position(|other| *other == speed));
        say(speed.is_some(), format!("speed={}", SPEED_NAMES[speed.unwrap_or(0)]));
        say(!self.keys, "keys=off".to_owned());
        say(!self.motion, "motion=off".to_owned());
        say(self.present, "present".to_owned());
        let view =
            Shows::ALL.iter().find(|(shows, ..)| *shows == self.racing.shows).map_or("race", |(_, name, _)| name);
        say(self.is_race, format!("view={view}"));
        say(self.racing.with != usual.racing.with, format!("with={}", self.racing.with.join(",")));
        let size = self.racing.size.map(|size| match size {
            Size::Tolerate(faults) => format!("tolerate={faults}"),
            Size::Nodes(servers) => format!("nodes={servers}"),
        });
        say(size.is_some(), size.unwrap_or_default());
        parts.join("&")
    }

    /// Its class in the style sheet.
    pub(in crate::ui) fn class(&self) -> &'static str {
        match (self.is_embed, self.controls, self.is_read_only) {
            (false, _, false) => "playground",
            (false, _, true) => "playground readonly",
            (true, Controls::Full, false) => "playground embed",
            (true, Controls::Full, true) => "playground embed readonly",
            (true, Controls::Min, false) => "playground embed min",
            (true, Controls::Min, true) => "playground embed min readonly",
            (true, Controls::None, false) => "playground embed bare",
            (true, Controls::None, true) => "playground embed bare readonly",
        }
    }

    /// Whether this panel is shown.
    pub(in crate::ui) fn shows(&self, panel: Panel) -> bool {
        self.panels.contains(&panel)
    }

    /// Whether anything stands beside the picture.
    pub(in crate::ui) fn has_side(&self) -> bool {
        self.shows(Panel::Network) || self.tabs().next().is_some()
    }

    /// The panels that have tabs, in the order in which they are named.
    pub(in crate::ui) fn tabs(&self) -> impl Iterator<Item = Tab> + '_ {
        self.panels.iter().filter_map(|panel| match panel {
            Panel::Tab(tab) => Some(*tab),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_how_a_frame_is_presented() {
        let query = "theme=dark&panels=checks,network&controls=min&readonly&lang=de&autoplay=0&speed=0.5&keys=off&motion=off\
                     &present&view=bars&with=basic,multi&tolerate=1&load=click&resize=lti";
        let read = Presentation::read(query, true);
        assert_eq!(
            read,
            Presentation {
                is_embed: true,
                theme: Some(Theme::Dark),
                panels: vec![Panel::Tab(Tab::Checks), Panel::Network],
                controls: Controls::Min,
                is_read_only: true,
                lang: Some(Tongue::German),
                autoplay: false,
                speed: Some(500),
                keys: false,
                motion: false,
                present: true,
                is_race: true,
                racing: Rc::new(RaceChoice {
                    with: vec!["basic", "multi"],
                    size: Some(Size::Tolerate(1)),
                    shows: Shows::Bars,
                }),
                follows_content: true,
                wrong: None,
            }
        );
        assert_eq!(read.print(), query.replace("&load=click&resize=lti", ""));
        assert_eq!(Presentation::new(true).print(), "");
        assert!(read.tabs().eq([Tab::Checks]) && read.shows(Panel::Network) && !read.shows(Panel::Why));
        assert_eq!(Presentation::read("", true), Presentation::new(true));
        assert_eq!(Presentation::read("lang=tlh", true), Presentation::new(true), "English stands in");
        assert_eq!(Presentation::read("panels=none", false).panels, []);
        assert_eq!(Presentation::read("panels=none", false).print(), "panels=none");
        assert_eq!(Presentation::read("theme=light&amp;panels=why%2Cscript", true).panels.len(), 2);
        assert!(!Presentation::read("readonly=0", true).is_read_only);
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_counts() {
        let wrong = |query| Presentation::read(query, true).wrong.unwrap_or_default();
        assert_eq!(
            wrong("theme=blue"),
            "The address says “theme=blue”, but theme is one of auto, light, dark; this was left out"
        );
        assert_eq!(wrong("them=dark"), "The address says “them”, which is not known here; did you mean theme?");
        assert_eq!(
            wrong("panels=latncy,why"),
            "The address asks for the panel “latncy”, and there is none; did you mean latency?"
        );
        assert!(wrong("view=races").contains("view is one of run, race, bars, family"));
        assert!(wrong("with=multy").contains("did you mean multi?"));
        assert_eq!(wrong("nodes=0"), "The address says nodes 0: a number from 1 to 128 is needed");
        let long = "x".repeat(2_001);
        assert!(wrong(&long).contains("2000 characters"));
        assert_eq!(wrong("fbclid=IwAR0&utm_source=newsletter"), "", "what others add is nobody's mistake");
        let read = Presentation::read("speed=9&controls=none&speed=%%%&readonly=perhaps", true);
        assert_eq!((read.controls, read.speed, read.is_read_only), (Controls::None, None, false));
        assert!(read.wrong.is_some_and(|wrong| wrong.contains("speed=9")));
    }
}
