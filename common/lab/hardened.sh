#!/bin/sh
# Check that a program is built as common/flags.mk wants it: hardened.sh PROGRAM OBJECTS...
# OBJECTS is the folder of its object files: of all programs, a static one has the C library's checks
# in it, so only the objects tell whether its own code has them.
set -eu

program=$1 objects=$2 status=0

check() { # WHAT COMMAND...
    what=$1
    shift
    "$@" || { echo "$program: $what" >&2 && status=1; }
}

# check() calls these.
# shellcheck disable=SC2317
headers() { readelf --wide --file-header --program-headers --dynamic "$program"; }
# shellcheck disable=SC2317
has() { headers | grep -q "$1"; }
# shellcheck disable=SC2317
has_not() { ! has "$1"; }
# shellcheck disable=SC2317
calls() { nm -u "$objects"/*.o | grep -qE "$1"; }

check 'its addresses are fixed: -static-pie' has '^ *Type: *DYN '
check 'it is linked to shared libraries: -static-pie' has_not ' INTERP \|(NEEDED)'
check 'its table of functions stays writable: -z relro' has ' GNU_RELRO '
check 'its table of functions is filled late: -z now' has '(FLAGS).* BIND_NOW\|(BIND_NOW)\|(FLAGS_1).* NOW'
check 'its stack may be executable' has ' GNU_STACK .* RW '
check 'its code does not guard its stack: -fstack-protector-strong' calls ' __stack_chk_fail'
check 'its code does not check its buffers: -D_FORTIFY_SOURCE' calls ' __[a-z]*_chk$'
exit $status
