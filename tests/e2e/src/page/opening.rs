//! How the page opens: what it shows first, every scenario, and runs of every size.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("the page opens on a running ballot that is decided at 5Δ", opens_on_a_running_ballot),
    ("every scenario opens, and every check holds unless a rule is off", every_scenario),
    ("a long run stays on the screen while it plays", follow),
    ("a large run does not freeze the page", large_run),
];

fn opens_on_a_running_ballot(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    expect(page, "the run starts before it is decided", !is_decided(page)?)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    page.wait_for_text("#leader-latency", "4Δ")?;
    expect(page, "twenty messages are drawn", page.count("g.arrow")? == 20)?;
    expect(page, "five flags are drawn", page.count("g.learned")? == 5)
}

fn every_scenario(page: &Page) -> Outcome {
    page.wait_for("#scenario")?;
    let names =
        page.execute("return [...document.querySelectorAll('#scenario option')].map((option) => option.value)")?;
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    expect(page, "there are scenarios to choose from", names.len() >= 5)?;
    for name in names {
        let choose = format!(
            "const select = document.querySelector('#scenario');
             select.value = '{name}';
             select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        page.execute(&choose)?;
        page.click(TO_END)?;
        page.wait_for("#checks .badge")?;
        expect(page, name, page.count("#checks li")? > 0)?;
        let is_broken = page.count(".edited.off")? > 0;
        expect(page, name, is_broken == (page.count("#checks li.bad")? > 0))?;
    }
    Ok(())
}

fn follow(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    let acts: String = (0..30).map(|time| format!("at {time}Δ propose A \"v{time}\"\n")).collect();
    paste(page, &format!("paxos-playground 1\nprotocol multi\nnodes 3\n{acts}"))?;
    page.click(TO_END)?;
    page.wait_until(
        "the end is seen",
        "const canvas = document.querySelector('.canvas').getBoundingClientRect();
         const now = document.querySelector('.now circle').getBoundingClientRect();
         return now.left >= canvas.left && now.right <= canvas.right;",
        &[],
    )
}

fn large_run(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    let acts: String = (0..20).map(|time| format!("at {time}Δ propose A \"v{time}\"\n")).collect();
    paste(page, &format!("paxos-playground 1\nprotocol multi\nnodes 128\n{acts}"))?;
    page.click(TO_END)?;
    page.wait_for_text(".ledger tbody th", "20")?;
    let took = page.execute_async(
        "const before = performance.now();
         for (let step = 0; step < 5; step += 1) {
             document.querySelector(\"[aria-label='Back one step']\").click();
             await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
         }
         return (performance.now() - before) / 5;",
    )?;
    let took = took.as_f64().unwrap_or(f64::MAX);
    println!("    a step of a large run takes {took:.0} ms");
    expect(page, &format!("a step takes {took:.0} ms"), took < 1000.0)
}
