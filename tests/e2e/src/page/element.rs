//! The element `<paxos-playground>`: a page uses it under a strict policy, controls it, and gets its events.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("the element keeps its place free and comes to rest as high as its content", settles),
    ("the element can be played, stepped, asked and read", steered),
    ("the element tells what is decided, violated and solved", tells),
    ("a wrong script is refused by the element with its line and column", refuses),
    ("the element opens a script, and tells of that run only", opens),
    ("the element obeys its own frame and no other window", obeys_its_frame),
    ("attributes of the element do the least that shows them", attributes),
    ("the element goes and comes back", comes_back),
    ("the element gives up on a frame that does not answer", gives_up),
    ("an element can be mounted, also without an origin, and options that are wrong are refused", mounted),
];

/// Opens the page with an element, and waits until the element is ready.
fn open(page: &Page) -> Outcome {
    page.open("e2e-pages/element-host.html")?;
    page.wait_until("the element to be ready", "return !!window.told?.some(({ name }) => name === 'ready')", &[])
}

/// Runs steps in the page and fails unless they answer true; the failure says what they answered.
fn holds(page: &Page, what: &str, steps: &str) -> Outcome {
    let answer = page.execute_async(steps)?;
    if answer == json!(true) { Ok(()) } else { Err(format!("Not so: {what}; instead {answer}")) }
}

/// The height of the frame, and that of its content.
const HEIGHTS: &str = "const frame = frameOf(it);
     const heights = () => [Number(frame.height), Math.ceil(frame.contentDocument.body.getBoundingClientRect().height)];
     const fits = () => Math.abs(heights()[0] - heights()[1]) < 2;";

fn settles(page: &Page) -> Outcome {
    page.open("e2e-pages/element-host.html")?;
    page.wait_until("the element to be there", "return !!window.it", &[])?;
    holds(
        page,
        "a height is kept free from the beginning",
        "const one = mount(document.querySelector('#place'), { height: 333 });
         const { height } = one.getBoundingClientRect();
         one.remove();
         return height === 333 || height;",
    )?;
    page.wait_until(
        "the element to be ready",
        "return told.some(({ name, id }) => name === 'ready' && id === 'it')",
        &[],
    )?;
    let rests = format!(
        "{HEIGHTS} await until(fits);
         const before = heights();
         await new Promise((done) => setTimeout(done, 700));
         return (fits() && before[0] === heights()[0] && before[0] !== 480) || [before, heights()];"
    );
    holds(page, "it comes to rest as high as its content", &rests)?;
    page.set_viewport((520, 800))?;
    holds(page, "and again in another width", &rests)?;
    holds(
        page,
        "a height that goes back and forth comes to rest at the larger one",
        "const frame = frameOf(it);
         const script = frame.contentDocument.createElement('script');
         script.src = new URL('element-forger.js?restless', location.href).href;
         const seen = [];
         new MutationObserver(() => seen.push(frame.height)).observe(frame, { attributeFilter: ['height'] });
         frame.contentDocument.head.append(script);
         await new Promise((done) => script.addEventListener('load', done));
         await new Promise((done) => setTimeout(done, 300));
         return (frame.height === '600' && seen.length < 8) || seen;",
    )
}

fn steered(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "it plays and pauses",
        "const { playing, title } = await it.play();
         const paused = await it.pause();
         return (playing && !paused.playing && title === 'Two proposers meet') || [playing, title, paused];",
    )?;
    page.wait_until(
        "it to say that it plays",
        "return told.some(({ name, playing }) => name === 'state' && playing)",
        &[],
    )?;
    holds(
        page,
        "it seeks and steps",
        "const at = await it.seek(2);
         const on = await it.step('delta');
         const back = await it.step('delta', true);
         const event = await it.step();
         const state = await it.state();
         const holds = at.t === 2 && on.t === 3 && back.t === 2 && event.step > back.step && event.t <= 3 && state.step === event.step;
         return holds || [at, on, back, event, state];",
    )?;
    holds(
        page,
        "its run can be had in every format",
        "const report = await it.report();
         const [text, script, link] = await Promise.all(['report', 'script', 'link'].map((format) => it.export(format)));
         const holds = report.version === 1 && report.trace_hash.length === 16 && script.startsWith('paxos-playground 1\\n')
           && link.startsWith('v=1&scenario=two-proposers') && text === JSON.stringify(report, null, 2) + '\\n';
         return holds || [report, text, script, link];",
    )?;
    holds(
        page,
        "what it cannot do is refused with a sentence",
        "const [far, odd] = [await refusal(it.seek(-1)), await refusal(it.export('pdf'))];
         return (far.message?.includes('number of Δ') && odd.message?.includes('format')) || [far, odd];",
    )
}

