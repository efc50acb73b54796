#!/bin/sh
# Check that a step needs each module of common/ that it is linked with: needed.sh OBJECT... If no
# other object calls a module, it is a lesson of a later step, and must stand there.
set -eu

# Print the names that the objects call, or the names that they define, one on a line.
called_by() { nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u; }
defined_in() { nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort -u; }

list=$(mktemp)
trap 'rm -f "$list"' EXIT
status=0
for object; do
    others=$(printf '%s\n' "$@" | grep -vxF "$object")
    # shellcheck disable=SC2086 # a list of paths
    called_by $others >"$list"
    if [ "${object##*/}" != main.o ] && ! defined_in "$object" | grep -qxF -f "$list"; then
        echo "$object: nothing else in this program calls it" >&2
        status=1
    fi
done
exit $status
