#!/bin/sh
# Connect this terminal to the second shell of the machine that `make vm` has started. All keys go to
# the machine, but Ctrl-X leaves it.
set -eu
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"
running=$(realpath "$lab/../..")/$build/vm/${DISK:-lesson}/running

[ -t 0 ] || fail 'this needs a terminal'
[ -p "$running/second.in" ] || fail 'no machine runs: make vm, in another terminal'
settings=$(stty -g)
trap 'stty "$settings"; kill $! 2>/dev/null || true' EXIT
trap 'exit 0' INT
echo 'This is the second shell of the machine. Ctrl-X leaves it.'
stty raw -echo isig intr '^X' quit undef susp undef
cat "$running/second.out" &
cat >"$running/second.in"
