#!/bin/sh
# Run the fuzzers in FOLDER, each for some seconds, as many at once as there are CPUs. ONLY=WORD runs
# those that have WORD in their names. The exit status is 1 when one failed.
#
# Usage: run.sh FOLDER [SECONDS]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(cd "$1" && pwd)
start=$(date +%s)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

names=$(find "$here" -name "fuzz_*${ONLY:-}*.c" | sed 's/.*fuzz_\(.*\)\.c/\1/' | sort)
[ "$names" ] || { echo "no fuzzer has '${ONLY:-}' in its name" >&2 && exit 1; }
status=0
echo "$names" | xargs -P "$(nproc)" -I {} sh "$here/run-one.sh" "$folder" {} "${2:-5}" "$work" || status=1
echo "fuzz: took $(($(date +%s) - start)) s"
exit $status
