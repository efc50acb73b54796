// A button at each box with the lines of -x, which plays them with the picture of that step. What it plays
// is what the box shows, and `make tutorial-test` proves that the programs print it.
'use strict';

const actMs = 1600;

// The lines that a command printed, and where each of them stands in the page.
function linesOf(samp) {
    const node = samp.firstChild;
    let at = 0;
    return node.data.split('\n').map(text => {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + text.length);
        at += text.length + 1;
        return {text, range};
    });
}

// A run of a step with -x in this box: its number and its lines, and the prompt that comes back. The page
// must have the picture of that step, with its named parts.
function findRun(box) {
    for (const typed of box.querySelectorAll('kbd')) {
        const step = typed.textContent.match(/\bbuild\/step0([1-5]) -x /);
        const samp = typed.nextElementSibling;
        if (step && samp?.localName === 'samp' && pictureText(`step${step[1]}`).includes('data-node'))
            return {step: Number(step[1]), lines: [...linesOf(samp), {text: '$ ', range: null}]};
    }
    return null;
}

class Player {
    constructor(box, {step, lines}) {
        Object.assign(this, {step, lines, acts: [], at: 0, timer: 0});
        this.bar = document.createElement('div');
        this.bar.className = 'follow';
        this.buttons = document.createElement('p');
        this.bar.append(this.buttons);
        this.playButton = this.addButton('', () => (this.timer ? this.pause() : this.play()));
        this.nextButton = this.addButton(actWords('next'), () => { this.next(); this.pause(); });
        this.closeButton = this.addButton(actWords('close'), () => { this.close(); this.playButton.focus(); });
        this.follower = new Follower(this.bar);
        this.follower.attach();
        this.close();
        box.after(this.bar);
    }

    addButton(text, act) {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = text;
        button.addEventListener('click', act);
        this.buttons.append(button, ' ');
        return button;
    }

    // A trial run tells which lines are acts, so that each step of the player is one.
    open() {
        if (this.isOpen && this.at < this.acts.length)
            return;
        const trial = new Follower(document.createElement('div'));
        trial.show(this.step);
        this.acts = [...this.lines.keys()].filter(i => trial.line(this.lines[i].text));
        this.follower.show(this.step);
        this.at = 0;
        this.isOpen = true;
    }

    play() {
        this.open();
        this.timer = setTimeout(() => this.tick(), 0);
        this.showState();
    }

    tick() {
        this.next();
        if (this.at < this.acts.length)
            this.timer = setTimeout(() => this.tick(), actMs);
        else
            this.pause();
    }

    next() {
        this.open();
        const from = this.at ? this.acts[this.at - 1] + 1 : 0;
        const to = this.acts[this.at++];
        for (const {text} of this.lines.slice(from, to + 1))
            this.follower.line(text);
        this.mark(this.lines[to].range);
    }

    pause() {
        clearTimeout(this.timer);
        this.timer = 0;
        this.showState();
    }

    close() {
        this.isOpen = false;
        this.at = 0;
        this.follower.reset();
        this.mark(null);
        this.pause();
    }

    // Where the browser can, it marks the line in the box.
    mark(range) {
        if (range && CSS.highlights)
            CSS.highlights.set('follow', new Highlight(range));
        else
            CSS.highlights?.delete('follow');
    }

    showState() {
        const ended = this.isOpen && this.at === this.acts.length;
        const rest = ended ? 'again' : this.at ? 'on' : 'play';
        this.playButton.textContent = actWords(this.timer ? 'pause' : rest);
        this.nextButton.hidden = this.closeButton.hidden = !this.isOpen;
        this.bar.classList.toggle('open', this.isOpen);
    }
}

for (const box of document.querySelectorAll('.console')) {
    const run = findRun(box);
    if (run)
        new Player(box, run);
}
