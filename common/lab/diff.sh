#!/bin/sh
# Show what a step adds to the one before it: diff.sh 3. The first step is shown whole.
set -eu
cd "$(dirname "$0")/../.."

fail() {
    echo "diff: $1" >&2
    exit 1
}

step_folder() { # NUMBER
    for folder in step0"$1"-*; do
        [ ! -f "$folder/main.c" ] || echo "$folder"
    done
}

# Print the modules, each with the first line of its header, which says what it is.
list_modules() { # FOLDER
    for file in "$1"/*.c; do
        [ ! -f "${file%.c}.h" ] || file=${file%.c}.h
        [ "$file" = "$1/main.c" ] || sed -n '2s/^ \* /  /p' "$file"
    done
}

show_diff() { # BEFORE AFTER FILE
    diff -u $color --label "$1/$3" --label "$2/$3" "$1/$3" "$2/$3" || true
}

step=$(step_folder "$1")
[ "$step" ] || fail "there is no STEP=$1: the steps are 1 to $(echo step0?-*/main.c | wc -w)"
before=$(step_folder $(($1 - 1)))
color=
! diff --color=auto /dev/null /dev/null 2>/dev/null || color=--color=auto

if [ "$before" ]; then
    show_diff "$before" "$step" main.c
    show_diff "$before" "$step" Makefile
else
    cat "$step/main.c" "$step/Makefile"
fi
printf '\nNew in %s:\n' "$step"
list_modules "$step"
