// Look at the lab in a browser: look.js BROWSER PAGE FOLDER. FOLDER gets a picture of each width. What a
// reader does is tried (keys, copying, another size), and each misfortune that the page has a line for.
'use strict';
const fs = require('fs');
const path = require('path');
const {bestTime, until, say, withBrowser, openLab, ask, stateOf} = require('./browse.js');

const [browserFile, pageFile, folder] = process.argv.slice(2);
const largest = 20 * 1000 * 1000;
const widths = [360, 768, 1280];

async function checkWidths(page) {
    for (const width of widths) {
        await page.setViewportSize({width, height: 800});
        await page.waitForTimeout(500);
        const seen = await page.evaluate(() => {
            const box = document.querySelector('.xterm-screen').getBoundingClientRect();
            return {wide: document.documentElement.scrollWidth, left: box.left, right: box.right,
                top: box.top, bottom: box.bottom, columns: lab.terminal.terminal.cols};
        });
        say(seen.wide <= width, `${width}: the page is ${seen.wide} wide`);
        say(seen.left >= 0 && seen.right <= width && seen.top >= 0 && seen.bottom <= 800 && seen.columns >= 40,
            `${width}: the terminal is in the window, with ${seen.columns} columns`);
        for (const colorScheme of ['dark', 'light']) {
            await page.emulateMedia({colorScheme});
            await page.screenshot({path: path.join(folder, `${width}-${colorScheme}.png`)});
        }
    }
}

// At a zoom of 400 % a window of 1280x1024 is as small as this.
async function checkSmall(page) {
    await page.setViewportSize({width: 320, height: 256});
    await page.waitForTimeout(500);
    const rows = await page.evaluate(() => lab.terminal.terminal.rows);
    say(rows >= 3, `320x256: the terminal has ${rows} rows`);
    await page.setViewportSize({width: 1280, height: 800});
    await page.waitForTimeout(500);
}

async function checkColours(page) {
    const paper = () => page.evaluate(() => lab.terminal.terminal.options.theme.background);
    const light = await paper();
    await page.emulateMedia({colorScheme: 'dark'});
    await until(page, light => lab.terminal.terminal.options.theme.background !== light, light).catch(() => {});
    const dark = await paper();
    say(light !== dark, `the terminal is light or dark as the page is: ${light}, ${dark}`);
    await page.emulateMedia({colorScheme: 'light'});
}

async function checkSize(page) {
    const {rows, cols} = await page.evaluate(() => {
        const {terminal} = lab.terminal;
        return {rows: terminal.rows, cols: terminal.cols};
    });
    await ask(page, 'stty size', new RegExp(`\\n${rows} ${cols}\\n`));
    say(true, `the machine knows the size of the terminal: ${rows} ${cols}`);
}

async function checkKeys(page) {
    await page.click('#lab-terminal');
    await page.evaluate(() => lab.machine.send('')); // so xterm.js pastes a clipboard without text
    await page.keyboard.type('sleep 600\n');
    const entered = Date.now();
    await page.evaluate(() => lab.terminal.forget());
    await page.keyboard.press('Control+C');
    await until(page, () => anyPrompt.test(cleanText(lab.terminal.text)));
    const waited = Date.now() - entered;
    say(waited > 1000, `Ctrl-C waits until bash has given the terminal to a command: ${waited} ms`);
    await ask(page, 'echo still-here', /\nstill-here\n/);
    say(true, 'Ctrl-C stops a command');
    await ask(page, 'echo to-be-copied', /\nto-be-copied\n/);
    await page.evaluate(() => {
        const {terminal} = lab.terminal;
        const line = terminal.buffer.active.baseY + terminal.buffer.active.cursorY - 1;
        terminal.select(0, line, 'to-be-copied'.length);
    });
    await page.keyboard.press('Control+C');
    await page.waitForTimeout(200);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    say(copied === 'to-be-copied', `Ctrl-C copies what is selected: ${copied}`);
    await page.evaluate(() => navigator.clipboard.writeText('echo pasted-$((40 + 2))'));
    await page.evaluate(() => lab.terminal.forget());
    await page.keyboard.press('Control+V');
    await page.keyboard.press('Enter');
    await until(page, () => /\npasted-42\n/.test(cleanText(lab.terminal.text)));
    say(true, 'Ctrl-V pastes');
    await page.keyboard.press('F6');
    say(await page.evaluate(() => document.activeElement.id) === 'lab-again', 'F6 leaves the terminal');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const pressed = await page.evaluate(() => [lab.part('reader').getAttribute('aria-pressed'),
        Boolean(document.querySelector('.xterm-accessibility')), lab.part('terminal').getAttribute('aria-label')]);
    say(pressed[0] === 'true' && pressed[1] && pressed[2], `a screen reader gets the lines of "${pressed[2]}"`);
    await page.keyboard.press('Enter');
}

