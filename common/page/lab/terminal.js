// The terminal: what the machine prints is shown by xterm.js, and kept as text for who waits for a prompt.
'use strict';

const dark = matchMedia('(prefers-color-scheme: dark)');

function colours() {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(`--${name}`).trim();
    return {background: colour('box'), foreground: colour('ink'), cursor: colour('ink'),
        cursorAccent: colour('box'), selectionBackground: dark.matches ? '#2f5d8a' : '#a8d1ff'};
}

// Ctrl-C copies where something is selected, as it does everywhere in a browser. True: the terminal gets it.
function passesKey(terminal, event) {
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    if (control && event.code === 'KeyC' && terminal.hasSelection()) {
        if (event.type === 'keydown') {
            navigator.clipboard?.writeText(terminal.getSelection()).catch(() => document.execCommand('copy'));
            terminal.clearSelection();
        }
        event.preventDefault();
        return false;
    }
    if (event.code === 'F6') {
        if (event.type === 'keydown')
            lab.part('again').focus();
        return false;
    }
    return !(control && event.code === 'KeyV'); // then the browser pastes
}

lab.makeTerminal = function (machine) {
    const terminal = new Terminal({fontSize: 13, scrollback: 5000, theme: colours(),
        fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace'});
    const fit = new FitAddon.FitAddon();
    terminal.loadAddon(fit);
    terminal.open(lab.part('terminal'));
    terminal.attachCustomKeyEventHandler(event => passesKey(terminal, event));
    terminal.onData(text => {
        lab.typed = true;
        machine.send(text);
    });
    terminal.onResize(({rows, cols}) => machine.resize(rows, cols));
    dark.addEventListener('change', () => { terminal.options.theme = colours(); });

    const decoder = new TextDecoder();
    const self = {terminal, text: '', folder: '', lastHeard: 0, fits: true,
        fit: () => self.fits && fit.fit(),
        forget() { self.text = ''; },
    };
    // The prompt of the machine's shell has its folder in an escape sequence, OSC 7 (vm-disk-lab.sh). Other
    // terminals get a URL by this, and here it is the path alone.
    terminal.parser.registerOscHandler(7, folder => {
        self.folder = folder;
        return true;
    });
    machine.hear(bytes => {
        terminal.write(bytes);
        self.text += decoder.decode(bytes, {stream: true});
        self.lastHeard = Date.now();
    });
    new ResizeObserver(() => self.fit()).observe(lab.part('terminal'));
    return self;
};
