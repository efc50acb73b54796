// A picture of a step that follows its program: each act of -x lights its part of the picture. acts.js says
// which. It is given lines, and does not care where they come from: a machine in the page, or a box of the
// tutorial, which replay.js plays.
'use strict';

// The page has the pictures already: as an image, or as an <svg> by later versions of pandoc.
function pictureText(name) {
    const holder = document.querySelector(`[data-picture="${name}"]`);
    const svg = holder?.querySelector('svg');
    const data = holder?.querySelector('img')?.src.split('base64,')[1];
    if (svg || !data)
        return svg?.outerHTML ?? '';
    return new TextDecoder().decode(Uint8Array.from(atob(data), letter => letter.charCodeAt(0)));
}

// What is said, in the language of the page: see words.yaml.
function actWords(name) {
    return document.getElementById('act-words').dataset[name];
}

// A line as acts.js has it, or nothing where it is no line of -x.
function plainLine(text) {
    return text.trim().match(/^(\S+\+|\+|#) ./) ? text.trim().replace(/^[^\s+]+\+ /, 'in+ ') : '';
}

// What has its place in the picture: of a long path or name, the end.
function shorten(text) {
    return text.length > 17 ? `…${text.slice(-16)}` : text;
}

class Follower {
    // The picture has a document of its own, since the style of an <svg> holds for the whole page.
    constructor(container) {
        this.frame = document.createElement('div');
        this.frame.className = 'follow-picture';
        this.drawing = this.frame.attachShadow({mode: 'open'});
        this.words = document.createElement('p');
        this.words.className = 'follow-words';
        this.words.setAttribute('role', 'status');
        this.typed = document.createElement('code');
        this.typed.className = 'follow-line';
        this.container = container;
        this.reset();
    }

    // The picture as the tutorial has it.
    reset() {
        this.lit = [];
        this.now = '';
        this.before = '';
        this.tried = '';
        this.next = 0; // the step whose picture the next act opens
        this.stays = false; // the program runs in the background
        this.deaf = false; // join or exec speaks
        this.say('', '');
        this.paint();
    }

    // Choose the picture of this step. Without one, lines are ignored.
    show(step) {
        this.step = step;
        this.drawing.innerHTML = step ? pictureText(`step${step}`) : '';
        if (!this.drawing.firstChild)
            this.step = 0;
        else if (!this.frame.parentNode)
            this.attach(this.typed, this.frame);
        this.reset();
    }

    // The words come first. Who calls this early lets a screen reader say the first act, too: it says only
    // what changes in a status that was there.
    attach(...parts) {
        if (!this.words.parentNode)
            this.container.append(this.words);
        this.container.append(...parts);
    }

    has(node) {
        return this.drawing.querySelector(`[data-node="${node}"]`) !== null;
    }

    // Return whether this line changed the picture. It may be a command with its prompt, too: one with -x
    // chooses the picture. A prompt says that the program has ended, unless it runs in the background.
    line(text) {
        const command = text.match(/^[$#] .*\bbuild\/(?:step0([1-5])|join|exec)\b/);
        if (command)
            return this.listen(Number(command[1] ?? 0), text);
        if (/^\$ |^[$#]\s*$/.test(text)) {
            this.deaf = false;
            return this.end();
        }
        if (/^step0[1-5]: .*: E[A-Z0-9]+ \(/.test(text)) // an error, and not a note
            return this.fail(text.trim());
        const line = plainLine(text);
        return line !== '' && !this.deaf && this.follow(line, text.trim());
    }

    // What join and exec do in a container is no act of its picture.
    listen(step, text) {
        const ended = this.end();
        this.deaf = step === 0;
        if (step) {
            this.next = / (-x|--explain) /.test(text) ? step : 0;
            this.stays = /&\s*$/.test(text);
        }
        return ended;
    }

    follow(line, printed) {
        if (this.next) {
            const stays = this.stays;
            this.show(this.next);
            this.stays = stays;
        }
        if (!this.step)
            return false;
        const act = findAct(line, this.before);
        this.before += `${line}\n`;
        this.tried = '';
        const ended = act?.takes ? this.endCommand() : false;
        const drawn = act?.takes ? this.take(act) : act?.node && this.light(act, line);
        const words = drawn && actWords(act.says ?? act.node);
        if (drawn)
            this.say(ended ? `${actWords('ended')} ${words}` : words, printed);
        this.paint();
        return Boolean(drawn);
    }

    light({node, line: pattern, fill}, line) {
        if (this.lit.includes(node) || !this.has(node))
            return false;
        this.lit.push(node);
        this.tried = node;
        for (const part of fill ? this.drawing.querySelectorAll(`[data-fill="${node}"]`) : [])
            part.textContent = shorten(fill(line.match(pattern)[1], part.textContent));
        this.now = node;
        return true;
    }

    // An act is printed before it happens. So a message right after it says that it did not. But what comes
    // while the command runs may be about other things.
    fail(text) {
        if (!this.tried || this.tried === 'exec' && !text.includes(': exec '))
            return false;
        this.take({takes: [this.tried]});
        this.tried = '';
        this.say(actWords('failed'), text);
        this.paint();
        return true;
    }

    take({takes}) {
        const rest = this.lit.filter(node => takes !== 'all' && !takes.includes(node));
        const some = rest.length < this.lit.length;
        this.lit = rest;
        this.now = '';
        return some;
    }

    // What takes something away is tear_down(). Then the child is gone, and so is all that came with it.
    endCommand() {
        const child = this.lit.findIndex(node => node === 'fork' || node === 'clone');
        if (child < 0 || !this.lit.includes('exec'))
            return false;
        this.lit.length = child;
        this.now = '';
        return true;
    }

    // The shell is back.
    end() {
        if (this.stays || !this.take({takes: 'all'}))
            return false;
        this.say(actWords('over'), '');
        this.paint();
        return true;
    }

    say(words, line) {
        this.words.textContent = words;
        this.typed.textContent = line;
    }

    paint() {
        for (const part of this.drawing.querySelectorAll('[data-node] *, [data-node]')) {
            const node = part.closest('[data-node]').dataset.node;
            const kind = part.closest('text') ? 'text' : 'shape';
            const state = node === this.now ? 'now' : this.lit.includes(node) ? 'lit' : 'off';
            if (this.before)
                part.setAttribute('part', `${kind} ${state}`);
            else
                part.removeAttribute('part');
        }
    }
}

// For a page with a machine in it.
window.labFollow = {
    start(container) {
        this.follower = new Follower(container);
    },
    line(text) {
        return this.follower?.line(text) ?? false;
    },
    reset() {
        this.follower?.reset();
    },
};
