#!/bin/sh
# Look at a page with a browser, in a window as wide as a phone: html-check.sh FILE. A script in a
# copy of the page writes one line for each check. The exit status is 1 for a mistake, and 77
# without a browser.
set -eu
width=360

browser=
for name in chromium chromium-browser google-chrome; do
    [ "$browser" ] || browser=$(command -v "$name" || true)
done
[ "$browser" ] || { echo 'skipped: this needs chromium (make deps DEPS=browser)' && exit 77; }
[ -f "$1" ] || { echo "html-check: there is no $1: make tutorial.html" >&2 && exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

cp "$1" "$work/page.html"
cat >>"$work/page.html" <<'END'
<script>
addEventListener('load', () => {
    const all = selector => [...document.querySelectorAll(selector)];
    const page = document.documentElement;
    const lines = [];
    const say = (good, text) => lines.push((good ? 'ok: ' : 'FAILED: ') + text);
    const check = (what, things, isGood, name) => {
        const bad = things.filter(thing => !isGood(thing)).map(name);
        say(things.length && !bad.length, `${things.length} ${what}${bad.map(name => `, not ${name}`).join('')}`);
    };
    const leadsOn = a => document.getElementById(decodeURIComponent(a.hash.slice(1)));

    check('pictures, all there', all('img, body svg'), i => i.localName == 'svg' || i.naturalWidth,
          i => i.alt);
    check('links in the table of contents', all('nav a'), leadsOn, a => a.hash);
    check('links to headings in the text', all('p a[href^="#"]'), leadsOn, a => a.hash);
    check('code blocks, none empty', all('pre'), p => p.textContent.trim(), p => p.innerHTML);
    say(!all('script[src], link[href], img:not([src^="data:"])').length, 'all is in the one file');
    say(page.scrollWidth <= innerWidth, `${page.scrollWidth} wide in a window of ${innerWidth}`);
    parent.document.body.textContent = lines.map(line => `verdict ${line}\n`).join('');
});
</script>
END
# Use a frame, since the browser's own window has a minimum width.
echo "<body><iframe src=page.html width=$width height=800 frameborder=0></iframe>" >"$work/frame.html"

root=
[ "$(id -u)" != 0 ] || root=--no-sandbox
timeout 120 "$browser" --headless $root --disable-gpu --disable-quic --no-first-run --disable-sync \
    --disable-background-networking --disable-component-update --user-data-dir="$work/profile" \
    --hide-scrollbars --allow-file-access-from-files --dump-dom "file://$work/frame.html" \
    >"$work/dom" 2>"$work/log" ||
    { cat "$work/log" >&2 && exit 1; }
sed -n 's/.*verdict //p' "$work/dom" >"$work/verdict"
cat "$work/verdict"
grep -q '^ok: ' "$work/verdict"
[ "$(grep -c '^FAILED: ' "$work/verdict")" = 0 ]
