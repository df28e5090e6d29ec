//! The page, mounted for real: it shows results of the same engine, and it runs by its own clock.
#![cfg(target_arch = "wasm32")]

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a browser")
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).expect("a good selector")
}

fn text(selector: &str) -> String {
    find(selector).and_then(|element| element.text_content()).unwrap_or_default()
}

async fn pause(milliseconds: i32) {
    let promise = Promise::new(&mut |done, _| {
        let window = web_sys::window().expect("a browser");
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds).expect("a timer");
    });
    JsFuture::from(promise).await.expect("time passes");
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        pause(50).await;
    }
    panic!("waited in vain until {what}");
}

fn click(selector: &str) {
    let button = find(selector).expect("the button is there");
    button.unchecked_into::<HtmlElement>().click();
}

#[wasm_bindgen_test]
async fn the_page_opens_on_a_ballot_that_runs_and_is_decided_at_five_deltas() {
    // The body belongs to the test runner, which shows the results of the tests there.
    let body = document().body().expect("a page has a body");
    let root = document().create_element("div").expect("a good name");
    body.append_child(&root).expect("a body takes children");
    paxos_playground::ui::mount_in(root);
    until("the timeline is drawn", || find("#timeline[data-per-delta]").is_some()).await;
    until("the panel says that nothing is decided", || find("#undecided").is_some()).await;
    let opened = text("#now");
    until("time passes", || text("#now") != opened).await;
    click("[aria-label='To the end']");
    until("the run is shown to its end", || text("#all-latency") == "5Δ").await;
    assert_eq!(text("#leader-latency"), "4Δ");
    let drawn = find("#timeline").and_then(|timeline| timeline.get_attribute("aria-label")).unwrap_or_default();
    assert!(drawn.contains("20 messages sent, 0 lost"), "{drawn}");
    click("#tab-checks");
    until("the checks are shown", || find("#checks li").is_some()).await;
    assert!(find("#checks li.bad").is_none());
}
