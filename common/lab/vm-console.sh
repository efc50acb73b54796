#!/bin/sh
# Connect this terminal to the second shell of the machine that `make vm` has started. All keys go to
# the machine, but Ctrl-X leaves it.
set -eu
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"
. "$lab/vm-machine.sh"
running=$(realpath "$lab/../..")/$build/vm/${DISK:-lesson}/running

[ -t 0 ] || fail 'this needs a terminal'
[ -p "$running/second.in" ] || fail 'no machine runs: make vm, in another terminal'
connect_second "$running"
