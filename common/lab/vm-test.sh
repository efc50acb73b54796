#!/bin/sh
# Run the whole suite in the lab's virtual machine, as root and as an ordinary user, on kernels and
# cgroup layouts that this machine lacks: make vm-test. The table at the end has a row for each run.
#
#   CELLS='6.1:v2 6.1:v1 6.12:v2'   kernel and cgroup layout of each machine
#   RUNS='6.12:v2:root ...'         these only: for a sample
#   ARCH=arm64                      the whole suite on this kind of machine, and on no other
#   JOBS=2                          how many machines run at once
#   TIMEOUT=900                     seconds for one of them
#
# A kernel can name another kind of machine: 6.1-arm64. Its CPU is emulated. So without ARCH=arm64 only
# those files of tests run there that such a machine could change (see sample). Where no mirror has packages
# for it, these runs are left out, which the table says.
#
# The status is 1 when a test fails, and when a run does not finish. It is also 1 when a test on v2
# is skipped because it has no cgroup, since there every user has one.
set -eu
: "${JOBS:=2}" "${ARCH:=}"
case $ARCH in
arm64) : "${CELLS:=6.1-arm64:v2}" "${TIMEOUT:=7200}" ;;
*) : "${CELLS:=6.1:v2 6.1:v1 6.12:v2 6.1-arm64:v2}" "${TIMEOUT:=900}" ;;
esac
# The filter, what the CPU and the C library change, the first step and the rights of the last.
sample='test_syscalls test_process test_interpreter test_init test_step01 test_full_kernel test_full_rights'
lab=$(realpath "$(dirname "$0")")
project=$(realpath "$lab/../..")
logs=$project/build/vm/logs
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

# Set for vm.sh what a run calls the kernel.
choose() { # KERNEL
    KERNEL=${1%-arm64}
    [ "$KERNEL" = "$1" ] || ARCH=arm64
    export KERNEL ARCH
}

# Build and fetch it here: several machines at once must not. The status is 77 where there are no
# packages for this kind of machine.
prepare() { # KERNEL
    choose "$1"
    . "$lab/vm-errors.sh"
    . "$lab/arch.sh"
    if is_foreign; then
        use_packages
        make -C "$project" steps rootfs tests >&2
    fi
    sh "$lab/kernel.sh" "$KERNEL" >/dev/null
    sh "$lab/vm-image.sh" test >/dev/null
}

# Run the tests in one machine.
test_one() { # KERNEL CGROUP USER
    only='' patience=''
    [ "${1%-arm64}" = "$1" ] || patience='PROGRAM_TIMEOUT=300 TEST_TIMEOUT=1800'
    [ -n "$ARCH" ] || [ -z "$patience" ] || only=$sample
    choose "$1"
    export CGROUP="$2" VMUSER="$3" CPUS=1 CMD="JOBS=3 ONLY='$only' $patience sh tests/run.sh"
    sh "$lab/vm.sh" >"$logs/$1-$2-$3" 2>&1 </dev/null || true
}

# Print a row of the table, from a log whose last line is "N passed, N failed, N skipped".
judge() { # KERNEL CGROUP USER
    log=$logs/$1-$2-$3
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$log" 2>/dev/null) || true
    verdict=ok
    [ -e "$log" ] || verdict='left out: no packages' counts='- - -'
    case $counts in
    '- - -') ;;
    '') verdict='did not finish' counts='- - -' ;;
    *' 0 '*) ;;
    *) verdict=failed ;;
    esac
    [ "$2" != v2 ] || ! grep -qs '^skipped: .*: .*cgroup' "$log" || verdict='a cgroup test skipped'
    # shellcheck disable=SC2086 # three numbers
    printf '%-9s %-7s %-8s %7s %7s %8s  %s\n' "$1" "$2" "$3" $counts "$verdict"
    [ "$verdict" = ok ] || [ ! -e "$log" ]
}

case $# in # it calls itself, below, for one kernel and for one machine
1)
    prepare "$1"
    exit
    ;;
3)
    test_one "$@"
    exit
    ;;
esac

began=$(date +%s)
rm -rf "$logs"
mkdir -p "$logs"
runs | tee "$logs/possible" >"$logs/runs"
cut -d ' ' -f 1 "$logs/runs" | sort -u | while read -r kernel; do
    status=0
    sh "$0" "$kernel" </dev/null || status=$?
    [ $status -eq 0 ] || [ $status -eq 77 ] || exit $status
    [ $status -eq 0 ] || sed -i "/^$kernel /d" "$logs/possible"
done
xargs -r -P "$JOBS" -L 1 sh "$0" <"$logs/possible"

status=0
printf '%-9s %-7s %-8s %7s %7s %8s\n' KERNEL CGROUP USER PASSED FAILED SKIPPED
while read -r kernel cgroup user; do
    judge "$kernel" "$cgroup" "$user" || status=1
done <"$logs/runs"
grep -h '^skipped: ' "$logs"/*-* | sort | uniq -c | sed 's/^/  /' || true
grep '^failed: ' "$logs"/*-* | sed "s,^$logs/,," || true
echo "it took $(($(date +%s) - began)) s"
[ "$status" -eq 0 ] || echo "What each machine said is in $logs" >&2
exit "$status"
