#!/bin/sh
# Show where the time of a container goes, phase by phase:
#   trace.sh     RUNS=20 PROGRAMS='step05 floor5' BEFORE=FILE (the build/bench/trace of earlier)
# strace tells each system call, and stops the program at each. So what that costs is measured, by
# calls that do next to nothing, and taken away. What remains is an estimate: a run without tracing is
# shown beside the sum.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/programs.sh"
runs=${RUNS:-20} programs=${PROGRAMS:-step05 floor5}

fail() {
    echo "trace: $1" >&2
    exit 2
}

# Prints the medians of the phases.
trace() { # NAME
    words=$(words_of "$1")
    rm -f "$work"/phases.*
    # shellcheck disable=SC2086 # words
    "$build/tests/bench/many" run "$runs" 1 $words >"$work/untraced" 2>"$work/out" ||
        fail "$1: $(tail -n 1 "$work/out")"
    i=0
    while [ "$i" -lt "$runs" ]; do
        i=$((i + 1))
        # shellcheck disable=SC2086
        strace -f -ttt -s 4096 -o "$work/strace" $words </dev/null >"$work/out" 2>&1 ||
            fail "$1 under strace: $(tail -n 1 "$work/out")"
        awk -f "$here/trace.awk" "$here/phases" "$work/strace" >"$work/phases.$i"
    done
    untraced=$(sed '/^all/d' "$work/untraced" | sort -n | awk '{ ms[NR] = $1 }
        END { print int(ms[int((NR + 1) / 2)] * 1000) }')
    cat "$work"/phases.* | sed -n 's/^phase //p' | sort -k 1,1 -k 3,3n |
        awk -f "$here/phases.awk" -v program="$1" -v untraced="$untraced"
}

# Calls that were made again, of one run.
show_again() { # NAME
    echo "$1: made more than once in one phase with the same arguments (of a descriptor: still open):"
    sed -n 's/^again //p' "$work/phases.1" | sort -k 1,1 -k 2,2nr | cut -c 1-110 | sed 's/^/  /'
}

[ -d "$image" ] || fail 'no image: make rootfs'
command -v strace >/dev/null || fail 'no strace here: make deps DEPS=bench'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
spare_machine

describe_machine
for program in $programs; do
    trace "$program" >>"$work/all"
    show_again "$program" >>"$work/again"
done
[ -z "${BEFORE:-}" ] || sed 's/^[^ ]*/&-before/' "$BEFORE" >>"$work/all"
awk -f "$here/columns.awk" "$work/all"
cat "$work/again"
mkdir -p "$build/bench"
grep -v -e -before "$work/all" >"$build/bench/trace"
echo "for a comparison after a change: cp $build/bench/trace FILE, make bench-trace BEFORE=FILE"
