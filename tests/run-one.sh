#!/bin/sh
# Run one program of tests, or a script of tests. A script that exits with 77 is skipped as a whole.
#
# Usage: run-one.sh FOLDER FILE. Writes to FOLDER a line for each test: P, F or S (passed, failed,
# skipped), its name, and why it was skipped. Prints how many there are, and the output of failed
# tests.
set -eu
seconds=${TEST_TIMEOUT:-600}
folder=${2%/*}
label=${folder##*/}/${2##*/} # unit/test_command, steps/test_command
mkdir -p "$1/${label%/*}"
output=$1/$label.output verdicts=$1/$label.verdicts

# Read them from the output of cmocka.
read_verdicts() {
    awk -v label="$label" '
    function end(verdict) {
        if (name != "")
            print verdict, (verdict == "F" ? label ": " : "") name reason
        name = reason = ""
    }
    /^\[ RUN      \] / { end("F"); name = substr($0, 14); next }
    /^SKIP: / { reason = ": " substr($0, 7); next }
    $0 == "[       OK ] " name { end("P"); next }
    $0 == "[  SKIPPED ] " name { end("S"); next }
    END { end("F") }'
}

# Print the lines of each failed test. If a program failed outside of its tests, print its last
# lines.
print_failed() {
    awk '
    function end() {
        if (test != "" && !good) { printf "%s", test; found = 1 }
        test = ""; good = inside = 0
    }
    /^\[ RUN      \] / { end(); inside = 1 }
    /^\[=====/ { end() }
    inside { test = test $0 "\n" }
    /^\[       OK \] / || /^\[  SKIPPED \] / { good = 1 }
    END { end(); exit !found }' "$output" || tail -n 20 "$output"
}

count() { # VERDICT
    grep -c "^$1 " "$verdicts" || true
}

status=0
timeout -k 5 "$seconds" "$2" >"$output" 2>&1 </dev/null || status=$?
read_verdicts <"$output" >"$verdicts"
case $status:$2 in
77:*.sh) echo "S $label: $(tail -n 1 "$output")" >"$verdicts" ;;
0:*) [ -s "$verdicts" ] || echo "F $label: it ran no test" >"$verdicts" ;;
*) [ "$(count F)" -gt 0 ] || echo "F $label: its exit status was $status" >>"$verdicts" ;;
esac
[ "$(count F)" -eq 0 ] || print_failed
case $status in
124 | 137 | 143) echo "$label: ended after $seconds s: its time was over" ;;
esac
echo "$label: $(count P) passed, $(count F) failed, $(count S) skipped"
