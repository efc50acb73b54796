// Puts the parts together: the machine, the terminal, the buttons of the panel and those of the boxes.
'use strict';

lab.start = async function () {
    const machine = await lab.makeMachine();
    const terminal = lab.terminal = lab.makeTerminal(machine);
    lab.machine = machine;
    lab.typist = lab.makeTypist(machine, terminal);
    const welcome = document.getElementById('lab-welcome').textContent;
    const begin = () => {
        terminal.terminal.reset();
        terminal.terminal.write(welcome.replace(/\n/g, '\r\n'));
        terminal.text = '\n$ ';
        terminal.folder = projectFolder; // a new machine's shell begins there
        lab.forgetRun();
        lab.typed = false;
        terminal.fit();
        machine.resize(terminal.terminal.rows, terminal.terminal.cols);
        lab.say(lab.words('ready'));
    };
    lab.follow(machine);
    begin();
    await machine.run();
    lab.part('again').addEventListener('click', async () => {
        lab.typist.stop();
        lab.say(lab.words('restart'), 50);
        await machine.restart();
        begin();
    });
    lab.part('interrupt').addEventListener('click', () => {
        lab.typist.stop();
        machine.send('\x03');
    });
    lab.part('reader').addEventListener('click', event => {
        const on = !terminal.terminal.options.screenReaderMode;
        terminal.terminal.options.screenReaderMode = on;
        event.target.setAttribute('aria-pressed', on);
    });
    for (const name of ['again', 'interrupt', 'reader'])
        lab.part(name).disabled = false;
    machine.hear(() => setTimeout(sayEnd, 3000));
    whatFails().catch(error => isMemory(error) && lab.fail(explain(error)));
    lab.addButtons(lab.typist);
    lab.ready = true;
};

// A browser gives a hidden tab little time, so the machine is slow there.
let hiddenSince = 0;
addEventListener('visibilitychange', () => {
    if (document.hidden)
        hiddenSince = Date.now();
    else if (lab.ready && lab.part('state').textContent === lab.words('ready') && Date.now() - hiddenSince > 5000)
        lab.say(lab.words('slow'));
});

// Ctrl-W deletes a word in a shell, and closes the tab in a browser. So the browser asks first.
addEventListener('beforeunload', event => lab.typed && event.preventDefault());

// Who leaves the first shell, leaves the machine.
function sayEnd() {
    if (/\nlogout\s*$/.test(cleanText(lab.terminal.text.slice(-100))))
        lab.say(lab.words('left'));
}

// The emulator stops by such an error when it gets no memory.
function isMemory(error) {
    return error instanceof RangeError || error instanceof WebAssembly.RuntimeError || /memory/i.test(error.message);
}

function explain(error) {
    if (isMemory(error))
        return lab.words('memory');
    return error.message;
}

if (!lab.failed)
    lab.start().catch(error => {
        console.error(error);
        lab.fail(explain(error));
    });
