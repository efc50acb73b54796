// A button for each box of the chapters that have a program, or the reason why the lab cannot run it.
'use strict';

const labChapters = /^[3-7]\. /;

// LAB_BOXES has what cannot run here, see boxes.txt: {kind, command, why}.
function readBox(box) {
    const commands = commandsOf(box).map(({prompt, lines}) => ({prompt: prompt.textContent.trim(), lines}));
    const typed = all('kbd', box);
    for (const command of commands) {
        let last = typed[0];
        command.lines.forEach(() => { last = typed.shift(); });
        const answer = last.nextElementSibling;
        command.wanted = answer?.localName === 'samp' ? answer.textContent.split('\n') : [];
    }
    const listed = LAB_BOXES.filter(({command}) => commands.some(({lines}) => lines[0] === command))
        .map(({kind, command, why}) => ({kind, command, reason: lab.words(why)}));
    const left = listed.filter(({kind}) => kind === 'command').map(({command}) => command);
    return {commands: commands.filter(({lines}) => !left.includes(lines[0])),
        refused: listed.find(({kind}) => kind === 'box'), notes: listed.map(({reason}) => reason)};
}

lab.boxes = [];
for (const chapter of all('main > section').filter(section => labChapters.test(section.querySelector('h2')?.textContent)))
    for (const element of all('.console', chapter))
        lab.boxes.push({element, ...readBox(element)});

lab.runBox = async function (box, typist) {
    const pressed = document.activeElement, buttons = all('.lab-box button');
    buttons.forEach(button => { button.disabled = true; });
    lab.say(lab.words('typing'));
    const problem = await typist.typeBox(box.commands);
    if (lab.part('state').textContent === lab.words('typing')) // and no other button was pressed
        lab.say(problem || lab.words('ready'));
    buttons.forEach(button => { button.disabled = false; });
    if (document.activeElement === document.body)
        pressed.focus();
    return problem;
};

lab.addButtons = function (typist) {
    for (const box of lab.boxes) {
        const bar = document.createElement('p');
        bar.className = 'lab-box';
        if (!box.refused) {
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = lab.words('type');
            button.setAttribute('aria-label', `${lab.words('type')}: ${box.commands[0].lines[0]}`);
            button.addEventListener('click', () => lab.runBox(box, typist));
            bar.append(button, ' ');
        }
        bar.append(box.refused ? `${lab.words('not')}: ${box.refused.reason}` : box.notes.join(' '));
        box.element.before(bar);
    }
};

// The picture may be higher than its place.
function showNewest() {
    const drawing = lab.part('picture').querySelector('.follow-picture')?.shadowRoot;
    drawing?.querySelector('[part~="now"]')?.scrollIntoView({block: 'nearest'});
}

// Each line of the terminal goes to the picture, which knows those of -x. So does each line of the second
// serial port, where root may send them: build/step04 -x ... 2>/dev/ttyS1
lab.follow = function (machine) {
    window.labFollow?.start(lab.part('picture'));
    const rests = ['', '']; // what has come of a line, by port
    lab.forgetRun = () => {
        rests.fill('');
        window.labFollow?.reset();
    };
    for (const [port, hear] of [machine.hear, machine.hearSecond].entries()) {
        const decoder = new TextDecoder();
        hear(bytes => {
            const lines = (rests[port] + decoder.decode(bytes, {stream: true})).split('\n');
            rests[port] = lines.pop();
            if (lines.map(line => window.labFollow?.line(cleanText(line))).includes(true))
                showNewest();
            const prompt = cleanText(rests[port]);
            if (/^[$#] $/.test(prompt))
                window.labFollow?.line(prompt);
        });
    }
};
