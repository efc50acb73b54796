// Look at a page with a browser: check.js BROWSER PAGE TYPED [whole]. Prints a line for each check. TYPED
// has what must be copied from each box: see tests/tutorial/typed.exp. Without `whole`, what depends on the
// style and the script alone is left out: another page, of the same ones, has been looked at as a whole.
'use strict';
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');
const {chromium} = require('playwright-core');
const {followCheck, openPlayers} = require('./follow-check.js');

const [browserFile, pageFile, typedFile, whole] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const widths = whole ? [360, 768, 1280, 1920] : [360, 1280];
const schemes = whole ? ['light', 'dark'] : ['light'];
const largest = 400 * 1000;
const paper = {width: 657, height: 956}; // A4 without its margins, in pixels of CSS

function say(good, text) {
    console.log((good ? 'ok: ' : 'FAILED: ') + text);
    if (!good)
        process.exitCode = 1;
}

function sayNone(what, bad) {
    const some = bad.slice(0, 3).map(text => text.replace(/\s+/g, ' '));
    const rest = bad.length > 3 ? `\n    and ${bad.length - 3} more` : '';
    say(bad.length === 0, [what, ...some].join('\n    not ') + rest);
}

// The colours do not depend on the width, and the other rules not on the colours. To try all rules in
// each window would take minutes. At 1280 pixels everything is shown.
async function checkWindow(page, width, scheme) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    say(wide <= width, `${width}, ${scheme}: the page is ${wide} wide`);
    const colours = {'color-contrast': {enabled: Boolean(whole) && width === 1280}};
    const only = scheme === 'light' ? {rules: colours} : {runOnly: ['color-contrast']};
    if ((scheme === 'dark' || !whole) && width !== 1280)
        return;
    const result = await page.evaluate(only => axe.run({resultTypes: ['violations'], ...only}), only);
    const findings = result.violations.map(v => `${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 200)}`);
    sayNone(`${width}, ${scheme}: axe-core finds nothing, and ${result.passes.length} rules hold`, findings);
    if (result.passes.length === 0)
        say(false, 'axe-core has tried nothing');
}

async function checkParts(page) {
    const parts = await page.evaluate(() => {
        const all = selector => [...document.querySelectorAll(selector)];
        const leadsNowhere = a => !document.getElementById(decodeURIComponent(a.hash.slice(1)));
        const outside = 'script[src], link[href], img:not([src^="data:"])';
        return {
            counts: ['nav a', 'main pre', 'img, body svg', '.onward a', 'code .kw, code .cf'].map(s => all(s).length),
            links: all('a[href^="#"]').filter(leadsNowhere).map(a => a.hash),
            pictures: all('img').filter(i => !i.naturalWidth).map(i => i.alt),
            boxes: all('pre').filter(p => !p.textContent.trim()).map(p => p.outerHTML),
            outside: all(outside).map(e => e.outerHTML.slice(0, 80)),
            first: document.body.querySelector(':scope > :not(.skip)').textContent.trim(),
            chapters: all('main > section').length,
            lost: all('main > section').filter(s => !s.querySelector('.onward a[href="#top"]')).map(s => s.id),
        };
    });
    say(parts.counts.every(n => n > 5), `links, boxes, pictures, ways onward, words of C: ${parts.counts}`);
    sayNone('each link within the page leads somewhere', parts.links);
    sayNone('each picture is there', parts.pictures);
    sayNone('no box is empty', parts.boxes);
    sayNone('all is in the one file', parts.outside);
    say(parts.first === await page.title(), `the page begins with its title: ${parts.first}`);
    sayNone(`${parts.chapters} chapters end with links`, parts.lost);
}

async function checkCopies(page) {
    const copied = await page.evaluate(async () => {
        let text = '';
        for (const [number, box] of [...document.querySelectorAll('.console')].entries()) {
            text += `box ${number + 1}\n`;
            for (const button of box.querySelectorAll('button')) {
                button.click();
                while (button.textContent === document.documentElement.dataset.copy)
                    await new Promise(done => setTimeout(done, 1));
                text += `copied at once:\n${await navigator.clipboard.readText()}\n`;
            }
        }
        return text;
    });
    const typed = fs.readFileSync(typedFile, 'utf8');
    const lines = typed.split('\n');
    const wrong = copied.split('\n').findIndex((line, i) => line !== lines[i]);
    say(copied === typed, `each button copies one command, as the tests type it: ${lines.length} lines` +
        (copied === typed ? '' : `, but line ${wrong + 1} is "${copied.split('\n')[wrong]}"`));
}

