#!/bin/sh
# Make slides of a Markdown file, as one file for a browser: slides.sh MARKDOWN FILE. A slide begins with
# "## ". What is quoted ("> ") are the speaker's notes. reveal.js shows them: npm brings it.
set -eu
here=$(realpath "$(dirname "$0")")
for program in pandoc npm; do
    command -v $program >/dev/null ||
        { echo "slides: this needs $program (make deps DEPS='docs slides')" >&2 && exit 1; }
done
. "$here/npm.sh"
npm_install "$(dirname "$2")"
title=$(sed -n 's/^# //p' "$1" | head -n 1)

# Since version 2.19, pandoc has another name for it.
embed=--self-contained
! pandoc --help | grep -q -e --embed-resources || embed=--embed-resources

pandoc --from gfm --to revealjs --slide-level 2 --standalone $embed --wrap=preserve \
    --metadata lang=en --metadata "pagetitle=$title" --resource-path "$(dirname "$1")" \
    --lua-filter "$here/slides.lua" --template "$here/slides.html" \
    --variable "folder-of-page=$here" --variable "reveal=$tools/node_modules/reveal.js/dist" "$1" >"$2.new"
mv "$2.new" "$2"
echo "slides: $2 is ready"
