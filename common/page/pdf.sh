#!/bin/sh
# Make a booklet of a Markdown file: pdf.sh MARKDOWN PDF. A browser prints the page on paper.
set -eu
here=$(realpath "$(dirname "$0")")
. "$here/browser.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

sh "$here/html.sh" --print "$1" "$work/page.html" >/dev/null
mkdir -p "$(dirname "$2")"
root=
[ "$(id -u)" != 0 ] || root=--no-sandbox
timeout 120 "$browser" --headless $root --disable-gpu --no-first-run --disable-sync \
    --disable-background-networking --disable-component-update --user-data-dir="$work/profile" \
    --no-pdf-header-footer --generate-pdf-document-outline --print-to-pdf="$work/page.pdf" \
    "file://$work/page.html" 2>"$work/log" || { cat "$work/log" >&2 && exit 1; }
mv "$work/page.pdf" "$2"
echo "pdf: $2 is ready"