// A page is in the language of its name, and leads to those in the others.
async function checkLanguage(page) {
    const seen = await page.evaluate(() => ({
        language: document.documentElement.lang,
        divided: getComputedStyle(document.querySelector('main p')).hyphens,
        words: Object.values(document.documentElement.dataset).filter(word => !word).length,
        others: [...document.querySelectorAll('.languages a')].map(a => ({file: a.getAttribute('href'), lang: a.lang})),
    }));
    const named = path.basename(pageFile).split('.').at(-2).replace('tutorial', 'en');
    say(seen.language.split('-')[0] === named && seen.words === 0, `the language is ${seen.language}`);
    say((seen.divided === 'auto') === (named !== 'en'), `the division of words is ${seen.divided}`);
    const lost = seen.others.filter(({file, lang}) => {
        const other = path.join(path.dirname(pageFile), file);
        return !lang || !fs.existsSync(other) || !fs.readFileSync(other, 'utf8').includes(`<html lang="${lang}`);
    });
    say(seen.others.length > 0, `${seen.others.length} links lead to other languages`);
    sayNone('each of them leads to a page in its language', lost.map(other => other.file));
}

async function checkBoxes(page) {
    const seen = await page.evaluate(() => {
        const box = document.querySelector('.console:has(kbd):has(samp)');
        getSelection().selectAllChildren(box.querySelector('pre'));
        const style = selector => {
            const of = getComputedStyle(box.querySelector(selector));
            return of.color + of.fontWeight;
        };
        return {selected: getSelection().toString(), typed: style('kbd'), printed: style('samp')};
    });
    say(!/^[$#] /m.test(seen.selected), `no prompt is selected: ${seen.selected.split('\n')[0]}`);
    say(seen.typed !== seen.printed, `what is typed looks other than what is printed: ${seen.typed}, ${seen.printed}`);
}

async function checkButtons(page, width) {
    const bad = await page.evaluate(() => [...document.querySelectorAll('.console')].flatMap(box => {
        const typed = [...box.querySelectorAll('kbd')].flatMap(kbd => [...kbd.getClientRects()]);
        const prompts = [...box.querySelectorAll('.prompt')].filter(p => !p.textContent.startsWith('>'));
        const isWrong = prompt => {
            const button = prompt.previousElementSibling;
            if (button?.localName !== 'button')
                return true;
            const {left, top, bottom} = button.getBoundingClientRect();
            const isUnder = line => line.right > left && line.bottom > top + 2 && line.top < bottom - 2;
            return Math.abs(top - prompt.getBoundingClientRect().top) > 6 || typed.some(isUnder);
        };
        return prompts.filter(isWrong).map(prompt => prompt.nextElementSibling.textContent);
    }));
    sayNone(`${width}: each command has a button beside it, which covers nothing typed`, bad);
}

// Without a script of ours a browser may still let such a box have the focus, but not each browser does.
async function checkScrolling(page) {
    const boxes = await page.evaluate(() => [...document.querySelectorAll('main *')]
        .filter(e => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth)
        .map(e => ({bad: e.tabIndex !== 0, html: e.outerHTML.slice(0, 80)})));
    say(boxes.length > 0, `${boxes.length} boxes scroll at this width`);
    sayNone('each of them takes the focus', boxes.filter(b => b.bad).map(b => b.html));
}

async function checkTable(page, where) {
    const table = await page.evaluate(() => {
        const box = document.querySelector('.attacks');
        const colours = ['open', 'shut'].map(kind =>
            getComputedStyle(box.querySelector(`.mark.${kind}`)).backgroundColor);
        return {whole: box.querySelector('table').offsetWidth <= box.clientWidth, colours,
            rows: box.querySelectorAll('tr').length, letters: box.querySelector('.mark').textContent};
    });
    say(table.whole && table.rows > 50, `${where}: the table of attacks is whole, with ${table.rows} rows`);
    say(table.colours[0] !== table.colours[1], `${where}: its marks have a colour and a letter: ${table.colours}`);
}

async function checkContents(page) {
    await page.evaluate(() => document.querySelector('h3').scrollIntoView());
    await page.waitForTimeout(300);
    const seen = await page.evaluate(() => ({
        top: document.querySelector('nav').getBoundingClientRect().top,
        marked: document.querySelector('nav [aria-current]')?.textContent ?? '',
        heading: document.querySelector('h3').textContent,
    }));
    say(seen.top >= 0 && seen.top < 50 && seen.marked.trim() === seen.heading.trim(),
        `the contents follow, ${seen.top} from the top, and mark "${seen.marked.trim()}"`);
    const words = await page.evaluate(() => {
        const all = [...document.querySelectorAll('nav li li a')].map(a => a.textContent);
        return all.filter((text, i) => all.indexOf(text) < i).sort((a, b) => b.length - a.length)[0];
    });
    const end = words.split(' ').slice(-2);
    await page.fill('#search', `${end[0]} ${end[1].toUpperCase()}`);
    const shown = await page.evaluate(() => [...document.querySelectorAll('nav li li a')]
        .filter(a => a.checkVisibility()).map(a => a.textContent));
    say(shown.length > 2 && shown.every(text => text === words),
        `the search finds ${shown.length} headings: ${[...new Set(shown)]}`);
    await page.fill('#search', '');
}

async function checkPaper(page) {
    await page.emulateMedia({media: 'print'});
    await page.setViewportSize(paper);
    await checkTable(page, 'on paper');
    const boxes = await page.evaluate(paper => [...document.querySelectorAll('main pre')]
        .filter(p => p.scrollWidth > paper.width || p.offsetHeight > paper.height)
        .map(p => p.textContent.slice(0, 60)), paper);
    sayNone('each box has room on one sheet', boxes);
    const left = await page.evaluate(() => [...document.querySelectorAll('button, .search, .onward')]
        .filter(e => e.checkVisibility()).length);
    say(left === 0, `on paper ${left} buttons and ways onward are left`);
}

async function checkWithoutScript(browser, url) {
    const page = await browser.newPage({javaScriptEnabled: false});
    await page.goto(url);
    const buttons = await page.locator('button, input').filter({visible: true}).count();
    const prompts = await page.locator('.console').filter({visible: true}).count();
    say(buttons === 0 && prompts > 50, `without its script the page shows ${prompts} boxes, ${buttons} dead buttons`);
    await page.close();
}

async function checkWindows(page) {
    await openPlayers(page);
    for (const width of widths) {
        await page.setViewportSize({width, height: 900});
        for (const scheme of schemes) {
            await page.emulateMedia({colorScheme: scheme});
            await checkWindow(page, width, scheme);
            if (width >= 1280)
                await checkTable(page, `${width}, ${scheme}`);
        }
        await checkButtons(page, width);
        if (width === 360)
            await checkScrolling(page);
        if (width === 1280)
            await checkContents(page);
    }
}

async function checkAll(browser, url) {
    const context = await browser.newContext({permissions: ['clipboard-read', 'clipboard-write']});
    const page = await context.newPage();
    page.setDefaultTimeout(20000);
    page.on('pageerror', error => say(false, `the script: ${error}`));
    await page.goto(url);
    await page.evaluate(axe);
    await checkParts(page);
    await checkLanguage(page);
    await checkWindows(page);
    await checkCopies(page);
    if (!whole)
        return;
    await checkBoxes(page);
    await checkPaper(page);
    await checkWithoutScript(browser, url);
    await followCheck(page, sayNone);
}

async function main() {
    const {size} = fs.statSync(pageFile);
    say(size <= largest, `${size} bytes, of at most ${largest}`);
    const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({executablePath: browserFile, args});
    try {
        await checkAll(browser, pathToFileURL(pageFile).href);
    } finally {
        await browser.close();
    }
}

main().catch(error => say(false, error.message));
