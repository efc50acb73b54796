#!/bin/sh
# Run a step's program as whoever may run it: run.sh PROGRAM ROOTFS [COMMAND [ARG...]], for `make run`.
#
# That is the caller where it works, which is tried first. Elsewhere it says why not, and takes:
#   steps 1 and 2   sudo, since chroot and mount are root's
#   step 4          a cgroup of the user's own, from the user's systemd; or sudo
#   steps 3 and 5   sudo, where this machine forbids user namespaces
#
# The exit status is the command's. A shell ends with that of its last command: there, only 125, no
# container, is a failure.
set -eu
program=$1 rootfs=$2
name=${program##*/}
scope='systemd-run --user --scope --quiet -p Delegate=yes'

say() {
    echo "run: $1" >&2
}

fail() {
    say "$1"
    exit 1
}

# Tells whether a container can be made; if not, what the program said is in $complaint.
works() { # BY...
    complaint=$("$@" "$program" "$rootfs" /bin/true 2>&1 </dev/null) || [ $? -ne 125 ]
}

choose() {
    by=
    [ "$(id -u)" -ne 0 ] || return 0
    case $name in
    step01 | step02) say "$name needs root, so: sudo $program $rootfs" ;;
    *)
        ! works env || return 0
        # shellcheck disable=SC2086 # words
        if [ "$name" = step04 ] && command -v systemd-run >/dev/null; then
            echo "$complaint" >&2
            if works $scope; then
                by=$scope
                say "so in a cgroup of your own: $by $program $rootfs"
                return
            fi
        fi
        echo "$complaint" >&2
        say "so by root: sudo $program $rootfs"
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