fn tells(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "nothing is told that has not been watched",
        "await it.seek(0); return !told.some(({ name }) => name === 'event') || told;",
    )?;
    holds(
        page,
        "what is decided is told, once, where the element is and above it",
        "await it.seek(30);
         await it.seek(1);
         await it.seek(30);
         await until(() => told.some(({ event }) => event === 'decided'));
         const decided = told.filter(({ event }) => event === 'decided');
         const [{ id, value, instance, ballot, t }] = decided;
         const holds = decided.length === 1 && id === 'it' && instance === 1 && t > 0 && ballot.includes('.') && value !== '';
         return holds || decided;",
    )?;
    holds(
        page,
        "so is what is violated",
        "it.setAttribute('scenario', 'without-promise');
         await it.seek(100);
         await until(() => told.some(({ event }) => event === 'violated'));
         const { check, sentence, id } = told.find(({ event }) => event === 'violated');
         return (check !== '' && sentence.length > 10 && id === 'it') || told;",
    )?;
    // This is the message that the frame sends when somebody solves a lesson in it.
    holds(
        page,
        "and what is solved",
        "const { contentDocument, contentWindow } = frameOf(it);
         const script = contentDocument.createElement('script');
         script.src = new URL('element-forger.js', location.href).href;
         contentDocument.head.append(script);
         await until(() => told.some(({ event }) => event === 'solved'));
         return told.find(({ event }) => event === 'solved').lesson === 'forged';",
    )
}

fn refuses(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "a wrong script is refused with its place",
        "const { name, message, line, column } = await refusal(it.load('paxos-playground 1\\nnodes 3\\n  proposse'));
         return (name === 'ScriptError' && line === 3 && column === 3 && message.includes('proposse'))
           || [name, message, line, column];",
    )?;
    holds(
        page,
        "and changes nothing",
        "const { title } = await it.state(); return title === 'Two proposers meet' || title;",
    )?;
    holds(
        page,
        "what is no text is refused too",
        "const [none, long] = [await refusal(it.load(7)), await refusal(it.load('x'.repeat(70000)))];
         return (none.message?.includes('text') && long.message?.includes('65536')) || [none, long];",
    )?;
    holds(
        page,
        "a wrong script in the attribute is told as an event",
        "told.length = 0;
         it.setAttribute('script', 'paxos-playground 1\\nproposse');
         await until(() => told.some(({ name }) => name === 'error'));
         const { id, line, reason } = told.find(({ name }) => name === 'error');
         return (id === 'it' && line === 2 && reason.length > 10) || told;",
    )
}

