#!/bin/sh
# Run containers for a long time: one after the other, many at once, killed, out of memory, and with
# full storage. Afterwards as many mounts, cgroups, processes, descriptors and folders must be there
# as before, and a start must take as long as at the beginning.
#   soak.sh [sample]     sample: a part of it, in half a minute
# SEED=N repeats the choices of an earlier run, which printed it. BUILD=DIR has the programs. Root
# soaks all steps, in a mount namespace of its own; an ordinary user those that a user can run.
# shellcheck disable=SC2016,SC2317 # quoted lines run in containers; soak() calls the acts by name
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-$here/../../build}" && pwd)
image=$build/rootfs
[ "$(id -u)" -ne 0 ] || [ -n "${SOAK_STAGE:-}" ] || SOAK_STAGE=1 exec unshare -m sh "$0" "$@"

seed=${SEED:-$(($(date +%s) % 10000))}
in_a_row=1000 at_once=100 kills=200 others=20 slower=1.5
[ "${1:-}" != sample ] || in_a_row=100 at_once=20 kills=20 others=2 slower=3
steps='step01 step02 step03 step04 step05' limited='step04 step05'
[ "$(id -u)" -eq 0 ] || steps='step03 step05' limited=step05

work=$(mktemp -d)
name=soak-$$
trap 'rm -rf "$work"; list_cgroups | xargs -r rmdir' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
mkdir "$work/scratch"
export TMPDIR="$work/scratch"
failed=0

complain() { # MESSAGE
    echo "  $1"
    failed=1
}

# A number below LIMIT for each of COUNT lines, the same for the same seed.
numbers() { # COUNT LIMIT
    awk -v seed="$seed" -v count="$1" -v limit="$2" \
        'BEGIN { srand(seed); for (i = 0; i < count; i++) print int(rand() * limit) }'
}

# The step whose turn it is.
turn() { # NUMBER [STEPS]
    # shellcheck disable=SC2086 # words
    set -- "$1" ${2:-$steps}
    shift $(($1 % ($# - 1) + 1))
    echo "$1"
}

# Words of options that this step knows. Each container has a name that list_cgroups() finds.
options() { # STEP NUMBER
    [ "$1" = step01 ] || echo "--name $name-$act$2"
}

list_cgroups() {
    sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup2* .*/\1/p' /proc/self/mountinfo |
        while read -r top; do
            # Cgroups of others may go while find(1) looks at them.
            find "$top" -depth -type d -name "$name-*" 2>/dev/null || true
        done
}

# The programs have the name of the container among their words, and so have the commands.
count_processes() {
    cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -c "^$name" || true
}

# A process that was killed may need a moment to end.
count() {
    for i in 1 2 3 4 5; do
        [ "$(count_processes)" -gt 0 ] || break
        sleep 0.2
    done
    echo "mounts $(wc -l </proc/self/mountinfo), cgroups $(list_cgroups | wc -l)," \
        "processes $(count_processes), descriptors $(find /proc/$$/fd -type l | wc -l)," \
        "folders $(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)"
}

# Run an act, and compare what is there before and after it.
soak() { # WORDS ACT
    echo "$1"
    act=$2
    before=$(count)
    "$act"
    after=$(count)
    [ "$before" = "$after" ] || complain "before: $before; after: $after"
}

# Run a container whose exit status must be this one.
expect() { # STATUS STEP NUMBER [OPTION...] -- COMMAND...
    wanted=$1 step=$2 number=$3 status=0
    shift 3
    more=
    while [ "$1" != -- ]; do
        more="$more $1"
        shift
    done
    shift
    # shellcheck disable=SC2046,SC2086 # words
    "$build/$step" $(options "$step" "$number") $more "$image" "$@" >"$work/out.$number" 2>"$work/err.$number" ||
        status=$?
    [ "$status" = "$wanted" ] ||
        complain "$step: status $status, not $wanted: $(tail -n 1 "$work/err.$number")"
    rm -f "$work/out.$number" "$work/err.$number"
}

median() {
    sort -n | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'
}

run_in_a_row() {
    i=0
    : >"$work/times"
    while [ "$i" -lt "$in_a_row" ]; do
        begin=$(date +%s%N)
        expect 0 "$(turn "$i")" "$i" -- true
        echo $((($(date +%s%N) - begin) / 1000)) >>"$work/times"
        i=$((i + 1))
    done
    first=$(head -n $((in_a_row / 10)) "$work/times" | median)
    last=$(tail -n $((in_a_row / 10)) "$work/times" | median)
    echo "  median of the first $((in_a_row / 10)): $first us, of the last: $last us"
    [ "$(echo "$first $last" | awk -v most="$slower" '{ print $2 <= $1 * most }')" = 1 ] ||
        complain "the last took more than $slower times as long as the first"
}

run_at_once() {
    i=0 pids=
    while [ "$i" -lt "$at_once" ]; do
        {
            expect 0 "$(turn "$i")" "$i" -- sh -c 'sleep 1' "$name"
            exit "$failed"
        } &
        pids="$pids $!"
        i=$((i + 1))
    done
    for pid in $pids; do
        wait "$pid" || failed=1
    done
}

# By timeout(1), not by a job of this shell: in jobs, a shell ignores INT.
kill_at_random() {
    numbers "$kills" 150 >"$work/moments"
    i=0
    while read -r ms; do
        step=$(turn "$i")
        case $((i / 5 % 4)) in
        0) signal=KILL ;;
        1) signal=TERM ;;
        2) signal=INT ;;
        *) signal=HUP ;;
        esac
        # shellcheck disable=SC2046 # words
        timeout --foreground -s "$signal" "$(printf '0.%03d' $((ms + 1)))" \
            "$build/$step" $(options "$step" "$i") "$image" \
            sh -c 'trap "exit 3" TERM INT HUP; sleep 0.3 & wait' "$name" \
            >/dev/null 2>"$work/err" </dev/null || true
        i=$((i + 1))
    done <"$work/moments"
    for step in $steps; do
        expect 0 "$step" next -- true # it takes away what KILL has left
    done
}