// A box is typed at a prompt, and not behind what somebody has begun to type.
async function checkHalfTyped(page) {
    await page.evaluate(() => lab.machine.send('touch /tmp/half'));
    await page.waitForTimeout(500);
    const problem = await page.evaluate(() => lab.runBox(lab.boxes.find(box => !box.refused), lab.typist));
    say(!problem, `a box throws a line away that is half typed: ${await stateOf(page)}`);
    await ask(page, 'ls /tmp/half', /cannot access '\/tmp\/half'/);
}

// The commands of a box are for the project's folder, wherever the reader has gone.
async function checkFolder(page) {
    await ask(page, 'cd /tmp; pwd', /\n\/tmp\n/);
    await page.evaluate(() => lab.runBox(lab.boxes.find(box => !box.refused), lab.typist));
    await ask(page, 'pwd', /\n\/home\/student\/project\n/);
    say(true, 'a box is typed in the folder of the project');
}

async function checkLeaving(page) {
    await page.evaluate(() => lab.machine.send('exit\r'));
    await until(page, () => /left the machine/.test(document.getElementById('lab-state').textContent));
    say(true, `who leaves is told so: ${await stateOf(page)}`);
    await page.evaluate(() => lab.machine.send('touch /tmp/late\r'.repeat(40)));
    await page.click('#lab-again');
    await until(page, () => document.getElementById('lab-state').textContent === 'Ready');
    await ask(page, 'ls /tmp/late', /cannot access '\/tmp\/late'/);
    say(true, 'what was on its way does not reach the new machine');
}

async function checkAgain(page) {
    const time = await bestTime(5000, async () => {
        await ask(page, 'touch /tmp/mine; ls /tmp/mine', /\n\/tmp\/mine\n/);
        const start = Date.now();
        await page.click('#lab-again');
        await until(page, () => document.getElementById('lab-state').textContent === 'Ready');
        await ask(page, 'ls /tmp/mine', /cannot access '\/tmp\/mine'/);
        return Date.now() - start;
    });
    say(time < 5000, `"Start again" gives a new machine in ${time} ms, of at most 5000`);
}

async function checkTwoTabs(page, context) {
    const other = await context.newPage();
    await openLab(other, pageFile);
    await ask(other, 'touch /tmp/other', /touch/);
    await ask(page, 'ls /tmp/other', /cannot access '\/tmp\/other'/);
    say(true, 'a second tab has a machine of its own');
    await other.click('#lab-terminal');
    await other.keyboard.type('touch');
    const question = other.waitForEvent('dialog');
    await other.close({runBeforeUnload: true});
    say((await question).type() === 'beforeunload', 'a tab in which somebody has typed asks before it closes');
    await (await question).accept();
    await page.bringToFront();
    await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', {value: true, configurable: true});
        dispatchEvent(new Event('visibilitychange'));
        hiddenSince -= 6000;
        Object.defineProperty(document, 'hidden', {value: false});
        dispatchEvent(new Event('visibilitychange'));
    });
    say(/in the background/.test(await stateOf(page)), `a tab that was hidden says so: ${await stateOf(page)}`);
}

