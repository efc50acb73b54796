// Compare acts.js with the lines of -x in a file: node acts-check.js FILE... Each file has what one program
// printed.
'use strict';
const fs = require('fs');
const path = require('path');

// These are scripts of a page, and no modules.
const scripts = ['acts.js', 'follow.js'].map(name => fs.readFileSync(path.join(__dirname, name), 'utf8'));
const {findAct, plainLine} = new Function('window', `${scripts.join('\n')}\nreturn {findAct, plainLine};`)({});

let lines = 0;
const unknown = [];
for (const file of process.argv.slice(2)) {
    let before = '';
    for (const line of fs.readFileSync(file, 'utf8').split('\n').map(plainLine).filter(Boolean)) {
        lines++;
        if (!findAct(line, before))
            unknown.push(`${path.basename(file)}: ${line}`);
        before += `${line}\n`;
    }
    if (!before)
        unknown.push(`${path.basename(file)}: no line of -x`);
}
console.log([`${unknown.length ? 'FAILED' : 'ok'}: acts.js knows ${lines - unknown.length} lines of -x, of ${lines}`,
    ...unknown].join('\n    not '));
process.exitCode = unknown.length ? 1 : 0;
