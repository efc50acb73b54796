#!/bin/sh
# Print as Markdown what `expected` says of every attack. run.sh fails where a run differs from it.
set -eu
here=$(dirname "$0")
echo '| # | attack | 1 | 2 | 3 | 4 | 5 | closed by |'
echo '|--|--|--|--|--|--|--|--|'
awk -F ' *[|] *' '/^[0-9]/ { gsub(/ /, " | ", $4); print "| " $1 " | " $5 " | " $4 " | " $6 " |" }' \
    "$here/expected"
