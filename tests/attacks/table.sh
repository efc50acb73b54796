#!/bin/sh
# Print as a Markdown table what `expected` says of every attack. run.sh fails if a run differs from
# it.
set -eu
here=$(dirname "$0")
echo '| # | attack | 1 | 2 | 3 | 4 | 5 | closed by |'
echo '|--|--|--|--|--|--|--|--|'
awk -F ' *[|] *' '/^[0-9]/ { gsub(/ /, " | ", $4); print "| " $1 " | " $5 " | " $4 " | " $6 " |" }' \
    "$here/expected"
