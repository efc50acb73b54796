#!/bin/sh
# Run every test below build/tests (or $BUILD/tests) and tests/scripts, $JOBS files at once, and
# count. ONLY='WORD...' runs the files that have one of these in their names: unit/test_overlay has
# overlay and unit/. Each file prints a line when it has ended. The last line is `N passed, N failed, N
# skipped`. The exit status is 1 when a test failed, or when none ran.
#
# The tests make an image of their own, since a reader may have changed build/rootfs. Its busybox is
# the downloaded one of $BUILD or of build, or that of build/rootfs.
set -eu
umask 022 # of some systems it is 002, and then a test's own folders are not private
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-$here/../build}" && pwd)
jobs=${JOBS:-4} # more than most machines have CPUs, since most tests wait

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

make_image() {
    for busybox in "$build/downloads" "$here/../build/downloads" "$here/../build/rootfs/bin"; do
        busybox=$busybox/busybox
        [ ! -x "$busybox" ] || break
    done
    BUSYBOX=$busybox sh "$here/../common/lab/rootfs.sh" "$work/rootfs" 2>"$work/log" ||
        { cat "$work/log" >&2 && exit 1; }
    export CONTAINER_ROOTFS="$work/rootfs"
}

is_wanted() { # FOLDER/NAME
    for word in ${ONLY:-/}; do
        case $1 in
        *"$word"*) return 0 ;;
        esac
    done
    return 1
}

# The files that take longest come first, so that none of them is left alone at the end.
list() {
    for file in "$here"/scripts/*.sh "$build"/tests/steps/test_* "$build"/tests/unit/test_*; do
        folder=${file%/*}
        if is_wanted "${folder##*/}/${file##*/}" && [ -x "$file" ]; then
            echo "$file"
        fi
    done
}

# Print a line for each skipped test, but one line where many have the same reason.
list_skipped() {
    awk '
    { reason = $0; sub(/^[^:]*: /, "", reason)
      lines[reason] = lines[reason] "skipped: " $0 "\n"; number[reason]++ }
    END { for (reason in lines)
        printf "%s", (number[reason] > 4 ? "skipped: " number[reason] " tests: " reason "\n" : lines[reason]) }'
}

count() { # VERDICT
    grep -c "^$1 " "$work/all" || true
}

[ -z "${ONLY:-}" ] || [ -n "$(list)" ] ||
    { echo "no file of tests has '$ONLY' in its name" >&2 && exit 1; }
[ -n "${CONTAINER_ROOTFS:-}" ] || make_image
echo "files of tests: $(list | wc -l), $jobs at once"
list | tr '\n' '\0' | xargs -0 -r -P "$jobs" -n 1 sh "$here/run-one.sh" "$work"
find "$work" -path "$work/rootfs" -prune -o -name '*.verdicts' -exec cat {} + >"$work/all"
passed=$(count P) failed=$(count F) skipped=$(count S)
sed -n 's/^S //p' "$work/all" | list_skipped
sed -n 's/^F /failed: /p' "$work/all"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
