# shellcheck shell=sh
# Finds a browser: $browser, or skips. (Other scripts read this.)
browser=
for name in chromium chromium-browser google-chrome; do
    [ "$browser" ] || browser=$(command -v "$name" || true)
done
[ "$browser" ] || { echo 'skipped: this needs chromium (make deps DEPS=browser)' && exit 77; }
