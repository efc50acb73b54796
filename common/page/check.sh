#!/bin/sh
# Look at a page with a browser, in windows of several widths, light and dark, and at its booklet:
# check.sh MARKDOWN HTML PDF. Without PDF, HTML is a translation of MARKDOWN, and is looked at where it can
# differ. check.js does the looking. The exit status is 1 for a mistake, and 77 without a browser.
set -eu
here=$(realpath "$(dirname "$0")")
. "$here/browser.sh"
for file; do
    [ -f "$file" ] || { echo "check: there is no $file" >&2 && exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

. "$here/npm.sh"
npm_install "$(dirname "$2")"

say() { # TEXT CONDITION...
    text=$1
    shift
    if "$@"; then echo "ok: $text"; else echo "FAILED: $text" && status=1; fi
}

status=0
addresses=$(grep -c '://' "$here/package-lock.json" || true)
say "$addresses addresses in the lock file of npm" [ "$addresses" -eq 0 ]
expect "$here/../../tests/tutorial/typed.exp" "$1" >"$work/typed"
NODE_PATH=$tools/node_modules timeout 300 node "$here/check.js" "$browser" "$(realpath "$2")" "$work/typed" ${3+whole} || status=1
[ $# -gt 2 ] || exit "$status"

# In a booklet each sheet but the first has its number, alone in a line.
pdfinfo "$3" >"$work/info"
pdfinfo -url "$3" >"$work/links"
pages=$(sed -n 's/^Pages: *//p' "$work/info")
title=$(sed -n 's/^Title: *//p' "$work/info")
first=$(pdftotext -l 1 "$3" - | xargs)
numbered=$(pdftotext "$3" - | awk 'BEGIN { RS = "\f"; FS = "\n" }
    { for (i = 1; i <= NF; i++) if ($i == NR) { n++; next } } END { print n + 0 }')
say "booklet: of $pages sheets, $numbered have their number" [ "$numbered" -eq "$((pages - 1))" ]
say "booklet: the first sheet has the title alone: $first" [ "$first" = "$title" ]
say 'booklet: there are links to the web' grep -q https: "$work/links"
files=$(grep -c file: "$work/links" || true)
say "booklet: $files links lead to a file of this machine" [ "$files" -eq 0 ]
exit "$status"
