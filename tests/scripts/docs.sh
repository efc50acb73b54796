#!/bin/sh
# The generated parts of a page: a stale part is found, and each mistake is named with its line.
# Each test has a folder of its own with a small page and a small source.
# shellcheck disable=SC2016,SC2317 # backquotes are a fence; run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
docs=$here/../../common/docs/docs.sh
diff_script=$here/../../common/lab/diff.sh
. "$here/harness.sh"

# What each test is made of.

source_file() {
    cat >a.c <<'END'
static int other(void); // not here
int add(int a);
enum { SIZE = 3 }; /* not more */

static const int list[] = {
    1, 2,
};

int add(int a)
{
    if (a < 0)
        return -1;

    a++;
    other();
    return a;
}
END
}

page() { # LINE...: page.md, with its source beside it
    [ -e a.c ] || source_file
    printf '%s\n' "$@" >page.md
}

makes() { # LINE...: from page.md
    sh "$docs" page.md
    printf '%s\n' "$@" | diff - page.md
}

# The exit status is 2, the page is unchanged, and this message is printed.
refuses() { # MESSAGE
    cp page.md before
    status=0
    sh "$docs" page.md 2>log || status=$?
    cat log
    [ "$status" = 2 ]
    cmp before page.md
    grep -qxF "$1" log
}

# The tests.

a_definition_is_found_by_its_name() {
    page '<!-- docs: code a.c list -->' '<!-- /docs -->'
    makes '<!-- docs: code a.c list -->' '```c' 'static const int list[] = {' '    1, 2,' '};' '```' \
        '<!-- /docs -->'
    page '<!-- docs: code a.c SIZE -->' '<!-- /docs -->'
    makes '<!-- docs: code a.c SIZE -->' '```c' 'enum { SIZE = 3 }; /* not more */' '```' '<!-- /docs -->'
    page '<!-- docs: code a.c add -->' '<!-- /docs -->'
    sh "$docs" page.md
    grep -qx '    return a;' page.md
    [ "$(grep -c 'list\|other(void)' page.md)" = 0 ]
}

dots_stand_for_what_is_left_out() {
    marker='<!-- docs: code a.c add /a < 0/ to /-1/, /return a/ -->'
    page text "$marker" '```c' old '```' '<!-- /docs -->' more
    makes text "$marker" '```c' '    if (a < 0)' '        return -1;' '    ...' '    return a;' '```' \
        '<!-- /docs -->' more
}

a_second_time_nothing_changes() {
    page '<!-- docs: code a.c add -->' '<!-- /docs -->'
    sh "$docs" page.md
    cp page.md first
    [ -z "$(sh "$docs" page.md)" ]
    cmp first page.md
    sh "$docs" --check page.md
}

a_changed_source_is_found() {
    page '<!-- docs: code a.c add -->' '<!-- /docs -->'
    sh "$docs" page.md
    cp page.md first
    sed -i 's/a++/a += 2/' a.c
    status=0
    sh "$docs" --check page.md >log || status=$?
    [ "$status" = 1 ]
    grep -q '^+    a += 2;' log
    cmp first page.md
}

comments_before_the_fence_are_kept() {
    mkdir -p common/lab step01-a
    cp "$diff_script" common/lab
    printf '/*\n * step01: a story.\n */\n' >step01-a/main.c
    printf 'PROGRAM = step01\n' >step01-a/Makefile
    page '<!-- docs: diff 1 /PROGRAM/ -->' '<!-- varies: all -->' '```console' '```' '<!-- /docs -->'
    makes '<!-- docs: diff 1 /PROGRAM/ -->' '<!-- varies: all -->' '```console' '$ make diff STEP=1' \
        ... 'PROGRAM = step01' ... '```' '<!-- /docs -->'
}

options_become_a_table() {
    mkdir build
    printf '#!/bin/sh\necho "usage: p"\necho "  --size N[|M]  how large"\n' >build/p
    chmod +x build/p
    page '<!-- docs: options build/p -->' '<!-- /docs -->'
    makes '<!-- docs: options build/p -->' '' '| option | what it does |' '|---|---|' \
        '| `--size N[\|M]` | how large |' '' '<!-- /docs -->'
}

