#!/bin/sh
# `make dist`: the source of a release in one file, which is the same wherever it is made.
# shellcheck disable=SC2317 # run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
. "$here/harness.sh"
for program in git make gzip; do
    command -v $program >/dev/null || { echo "needs $program" && exit 77; }
done
git -C "$project" rev-parse HEAD >/dev/null 2>&1 || { echo 'needs a clone, with its history' && exit 77; }

dist() { # FOLDER UMASK
    git clone --quiet "$project" "$1"
    (umask "$2" && make -C "$1" dist >>log 2>&1)
}

two_folders_make_the_same_file() {
    dist one 022
    sleep 1 # for the times of the files
    dist two 077
    cmp one/build/containers-*.tar.gz two/build/containers-*.tar.gz
}

it_has_what_is_committed_and_no_more() {
    dist one 022
    echo new >>one/README.md
    touch one/untracked
    make -C one dist >log 2>&1
    grep -qx 'dist: it lacks what is not committed here' log
    tar -xzf one/build/containers-*.tar.gz
    git -C one checkout --quiet README.md
    rm -rf one/build one/.git one/untracked
    diff -r one containers-*/
}

run two_folders_make_the_same_file
run it_has_what_is_committed_and_no_more
exit "$failed"
