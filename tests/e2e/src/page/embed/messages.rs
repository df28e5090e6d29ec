//! Messages between a frame and the page around it.

use serde_json::Value;

use super::*;

/// What the frame answers to a message, given as JavaScript.
fn ask(page: &Page, message: &str) -> Outcome<Value> {
    page.execute_async(&format!("return await ask('one', {message});"))
}

/// The state of the run and its script, which only an order may change.
fn standing(page: &Page) -> Outcome<(Value, Value)> {
    let mut state = ask(page, "{ type: 'getState' }")?;
    state["id"] = Value::Null;
    let mut script = ask(page, "{ type: 'export', format: 'script' }")?;
    script["id"] = Value::Null;
    Ok((state, script))
}

pub(super) fn orders(page: &Page) -> Outcome {
    embed(page, "autoplay=0", "v=1&scenario=minimal-ballot", &json!({}))?;
    let hello = page.execute("return told('one', 'ready').at(-1)")?;
    claim(&format!("hello is answered: {hello}"), hello["id"] == json!("hello") && hello["version"].is_string())?;
    let state = ask(page, "{ type: 'seek', t: 4.5 }")?;
    claim(&format!("it seeks: {state}"), state["t"] == json!(4.5) && state["end"] == json!(5))?;
    claim("one decision so far", state["decided"] == json!(1) && state["violated"] == json!([]))?;
    page.wait_until(
        "the decision to be told, once",
        "const events = told('one', 'event');
         return events.length === 1 && events[0].event === 'decided' && events[0].t === 4 && events[0].leader === 4
             && events[0].all === 5 && events[0].value === 'red' && events[0].ballot === '1.A' && events[0].instance === 1",
        &[],
    )?;
    claim("beyond the end is the end", ask(page, "{ type: 'seek', t: 1e300 }")?["t"] == json!(5))?;
    claim("back a Δ", ask(page, "{ type: 'step', by: 'delta', back: true }")?["t"] == json!(4))?;
    let step = ask(page, "{ type: 'step' }")?["step"].as_u64();
    let back = ask(page, "{ type: 'step', back: true }")?["step"].as_u64();
    claim("a step, and back", step > back)?;
    claim("it plays", ask(page, "{ type: 'play' }")?["playing"] == json!(true))?;
    claim("it pauses", ask(page, "{ type: 'pause' }")?["playing"] == json!(false))?;
    let theme = ask(page, "{ type: 'setTheme', theme: 'dark' }")?;
    claim("the theme changes", theme["theme"] == json!("dark"))?;
    let report = ask(page, "{ type: 'export', format: 'report' }")?;
    let report: Value = serde_json::from_str(report["text"].as_str().unwrap_or_default()).unwrap_or_default();
    claim("the report is the terminal's", report["trace_hash"] == json!("77cddee4d34e0760"))?;
    let link = ask(page, "{ type: 'export', format: 'link' }")?;
    claim(
        &format!("a link: {link}"),
        link["text"].as_str().is_some_and(|link| link.starts_with("v=1&scenario=minimal-ballot&t=")),
    )?;

    let script = "paxos-playground 1\\ntitle <img src=x onerror=alert(1)>\\nnodes 3\\nat 0 propose A \\\"blue\\\"\\n";
    let loaded = ask(page, &format!("{{ type: 'load', script: \"{script}\" }}"))?;
    claim(&format!("a script is loaded: {loaded}"), loaded["title"] == json!("<img src=x onerror=alert(1)>"))?;
    ask(page, "{ type: 'seek', t: 5 }")?;
    page.wait_until(
        "the new run's decision",
        "return told('one', 'event').some(({ value }) => value === 'blue')",
        &[],
    )?;
    page.enter(Some(1))?;
    page.wait_for_text(".intro h2", "<img src=x")?;
    claim("no text becomes an element", page.count("img")? == 0)?;
    page.enter(None)?;
    let wrong = ask(page, "{ type: 'load', script: 'paxos-playground 1\\nnodes 3\\nat 0 crash Q\\n' }")?;
    claim(
        &format!("a wrong script is refused with its place: {wrong}"),
        wrong["type"] == json!("error")
            && wrong["line"] == json!(3)
            && wrong["column"] == json!(12)
            && wrong["reason"].as_str().is_some_and(|reason| reason.contains("“Q”")),
    )?;
    claim("and the run stays", ask(page, "{ type: 'getState' }")?["title"] == loaded["title"])?;
    let linked = ask(page, "{ type: 'load', link: 'https://example.org/#v=1&scenario=without-promise&t=1' }")?;
    claim(&format!("a link is loaded: {linked}"), linked["t"] == json!(1))?;
    let before = standing(page)?;
    for (fragment, reason) in [
        ("", "does not say what to open"),
        ("v=1", "does not say what to open"),
        ("v=9&scenario=steady", "9"),
        ("v=1&scenario=stedy", "steady"),
        ("v=1&lesson=nothing", "“nothing” is none"),
        ("v=1&s=nonsense", "script"),
    ] {
        let refused = ask(page, &format!("{{ type: 'load', link: 'https://example.org/#{fragment}' }}"))?;
        let sentence = refused["reason"].as_str().unwrap_or_default();
        claim(
            &format!("“{fragment}” opens nothing: {refused}"),
            refused["type"] == json!("error") && sentence.contains(reason),
        )?;
    }
    claim("and changes nothing", standing(page)? == before)?;
    let wrong = page.execute_async(
        "const text = 'paxos-playground 1\\nnodes 3\\nat 0 crash Q\\n';
         const bytes = new Uint8Array(await new Response(
             new Blob([text]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer());
         const code = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
         return await ask('one', { type: 'load', link: `#v=1&s=${code}` });",
    )?;
    claim(
        &format!("a link with a wrong script is refused with its place: {wrong}"),
        wrong["type"] == json!("error") && (&wrong["line"], &wrong["column"]) == (&json!(3), &json!(12)),
    )?;
    ask(page, "{ type: 'seek', t: 1000 }")?;
    page.wait_until(
        "the violation to be told",
        "return told('one', 'event').some(({ event, check, sentence }) => event === 'violated' && check && sentence)",
        &[],
    )
}

/// Messages that claim to be ours and are not valid.
const MALFORMED: &[&str] = &[
    "{ type: 'explode' }",
    "{ type: 'constructor' }",
    "{ type: '__proto__' }",
    "{ type: 7 }",
    "{ }",
    "{ type: 'seek' }",
    "{ type: 'seek', t: '3' }",
    "{ type: 'seek', t: -1 }",
    "{ type: 'seek', t: NaN }",
    "{ type: 'seek', t: Infinity }",
    "{ type: 'seek', t: { valueOf: 3 } }",
    "{ type: 'step', by: 'year' }",
    "{ type: 'step', back: 'yes' }",
    "{ type: 'load' }",
    "{ type: 'load', script: 7 }",
    "{ type: 'load', script: 'x'.repeat(65537) }",
    "{ type: 'load', script: 'hello' }",
    "{ type: 'load', link: 'no fragment' }",
    "{ type: 'load', link: '#v=1&lesson=adopt', script: '' }",
    "{ type: 'setTheme', theme: 'blue' }",
    "{ type: 'setTheme', theme: ['dark'] }",
    "{ type: 'export', format: 'exe' }",
    "{ type: 'export' }",
];

/// Messages that are not for the frame at all; they are sent as they are.
const FOREIGN: &[&str] = &[
    "null",
    "7",
    "'play'",
    "[]",
    "{ ns: 'paxos-playground', v: 2, type: 'seek', t: 3 }",
    "{ ns: 'paxos-playground', v: '1', type: 'seek', t: 3 }",
    "{ ns: 'other', v: 1, type: 'seek', t: 3 }",
    "{ v: 1, type: 'seek', t: 3 }",
    "{ ns: ['paxos-playground'], v: 1, type: 'seek', t: 3 }",
    "new Map([['ns', 'paxos-playground'], ['v', 1], ['type', 'seek'], ['t', 3]])",
];

pub(super) fn forged(page: &Page) -> Outcome {
    embed(page, "autoplay=0", "v=1&scenario=minimal-ballot", &json!({}))?;
    ask(page, "{ type: 'seek', t: 2 }")?;
    let before = standing(page)?;
    for message in MALFORMED {
        let answer = ask(page, message)?;
        let says = answer["reason"].as_str().unwrap_or_default();
        claim(
            &format!("{message} is refused with a sentence: {answer}"),
            answer["type"] == json!("error") && says.len() > 10,
        )?;
        claim(&format!("{message} changes nothing"), standing(page)? == before)?;
    }
    let bad_names =
        "for (const id of [{}, [], 1.5, NaN, 'x'.repeat(65), null, true]) send('one', { type: 'seek', t: 4, id });";
    page.execute(bad_names)?;
    claim("an id of another shape changes nothing", standing(page)? == before)?;
    page.execute("window.count = heard.length;")?;
    for message in FOREIGN {
        let send = format!("document.querySelector('[data-name=one]').contentWindow.postMessage({message}, '*');");
        page.execute(&send)?;
    }
    // This is a valid order, but from a window that is not the parent.
    page.wait_until("the other frame", "return frames[0].document.readyState === 'complete'", &[])?;
    page.execute(
        "const message = { ns: 'paxos-playground', v: 1, type: 'seek', t: 4, id: 'forged' };
         frames[0].postMessage({ frame: 1, message }, '*');",
    )?;
    page.execute_async("await new Promise((done) => setTimeout(done, 300));")?;
    let answers = page.execute("return heard.length - window.count")?;
    claim(&format!("none of them is answered: {answers}"), answers == json!(0))?;
    claim("and none changes anything", standing(page)? == before)
}
