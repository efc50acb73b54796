#!/bin/sh
# Measure how long each step takes to run a command, beside the kernel's own cost and other tools:
#   run.sh [sample]     sample: step05 and its floor alone, and no more than twice the recorded ratio
# ROUNDS=20 RUNS=6: in each round each program has its turn once, in a new order, and is run so often
# in a row. So a machine that becomes slow slows all. The first run of a turn comes after another
# program, and finds nothing prepared for it: it is shown apart. SVG=FILE gets the chart.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/programs.sh"

fail() {
    echo "bench: $1" >&2
    exit 2
}

# One turn: hyperfine starts the program without a shell, and writes a line for each run.
take_turn() { # NAME
    words=$(words_of "$1")
    hyperfine -N --style none --runs "$runs" --export-json "$work/turn" "$words" \
        </dev/null >"$work/out" 2>&1 || fail "$1: $(tail -n 1 "$work/out"): $words"
    awk -v name="$1" '/"times"/ { inside = 1; next }
        /\]/ { inside = 0 }
        inside { sub(/,/, ""); print name, ++run, $1 * 1000 }' "$work/turn" >>"$times"
}

shuffle() { # SEED NAME...
    printf '%s\n' "$@" | awk -v seed="$1" 'BEGIN { srand(seed) } NR > 1 { print rand(), $0 }' |
        sort | cut -d ' ' -f 2
}

measure() { # NAME...
    : >"$times"
    i=0
    while [ "$i" -lt "$rounds" ]; do
        i=$((i + 1))
        [ ! -t 2 ] || printf '\rround %d of %d ' "$i" "$rounds" >&2
        for name in $(shuffle "$i" "$@"); do
            take_turn "$name"
        done
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

[ -d "$image" ] || fail 'no image: make rootfs'
command -v hyperfine >/dev/null || fail 'no hyperfine here: make deps DEPS=bench'
case $build in
*[[:space:]]*) fail "this cannot measure in a folder with a blank in its name: $build" ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work" # the runtimes enter it as another user
spare_machine
sample=
rounds=${ROUNDS:-20} runs=${RUNS:-6}
[ "${1:-}" != sample ] || sample=1 names='step05 floor5' peers='' rounds=${ROUNDS:-8}
times=$work/times
[ "$sample" ] || make_bundle

# shellcheck disable=SC2046,SC2086 # lists of names
present=$(find_present $names $peers)
# shellcheck disable=SC2086
measure $present

order=$(echo "$present" | xargs)
sort -k 1,1 -k 3,3n -o "$times" "$times"
print_results() {
    describe_machine
    echo "load $(cut -d ' ' -f 1-3 /proc/loadavg); $rounds turns of $runs runs each; milliseconds"
    for peer in $peers; do
        case $present in
        *$peer*) echo "$peer: $(version_of "$peer")" ;;
        esac
    done
    awk -f "$here/stats.awk" -f "$here/table.awk" -v order="$order" "$times"
}
print_results | sed 's/ *$//' | tee "$work/results"
if [ "$sample" ]; then
    awk -f "$here/stats.awk" -f "$here/check.awk" -v user="$(id -u)" "$here/recorded" "$times"
    exit
fi
mkdir -p "$build/bench"
cp "$times" "$work/results" "$build/bench"
svg=${SVG:-$build/bench/bench.svg}
awk -f "$here/chart.awk" "$work/results" >"$svg"
echo "all times and this table: $build/bench, the chart: $svg"
echo "for the tutorial and the README: cp $build/bench/results common/docs/bench.txt, make docs"
