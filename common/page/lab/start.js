// The first script of the lab. It is before the large parts of the page, so it can tell that they are
// missing, and what else this browser lacks. Without a machine the page stays a tutorial to read.
'use strict';

const lab = {
    panel: document.getElementById('lab'),
    part: name => document.getElementById(`lab-${name}`),

    // In the language of the page, see words.yaml.
    words: name => document.getElementById('lab-words').dataset[name],

    say(text, percent) {
        lab.part('state').textContent = text;
        lab.part('progress').hidden = percent === undefined;
        if (percent !== undefined)
            lab.part('progress').value = percent;
    },

    fail(text) {
        lab.say(text);
        lab.failed = true;
        lab.part('terminal').hidden = true;
    },

    // Each part has its size beside it. A page that was cut off has a shorter one, or none.
    bytesOf(name) {
        const data = document.getElementById(`lab-data-${name}`);
        if (!data || data.textContent.trim().length !== Number(data.dataset.size))
            throw new Error(lab.words('broken'));
        const text = atob(data.textContent.trim());
        data.remove();
        const bytes = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i++)
            bytes[i] = text.charCodeAt(i);
        return bytes;
    },
};

lab.panel.hidden = false;
document.body.classList.add('lab');
if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function')
    lab.fail(lab.words('old'));
else
    lab.say(lab.words('loading'), 0);
addEventListener('DOMContentLoaded', () => {
    if (!lab.failed && !lab.start)
        lab.fail(lab.words('broken'));
});
