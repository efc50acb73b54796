#!/bin/sh
# Show how the project's own code differs from an exercise: solution.sh NUMBER. Lines with + are the
# project's.
set -eu
cd "$(dirname "$0")/../.."
act=solution
. tests/grader/common.sh
choose_step "${1:-}"
[ -d "exercise/$folder" ] || fail "there is no exercise/$folder: make exercise STEP=$step"
for file in "$folder"/*.[ch]; do
    diff -u "exercise/$file" "$file" || true
done
