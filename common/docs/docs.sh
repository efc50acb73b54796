#!/bin/sh
# Make the generated parts of pages again: docs.sh PAGE..., or with --check only tell which are
# stale. generate.awk says what can stand in a page. The exit status is 1 when a page is stale, and
# 2 when it has a mistake, which is named as FILE:LINE. A page with a mistake is not written.
set -eu
here=$(realpath "$(dirname "$0")")
export LC_ALL=C
check=
[ "${1-}" != --check ] || { check=1 && shift; }
new=$(mktemp)
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM

status=0
for page; do
    good=1
    awk -f "$here/check.awk" "$page" || good=
    awk -f "$here/excerpt.awk" -f "$here/chapters.awk" -f "$here/plan.awk" \
        -f "$here/generate.awk" "$page" >"$new" || good=
    if [ -z "$good" ]; then
        status=2
    elif cmp -s "$page" "$new"; then
        continue
    elif [ "$check" ]; then
        diff -u --label "$page" --label "$page, by make docs" "$page" "$new" || true
        [ $status -ne 0 ] || status=1
    else
        cat "$new" >"$page"
        echo "docs: $page has changed"
    fi
done
exit $status
