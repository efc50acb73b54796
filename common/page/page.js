// What the page can do beyond reading: copy a command, mark the current chapter in the
// contents, search the headings. Without this script the page is whole, and has no dead buttons.
'use strict';

const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const contents = document.querySelector('nav');
const words = document.documentElement.dataset; // in the language of the page

// What is typed is in <kbd>, so neither a prompt nor an answer is copied. A command may have more lines,
// which the shell asks for by "> ".
function commandsOf(box) {
    const commands = [];
    for (const typed of all('kbd', box)) {
        const prompt = typed.previousElementSibling;
        if (!prompt.textContent.startsWith('>'))
            commands.push({prompt, lines: []});
        commands[commands.length - 1].lines.push(typed.textContent);
    }
    return commands;
}

// One button for each command. Many boxes begin a shell in a container and go on there. If all of that
// were pasted at once, the shell of the host would take it all, and `rm -r /bin` with it.
function addCopyButton({prompt, lines}) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words.copy;
    button.title = words.aboutCopy;
    button.addEventListener('click', async () => {
        try {
            await navigator.clipboard.writeText(lines.join('\n'));
            button.textContent = words.copied;
        } catch {
            button.textContent = words.refused;
        }
        setTimeout(() => { button.textContent = words.copy; }, 2000);
    });
    prompt.before(button);
}

// A box that does not scroll needs no stop of the Tab key.
function setTabStop(box) {
    if (box.scrollWidth > box.clientWidth)
        box.tabIndex = 0;
    else
        box.removeAttribute('tabindex');
}

// The current place is the last heading above the upper part of the window.
const places = all('a', contents).map(link => ({
    link, section: document.getElementById(decodeURIComponent(link.hash.slice(1))),
}));
let current = null;

function markCurrent() {
    const above = places.filter(place => place.section.getBoundingClientRect().top < innerHeight / 4);
    const link = above.length ? above[above.length - 1].link : null;
    if (link === current)
        return;
    if (current)
        current.removeAttribute('aria-current');
    current = link;
    if (!link)
        return;
    link.setAttribute('aria-current', 'location');
    contents.scrollTop += link.getBoundingClientRect().top - contents.clientHeight / 2;
}

// An entry is shown with the entries above it when its own text, or one below it, has the words.
function search(text) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const has = link => wanted.every(word => link.textContent.toLowerCase().includes(word));
    contents.classList.toggle('searching', wanted.length > 0);
    for (const item of all('li', contents))
        item.hidden = !all('a', item).some(has);
    const found = all('a', contents).filter(has).length;
    contents.querySelector('[role=status]').textContent = wanted.length ? `${words.found}: ${found}` : '';
}

if (navigator.clipboard)
    all('.console').flatMap(commandsOf).forEach(addCopyButton);

const scrollers = all('[tabindex="0"]');
const fit = new ResizeObserver(entries => entries.forEach(entry => setTabStop(entry.target)));
scrollers.forEach(box => fit.observe(box));

addEventListener('scroll', markCurrent, {passive: true});
markCurrent();

const field = document.getElementById('search');
field.parentElement.hidden = false;
field.addEventListener('input', () => search(field.value));