# The command takes memory without end: the kernel kills it, and nobody outside of its cgroup.
run_out_of_memory() {
    i=0
    while [ "$i" -lt "$others" ]; do
        expect 137 "$(turn "$i" "$limited")" "$i" --memory 16M -- \
            sh -c 'x=0123456789; while :; do x=$x$x; done' "$name"
        i=$((i + 1))
    done
}

fill_the_storage() {
    i=0
    while [ "$i" -lt "$others" ]; do
        expect 1 step05 "$i" --storage-size 1M -- dd if=/dev/zero of=/file bs=64k
        i=$((i + 1))
    done
}

# There is room for nothing, or only for a part of what a container needs.
start_without_room() {
    mount -t tmpfs -o size=64k,nr_inodes=4 tmpfs "$TMPDIR"
    i=0
    while [ "$i" -lt "$others" ]; do
        expect 125 "$(turn "$i" "${steps#step01}")" "$i" -- true
        i=$((i + 1))
    done
    left=$(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)
    [ "$left" -eq 0 ] || complain "folders left where there was no room: $left"
    umount "$TMPDIR"
}

can_limit() {
    "$build/step05" --memory 16M "$image" true 2>/dev/null
}

[ -d "$image" ] || { echo 'soak: no image: make rootfs' >&2 && exit 2; }
echo "seed $seed"
soak "$in_a_row containers in a row" run_in_a_row
soak "$at_once at once" run_at_once
soak "$kills killed at a random moment" kill_at_random
if can_limit; then
    soak "$others out of memory" run_out_of_memory
else
    echo 'skipped: out of memory: no cgroup can be made here'
fi
soak "$others with full storage" fill_the_storage
[ "$(id -u)" -ne 0 ] || soak "$others without room for their folder" start_without_room
[ $failed -ne 0 ] || echo "all is as before: $(count)"
exit $failed
