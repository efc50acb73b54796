#!/bin/sh
# Make one page of HTML from a Markdown file, with its pictures and style: html.sh PAGE FILE.
set -eu
here=$(realpath "$(dirname "$0")")
command -v pandoc >/dev/null || { echo 'html: this needs pandoc (make deps DEPS=docs)' >&2 && exit 1; }
title=$(sed -n 's/^# //p' "$1" | head -n 1)
mkdir -p "$(dirname "$2")"

# Since version 3, pandoc has another name for it.
embed=--self-contained
! pandoc --help | grep -q -e --embed-resources || embed=--embed-resources

pandoc --from gfm --to html5 --standalone $embed --no-highlight --toc --toc-depth=3 \
    --metadata lang=en --metadata "pagetitle=$title" --resource-path "$(dirname "$1")" \
    --css "$here/style.css" "$1" >"$2.new"
# A link to a file starts from the page's folder. A table that is too wide scrolls in its own box.
folder=$(realpath --relative-to "$(dirname "$2")" "$(dirname "$1")")
sed 's,href="\([^#":][^":]*\)",href="'"$folder"'/\1",g
    s,<table>,<div class="wide"><table>,; s,</table>,</table></div>,' "$2.new" >"$2"
rm "$2.new"
echo "html: $2 is ready"