fn opens(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "a script inside is opened before anything is told, and what is loaded meanwhile comes after it",
        "const one = document.createElement('paxos-playground');
         const inside = document.createElement('script');
         inside.type = 'text/plain';
         inside.textContent = '\\n  paxos-playground 1\\ntitle Inside\\nnodes 3\\nat 0Δ propose A \"red\"\\n';
         one.append(inside);
         one.id = 'one';
         for (const [name, value] of Object.entries({ load: 'eager', motion: 'off' })) one.setAttribute(name, value);
         document.querySelector('#place').append(one);
         const { title } = await one.load(inside.textContent.trim().replace('Inside', 'Later'));
         await until(() => told.filter(({ id, event }) => id === 'one' && event === 'decided').length > 0);
         const first = told.find(({ id, name }) => id === 'one' && name === 'state').title;
         const values = told.filter(({ id, event }) => id === 'one' && event === 'decided').map(({ value }) => value);
         return (title === 'Later' && first === 'Inside' && values.every((value) => value === 'red')) || [title, first, told];",
    )?;
    holds(
        page,
        "a link, a fragment and a lesson are opened",
        "const titles = [];
         const places = [['link', 'https://example.org/#v=1&scenario=minimal-ballot'], ['link', 'v=1&scenario=minimal-ballot'], ['lesson', 'adopt']];
         for (const [name, value] of places) {
           const one = mount(document.querySelector('#place'), { [name]: value, load: 'eager' });
           titles.push((await one.state()).title);
           one.remove();
         }
         return (titles[0] === titles[1] && titles[2] !== titles[1] && !titles.includes('Two proposers meet')) || titles;",
    )
}

fn obeys_its_frame(page: &Page) -> Outcome {
    open(page)?;
    let forged = "const rest = () => new Promise((done) => setTimeout(done, 300));
         await rest();
         const height = frameOf(it).height;
         const before = told.length;";
    let unchanged = "await rest();
         return (told.length === before && frameOf(it).height === height) || [told.slice(before), frameOf(it).height];";
    let itself = format!(
        "{forged} window.forgeTo = window;
         const script = document.createElement('script');
         script.src = 'element-forger.js';
         document.head.append(script);
         await new Promise((done) => script.addEventListener('load', done)); {unchanged}"
    );
    holds(page, "what the page says to itself changes nothing", &itself)?;
    let another = format!(
        "{forged} const frame = document.createElement('iframe');
         frame.src = 'element-forger.html';
         document.body.append(frame);
         await new Promise((done) => frame.addEventListener('load', done)); {unchanged}"
    );
    holds(page, "what another frame says changes nothing", &another)?;
    let odd = format!(
        "{forged} const {{ contentDocument }} = frameOf(it);
         const script = contentDocument.createElement('script');
         script.src = new URL('element-forger.js?wrong', location.href).href;
         contentDocument.head.append(script);
         await new Promise((done) => script.addEventListener('load', done)); {unchanged}"
    );
    holds(page, "what has another shape changes nothing, even from its own frame", &odd)
}

fn attributes(page: &Page) -> Outcome {
    open(page)?;
    page.execute("window.first = frameOf(it);")?;
    holds(
        page,
        "a theme and a scenario are changed in the frame that is there",
        "it.setAttribute('theme', 'dark');
         it.setAttribute('scenario', 'minimal-ballot');
         it.setAttribute('title', 'Mine');
         await Promise.resolve();
         const { theme, title } = await it.state();
         const holds = theme === 'dark' && title !== 'Two proposers meet' && frameOf(it) === first && first.title === 'Mine';
         return holds || [theme, title, first.title];",
    )?;
    holds(
        page,
        "what only a new frame can show makes one, with all that was said",
        "it.setAttribute('controls', 'none');
         it.setAttribute('panels', 'none');
         await Promise.resolve();
         const { theme } = await it.state();
         const { search, hash } = frameOf(it).contentWindow.location;
         const holds = frameOf(it) !== first && theme === 'dark' && search.includes('controls=none') && !first.isConnected
           && hash.includes('minimal-ballot') && it.shadowRoot.querySelectorAll('iframe').length === 1;
         return holds || [theme, search, hash];",
    )?;
    holds(
        page,
        "a height is the content's, but without `resize` the author's",
        "await until(() => frameOf(it).height !== '480');
         const content = frameOf(it).height;
         it.setAttribute('height', '301');
         await Promise.resolve();
         if (frameOf(it).height !== content) return frameOf(it).height;
         it.setAttribute('resize', 'none');
         it.setAttribute('height', '300');
         await it.state();
         const before = frameOf(it).height;
         it.setAttribute('height', '9999');
         await Promise.resolve();
         return (before === '300' && frameOf(it).height === '4000') || [before, frameOf(it).height];",
    )
}

