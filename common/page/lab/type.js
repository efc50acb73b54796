// Type the boxes of the lab in a browser: type.js BROWSER PAGE FOLDER [CHAPTER...]. FOLDER gets the file
// boxes, with the number of each box that was typed, and transcript, with what was typed and printed. The
// script check.sh compares that with the page. The window has the 200 columns of the tutorial's own test.
'use strict';
const fs = require('fs');
const path = require('path');
const {bestTime, say, withBrowser, openLab} = require('./browse.js');

const [browserFile, pageFile, folder, ...chapters] = process.argv.slice(2);
const slowest = 10000;

// What box number `index` of the lab printed, as tests/tutorial/transcript.tcl reads it.
function printBox(commands) {
    return commands.flatMap(({prompt, typed, seen}) => [`p ${prompt}`, ...typed.map(t => `t ${t}`),
        ...seen.map(s => `s ${s}`)]).map(line => `${line}\n`).join('');
}

async function typeBox(page, index) {
    const start = Date.now();
    const result = await page.evaluate(async index => {
        lab.typist.transcript = [];
        const problem = await lab.runBox(lab.boxes[index], lab.typist);
        return {problem, commands: lab.typist.transcript};
    }, index);
    fs.appendFileSync(path.join(folder, 'transcript'), printBox(result.commands));
    if (process.env.V || result.problem)
        console.log(`${Date.now() - start} ms, box ${index + 1} of the lab: ${result.commands[0]?.typed[0]} ${result.problem}`);
    if (result.problem)
        say(false, result.problem);
}

withBrowser(browserFile, async browser => {
    const page = await browser.newPage({viewport: {width: 1280, height: 800}});
    const outside = [];
    page.on('request', request => /^(file|data|blob):/.test(request.url()) || outside.push(request.url()));
    const time = await bestTime(slowest, () => openLab(page, pageFile));
    say(time < slowest, `the machine answers ${time} ms after the page was opened, of at most ${slowest}`);
    const boxes = await page.evaluate(() => {
        lab.terminal.fits = false;
        lab.terminal.terminal.resize(200, 50);
        const number = element => all('.console').indexOf(element) + 1;
        return lab.boxes.map(({element, refused}) => ({number: number(element), refused: Boolean(refused),
            chapter: element.closest('main > section').querySelector('h2').textContent[0]}));
    });
    const runs = boxes.filter(({refused}) => !refused);
    say(runs.length >= 0.8 * boxes.length, `${runs.length} of ${boxes.length} boxes of chapters 3 to 7 run in the lab`);
    for (const [index, {refused, number, chapter}] of boxes.entries()) {
        if (refused || (chapters.length && !chapters.includes(chapter)))
            continue;
        fs.appendFileSync(path.join(folder, 'boxes'), `${number}\n`);
        await typeBox(page, index);
    }
    say(outside.length === 0, `nothing was asked of a network: ${outside.slice(0, 3)}`);
});
