#!/bin/sh
# Run every test below build/tests (or $BUILD/tests) and tests/lab, and count.
# The last line is `N passed, N failed, N skipped`; the exit status is 1 when one failed or none ran.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-$here/../build}" && pwd)
seconds=${TEST_TIMEOUT:-600} # for one program
passed=0 failed=0 skipped=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# From what cmocka prints: P, F or S for each test, with its name and the reason of a skip.
verdicts() {
    awk '
    function end(verdict) { if (name != "") print verdict, name reason; name = reason = "" }
    /^\[ RUN      \] / { end("F"); name = substr($0, 14); next }
    /^SKIP: / { reason = ": " substr($0, 7); next }
    $0 == "[       OK ] " name { end("P"); next }
    $0 == "[  SKIPPED ] " name { end("S"); next }
    END { end("F") }'
}

# One line for each, or for each reason that many have.
list_skipped() {
    awk '
    { reason = $0; sub(/^[^:]*: /, "", reason)
      lines[reason] = lines[reason] "skipped: " $0 "\n"; number[reason]++ }
    END { for (reason in lines)
        printf "%s", (number[reason] > 9 ? "skipped: " number[reason] " tests: " reason "\n" : lines[reason]) }'
}

count() { # VERDICT
    grep -c "^$1 " "$work/verdicts" || true
}

# A program of tests, or a script that is one test and exits with 77 to be skipped.
run_one() { # FILE
    label=${1##*/}
    status=0
    timeout "$seconds" "$1" >"$work/output" 2>&1 </dev/null || status=$?
    verdicts <"$work/output" >"$work/verdicts"
    case $status:$1 in
    0:*.sh) echo "P $label" >"$work/verdicts" ;;
    77:*.sh) echo "S $label: $(tail -n 1 "$work/output")" >"$work/verdicts" ;;
    0:*) ;;
    *) [ "$(count F)" -gt 0 ] || echo "F $label, exit status $status" >>"$work/verdicts" ;;
    esac
    cat "$work/verdicts" >>"$work/all"
    echo "$label: $(count P) passed, $(count F) failed, $(count S) skipped"
    [ "$(count F)" -eq 0 ] || cat "$work/output"
}

: >"$work/all"
for file in "$build"/tests/unit/test_* "$build"/tests/steps/test_* "$here"/lab/*.sh; do
    [ ! -x "$file" ] || run_one "$file"
done
cp "$work/all" "$work/verdicts"
passed=$(count P) failed=$(count F) skipped=$(count S)
sed -n 's/^S //p' "$work/all" | list_skipped
sed -n 's/^F /failed: /p' "$work/all"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
