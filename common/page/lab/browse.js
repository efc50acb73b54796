// What the checks of the lab share: a browser with the page, and how they say what they found.
'use strict';
const {pathToFileURL} = require('url');
const {chromium} = require('playwright-core');

function say(good, text) {
    console.log((good ? 'ok: ' : 'FAILED: ') + text);
    if (!good)
        process.exitCode = 1;
}

async function withBrowser(browserFile, work) {
    const args = ['--disable-gpu', '--disable-background-networking'];
    if (process.getuid() === 0)
        args.push('--no-sandbox');
    const browser = await chromium.launch({executablePath: browserFile, args});
    try {
        await work(browser);
    } catch (error) {
        say(false, error.message);
    } finally {
        await browser.close();
    }
}

// A browser draws no frames for a hidden tab, or when it is busy. So nothing here waits for a frame.
const until = (page, test, argument) => page.waitForFunction(test, argument, {polling: 100});

const stateOf = page => page.evaluate(() => document.getElementById('lab-state').textContent);

// Returns how many milliseconds it took until the machine has answered a first line.
async function openLab(page, file) {
    page.setDefaultTimeout(30000);
    const start = Date.now();
    await page.goto(pathToFileURL(file).href);
    await until(page, () => lab.ready || lab.failed);
    if (await page.evaluate(() => lab.failed))
        throw new Error(await stateOf(page));
    await ask(page, 'echo $((6 * 7))', /\n42\n/);
    return Date.now() - start;
}

// Types a line, and waits until the terminal has the answer and a prompt.
async function ask(page, line, answer) {
    await page.evaluate(line => { lab.terminal.forget(); lab.machine.send(`${line}\r`); }, line);
    await until(page, ([source]) => {
        const text = cleanText(lab.terminal.text);
        return new RegExp(source).test(text) && anyPrompt.test(text);
    }, [answer.source]).catch(async () => {
        throw new Error(`no answer ${answer} to: ${line}: ${await page.evaluate(() => cleanText(lab.terminal.text))}`);
    });
}

// Other programs of this machine may be busy meanwhile. So the best time of three counts.
async function bestTime(limit, measure) {
    let best = Infinity;
    for (let tries = 0; tries < 3 && best > limit; tries++)
        best = Math.min(best, await measure());
    return best;
}

module.exports = {bestTime, until, say, withBrowser, openLab, ask, stateOf};