fn comes_back(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "who waits is told that it is gone, and afterwards it cannot be asked",
        "const waiting = refusal(it.play());
         it.remove();
         const [gone, absent] = [await waiting, await refusal(it.play())];
         return (gone.message?.includes('taken out') && absent.message?.includes('not in the page')) || [gone, absent];",
    )?;
    holds(
        page,
        "it comes back elsewhere, and opens what was opened last",
        "document.querySelector('#place').append(it);
         const { title } = await it.state();
         await it.load('paxos-playground 1\\ntitle Mine\\nnodes 3\\nat 0Δ propose A \"red\"\\n');
         document.querySelector('main').append(it);
         const mine = await it.state();
         return (title === 'Two proposers meet' && mine.title === 'Mine') || [title, mine];",
    )?;
    holds(
        page,
        "until something else is said",
        "it.setAttribute('scenario', 'minimal-ballot');
         await Promise.resolve();
         const { title } = await it.state();
         return (title !== 'Mine' && title !== 'Two proposers meet') || title;",
    )
}

fn gives_up(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "a frame that waits for a click is waited for as long as is said, and works when it comes",
        "const place = document.querySelector('#place');
         const one = mount(place, { scenario: 'two-proposers', load: 'click' });
         const { setTimeout } = window;
         window.setTimeout = (call, time, ...words) => setTimeout(call, time / 30, ...words);
         const { message } = await refusal(one.play());
         window.setTimeout = setTimeout;
         await until(() => frameOf(one).contentDocument?.querySelector('.loading button'));
         frameOf(one).contentDocument.querySelector('.loading button').click();
         const { title } = await one.state();
         return (message?.includes('within 30 seconds') && title === 'Two proposers meet') || [message, title];",
    )
}

fn mounted(page: &Page) -> Outcome {
    open(page)?;
    holds(
        page,
        "options become what the frame is asked for",
        "const place = document.querySelector('#place');
         const options = { scenario: 'steady', panels: ['ledger', 'why'], readonly: true, autoplay: false, speed: 0.5, load: 'eager', title: 'One' };
         const one = mount(place, options);
         const { title, playing } = await one.state();
         const { search } = frameOf(one).contentWindow.location;
         const holds = ['panels=ledger,why', 'readonly=1', 'autoplay=0', 'speed=0.5', 'resize=post'].every((word) => search.includes(word));
         one.remove();
         return (holds && !playing && title !== '' && one.localName === 'paxos-playground') || [search, title, playing];",
    )?;
    holds(
        page,
        "without an origin of its own it works as well",
        "const one = mount(document.querySelector('#place'), { scenario: 'two-proposers', load: 'eager', sandbox: 'allow-scripts' });
         const { t } = await one.seek(3);
         const report = await one.report();
         one.remove();
         return (t === 3 && report.version === 1) || [t, report];",
    )?;
    holds(
        page,
        "wrong options are refused with a sentence",
        "const caught = (call) => { try { call(); } catch ({ name, message }) { return `${name}: ${message}`; } };
         const [option, element] = [caught(() => mount(document.body, { colour: 'red' })), caught(() => mount('#place'))];
         return (option?.startsWith('TypeError: “colour” is no option') && element?.startsWith('TypeError: “element”'))
           || [option, element];",
    )?;
    holds(
        page,
        "an address that is none is told",
        "for (const base of ['http://[', 'javascript:/x', 'data:text/html,x']) {
           told.length = 0;
           const one = mount(document.querySelector('#place'), { base });
           const [said, frame] = [one.shadowRoot.textContent, frameOf(one)];
           one.remove();
           const holds = told[0]?.name === 'error' && told[0].reason.includes('base') && said.includes('cannot be shown') && !frame;
           if (!holds) return [base, told, said];
         }
         return true;",
    )
}
