#!/bin/sh
# Run one test of a student's program behind a wall: run.sh FOLDER NUMBER FILE TEST. FOLDER/log.NUMBER
# gets what it prints.
#
# The wall is a namespace of mounts, in which build/ is empty: a program that calls build/step02 finds
# nothing. And a namespace of processes: when its time is over, all that it started ends with it. An
# ordinary user makes both in a user namespace, and is the same user again in another one.
set -eu
: "${PATIENCE:=12}"
run=$1 log=$1/log.$2 file=$3 test=$4
build=$(realpath "$(dirname "$0")/../../build")
export CONTAINER_TEST="$test" CONTAINER_TELL=1 TMPDIR="$run/tmp.$2"
export PROGRAM_TIMEOUT=$((PATIENCE / 3)) CMOCKA_TEST_ABORT=1 # the first failure ends a test

# shellcheck disable=SC2016 # the inner shell expands it
behind='mount -t tmpfs none "$1"; shift; "$@"; exit $?'
mkdir -p "$TMPDIR"
chmod 755 "$TMPDIR"
set -- "$run/tests/steps/$file"
if [ "$(id -u)" -ne 0 ]; then
    set -- unshare --user "--map-user=$(id -u)" "--map-group=$(id -g)" "$@"
    root=--map-root-user
fi
# One that hangs must not take the whole minute: after it, the others get less time.
seconds=$PATIENCE
[ ! -e "$run/hung" ] || seconds=$((PATIENCE * 5 / 12))
status=0
# shellcheck disable=SC2086 # a word, or none
timeout -k 1 $seconds unshare ${root:-} --mount --pid --fork --kill-child --mount-proc \
    sh -c "$behind" sh "$build" "$@" >"$log" 2>&1 </dev/null || status=$?
echo "status $status" >>"$log"
case $status in 124 | 137) touch "$run/hung" ;; esac

# What was ended leaves its cgroups: those named as a folder in its scratch directory, or as the fixture,
# and those that the test has found itself. A cgroup with processes in it is not removed.
[ "$(id -u)" -eq 0 ] || exit 0
for left in "$TMPDIR"/container-test.*/scratch/* "$TMPDIR"/container-test.*; do
    [ -e "$left" ] || continue # the pattern itself would name the cgroups of others
    name=${left##*/}
    grep ' - cgroup' /proc/self/mountinfo | cut -d ' ' -f 5 | while read -r top; do
        # Cgroups of others may go while find(1) looks at them.
        find "$top" -depth -type d -name "$(echo "$name" | sed 's/^container-test[.]/test-/')" 2>/dev/null || true
    done
done >"$TMPDIR/cgroups"
sed -n 's/^left behind: cgroup //p' "$log" >>"$TMPDIR/cgroups"
while read -r cgroup; do
    rmdir "$cgroup" 2>/dev/null || true
done <"$TMPDIR/cgroups"
