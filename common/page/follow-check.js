// The part of check.js that looks at the pictures that follow -x: each box with such lines is played, and
// the live picture gets the lines of a run. It returns what is wrong; check.js says it.
'use strict';

// What must light up in each box, act by act: a node, and a word of the picture that stands there. A line
// with - has the nodes that go out. This repeats acts.js on purpose: it must be wrong in two places to pass.
const setUp = ['scratch /tmp/web', 'merged /merged'];
const expected = [
    {step: 1, acts: ['fork └', 'chroot build/rootfs', 'exec sh', '- fork chroot exec']},
    {step: 2, acts: [...setUp, 'overlay overlay', 'fork └', 'chroot /', 'proc /proc', 'exec sh',
        '- fork chroot proc exec overlay', '- scratch merged']},
    {step: 3, acts: [...setUp, 'clone 1276', 'map user 1000', 'private empty', 'lo lo', 'overlay overlay',
        'chroot /', 'hostname web', 'proc /proc', 'exec sh',
        '- scratch merged clone map private lo overlay chroot hostname proc exec']},
    {step: 4, acts: ['cgroup web', 'memory 64 MiB', 'cpu 0.5 CPU', 'pids 32 processes', 'member sh',
        '- cgroup memory cpu pids member']},
    {step: 4, acts: [...setUp, 'cgroup web', 'memory 64 MiB', 'cpu 1 CPU', 'pids 256 processes', 'clone 1',
        'member sh', 'cgroupns the root, as it seems', 'private empty', 'overlay overlay', 'chroot /',
        'proc /proc', 'exec sh',
        '- clone member cgroupns private overlay chroot proc exec cgroup memory cpu pids', '- scratch merged']},
    {step: 5, acts: ['scratch /tmp/web', 'cgroup web', 'relay relay', 'clone 1 step05', 'map user 1879048192',
        'member sh, init', 'cgroupns sh, init', 'storage no layers', 'overlay overlay', 'pivot /',
        'unmount old root unmounted', 'proc /proc', 'sys /sys', 'dev /dev', 'devices six devices',
        'settings settings read-only', 'terminal a terminal', 'drop 10 of 41', 'filter a list of system calls',
        'start 2', 'exec sh',
        '- clone map member cgroupns storage overlay pivot unmount proc sys dev devices settings terminal drop ' +
            'filter start exec cgroup', '- scratch relay']},
];

// What the page tells about a picture: runs in the browser.
function look(area) {
    const drawing = area.querySelector('.follow-picture').shadowRoot;
    const parts = [...drawing.querySelectorAll('[part~=lit], [part~=now]')];
    const nodes = [...new Set(parts.map(part => part.closest('[data-node]').dataset.node))];
    const textOf = node => [...drawing.querySelectorAll(`[data-node=${node}]`)].map(e => e.textContent).join('|');
    return {
        nodes: nodes.map(node => `${node} ${textOf(node)}`),
        now: [...new Set([...drawing.querySelectorAll('[part~=now]')].map(e => e.closest('[data-node]').dataset.node))],
        words: area.querySelector('[role=status]').textContent,
        marked: drawing.querySelectorAll('[part]').length,
        button: area.querySelector('button')?.textContent,
    };
}

const nameOf = text => text.split(' ')[0];
const namesOf = state => state.nodes.map(nameOf);

// Return what is wrong with the step from one state to the next.
function compare(act, before, after) {
    const came = after.nodes.filter(text => !namesOf(before).includes(nameOf(text)));
    const went = namesOf(before).filter(name => !namesOf(after).includes(name));
    const [node, ...words] = act.split(' ');
    if (after.words === '' || after.words === before.words)
        return `${act}: the act is not said: "${after.words}"`;
    if (node === '-')
        return came.length || String(went.sort()) !== String(words.sort()) ? `${act}: ${went} went, ${came} came` : '';
    const good = came.length === 1 && went.length === 0 && nameOf(came[0]) === node &&
        came[0].slice(node.length).includes(words.join(' ')) && String(after.now) === node;
    return good ? '' : `${act}: "${came}" came, "${went}" went, and now is "${after.now}"`;
}

// Open each player in the middle of its run, so that the checks of the page see it, too.
async function openPlayers(page) {
    await page.evaluate(() => document.querySelectorAll('.follow').forEach(area => {
        for (const number of [0, 0, 1])
            area.querySelectorAll('button')[number].click();
    }));
}

