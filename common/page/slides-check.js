// Look at slides with a browser: slides-check.js BROWSER MARKDOWN HTML [FOLDER]. Prints a line for each
// check. A picture of each slide goes to FOLDER.
'use strict';
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');
const {chromium} = require('playwright-core');

const [browserFile, markdownFile, pageFile, folder] = process.argv.slice(2);
const sizes = [{width: 1280, height: 720}, {width: 1920, height: 1080}];
const smallest = 20; // pixels of a letter in the last row of a room, where 720 are the height

function say(good, text) {
    console.log((good ? 'ok: ' : 'FAILED: ') + text);
    if (!good)
        process.exitCode = 1;
}

function sayNone(what, bad) {
    say(bad.length === 0, [what, ...bad.slice(0, 5).map(text => text.replace(/\s+/g, ' '))].join('\n    not '));
}

// What the source says: the headings, how many notes, and what is typed in its boxes.
function readSource() {
    const source = fs.readFileSync(markdownFile, 'utf8');
    const fences = source.match(/^```[^]*?^```$/gm);
    const rest = source.replace(/^```[^]*?^```$/gm, '');
    const typed = fences.filter(box => box.startsWith('```console')).join('\n').split('\n')
        .map(line => line.match(/^(?:[$#]|[a-z][a-z0-9_.-]*-#|>) (.*)/)).filter(Boolean).map(found => found[1]);
    return {
        headings: rest.match(/^##? .*/gm).map(line => line.replace(/^#+ /, '').replace(/`/g, '')),
        notes: rest.match(/^(>.*\n)+/gm).length,
        boxes: fences.length,
        pictures: rest.match(/^!\[/gm).length,
        typed,
    };
}

async function checkParts(page, wanted) {
    const seen = await page.evaluate(() => {
        const all = selector => [...document.querySelectorAll(selector)];
        return {
            headings: all('.slides h2').map(h => h.textContent.replace(/\s+/g, ' ')),
            notes: all('.slides section').filter(s => s.querySelectorAll('aside.notes').length === 1).length,
            boxes: all('.slides pre').length,
            pictures: all('.slides img, .slides section svg').length,
            typed: all('.slides kbd').map(k => k.textContent),
        };
    });
    for (const kind of ['headings', 'typed'])
        sayNone(`${wanted[kind].length} ${kind} are those of the source`,
            wanted[kind].filter((text, i) => text !== seen[kind][i]).concat(seen[kind].slice(wanted[kind].length)));
    for (const kind of ['notes', 'boxes', 'pictures'])
        say(seen[kind] === wanted[kind], `${seen[kind]} ${kind}, of ${wanted[kind]}`);
    say(seen.notes === seen.headings.length && seen.headings.length <= 35,
        `${seen.headings.length} slides, and each has notes`);
}

// Everything of this slide, with all its answers shown, is in the window and large enough.
async function lookAtSlide(smallest) {
    Reveal.getCurrentSlide().querySelectorAll('.fragment').forEach(f => f.classList.add('visible'));
    const slide = Reveal.getCurrentSlide();
    const name = slide.querySelector('h2').textContent;
    const scale = innerHeight / 720;
    const bad = [];
    for (const picture of slide.querySelectorAll('img'))
        await picture.decode().catch(() => bad.push(`"${name}": the picture "${picture.alt}" is not there`));
    for (const part of slide.querySelectorAll(':scope > :not(aside), pre *, td, img, svg')) {
        const box = part.getBoundingClientRect();
        const text = `"${name}": ${part.tagName} ${part.textContent.slice(0, 30)}`;
        if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight - 20 * scale)
            bad.push(`${text}: ends at ${Math.round(box.right)}, ${Math.round(box.bottom)}`);
        if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth)
            bad.push(`${text}: ${part.scrollWidth} wide`);
        if (part.textContent.trim() && parseFloat(getComputedStyle(part).fontSize) < smallest)
            bad.push(`${text}: letters of ${getComputedStyle(part).fontSize}`);
    }
    return bad;
}

async function checkSize(page, size) {
    await page.setViewportSize(size);
    await page.waitForFunction(s => Math.abs(Reveal.getScale() - s) < 0.01, size.width / 1280);
    const bad = [];
    const count = await page.evaluate(() => Reveal.getTotalSlides());
    for (let i = 0; i < count; i++) {
        await page.evaluate(i => Reveal.slide(i), i);
        bad.push(...await page.evaluate(lookAtSlide, smallest));
        if (folder)
            await page.screenshot({path: path.join(folder, `${size.width}-${String(i + 1).padStart(2, '0')}.png`)});
    }
    sayNone(`${size.width}x${size.height}: ${count} slides have room, and letters of ${smallest} pixels`, bad);
}

// A box begins with one command. Each key shows its answer and the next command, to the last answer.
async function checkKeys(page) {
    await page.evaluate(() => {
        document.querySelectorAll('.fragment').forEach(f => f.classList.remove('visible'));
        Reveal.slide(Reveal.getSlides().findIndex(s => s.querySelectorAll('kbd').length > 3));
    });
    const shown = () => page.evaluate(() => ['kbd', 'samp'].map(kind =>
        [...Reveal.getCurrentSlide().querySelectorAll(kind)].filter(e => e.checkVisibility({visibilityProperty: true})).length));
    const all = await page.evaluate(() => Reveal.getCurrentSlide().querySelectorAll('kbd, samp').length);
    const before = await shown();
    let keys = 0;
    for (; keys < 20 && await page.evaluate(() => Reveal.availableFragments().next); keys++)
        await page.keyboard.press('ArrowRight');
    const after = await shown();
    say(before[1] === 0 && before[0] > 0 && after[0] + after[1] === all && keys > 1,
        `a box begins with ${before} typed and printed, and has ${after} after ${keys} keys`);
}

async function checkNotes(page) {
    const [notes] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
    const wanted = await page.evaluate(() =>
        Reveal.getCurrentSlide().querySelector('aside').textContent.trim().slice(0, 40));
    await notes.waitForFunction(text => document.querySelector('.speaker-controls-notes .value')
        ?.textContent.includes(text), wanted);
    say(true, `the window of S has the notes: ${wanted.replace(/\s+/g, ' ')}...`);
    await notes.close();
}

async function checkAll(browser, url) {
    const page = await browser.newPage();
    const asked = [];
    page.setDefaultTimeout(10000);
    page.on('pageerror', error => say(false, `the script: ${error}`));
    page.context().on('request', request => asked.push(request.url()));
    await page.goto(url);
    await page.waitForFunction(() => Reveal.isReady());
    await checkParts(page, readSource());
    for (const size of sizes)
        await checkSize(page, size);
    await checkKeys(page);
    await checkNotes(page);
    sayNone('all is in the one file', asked.filter(from => !from.startsWith(url) && !/^(data|about|blob):/.test(from)));
}

async function main() {
    if (folder)
        fs.mkdirSync(folder, {recursive: true});
    const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({executablePath: browserFile, args});
    try {
        await checkAll(browser, pathToFileURL(path.resolve(pageFile)).href);
    } finally {
        await browser.close();
    }
}

main().catch(error => say(false, error.message));
