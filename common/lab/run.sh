#!/bin/sh
# Run a step's program as a user who may: run.sh PROGRAM ROOTFS [COMMAND [ARG...]], for `make run`.
#
# Steps 1 and 2 need root, so for another user they run by sudo. For steps 3 to 5 the caller is
# tried first. If that fails, this script shows what the program said, and takes
#   for step 4          a cgroup of the user's own, from the user's systemd; or sudo
#   for steps 3 and 5   sudo
#
# The exit status is that of the command. A shell ends with the status of its last command. So for a
# shell only 125 is a failure: no container.
set -eu
program=$1 rootfs=$2
name=${program##*/}
own_cgroup='systemd-run --user --scope --quiet -p Delegate=yes'

say() {
    echo "run: $1" >&2
}

fail() {
    say "$1"
    exit 1
}

# True if a container can be made. If not, the program's message is in $complaint.
works() { # BY...
    complaint=$("$@" "$program" "$rootfs" /bin/true 2>&1 </dev/null) || [ $? -ne 125 ]
}

# A user without a session has no systemd to ask.
# shellcheck disable=SC2086 # words
has_own_cgroup() {
    [ "$name" = step04 ] && $own_cgroup true 2>/dev/null || return 1
    if ! works $own_cgroup; then
        echo "it fails in a cgroup of your own, too: $complaint" >&2
        return 1
    fi
    by=$own_cgroup
    say "so it runs in a cgroup of your own: $by $program $rootfs"
}

choose() {
    by=
    [ "$(id -u)" -ne 0 ] || return 0
    case $name in
    step01 | step02) say "$name needs root, so it runs as root: sudo $program $rootfs" ;;
    *)
        ! works env || return 0 # the caller can run it itself
        echo "$complaint" >&2
        ! has_own_cgroup || return 0
        say "so it runs as root: sudo $program $rootfs"
        ;;
    esac
    by=sudo
    command -v sudo >/dev/null || fail "there is no sudo here: become root (su -), and make run there"
    sudo true || fail 'sudo does not let you: become root by su -, and make run there'
}

choose
shift
status=0
# shellcheck disable=SC2086 # words
$by "$program" "$@" || status=$?
[ $# -gt 1 ] || [ $status -eq 125 ] || exit 0
exit $status