// Press Next, as often as this, and tell what is seen each time.
function playBox([number, times]) {
    const area = document.querySelectorAll('.follow')[number];
    const [, next, close] = area.querySelectorAll('button');
    close.click();
    const status = area.querySelector('[role=status]').checkVisibility();
    const seen = Array.from({length: times}, () => {
        next.click();
        return look(area);
    });
    close.click();
    const hidden = !area.querySelector('.follow-picture').checkVisibility();
    return {seen, status, hidden, closed: look(area)};
}

async function playBoxes(page) {
    const count = await page.locator('.follow').count();
    const bad = count === expected.length ? [] : [`${count} boxes play, and not ${expected.length}`];
    for (const [number, {step, acts}] of expected.slice(0, count).entries()) {
        const {seen, closed, hidden, status} = await page.evaluate(playBox, [number, acts.length]);
        const states = [{nodes: [], words: ''}, ...seen];
        const wrong = acts.map((act, i) => compare(act, states[i], states[i + 1])).filter(Boolean);
        bad.push(...wrong.map(text => `step ${step}: ${text}`));
        if (states[acts.length].button !== 'Play again')
            bad.push(`step ${step}: after ${acts.length} acts the button says "${states[acts.length].button}"`);
        if (closed.marked || closed.words || !hidden || !status)
            bad.push(`step ${step}: after Close ${closed.marked} parts are marked, and it says "${closed.words}", status ${status}`);
    }
    return bad;
}

// By keys alone: Enter on the first button plays, and a second one pauses. Tab leads to the others.
async function pressKeys(page) {
    const area = page.locator('.follow').first();
    const seen = [];
    await area.locator('button').first().focus();
    for (const key of ['Enter', 'Enter', 'Tab', 'Enter', 'Enter', 'Enter', 'Tab', 'Enter']) {
        await page.keyboard.press(key);
        if (seen.length === 0)
            await page.clock.runFor(1);
        const {nodes, button} = await area.evaluate(look);
        seen.push(`${nodes.length} ${button}`);
    }
    const focused = await page.evaluate(() => document.activeElement.textContent);
    const right = '1 Pause, 1 Play on, 1 Play on, 2 Play on, 3 Play on, 0 Play again, 0 Play again, 0 ' + focused;
    return seen.join(', ') === right && focused.startsWith('Play these') ? [] : [`${seen.join(', ')}, then on ${focused}`];
}

// Without a hand on it, it plays act by act, and ends by itself.
async function playAlone(page) {
    const area = page.locator('.follow').first();
    await area.locator('button').first().click();
    const seen = [];
    for (const ms of [1, 1700, 1700, 1700]) {
        await page.clock.runFor(ms);
        const mark = await page.evaluate(() => [...CSS.highlights.get('follow') ?? []].join());
        const {nodes, button} = await area.evaluate(look);
        seen.push(`${nodes.length} ${button} ${mark}`);
    }
    const right = '1 Pause + sh; 2 Pause step01+ exec chroot build/rootfs /bin/sh; 3 Pause step01+ exec hostname; ' +
        '0 Play again ';
    return seen.join('; ') === right ? [] : [seen.join('; ')];
}

// Each line of -x in the page is known, and has a picture or a reason. Each part of a picture is reached.
async function checkTable(page) {
    return page.evaluate(() => {
        const bad = [];
        const parts = step => new DOMParser().parseFromString(pictureText(`step${step}`), 'text/html');
        const nodes = [1, 2, 3, 4, 5].map(step =>
            new Set([...parts(step).querySelectorAll('[data-node]')].map(e => e.dataset.node)));
        const printed = [...document.querySelectorAll('.console')].filter(box => / -x /.test(box.textContent))
            .flatMap(box => [...box.querySelectorAll('samp')]).flatMap(samp => samp.textContent.split('\n'));
        const lines = printed.map(plainLine).filter(Boolean);
        for (const line of lines)
            if (!findAct(line, ''))
                bad.push(`no act for: ${line}`);
        for (const {line, node, takes, why, says} of labActs) {
            if (why ? node || takes : !actWords(says ?? node))
                bad.push(`${line} has not either words, or a reason`);
            for (const name of [node ?? [], takes ?? []].flat())
                if (name !== 'all' && !nodes.some(of => of.has(name)))
                    bad.push(`${line}: no picture has ${name}`);
        }
        if (lines.length < 100)
            bad.push(`there are ${lines.length} lines only`);
        for (const [i, of] of nodes.entries())
            for (const name of of)
                if (!labActs.some(act => act.node === name))
                    bad.push(`step${i + 1}.svg: no act reaches ${name}`);
        return bad;
    });
}

