# shellcheck shell=sh disable=SC2034
# Finds a browser: $browser, or skips. $alone runs a command without a network. (Other scripts read this.)
browser=
for name in chromium chromium-browser google-chrome; do
    [ "$browser" ] || browser=$(command -v "$name" || true)
done
[ "$browser" ] || { echo 'skipped: this needs chromium (make deps DEPS=browser)' && exit 77; }

# Only root may make a network namespace. Another user may in a user namespace of its own.
alone='unshare --net'
[ "$(id -u)" -eq 0 ] || alone='unshare --map-root-user --net'
