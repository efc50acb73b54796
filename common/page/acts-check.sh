#!/bin/sh
# Let the programs print all their acts, and compare these with acts.js: acts-check.sh BUILD IMAGE. The boxes
# of the tutorial show a part of them. Where a program needs root, and the caller is not, it ends early.
set -eu
here=$(realpath "$(dirname "$0")")
build=$(realpath "$1")
image=$(realpath "$2")
command -v node >/dev/null || { echo 'skipped: this needs node (make deps DEPS=browser)' && exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/layers" "$work/lines"
chmod 711 "$work" "$work/layers" # the container's root is another user
: >"$work/file"

acts() { # FILE PROGRAM [OPTION...]
    file=$work/lines/$1
    program=$build/$2
    shift 2
    "$program" -x "$@" "$image" true </dev/null >/dev/null 2>"$file" || true
}

acts step01 step01
for step in 2 3 4 5; do
    acts "step0$step" "step0$step" --scratch "$work/layers"
    acts "step0$step-kept" "step0$step" --scratch "$work/layers" --keep
done
acts step04-limits step04 --scratch "$work/layers" --memory 64M --cpus 0.5 --cpu-shares 512 --pids-limit 32
acts step05-options step05 --scratch "$work/layers" --volume "$work/layers:/data:ro" --volume "$work/file:/file" \
    --tmpfs /cache --read-only --env A=b --workdir /tmp --user 1:1 --cap-add NET_RAW --hostname web
node "$here/acts-check.js" "$work"/lines/*
