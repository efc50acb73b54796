#!/bin/sh
# The translations of the tutorial: boxes stay, links are led to where they lead, and all that is not
# translated, stale or lost is named with its line. Each test has a small tutorial of its own.
# shellcheck disable=SC2016,SC2317 # backquotes are Markdown; run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
docs=$here/../../common/docs
. "$here/harness.sh"
command -v po4a >/dev/null || { echo 'needs make deps DEPS=translate' && exit 77; }

# What each test is made of.

picture() { # TEXT
    printf '%s\n' '<svg xmlns="http://www.w3.org/2000/svg">' '  <style>text { fill: red }</style>' \
        "  <text class=\"s\">$1</text>" '  <text class="m">lower<tspan class="s">two</tspan></text>' \
        '  <text id="a" class="m c"><tspan id="b">/</tspan><tspan class="s" id="c">two</tspan>etc</text>' '</svg>'
}

box() {
    printf '%s\n' '<!-- varies: names -->' '```console' '$ ls' 'one [two](three)' '' '```'
}

# po4a takes the page apart, and msgid is what it finds there.
message() { # MSGID MSGSTR
    printf 'msgid "%s"\nmsgstr "%s"\n\n' "$1" "$2"
}

messages() {
    message '' 'Language: pt\nContent-Type: text/plain; charset=UTF-8\n'
    message 'First' 'Início'
    message 'Type `ls` in [the shell](a.sh): see\n[the end](#the-end) and <https://a.b/c>.\n' \
        'Veja\n[o fim](#ótimo-último-fim) e <https://a.b/c>: digite `ls` no\n[shell](a.sh).\n'
    message 'one\n' 'um\n'
    message 'two\n' 'dois,\nlongo\n'
    message '![A picture](common/docs/pictures/p.svg)\n' '![Uma figura](common/docs/pictures/p.svg)\n'
    message 'The end' 'Ótimo: \"ÚLTIMO\" fim'
    message 'In English' 'Em português'
    message 'one' 'um'
    message 'two' 'dois'
}

# A project of one page, one picture, and one language whose messages are all translated.
project() {
    mkdir -p common/docs/pictures common/page
    sed '/pictures/d' "$docs/po4a.cfg" | sed 's/^\(.po4a_langs.\).*/\1 pt/' >common/docs/po4a.cfg
    sed -n 's/step1/p/gp' "$docs/po4a.cfg" >>common/docs/po4a.cfg
    picture one >common/docs/pictures/p.svg
    echo 'here: In English' >common/page/words.yaml
    messages >common/docs/pt.po
    { printf '%s\n' '# First' '' '<!-- docs: languages -->' '<!-- /docs -->' '' \
        'Type `ls` in [the shell](a.sh): see' '[the end](#the-end) and <https://a.b/c>.' ''
    box
    printf '%s\n' '' '- one' '- two' '' '![A picture](common/docs/pictures/p.svg)' '' '## The end'; } >TUTORIAL.md
    touch a.sh
    make_docs >/dev/null
}

make_docs() {
    sh "$docs/docs.sh" TUTORIAL.md
    sh "$docs/translate.sh"
}

fails() { # COMMAND...
    ! "$@" 2>log || { echo "did not fail: $*" && return 1; }
}

finds() { # MESSAGE...: these alone, but for what to do then
    fails sh "$docs/translate.sh" --check
    printf '%s\n' "$@" >wanted
    grep -v '^translate: ' log | diff wanted -
}

# The tests.

the_page_has_its_own_text_and_the_same_boxes() {
    project
    { printf '%s\n' '# Início' '' '<!-- docs: languages -->' '' \
        '[In English](../../TUTORIAL.md) · [Em português](TUTORIAL.pt.md)' '' '<!-- /docs -->' '' \
        'Veja' '[o fim](#ótimo-último-fim) e <https://a.b/c>: digite `ls` no' '[shell](../../a.sh).' ''
    box
    printf '%s\n' '' '- um' '- dois,' '  longo' '' '![Uma figura](pictures/pt/p.svg)' '' \
        '## Ótimo: "ÚLTIMO" fim'; } | diff - common/docs/TUTORIAL.pt.md
    sh "$docs/translate.sh" --check
    [ -z "$(make_docs)" ]
}

a_picture_and_the_pages_words_are_translated() {
    project
    picture um | sed 's/two/dois/g' | diff - common/docs/pictures/pt/p.svg
    grep -q "^here: 'Em português'" common/page/words.pt.yaml
    ! grep -q 'lower\|"/"\|etc\|ls$\|varies\|POT-Creation' common/docs/pt.po
}

a_text_that_is_not_translated_is_named() {
    project
    echo 'A new thing.' >>TUTORIAL.md
    finds 'TUTORIAL.md:25: this is not translated: "A new thing. "' 'common/docs/TUTORIAL.pt.md: this is stale (make docs)' \
        'common/docs/pt.po: this is stale (make docs)'
    make_docs
    finds 'TUTORIAL.md:25: this is not translated: "A new thing. "'
    grep -qxF "translate: make docs, then mend these in common/docs/pt.po and remove '#, fuzzy', then make docs" log
}

a_text_that_has_changed_is_named() {
    project
    sed -i 's/see$/look at/' TUTORIAL.md
    make_docs
    grep -q '^#| "Type `ls` in \[the shell\](a.sh): see' common/docs/pt.po
    finds 'TUTORIAL.md:11: this text has changed, and its translation must: "Type `ls` in [the shell](a.sh): look at [the end](#the-end)"'
    sed -i '/^#, fuzzy/d; /^#|/d' common/docs/pt.po
    make_docs
    sh "$docs/translate.sh" --check
    sed -i 's/^msgid "two"/msgid two/' common/docs/pt.po
    fails sh "$docs/translate.sh"
    grep -q '^common/docs/pt.po:[0-9]*: keyword "two" unknown' log
}