# A page of two chapters: 240 words, 4 commands and 1 exercise, then 120 words for the curious.
chapters_page() { # MARKER
    many=$(seq 120 | tr '\n' ' ')
    page "<!-- docs: chapters $1 -->" '<!-- /docs -->' '## 1. To begin' "$many" "$many" \
        '```console' '$ a' 'x' '# b' '> c' 'web-# d' '$ e' '```' '### Exercises' '1. f' \
        '## 2. More' '### A (for the curious)' "$many" '#### B' "$many" '### C' "$many" '## End' "$many"
}

chapters_tell_their_minutes() {
    chapters_page '2 10 20'
    sh "$docs" page.md
    grep -qxF '| [1. To begin](#1-to-begin) | 5 | 5 | 10 |' page.md
    grep -qxF '| [2. More](#2-more) | 5 | 5 | 5 |' page.md
    grep -qxF '| together | 0 h 5 min | 0 h 10 min | 0 h 15 min |' page.md
    sh "$docs" --check page.md
    chapters_page '1 10 20'
    sh "$docs" page.md
    [ "$(grep -c '2. More' page.md)" = 1 ]
}

chapters_that_are_too_long_are_named() {
    chapters_page '2 10 12'
    refuses 'page.md:1: chapter 1 has 13 lines, more than 12'
    chapters_page '2 3 20'
    refuses 'page.md:1: reading takes 5 minutes, more than 3'
    chapters_page '2 10'
    refuses 'page.md:1: wanted: chapters LAST MINUTES LINES'
}

# A tutorial of two chapters. Both have a section of the same name.
tutorial() {
    printf '%s\n' '# T' '## 1. One' '### Try it' '```console' '$ a | b' x '$ c' '```' '## 2. Two' '### Try it' \
        '```console' '$ a' y '```' '```console' '$ d' z '# e' '> f' 1 2 3 '```' '### Exercises' '1. g' '2. h' >t.md
}

a_box_of_another_page_is_found_by_a_command() {
    tutorial
    page '<!-- docs: box t.md 2 /^. a/ -->' '<!-- /docs -->' '<!-- docs: box t.md 2 /^# e/ /^# e/ to /1/, /3/ -->' \
        '<!-- /docs -->'
    makes '<!-- docs: box t.md 2 /^. a/ -->' '```console' '$ a' y '```' '<!-- /docs -->' \
        '<!-- docs: box t.md 2 /^# e/ /^# e/ to /1/, /3/ -->' '```console' '# e' '> f' 1 ... 3 '```' '<!-- /docs -->'
    sed -i 's/^y$/other/' t.md
    status=0
    sh "$docs" --check page.md >log || status=$?
    [ "$status" = 1 ]
    grep -qx '+other' log
}

a_box_that_is_not_there_is_named() {
    tutorial
    page '<!-- docs: box t.md 1 /y/ -->' '<!-- /docs -->' # it is printed, and not typed
    refuses 'page.md:1: no box with the command /y/ in t.md, chapter 1'
    page '<!-- docs: box t.md 1 /d/ -->' '<!-- /docs -->'
    refuses 'page.md:1: no box with the command /d/ in t.md, chapter 1'
    page '<!-- docs: box t.md 1 /a/ /nothing/ -->' '<!-- /docs -->'
    refuses 'page.md:1: no line /nothing/ in t.md, chapter 1'
    page '<!-- docs: box t.md /a/ -->' '<!-- /docs -->'
    refuses 'page.md:1: wanted: box PAGE CHAPTER /RE/'
}

plan_page() { # LINE...: of the plan, which is to take 20 minutes
    tutorial
    mkdir -p deep
    printf '%s\n' '# what to do' "$@" >plan.txt
    printf '%s\n' '<!-- docs: plan 20 2 plan.txt t.md -->' '<!-- /docs -->' >page.md
}

a_plan_tells_when_and_where() {
    plan_page '1 4 /^. a/ say A' '0 1 - pause' '2 1 type all' '2 14 exercises:2 think'
    mv page.md deep
    cp deep/page.md before
    sh "$docs" deep/page.md
    grep -qxF '| 0:00 | 4 | [1: Try it](../t.md#try-it) | `` a \| b `` | say A |' deep/page.md
    grep -qxF '| 0:05 | 1 | [2. Two](../t.md#2-two) | all of its boxes | all |' deep/page.md
    grep -qxF '| 0:20 | 20 | together | | |' deep/page.md
    sed -i 's/2 1 type all/2 1 .^. a. say/; s,\.^\. a\.,/^. a/,' plan.txt
    sh "$docs" deep/page.md
    grep -qxF '| 0:05 | 1 | [2: Try it](../t.md#try-it-1) | `` a `` | say |' deep/page.md
}

