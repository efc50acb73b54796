#!/bin/sh
# Prove the grader: prove.sh TIMES [WORD]. For each step the project's own code gets all points, and the
# skeleton none. Each patch in tests/mutants, applied to the project's code, loses just the tests that
# its line `loses:` names. And one of the hints for the first of them has the words of its line `hint:`.
# Each is graded TIMES times; in the sample, with TIMES 0, once, and only two mutants of a step, beside
# the right ways. WORD chooses the cases with it in their names.
set -eu
cd "$(dirname "$0")/../.."
act=grader-test
. tests/grader/common.sh
times=$1 word=${2:-} most=1000
[ "$times" -gt 0 ] || most=2 times=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cases=0 failed=0

grade() { # FOLDER
    EXERCISE=$1 sh tests/grader/grade.sh "$step" --rows >"$work/rows"
    lost=$(awk -F '\t' '$1 != "good" { printf " %s", $3; sub(/ \(.*/, "", $3) }' "$work/rows" |
        sed 's/ ([^)]*)//g; s/^ //')
}

wrong() { # WHAT
    failed=$((failed + 1))
    echo "failed: $case: $1" >&2
    cut -f 1,3,5 "$work/rows" | grep -v ^good >&2 || true
}

# Grade a folder again and again. `loses` and `hint` say what must come out.
check() { # FOLDER
    case $case in *"$word"*) ;; *) return 0 ;; esac
    cases=$((cases + 1))
    for _ in $(seq "$times"); do
        grade "$1"
        [ "$lost" = "$loses" ] || { wrong "it loses '$lost', and not '$loses'" && return 0; }
        [ -z "$hint" ] || awk -F '\t' '$1 != "good" { print $4; exit }' "$work/rows" |
            grep -Fq -- "$hint" ||
            { wrong "no hint has '$hint'" && return 0; }
    done
    echo "$case: as it should be, $times of $times times"
}

line_of() { # NAME PATCH
    sed -n "s/^$1: //p" "$2"
}

# The right ways are among them: they lose nothing.
check_mutants() {
    left=$most
    for patch in tests/mutants/"$program"/*.patch; do
        case $patch in
        */right-*) ;;
        *)
            [ $left -gt 0 ] || continue
            left=$((left - 1))
            ;;
        esac
        case=$program/$(basename "$patch" .patch)
        loses=$(line_of loses "$patch") hint=$(line_of hint "$patch")
        [ "$loses" != all ] || loses=$all
        [ "$loses" != none ] || loses=
        rm -rf "$work/mutant"
        mkdir "$work/mutant"
        cp "$folder"/*.[ch] "$work/mutant"
        : >"$work/rows"
        patch -s -d "$work/mutant" -p1 <"$patch" || { wrong 'the patch does not apply' && continue; }
        check "$work/mutant"
    done
}

for number in 1 2 3 4 5; do
    choose_step $number
    all=$(sed -n 's/^test [^ ]* \([^ ]*\).*/\1/p' "$table" | paste -sd ' ')
    hint='' loses='' case=$program/own
    check "$folder"
    write_skeleton "$work/skeleton$number"
    loses=$all case=$program/skeleton
    check "$work/skeleton$number"
    check_mutants
done
echo "$cases cases, $failed failed"
[ "$failed" -eq 0 ] && [ "$cases" -gt 0 ]
