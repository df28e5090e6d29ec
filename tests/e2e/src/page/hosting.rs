//! Hosting: any sub-path, a strict policy, use offline, versions that never mix, and sentences where something is
//! missing.

use super::*;
use crate::server::{POLICY, Publication};

pub(super) const TESTS: &[Test] = &[
    ("the page keeps to its policy, wherever it is in a folder", policy),
    ("nothing in the page has a style of its own or a script inside", nothing_inline),
    ("the page opens and searches offline after the first visit", offline),
    ("a new version comes whole, and the old one goes when nobody uses it", new_version),
    ("a version that is not all there changes nothing", torn_version),
    ("without WebAssembly the page says so", without_webassembly),
    ("without its program the page says so, and can be reloaded", without_program),
    ("without workers a search says so, and the page goes on", without_workers),
    ("a search whose program is gone says so", without_searcher),
    ("without storage the page works", without_storage),
    ("a frame that may only run scripts shows the page, searches included", in_frame),
];

/// Opens the page as on a first visit.
fn first_visit(page: &Page) -> Outcome {
    page.move_to_new_origin()?;
    page.open("")?;
    page.wait_for(TIMELINE)
}

/// Waits until the page is kept for use offline.
fn wait_until_kept(page: &Page) -> Outcome {
    wait_for_versions(page, 1)
}

/// Waits until so many versions are kept and no update is under way. A question that gets no answer is asked again.
fn wait_for_versions(page: &Page, versions: usize) -> Outcome {
    for _ in 0..400 {
        let kept = page.execute_async(
            "const count = async () => {
                 const worker = await navigator.serviceWorker.getRegistration();
                 const isQuiet = worker && !worker.installing && !worker.waiting && worker.active?.state === 'activated';
                 return isQuiet ? (await caches.keys()).length : 0;
             };
             return Promise.race([count(), new Promise((done) => setTimeout(() => done(0), 3000))]);",
        )?;
        if kept == json!(versions) {
            return Ok(());
        }
        page.execute_async("await new Promise((done) => setTimeout(done, 50));")?;
    }
    Err(format!("Waited in vain for {versions} versions to be kept."))
}

/// The version of the page that is shown.
fn version(page: &Page) -> Outcome<String> {
    let version = page.attribute("meta[name=version]", "content")?;
    version.ok_or_else(|| "The page does not say which version it is.".to_owned())
}

/// Starts a small search in the worker, and waits for an answer.
fn search(page: &Page) -> Outcome {
    page.click("#explore-button")?;
    page.click("#begin")?;
    page.wait_for("#headline")
}

fn policy(page: &Page) -> Outcome {
    first_visit(page)?;
    let meta = page.attribute("meta[http-equiv=Content-Security-Policy]", "content")?;
    expect(page, "the page says its policy itself", meta.as_deref() == Some(POLICY))?;
    search(page)?;
    page.open_deep()?;
    page.wait_for(TIMELINE)?;
    wait_for_latency(page, "5Δ")?;
    search(page)
    // If the policy forbade something, it would be among the page's errors.
}

fn nothing_inline(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.wait_for("#tab-checks")?;
    let found =
        page.execute("return [...document.querySelectorAll('script, style')].filter((one) => !one.src).length;")?;
    expect(page, "no script or style stands in the page", found == json!(0))
}

fn offline(page: &Page) -> Outcome {
    first_visit(page)?;
    wait_until_kept(page)?;
    page.publish(Publication::Unreachable);
    page.open("")?;
    page.wait_for(TIMELINE)?;
    wait_for_latency(page, "5Δ")?;
    editor(page)?;
    page.wait_for(".cm-editor")?;
    search(page)?;
    page.open("?theme=auto#v=1")?;
    page.wait_for(TIMELINE)
}

fn new_version(page: &Page) -> Outcome {
    first_visit(page)?;
    wait_until_kept(page)?;
    // From here on the service worker is between the page and the server.
    page.open("")?;
    page.wait_for(TIMELINE)?;
    let first = version(page)?;
    // A browser looks for a new version whenever it likes, so the new one cannot be complete until the old one was seen.
    page.publish(Publication::Coming);
    page.open("")?;
    page.wait_for(TIMELINE)?;
    expect(page, "the version that was there opens the page", version(page)? == first)?;
    page.publish(Publication::Next);
    wait_for_versions(page, 2)?;
    // On the server the search's program has another name now.
    search(page)?;
    page.open("")?;
    page.wait_for(TIMELINE)?;
    expect(page, "then the new one does", version(page)? == format!("next-{first}"))?;
    let names = page.execute("return performance.getEntriesByType('resource').map(({ name }) => name).join(' ');")?;
    let names = names.as_str().unwrap_or_default();
    expect(page, &format!("with its own style: {names}"), names.contains("style-next-"))?;
    expect(page, &format!("with its own starter: {names}"), names.contains("boot-next-"))?;
    wait_for_versions(page, 1)?;
    search(page)
}

fn torn_version(page: &Page) -> Outcome {
    first_visit(page)?;
    wait_until_kept(page)?;
    let first = version(page)?;
    page.publish(Publication::Torn);
    let updated = page.execute_async(
        "const worker = await navigator.serviceWorker.getRegistration();
         const found = new Promise((done) => worker.addEventListener('updatefound', () => done(worker.installing)));
         await worker.update().catch(() => {});
         const next = await found;
         while (next.state !== 'redundant' && next.state !== 'activated') await new Promise((done) => setTimeout(done, 20));
         return next.state;",
    )?;
    expect(page, "half a version is not taken", updated == json!("redundant"))?;
    wait_for_versions(page, 1)?;
    page.open("")?;
    page.wait_for(TIMELINE)?;
    expect(page, "the page is what it was", version(page)? == first)?;
    search(page)?;
    // The last visit looks for a new version too, after a while.
    page.publish(Publication::Built);
    page.move_to_new_origin()?;
    page.execute_async("await new Promise((done) => setTimeout(done, 1500));")?;
    // The server complained about the missing files, and the browser about the update that failed.
    page.take_errors().map(drop)
}

fn without_webassembly(page: &Page) -> Outcome {
    page.open("?e2e-without-webassembly")?;
    page.wait_for_text(".loading[role=alert]", "runs on WebAssembly, which this browser lacks")
}

fn without_program(page: &Page) -> Outcome {
    page.open("?e2e-without-program")?;
    page.wait_for_text(".loading[role=alert]", "could not be loaded: the server answered 503.")?;
    page.wait_for(".loading button")?;
    page.take_errors().map(drop)
}

fn without_workers(page: &Page) -> Outcome {
    page.open("?e2e-without-workers")?;
    page.click("#explore-button")?;
    page.click("#begin")?;
    page.wait_for_text("#explore", "it refuses to start a worker")?;
    page.click("#play-place")?;
    page.wait_for(TIMELINE)
}

fn without_storage(page: &Page) -> Outcome {
    page.open("?e2e-without-storage")?;
    page.wait_for(TIMELINE)?;
    wait_for_latency(page, "5Δ")?;
    search(page)
}

fn without_searcher(page: &Page) -> Outcome {
    page.open("?e2e-without-searcher")?;
    page.click("#explore-button")?;
    page.click("#begin")?;
    page.wait_for_text("#explore", "its program could not be loaded")
}

fn in_frame(page: &Page) -> Outcome {
    page.open_in_frame()?;
    page.wait_for(TIMELINE)?;
    wait_for_latency(page, "5Δ")?;
    search(page)
}