a_plan_that_does_not_fit_is_named() {
    plan_page '1 4 - a' '2 15 - b'
    refuses 'page.md:1: plan.txt takes 19 minutes, not 20'
    plan_page '1 20 - a'
    refuses 'page.md:1: plan.txt leaves out chapter 2'
    plan_page '1 20 - a' '3 1 - b'
    refuses 'page.md:1: not in the chapter: 3 1 -'
    plan_page '1 7 - a' '2 13 exercises:2 b'
    refuses 'page.md:1: takes 14 minutes, and has 13: 2 exercises:2'
    plan_page '1 7 - a' '2 13 exercises:3 b'
    refuses 'page.md:1: not in the chapter: 2 13 exercises:3'
    plan_page '1 10 /^. d/ a' '2 10 - b'
    refuses 'page.md:1: not in the chapter: 1 10 /^. d/'
    plan_page '1 20 - a' '2 0 type b'
    refuses 'page.md:1: takes 1 minutes, and has 0: 2 type'
}

usage_and_attacks_are_what_the_programs_say() {
    mkdir -p build tests/attacks
    printf '#!/bin/sh\necho "usage: p"\n' >build/p
    chmod +x build/p
    printf 'echo "| attack |"\necho "|---|"\n' >tests/attacks/table.sh
    page '<!-- docs: usage build/p -->' '<!-- /docs -->' '<!-- docs: attacks -->' old '<!-- /docs -->'
    makes '<!-- docs: usage build/p -->' '```console' '$ build/p -h' 'usage: p' '```' '<!-- /docs -->' \
        '<!-- docs: attacks -->' '' '| attack |' '|---|' '' '<!-- /docs -->'
}

what_is_not_in_the_source_is_named() {
    page 1 2 '<!-- docs: code a.c nothing -->' '<!-- /docs -->'
    refuses 'page.md:3: no function nothing in a.c'
    page '<!-- docs: code a.c other -->' '<!-- /docs -->'
    refuses 'page.md:1: no function other in a.c'
    page 1 '<!-- docs: code a.c add /a < 0/ to /nothing/ -->' '<!-- /docs -->'
    refuses 'page.md:2: no line /nothing/ in a.c add'
    page 1 '<!-- docs: code a.c add /return a/, /a < 0/ -->' '<!-- /docs -->'
    refuses 'page.md:2: no line /a < 0/ in a.c add'
    page '<!-- docs: code b.c add -->' '<!-- /docs -->'
    refuses 'page.md:1: no file b.c'
}

braces_that_do_not_balance_are_named() {
    printf '%s\n' 'int f(int a)' '{' '    if (a) {' '        g("{"); /* not } */' "        h('{'); // nor }" \
        '    } else {' '        return 1;' '    }' '    return 0;' '}' >a.c
    page '<!-- docs: code a.c f -->' '<!-- /docs -->' '<!-- docs: code a.c f /if/ to /h\(/, /^    }$/ -->' \
        '<!-- /docs -->'
    sh "$docs" page.md
    page 1 '<!-- docs: code a.c f /if/ to /h\(/ -->' '<!-- /docs -->'
    refuses 'page.md:2: the braces of this excerpt do not balance'
    page '<!-- docs: code a.c f /else/ to /return 1/ -->' '<!-- /docs -->'
    refuses 'page.md:1: the braces of this excerpt do not balance'
}

markers_that_are_wrong_are_named() {
    page 1 '<!-- docs: song a.c -->' '<!-- /docs -->'
    refuses 'page.md:2: unknown kind of marker: song'
    page 1 '<!-- docs: code a.c -->' '<!-- /docs -->'
    refuses 'page.md:2: wanted: code FILE NAME'
    page 1 '<!-- docs: code a.c add -->' 3
    refuses 'page.md:2: this marker is not closed: <!-- /docs -->'
    page '<!-- docs: code a.c add -->' '<!-- docs: code a.c list -->' '<!-- /docs -->'
    refuses 'page.md:1: this marker is not closed: <!-- /docs -->'
    page 1 2 '<!-- /docs -->'
    refuses 'page.md:3: there is no marker that this could close'
    page '<!-- docs: usage build/nothing -->' '<!-- /docs -->'
    refuses 'page.md:1: no program build/nothing: make builds them'
}

