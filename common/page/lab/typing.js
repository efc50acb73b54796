// Types the commands of a box into the terminal, as a person does who waits for each prompt. The test of
// the tutorial types by the same rules (tests/tutorial/terminal.tcl).
'use strict';

const anyPrompt = /(?:^|\n)([$#]|[a-z0-9][a-z0-9_.-]*-#|>) $/;
// In milliseconds. quiet: after no output for so long, a prompt is one. astray: after so long, another prompt
// than the wanted one counts, too. background: what `&` has started prints its first lines meanwhile.
const typing = {quiet: 200, astray: 8000, limit: 240000, background: 4000, interrupt: 5000};

// Where the commands of the page are typed, outside of a container.
const projectFolder = '/home/student/project';
const isInContainer = prompt => prompt.endsWith('-#');

// The text as the screen shows it: no escape sequences, and nothing that was overwritten.
function cleanText(text) {
    const plain = text.replace(/\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>])|\x07/g, '');
    return plain.replace(/\r+\n/g, '\n').split('\n').map(line => line.replace(/\r$/, '').replace(/^[^]*\r/, '')).join('\n');
}

// A line with columns as in the page: without tabs, and without blanks at its end.
function expandTabs(line) {
    for (let at; (at = line.indexOf('\t')) >= 0;)
        line = line.slice(0, at) + ' '.repeat(8 - at % 8) + line.slice(at + 1);
    return line.trimEnd();
}

// A name made by chance may stand for any other.
function samePrompt(wanted, seen) {
    const chance = /^[a-z][a-z0-9]{11}-#$/;
    return wanted === seen || (chance.test(wanted) && chance.test(seen));
}

// The page's process ids are others in this machine. Note which ones, to type `kill` with the right number.
// Each line of the page that has a number becomes a pattern. Of the answers that fit, the one with the most
// numbers in common teaches the others.
function learnNumbers(numbers, wanted, seen) {
    for (const line of wanted.filter(line => /\d{3}/.test(line))) {
        const parts = line.trim().split(/(\d+|\s+)/).map(part => /^\d+$/.test(part) ? '(\\d+)' :
            /^\s+$/.test(part) ? '\\s+' : part.replace(/[[\]{}()*+?.\\^$|]/g, '\\$&'));
        const pages = line.match(/\d+/g);
        const same = found => pages.filter((number, i) => number === found[i + 1]).length;
        const found = seen.map(text => text.trim().match(`^${parts.join('')}$`)).filter(Boolean);
        found.sort((a, b) => same(b) - same(a));
        pages.forEach((number, i) => found.length && numbers.set(number, found[0][i + 1]));
    }
}

lab.makeTypist = function (machine, terminal) {
    let stopped = false;
    const self = {transcript: [], stop() { stopped = true; }};
    const promptAtEnd = () => cleanText(terminal.text.slice(-500)).match(anyPrompt)?.[1] ?? '';

    // Returns the prompt that came, or nothing if none did. `wanted` may be empty, for any prompt.
    async function waitForPrompt(wanted, limit = typing.limit) {
        for (const end = Date.now() + limit; Date.now() < end && !stopped; await pause(30)) {
            const quiet = Date.now() - terminal.lastHeard;
            const prompt = quiet > typing.quiet ? promptAtEnd() : '';
            if (prompt && (!wanted || samePrompt(wanted, prompt) || quiet > typing.astray))
                return prompt;
        }
        return '';
    }

    async function typeLine(line, next) {
        terminal.forget();
        terminal.lastHeard = Date.now();
        machine.send(`${line}\r`);
        const prompt = await waitForPrompt(next);
        const lines = cleanText(terminal.text).split('\n').slice(1); // the first is the echo
        return {prompt, seen: lines.slice(0, prompt ? -1 : undefined).map(expandTabs)};
    }

    // Ctrl-C ends what runs, or throws away a line that is half typed. An Enter after it would run the rest.
    async function interrupt() {
        await machine.send('\x03'); // it may have to wait, and what ran may end meanwhile
        terminal.forget();
        terminal.lastHeard = Date.now();
        return waitForPrompt('', typing.interrupt);
    }

    // Go to the prompt that a box begins with. False if there is no way.
    async function goTo(wanted) {
        let at = promptAtEnd();
        for (let tries = 0; tries < 6 && !samePrompt(wanted, at) && !stopped; tries++) {
            if (isInContainer(wanted) || (wanted !== '#' && at === '$'))
                return false;
            const line = wanted === '#' && at === '$' ? 'sudo -s' : 'exit';
            at = !at || at === '>' ? await interrupt() : (await typeLine(line, '')).prompt;
        }
        return samePrompt(wanted, at);
    }

    async function typeCommand(command, next, numbers) {
        const typed = command.lines.map(line => line.replace(/\b\d{3,}\b/g, number => numbers.get(number) ?? number));
        const at = promptAtEnd();
        window.labFollow?.line(`${at} ${typed[0]}`);
        for (const line of typed.slice(0, -1))
            if ((await typeLine(line, '>')).prompt !== '>')
                return '';
        const {prompt, seen} = await typeLine(typed[typed.length - 1], next);
        if (/&$/.test(typed[typed.length - 1]))
            await pause(typing.background);
        self.transcript.push({prompt: at, typed, seen});
        learnNumbers(numbers, command.wanted, seen);
        return prompt;
    }

    // Returns what went wrong, or an empty text.
    self.typeBox = async function (commands) {
        stopped = false;
        const numbers = new Map();
        const first = commands[0].prompt;
        let there = await goTo(first);
        if (there && !isInContainer(first) && terminal.folder !== projectFolder)
            there = samePrompt(first, (await typeLine(`cd ${projectFolder}`, first)).prompt);
        if (stopped)
            return lab.words('stopped');
        if (!there)
            return promptAtEnd() ? lab.words('earlier') :
                lab.words('running');
        for (const [i, command] of commands.entries()) {
            const next = commands[i + 1]?.prompt ?? '';
            const prompt = await typeCommand(command, next, numbers);
            if (stopped)
                return lab.words('stopped');
            if (!prompt || (next && !samePrompt(next, prompt)))
                return `${lab.words('otherwise')}: ${command.lines[0]}`;
        }
        return '';
    };
    return self;
};