code_and_links_that_are_lost_are_named() {
    project
    text='0 times in the translation of: "Type `ls` in [the shell](a.sh): see [the end](#the-end) and"'
    sed -i 's/digite `ls`/digite `cd`/' common/docs/pt.po
    make_docs
    finds "TUTORIAL.md:11: \`ls\` is here 1 times, and $text"
    touch b.sh
    sed -i 's/digite `cd`/digite `cd` e `ls`/; s/(a.sh)\.\\n/(b.sh).\\n/' common/docs/pt.po
    make_docs
    finds "TUTORIAL.md:11: ](a.sh) is here 1 times, and $text"
}

a_table_of_another_shape_is_named() {
    project
    printf '\n| a | b |\n|---|---|\n| c | d |\n' >>TUTORIAL.md
    message '| a | b |\n|---|---|\n| c | d |\n' '| ã | ß |\n|---|---|\n| ç | | |\n' >>common/docs/pt.po
    make_docs
    finds 'TUTORIAL.md:28: the table has another shape in the translation of: "| a | b | |---|---| | c | d | "'
    sed -i 's/ç | |/ç |/' common/docs/pt.po
    make_docs
    sh "$docs/translate.sh" --check
}

a_link_that_leads_nowhere_is_named() {
    project
    sed -i 's/#ótimo-último/#Ótimo-último/' common/docs/pt.po
    make_docs
    finds 'common/docs/TUTORIAL.pt.md:10: there is no heading #Ótimo-último-fim'
}

stale_files_are_named() {
    project
    echo >>common/docs/TUTORIAL.pt.md
    picture um >common/docs/pictures/pt/p.svg
    rm common/page/words.pt.yaml
    finds 'common/docs/TUTORIAL.pt.md: this is stale (make docs)' \
        'common/docs/pictures/pt/p.svg: this is stale (make docs)' 'common/page/words.pt.yaml: this is stale (make docs)'
}

# They are no words of a program.
# shellcheck disable=SC2016 # backquotes are a fence
the_words_of_a_drawing_are_translated() {
    project
    printf '\n```drawing\n-> here\n```\n' >>TUTORIAL.md
    message '-> here\n' '-> aqui\n' >>common/docs/pt.po
    make_docs
    grep -qxe '-> aqui' common/docs/TUTORIAL.pt.md
    sh "$docs/translate.sh" --check
}

same_boxes() { # MESSAGE SED-SCRIPT
    sed "$2" TUTORIAL.md >other.md
    fails awk -f "$docs/boxes.awk" TUTORIAL.md other.md
    echo "$1" | diff - log
}

boxes_that_differ_are_named() {
    project
    awk -f "$docs/boxes.awk" TUTORIAL.md common/docs/TUTORIAL.pt.md
    same_boxes 'other.md:14: a box differs here from TUTORIAL.md:14: $ ls' 's/^\$ ls/$ ls /'
    same_boxes 'other.md:12: a box differs here from TUTORIAL.md:12: <!-- varies: names -->' '/^<!-- varies/d'
    same_boxes 'other.md:16: a box differs here from TUTORIAL.md:16: ' '16d'
    same_boxes 'other.md:25: the boxes go on here, and those of the other page have ended' '$a<!-- a -->'
    same_boxes 'other.md:11: a box is missing: TUTORIAL.md:12' '12,$d'
}

# The first `make docs` makes its file, the second one shows it in the list when it has its words.
a_third_language_takes_a_word_and_a_file() {
    project
    sed -i 's/^.po4a_langs. pt/& eo/' common/docs/po4a.cfg
    make_docs
    [ "$(grep -c '^msgstr ""' common/docs/eo.po)" = 10 ]
    fails grep -q 'TUTORIAL.eo.md' TUTORIAL.md
    sed 's/Em português/Esperante/; s/Language: pt/Language: eo/' common/docs/pt.po >common/docs/eo.po
    make_docs
    grep -qx '\[In English\](TUTORIAL.md) · \[Em português\](common/docs/TUTORIAL.pt.md) · \[Esperante\](common/docs/TUTORIAL.eo.md)' TUTORIAL.md
    grep -qF '[Em português](TUTORIAL.pt.md) · [Esperante](TUTORIAL.eo.md)' common/docs/TUTORIAL.pt.md
    grep -qF '(pictures/eo/p.svg)' common/docs/TUTORIAL.eo.md
    sh "$docs/translate.sh" --check
}

an_absent_po4a_is_one_line() {
    project
    mkdir bin
    for tool in sh sed realpath dirname; do ln -s "$(command -v "$tool")" bin; done
    fails env PATH="$PWD/bin" sh "$docs/translate.sh" --check
    echo 'translate: this needs po4a (make deps DEPS=translate)' | diff - log
}

run the_page_has_its_own_text_and_the_same_boxes
run a_picture_and_the_pages_words_are_translated
run a_text_that_is_not_translated_is_named
run a_text_that_has_changed_is_named
run code_and_links_that_are_lost_are_named
run a_table_of_another_shape_is_named
run a_link_that_leads_nowhere_is_named
run stale_files_are_named
run the_words_of_a_drawing_are_translated
run boxes_that_differ_are_named
run a_third_language_takes_a_word_and_a_file
run an_absent_po4a_is_one_line
exit "$failed"