// The picture gets what the terminal prints, and what comes on the second serial port.
async function checkPicture(page) {
    await ask(page, 'build/step03 -x --name web build/rootfs', /exec \/bin\/sh/);
    const [place, newest] = await page.evaluate(() => [document.querySelector('#lab-picture'),
        document.querySelector('#lab-picture .follow-picture').shadowRoot.querySelector('[part~="now"]')]
        .map(element => element.getBoundingClientRect().toJSON()));
    say(newest.top >= place.top && newest.bottom <= place.bottom, 'the picture of step 3 shows what its program did last');
    await page.click('#lab-again');
    await until(page, () => document.getElementById('lab-state').textContent === 'Ready');
    say(await page.evaluate(() => !document.querySelector('#lab-picture .follow-picture').shadowRoot
        .querySelector('[part]')), '"Start again" puts the picture out');
    await page.evaluate(() => {
        window.seen = [];
        window.labFollow = {line: text => window.seen.push(text), start() {}, reset() {}};
    });
    await ask(page, "echo '+ mkdir /tmp/first'; echo '+ mkdir /tmp/second' | sudo tee /dev/ttyS1 >/dev/null", /first\n/);
    await until(page, () => window.seen.includes('+ mkdir /tmp/first') &&
        window.seen.includes('+ mkdir /tmp/second')).catch(() => {});
    const seen = await page.evaluate(() => window.seen.filter(text => /^\+/.test(text)));
    say(seen.length === 2, `the picture gets each line once: ${seen}`);
}

// Each line is what the reader sees in place of a machine. The text stays.
async function checkFailure(browser, what, expected, spoil, file = pageFile) {
    const page = await browser.newPage();
    await page.addInitScript(spoil);
    await page.goto(`file://${path.resolve(file)}`, {waitUntil: 'domcontentloaded'});
    await until(page, () => lab.failed).catch(() => {});
    const text = await stateOf(page);
    const boxes = await page.locator('.console').count();
    say(expected.test(text) && boxes > 50, `${what}: ${text}`);
    await page.close();
}

async function checkFailures(browser) {
    await checkFailure(browser, 'without WebAssembly', /newer browser/, () => { delete window.WebAssembly; });
    await checkFailure(browser, 'memory is refused', /too little memory/, () => {
        WebAssembly.instantiate = async () => { throw new RangeError('Out of memory: Cannot allocate Wasm memory'); };
    });
    const half = path.join(folder, 'half.html');
    const whole = fs.readFileSync(pageFile);
    fs.writeFileSync(half, whole.subarray(0, Math.round(whole.length * 0.6)));
    await checkFailure(browser, 'half of the page', /not complete/, () => {}, half);
    fs.rmSync(half);
}

async function checkWithoutScript(browser) {
    const page = await browser.newPage({javaScriptEnabled: false});
    await page.goto(`file://${path.resolve(pageFile)}`);
    const boxes = await page.locator('.console').filter({visible: true}).count();
    const dead = await page.locator('button, #lab').filter({visible: true}).count();
    say(boxes > 50 && dead === 0, `without its script the page shows ${boxes} boxes, and ${dead} parts of the lab`);
    await page.close();
}

withBrowser(browserFile, async browser => {
    const {size} = fs.statSync(pageFile);
    say(size <= largest, `${size} bytes, of at most ${largest}`);
    const context = await browser.newContext({permissions: ['clipboard-read', 'clipboard-write']});
    const page = await context.newPage();
    await openLab(page, pageFile);
    await checkWidths(page);
    await checkSmall(page);
    await checkColours(page);
    await checkSize(page);
    await checkKeys(page);
    await checkPicture(page);
    await checkHalfTyped(page);
    await checkFolder(page);
    await checkAgain(page);
    await checkLeaving(page);
    await checkTwoTabs(page, context);
    await checkFailures(browser);
    await checkWithoutScript(browser);
});
