#!/bin/sh
# Type the boxes of the lab in a browser without a network, and compare with the page what the machine
# prints, by the matcher of the tutorial's test: check.sh MARKDOWN FILE [CHAPTER...]. Then look at the lab
# itself (look.js). The exit status is 1 for a mistake, and 77 without a browser.
set -eu
folder=$(realpath "$(dirname "$0")")
here=$folder/..
# shellcheck source=../browser.sh
. "$here/browser.sh"
# shellcheck source=../npm.sh
. "$here/npm.sh"
page=$1 file=$(realpath "$2")
npm_install "$(dirname "$2")"
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tests=$folder/../../../tests/tutorial

# No line of boxes.txt may be out of date: each names one box of these chapters, by a command of it.
check_list() {
    awk '/^## / { chapter = $2 } /^```/ { inside = $0 == "```console" }
        inside && chapter >= 3 && chapter < 8' "$page" >"$work/console"
    sed '/^#/d; /^$/d' "$folder/boxes.txt" | cut -f 2 | while read -r command; do
        [ "$(sed -n 's/^[^ ]* //p' "$work/console" | grep -cxF -e "$command")" -eq 1 ] ||
            { echo "FAILED: boxes.txt: not exactly one box of chapters 3 to 7 types: $command" && exit 1; }
    done || return 1
    echo 'ok: each line of boxes.txt names one box'
}

# Compare with the page without the boxes that were not typed. Then change each line of it, to see that no
# change is missed.
compare() {
    skipped=$(sed -n 's/^command	\([^	]*\)	.*/\1/p' "$folder/boxes.txt")
    skipped=$skipped awk -f "$folder/keep-boxes.awk" "$work/boxes" "$page" >"$work/page.md"
    env -u V expect "$tests/run.exp" --transcript "$work/transcript" "$work/page.md" &&
        expect "$tests/mutate.exp" --transcript "$work/transcript" "$work/page.md"
}

status=0
check_list || status=1
export NODE_PATH="$tools/node_modules"
$alone timeout 1500 node "$folder/type.js" "$browser" "$file" "$work" "$@" || status=1
compare || status=1
[ $# -gt 0 ] || $alone timeout 300 node "$folder/look.js" "$browser" "$file" "$(dirname "$file")/page/lab" || status=1
exit "$status"
