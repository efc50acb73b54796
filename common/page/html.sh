#!/bin/sh
# Make one page of HTML from a Markdown file, with its pictures, style and script: html.sh PAGE FILE.
# With --print it is for paper: there, a link to a file of the project is plain text. The page's own words
# are those of its language: words.pt.yaml for NAME.pt.md.
set -eu
here=$(realpath "$(dirname "$0")")
paper=false
[ "$1" != --print ] || { paper=true && shift; }
command -v pandoc >/dev/null || { echo 'html: this needs pandoc (make deps DEPS=docs)' >&2 && exit 1; }
mkdir -p "$(dirname "$2")"
title=$(sed -n 's/^# //p' "$1" | head -n 1)
folder=$(realpath --relative-to "$(dirname "$2")" "$(dirname "$1")")
language=$(basename "$1" .md | sed 's/^[^.]*//')
links="--metadata=folder=$folder"
! $paper || links=

# Since version 2.19, pandoc has another name for it.
embed=--self-contained
! pandoc --help | grep -q -e --embed-resources || embed=--embed-resources

pandoc --from gfm --to html5 --standalone $embed --wrap=preserve --toc --toc-depth=3 --section-divs \
    --metadata-file "$here/words$language.yaml" --metadata "pagetitle=$title" ${links:+"$links"} \
    --resource-path "$(dirname "$1")" --lua-filter "$here/page.lua" \
    --template "$here/template.html" --variable "folder-of-page=$here" "$1" >"$2.new"
mv "$2.new" "$2"
echo "html: $2 is ready"