// A machine in the page gives all that it prints.
async function followLive(page) {
    const states = [];
    const area = page.locator('#live');
    const feed = async lines => {
        await page.evaluate(lines => lines.forEach(line => window.labFollow.line(line)), lines);
        states.push(await area.evaluate(look));
    };
    await page.evaluate(() => {
        document.querySelector('main').insertAdjacentHTML('afterbegin', '<div id="live"></div>');
        window.labFollow.start(document.querySelector('#live'));
        window.labFollow.line('+ sh'); // no step runs yet
    });
    const early = await page.evaluate(() => document.querySelector('#live').childNodes.length);
    await feed(['# build/step01 -x build/rootfs\r', 'hello', '+ sh\r', '# rm: not an act']);
    await feed(['step01+ exec chroot build/rootfs /bin/sh', 'step01-# exit', 'step01+ exec /bin/sh']);
    await feed(['# ']);
    await feed(['$ build/step03 -x --name ana build/rootfs sh', '+ mkdir -m 700 /tmp/ana',
        '+ unshare --user --mount --fork sh', "+ echo '0 7 1' > /proc/9/uid_map", 'ana+ exec sh', 'ana+ hostname ana',
        'step03: note: the image belongs to another user',
        'ana+ mount -t overlay overlay -o lowerdir=lower merged', 'step03: mount overlay: EINVAL (Invalid argument)',
        'ana+ exec env -i A=b /bin/sh', 'ana+ exec sh', 'step03: process 9 did not end when asked to']);
    const texts = states[3].nodes.filter(text => /^(scratch|hostname|map)/.test(text)).join('; ');
    await feed(['$ build/step04 --name web build/rootfs sleep 600 &', '$ build/join -x web hostname',
        '+ nsenter --target 9 --user sh', 'join+ setpriv --reuid 0', 'join+ exec hostname']);
    await page.evaluate(() => window.labFollow.reset());
    states.push(await area.evaluate(look));
    const seen = states.map(state => namesOf(state).sort().join(' ')).join('; ');
    const right = 'fork; chroot exec fork; ; clone exec hostname map scratch; ; ';
    const bad = early === 0 && seen === right ? [] : [`before a step ${early} parts; then "${seen}", and not "${right}"`];
    if (!/scratch \/tmp\/ana/.test(texts) || !/user 7/.test(texts) || !/ana$/.test(texts))
        bad.push(`the picture has not the names of this run, but "${texts}"`);
    if (states[5].marked)
        bad.push(`after reset() ${states[5].marked} parts are marked`);
    await page.evaluate(() => document.querySelector('#live').remove());
    return bad;
}

async function checkMotion(page) {
    const bad = [];
    await openPlayers(page);
    for (const reducedMotion of ['reduce', 'no-preference']) {
        await page.emulateMedia({media: 'screen', reducedMotion});
        const time = await page.evaluate(() => getComputedStyle(
            document.querySelector('.follow-picture').shadowRoot.querySelector('[part]')).transitionDuration);
        if ((reducedMotion === 'reduce') !== /^0s/.test(time))
            bad.push(`${reducedMotion}: a part changes in ${time}`);
    }
    return bad;
}

// The clock is in our hands from here on, so this comes last.
async function followCheck(page, say) {
    await page.emulateMedia({media: 'screen'});
    await page.evaluate(`window.look = ${look}`);
    await page.clock.install();
    say('each line of -x has its act or a reason, each part of a picture an act', await checkTable(page));
    say(`each of ${expected.length} boxes lights one part for each act, in order`, await playBoxes(page));
    say('they can be played by keys alone', await pressKeys(page));
    say('a box plays alone, and its lines are marked', await playAlone(page));
    say('a picture follows a machine', await followLive(page));
    say('it does not move where no motion is wanted', await checkMotion(page));
}

module.exports = {followCheck, openPlayers};