fences_that_are_wrong_are_named() {
    page 1 '```c' 3
    refuses 'page.md:2: this fence is not closed'
    page 1 '```c' 3 '```text' 5 '```'
    refuses 'page.md:2: this fence is not closed'
    page 1 '```perl' '```'
    refuses "page.md:2: unknown language of a fence: 'perl'"
}

links_that_lead_nowhere_are_named() {
    page '# One `two`' '# One two' 'see [a](#one-two), [b](#one-two-1), [c](a.c), [d](http://e/f)' \
        '`[e](nothing)`' '```text' '[f](nothing)' '```'
    sh "$docs" page.md
    page 1 '![a picture](nothing.svg)'
    refuses 'page.md:2: there is no file nothing.svg'
    page 1 'two [links](a.c) in a [line](b.c)'
    refuses 'page.md:2: there is no file b.c'
    page '# One' '[a](#two)'
    refuses 'page.md:2: there is no heading #two'
}

links_to_headings_know_accents() {
    page '# 1. “Índice” à ÇÃO – É' '[a](#1-índice-à-ção--é)'
    sh "$docs" page.md
    page '# Índice' '[a](#Índice)'
    refuses 'page.md:2: there is no heading #Índice'
}

files_that_are_no_links_are_named() {
    page '# Page' '## One' 'the `main.c` of [`a.c`](a.c), and `a.c`' '```text' '`b.c`' '```' \
        '## Two' '`NAME.c`, `x.cc`, [`a.c`](a.c)'
    sh "$docs" page.md
    page '## One' '[`a.c`](a.c)' '## Two' 'in `a.c`, see [`a.c`](a.c)'
    refuses 'page.md:4: `a.c` is named here for the first time in its chapter, and is no link'
}

# A page about the doctor, whose second check says one thing in two parts.
room() { # LINE...
    mkdir -p tests/doctor
    printf '%s\n' '    {"first", "12", BOTH},' '    {"second", "", BOTH},' >tests/doctor/checks.c
    printf '%s\n' 'doctor_lack(r, "%s is "' '    "%d.%d too old");' 'doctor_cure(r, "make it");' >tests/doctor/a.c
    printf '%s\n' "$@" >room.md
    awk -f "$here/../../common/docs/room.awk" tests/doctor/*.c room.md 2>log
}

room_refuses() { # MESSAGE LINE...
    message=$1
    shift
    ! room "$@" || return 1
    cat log
    grep -qxF "$message" log
}

the_page_of_the_room_has_the_doctors_checks_and_words() {
    said='- `... is ... too old`: so it is. Cure: `make it`'
    room '### first' '### second' "$said"
    room_refuses 'room.md:2: the check second is missing' '### first' "$said"
    room_refuses 'room.md:1: after the title comes the check first, and not second' '### second' '### first' "$said"
    room_refuses 'room.md:3: after second comes the check , and not third' '### first' '### second' '### third' "$said"
    room_refuses 'room.md:2: the doctor also says: ... is ... too old' '### first' '### second'
    room_refuses 'room.md:3: no source says: it is young' '### first' '### second' '- `it is young`: no' "$said"
    room_refuses 'room.md:3: no source says: buy it' '### first' '### second' '- `... is`: yes. Cure: `buy it`'
}

run the_page_of_the_room_has_the_doctors_checks_and_words
run a_definition_is_found_by_its_name
run dots_stand_for_what_is_left_out
run a_second_time_nothing_changes
run a_changed_source_is_found
run comments_before_the_fence_are_kept
run options_become_a_table
run chapters_tell_their_minutes
run chapters_that_are_too_long_are_named
run a_box_of_another_page_is_found_by_a_command
run a_box_that_is_not_there_is_named
run a_plan_tells_when_and_where
run a_plan_that_does_not_fit_is_named
run usage_and_attacks_are_what_the_programs_say
run what_is_not_in_the_source_is_named
run braces_that_do_not_balance_are_named
run markers_that_are_wrong_are_named
run fences_that_are_wrong_are_named
run links_that_lead_nowhere_are_named
run links_to_headings_know_accents
run files_that_are_no_links_are_named
exit "$failed"
