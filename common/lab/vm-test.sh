#!/bin/sh
# Run the whole suite in the lab's virtual machine, as root and as an ordinary user, on kernels and
# cgroup layouts that this machine lacks: make vm-test. The table at the end has a row for each run.
#
#   CELLS='6.1:v2 6.1:v1 6.12:v2'   kernel and cgroup layout of each machine
#   RUNS='6.12:v2:root ...'         these only: for a sample
#   JOBS=2                          how many machines run at once
#   TIMEOUT=900                     seconds for one of them
#
# The status is 1 when a test fails, and when a run does not finish. It is also 1 when a test on v2
# is skipped because it has no cgroup, since there every user has one.
set -eu
: "${CELLS:=6.1:v2 6.1:v1 6.12:v2}" "${JOBS:=2}" "${TIMEOUT:=900}"
lab=$(realpath "$(dirname "$0")")
logs=$(realpath -m "$lab/../../build/vm/logs")
export TIMEOUT DISK=test

# Root's runs take twice as long. They come first, so that no CPU is idle at the end.
all_runs() {
    for user in root student; do
        for cell in $CELLS; do
            echo "$cell:$user"
        done
    done
}

runs() {
    echo "${RUNS:-$(all_runs)}" | tr ' :' '\n '
}

# Print a row of the table, from a log whose last line is "N passed, N failed, N skipped".
judge() { # KERNEL CGROUP USER
    log=$logs/$1-$2-$3
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$log")
    verdict=ok
    case $counts in
    '') verdict='did not finish' counts='- - -' ;;
    *' 0 '*) ;;
    *) verdict=failed ;;
    esac
    [ "$2" != v2 ] || ! grep -q '^skipped: .*: .*cgroup' "$log" || verdict='a cgroup test skipped'
    # shellcheck disable=SC2086 # three numbers
    printf '%-7s %-7s %-8s %7s %7s %8s  %s\n' "$1" "$2" "$3" $counts "$verdict"
    [ "$verdict" = ok ]
}

if [ $# -gt 0 ]; then # xargs, below, calls it for one machine
    export KERNEL="$1" CGROUP="$2" VMUSER="$3" CPUS=1 CMD="JOBS=3 sh tests/run.sh"
    sh "$lab/vm.sh" >"$logs/$1-$2-$3" 2>&1 </dev/null || true
    exit 0
fi

began=$(date +%s)
rm -rf "$logs"
mkdir -p "$logs"
runs | while read -r kernel _; do # fetch it here: several machines at once must not
    sh "$lab/kernel.sh" "$kernel" >/dev/null
done
sh "$lab/vm-image.sh" test >/dev/null
runs | xargs -P "$JOBS" -L 1 sh "$0"

status=0
printf '%-7s %-7s %-8s %7s %7s %8s\n' KERNEL CGROUP USER PASSED FAILED SKIPPED
runs >"$logs/runs"
while read -r kernel cgroup user; do
    judge "$kernel" "$cgroup" "$user" || status=1
done <"$logs/runs"
grep -h '^skipped: ' "$logs"/*-* | sort | uniq -c | sed 's/^/  /' || true
grep '^failed: ' "$logs"/*-* | sed "s,^$logs/,," || true
echo "it took $(($(date +%s) - began)) s"
[ "$status" -eq 0 ] || echo "What each machine said is in $logs" >&2
exit "$status"
