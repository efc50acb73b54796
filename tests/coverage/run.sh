#!/bin/sh
# Run all tests with the programs of `make steps tests COVERAGE=1`, and tell which lines of the step
# code never ran. Usage: run.sh BUILD [PERCENT]. Fails when a test fails, or when less than PERCENT of
# the lines have run.
#
# Each program counts in one file, which it maps at its start. Those of all its processes are added.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
start=$(date +%s)

fail() {
    echo "coverage: $1" >&2
    exit 1
}

# Root's tests also run programs as an ordinary user, who counts in the same files.
check_reachable() {
    folder=$PWD
    while [ "$(id -u)" = 0 ] && [ "$folder" != / ]; do
        [ "$(find "$folder" -maxdepth 0 -perm -001)" ] ||
            fail "an ordinary user cannot enter $folder: chmod o+x it, or move the project"
        folder=$(dirname "$folder")
    done
}

make_files() {
    rm -rf counts
    mkdir -m 755 counts
    (umask 0 && for program in step0? join exec; do ./"$program" -h >/dev/null; done)
}

# The steps have functions of the same name in their main.c, so each has data of its own.
export_lines() { # GROUP PROGRAM...
    group=$1
    shift
    llvm-profdata merge -o "counts/$group.profdata" "counts/$group"-*.profraw
    llvm-cov export -format=lcov -instr-profile="counts/$group.profdata" "$@"
}

# What runs in another root, and leaves by _exit, is easily lost.
check_other_root() {
    llvm-profdata show --function=pivot_enter counts/step05.profdata |
        sed -n 's/.*Function count: /pivot_enter(), in step05, has run so many times: /p' | grep -v ': 0$' ||
        fail 'no container has counted: pivot_enter() of step05 never ran'
}

check_reachable
make_files
failed=0
BUILD=. sh "$here/../run.sh" || failed=1
{
    for step in step0?; do
        export_lines "$step" "$step"
    done
    export_lines step03 join
    export_lines step05 exec
    # shellcheck disable=SC2046 # each test is a word of its own
    export_lines tests $(find tests/unit -name 'test_*' -type f -printf '-object %p ')
} >counts/lines
check_other_root
awk -v least="${2:-95}" -f "$here/report.awk" counts/lines || failed=1
echo "coverage: took $(($(date +%s) - start)) s"
[ "$failed" = 0 ]
