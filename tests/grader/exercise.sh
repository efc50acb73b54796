#!/bin/sh
# Write a step as an exercise: exercise.sh NUMBER. The bodies of its concept's functions are a TODO,
# and the headers say what to write. `.base` keeps it as it was, so that `make grade` sees when the
# project's step has changed since. What is there already is a student's work, and stays.
set -eu
cd "$(dirname "$0")/../.."
act=exercise
. tests/grader/common.sh
choose_step "${1:-}"
to=exercise/$folder

[ ! -e "$to" ] || fail "$to is there, and your work in it stays as it is. To begin anew: mv $to $to.old"
rm -rf "$to.new"
write_skeleton "$to.new/.base"
cp "$to.new/.base"/*.[ch] "$to.new"
mv "$to.new" "$to"

echo "$to is yours. Write these functions:"
awk '$1 == "todo" { header = $2; sub(/c$/, "h", header)
    printf "  %-22s in %s\n", $3, $2 }' "$table"
echo "Then: ${by}make grade STEP=$step, and when you are stuck: ${by}make hint STEP=$step"
