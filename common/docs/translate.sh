#!/bin/sh
# Make the tutorial in the languages of po4a.cfg, with its pictures: translate.sh, or with --check only
# tell what is not translated and what is stale. po4a takes the texts of the first page apart, and puts
# together those of LANGUAGE.po. Boxes and lone comments are in no LANGUAGE.po, so they stay as they are.
set -eu
here=$(realpath "$(dirname "$0")")
languages=$(sed -n 's/^\[po4a_langs\] *//p' common/docs/po4a.cfg)
[ "$languages" ] || exit 0
for program in po4a msgattrib; do
    command -v $program >/dev/null ||
        { echo "translate: this needs $program (make deps DEPS=translate)" >&2 && exit 1; }
done
export LC_ALL=C
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM

# What is to be translated: the page without its boxes, but with its drawings; and the pictures without names
# of files and programs. These are elements of the class m. A part of the class s within one is words, which
# @ protects from the second rule. Each line keeps its number.
# shellcheck disable=SC2016 # backquotes are a fence
write_prose() {
    mkdir -p "$new/prose/common/docs/pictures" "$new/common/docs"
    for file in common/docs/pictures/*.svg; do
        sed '/class="m/{ s/\(class="s"[^>]*\)>/\1@/g; s/>[^<]*</></g; s/@/>/g; }' "$file" >"$new/prose/$file"
    done
    sed -e '/^```drawing$/,/^```$/!{ /^ *```/,/^ *```$/s/.*//
        }' -e '/^<!-- docs: languages/,/^<!-- .docs/s/.*//' \
        -e 's/^<!--.*-->$//' TUTORIAL.md >"$new/prose/TUTORIAL.md"
}

# po4a does not say what is wrong in LANGUAGE.po, but msgfmt does. In the project's folder, po4a would move
# files that are there already.
run_po4a() {
    for language in $languages; do
        po=common/docs/$language.po
        [ ! -e "$po" ] || msgfmt --output-file /dev/null "$po"
    done
    (project=$PWD && cd "$new" && po4a --quiet --force --srcdir "$project" "$project/common/docs/po4a.cfg")
}

# In LANGUAGE.po there is no number of a line and no date: they would change with each change of the page.
finish() { # LANGUAGE
    po=$new/common/docs/$1.po page=$new/common/docs/TUTORIAL.$1.md
    msgattrib --no-obsolete --add-location=file --no-wrap "$po" |
        sed -e '/^#: /s,prose/,,g' -e '/^"POT-Creation-Date:/d' >"$new/po"
    mv "$new/po" "$po"
    awk -v language="$1" -f "$here/translated.awk" "$page" >"$new/page"
    mv "$new/page" "$page"
}

# A link must lead somewhere from the page's own folder, so the page is looked at where it stands.
check_language() { # LANGUAGE
    page=common/docs/TUTORIAL.$1.md
    if ! awk -f "$here/messages.awk" "$new/common/docs/$1.po"; then
        echo "translate: make docs, then mend these in common/docs/$1.po and remove '#, fuzzy', then make docs" >&2
        return 1
    fi
    [ ! -e "$page" ] || { awk -f "$here/check.awk" "$page" && awk -f "$here/boxes.awk" TUTORIAL.md "$page"; }
}

check=
[ "${1-}" != --check ] || check=1
status=0
write_prose
run_po4a
for language in $languages; do
    [ -z "$check" ] || check_language "$language" || status=1
    finish "$language"
done
rm -r "$new/prose" "$new/messages.pot"
for file in $(cd "$new" && find . -type f | sed 's,^\./,,' | sort); do
    if cmp -s "$new/$file" "$file"; then
        continue
    elif [ "$check" ]; then
        echo "$file: this is stale (make docs)" >&2
        status=1
    else
        mkdir -p "$(dirname "$file")"
        cp "$new/$file" "$file"
        echo "docs: $file has changed"
    fi
done
exit $status
