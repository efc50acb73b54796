# How a script here runs its tests: each test in a folder of its own below $work. The output is like
# cmocka's, which run-one.sh reads. The scripts here read this file.
# shellcheck shell=sh
# shellcheck disable=SC2034 # the script exits with failed

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

skip() { # REASON
    echo "SKIP: $1"
    exit 77
}

# A test runs in a subshell that is no part of a condition: inside one, `set -e` would not hold.
run() { # TEST
    echo "[ RUN      ] $1"
    mkdir "$work/$1"
    set +e
    (set -e && cd "$work/$1" && "$1")
    status=$?
    set -e
    case $status in
    0) echo "[       OK ] $1" ;;
    77) echo "[  SKIPPED ] $1" ;;
    *) echo "[  FAILED  ] $1" && failed=1 ;;
    esac
}
