#!/bin/sh
# Check the headers of the modules against the attack table in `expected`. A header has one sentence
# for it: "Closes rows 4 and 5 of the attack table."
#
# The attack of a row that a header names must be stopped in that header's step. A row that a step is
# the first to stop must be named by a header of that step.
set -eu
cd "$(dirname "$0")/../.."

# "STEP ROW FILE" for each row that a header names.
list_named() {
    for header in step0?-*/*.h; do
        step=${header#step0}
        tr '\n' ' ' <"$header" | sed 's/ \* / /g' | tr -s ' ' |
            grep -o 'Closes rows* [0-9][^.]* of the attack table\.' | grep -o '[0-9][0-9]*' |
            sed "s,.*,${step%%-*} & $header," || true
    done
}

# Read `expected`, and what the attacks do for root. Print "stopped STEP ROW" for each step that
# stops one of the row's attacks, and "first STEP ROW" for the first such step. The first step
# closes nothing.
list_stopped() {
    awk -F ' *[|] *' '/^[0-9]/ {
        split($4, in_step, " ")
        first = in_step[1] ~ /^x/
        for (i = 1; i <= 5; i++)
            if (in_step[i] ~ /^x/) {
                print "stopped", i, $1
                if (!first++)
                    print "first", i, $1
            }
    }' tests/attacks/expected | sort -u
}

{ list_stopped && list_named | sed 's/^/named /'; } | awk '
$1 == "stopped" { stopped[$2, $3] }
$1 == "first" { first[$2, $3] = $3 }
$1 == "named" { named[$2, $3]; lines++ }
$1 == "named" && !(($2, $3) in stopped) { print $4 ": no attack of row " $3 " is stopped there"; bad = 1 }
END {
    for (row in first)
        if (!(row in named)) {
            split(row, part, SUBSEP)
            print "step0" part[1] ": no header says what closes row " part[2]; bad = 1
        }
    exit bad || !lines
}' >&2
