// Attack step05 in the lab: attacks.js BROWSER PAGE TAR PLACE [ROW...]. TAR, with the attacks, is written to the
// machine's disk at byte PLACE, behind its file system: a multiple of 1 MiB.
'use strict';
const fs = require('fs');
const {say, withBrowser, openLab, ask} = require('./browse.js');

const [browserFile, pageFile, tarFile, place, ...rows] = process.argv.slice(2);
const minutes = 100;

async function bringAttacks(page) {
    await page.evaluate(([place, text]) => lab.machine.writeDisk(place, Uint8Array.from(atob(text), letter => letter.charCodeAt(0))),
        [Number(place), fs.readFileSync(tarFile).toString('base64')]);
    await ask(page, `sudo sh -c 'dd if=/dev/sda bs=1M skip=${place >> 20} 2>/dev/null | tar -xf - -C /'; echo "$?."`,
        /\n0\.\n/);
}

async function attack(page, row) {
    // Outside of a container some attacks need more memory than this machine has. So not each row has this proof.
    const options = row ? ` --step host --row ${row}` : '';
    await ask(page, `sudo sh tests/attacks/vm.sh --step 5 --text${options}; echo "status $?"`, /\nstatus \d+\n/);
    const printed = await page.evaluate(() => cleanText(lab.terminal.text));
    console.log(printed.split('\n').slice(1, -2).join('\n'));
    say(/\nstatus 0\n/.test(printed), `${row ? `row ${row}` : 'each row'} is as the table of the attacks says`);
}

withBrowser(browserFile, async browser => {
    const page = await browser.newPage({viewport: {width: 1280, height: 800}});
    await openLab(page, pageFile);
    page.setDefaultTimeout(minutes * 60000);
    await bringAttacks(page);
    for (const row of rows.length ? rows : [''])
        await attack(page, row);
});
