//! The borders between the parts of the page: fragments of function names in rustc's v0 scheme, in which the types of a
//! generic function belong to its name. Functions that only a later part calls go with that part, whatever their names
//! are.
//!
//! The first part shows any run: the engine, all protocols, links, the timeline, the transport. The rest comes right
//! after it: panels, gallery, lessons, exports. The tools come when a visitor asks for them.

/// The code that the page does not need to show a run.
const REST: &[&str] = &[
    // The words and actions of the panels and pages beside the timeline.
    "::lesson::",
    "::ui::author",
    "::ui::below",
    "::ui::beside",
    "::ui::chamber",
    "::ui::compare",
    "::ui::embed",
    "::ui::events",
    "::ui::export",
    "::ui::gallery",
    "::ui::help",
    "::ui::keys",
    "::ui::lessons",
    "::ui::link::copy_link",
    "::ui::link::follow",
    "::ui::link::share",
    "::ui::link::told",
    "::ui::network",
    "::ui::panel",
    "::ui::popover",
    "::ui::search",
    "::ui::tabs",
    "::ui::why",
    "::view::chamber",
    "::view::compare",
    "::view::difference",
    "::view::events",
    "::view::frame",
    "::view::export",
    "::view::gallery",
    "::view::panels",
    "::view::search",
    "::view::why",
    // The code that reads figures off a run, and that says what is wrong with a script or a link.
    "::check::",
    "::latency::",
    "::protocol::Message as core::cmp",
    "::protocol::Snapshot>::digest",
    "::replica::Outcome as core::fmt",
    "::replica::Service>::forms",
    "::replica::Service>::misread",
    "::report::",
    "::scenario::link::RunLink>::print",
    "::scenario::link::base64::encode",
    "::scenario::link::deflate",
    "::scenario::link::fragment",
    "::scenario::resolve::Draft>::not_here",
    "::scenario::resolve::wrong",
    "::scenario::script::Statement as core::clone",
    "::scenario::script::or_none",
    "::scenario::text::refuse",
    "::scenario::text::sentence",
    "::scenario::text::suggestion",
    "::session::",
    "::sim::run::first_difference",
    "::trace::Trace>::describe",
    "::trace::Trace>::line",
    "::trace::text::",
    // The code that answers a pointer or a key.
    "::ui::dom::value_of",
    "::ui::focus",
    "::ui::stage::Stage>::down",
    "::ui::stage::Stage>::look_at",
    "::ui::stage::Stage>::moved",
    "::ui::stage::Stage>::point_at",
    "::ui::stage::Stage>::print",
    "::ui::stage::Stage>::up",
    "::ui::stage::Stage>::wheel",
    "::ui::stage::Stage>::zoom",
    "::ui::stage::listen",
    "::ui::stage::pointer",
    "::ui::stage::zoom_by",
    "::ui::state::Action as core::clone",
    "::ui::state::State>::follow",
    "::ui::state::State>::order",
    "::ui::state::link::no_lesson",
    "::ui::state::presentation::Controls",
    "::ui::state::presentation::Presentation>::print",
    "::view::index::Index>::cut",
    "::view::index::cut",
    "::view::index::read::Notebook>::cut",
    "::view::scene::Scene>::hit",
    "::view::scene::still::still",
    "::view::scene::tips",
    "::view::window::Window>::zoomed",
    // Library code for other pages, for panics, and for texts that the first picture does not have.
    "::BNode as yew::dom_bundle::traits::ReconcileTarget>::shift",
    "::RawTableInner>::rehash_in_place",
    "::Suspense",
    "::VPortal as",
    "::VRaw as",
    "::VSuspense as",
    "::btree::node::BalancingContext",
    "::num::flt2dec",
    "StrSearcher",
    "core::fmt::Debug",
    "escape_debug",
    "float_to_",
    "serde_json",
    "fmt::builders",
    "slice_error_fail",
];

/// The code that few people need: to explore, to edit the script, to write the code that embeds a run.
const TOOLS: &[&str] = &[
    "::ui::author::author",
    "::ui::author::knob",
    "::ui::author::panels",
    "::ui::author::preview",
    "::ui::explore",
    "::ui::script",
    "::ui::state::embedding",
    "::ui::state::quest",
    "::view::explore",
];

/// Functions that stay in the first part although a table above names them: they run before the first picture, or as the
/// page opens for a returning visitor.
const OPENS: &[&str] = &[
    "::INFO::",
    "::Rc<paxos_playground::session::played::Played>>::new",
    "::Rc<dyn core::any::Any>>::downcast",
    "::Result<paxos_playground::session::Session,",
    "::check::Judge>::new",
    "::check::Judge>::of",
    "::check::Verdict as",
    "::check::beta::Beta>::new",
    "::check::beta::Cast",
    "::check::monotone::State as",
    "::check::promise::Given as",
    "::latency::fate::Fates>::new",
    "::latency::notebook::Notebook>::new",
    "::latency::request::Requests as core::default",
    "::session::Bytes",
    "::session::Session as core::clone",
    "::session::Session>::begin",
    "::session::Session>::end",
    "::session::Session>::of",
    "::session::Session>::reach",
    "::session::Session>::seek",
    "::session::Session>::world",
    "::session::Version",
    "::latency::fate::Chosen> as core::clone",
    "::Rc<paxos_playground::session::played::Played>>::make_mut",
    "::UniqueRcUninit<paxos_playground::session::played::Played,",
    "::session::played::Played>::begin",
    "::session::played::Played>::new",
    "::session::played::Played>::note",
    "::session::played::Played>::run_on",
    "::session::played::Played>::run_to",
    "::scenario::script::or_none",
    "::trace::text::describe_",
    "::trace::text::put_",
    "::ui::explore::searcher::use_searcher",
    "::ui::stage::listen::listen::",
    "::ui::stage::listen::listen_all",
    "::ui::ticks",
    "::use_pictures",
    "::view::explore::Question>::first",
    "::view::panels::nodes",
    "::view::panels::record::Begun>>::grow_one",
    "drop_in_place",
    "drop_slow",
    "yew::functional::hooks",
];

/// Functions that stay in the first part whether they ran in the recording or not, unless a table above names them: a
/// script other than the recorded ones may need them to be read, run or drawn.
const RUNS: &[&str] = &[
    "::protocol::",
    "::quorum::",
    "::replica::",
    "::scenario::",
    "::sim::",
    "::trace::chunks",
    "::ui::painter",
    "::ui::state::link",
    "::ui::state::presentation",
    "::view::scene::",
];

/// Whether the function of this name stays in the first part even if it did not run in the recording.
pub(super) fn stays(name: &str) -> bool {
    let names = |path: &&str| name.contains(path);
    part(name) == 0 && RUNS.iter().any(names)
}

/// The part to which the tables move the function of this name: 0 for the first, 1 for the rest, 2 for the tools.
pub(super) fn part(name: &str) -> usize {
    let names = |path: &&str| name.contains(path);
    match () {
        () if OPENS.iter().any(names) => 0,
        () if TOOLS.iter().any(names) => 2,
        () if REST.iter().any(names) => 1,
        () => 0,
    }
}
