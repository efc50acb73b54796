#!/bin/sh
# Allow user namespaces to the programs in a folder, where AppArmor takes their rights away:
# apparmor.sh BUILD. To undo that: apparmor.sh BUILD remove. This needs root, or sudo.
#
# Since 23.10, Ubuntu gives no rights to the user namespace of an ordinary user's program, unless a
# profile names the program. This profile allows it, and forbids nothing. A user who may write to
# the folder can add a program that has this right: the folder's owner must be trusted.
set -eu

say() {
    echo "apparmor: $1" >&2
}

fail() {
    say "$1"
    exit 1
}

print_profile() {
    cat <<END
# Made by \`make apparmor\` in $(dirname "$build"). To undo: make apparmor REMOVE=1
abi <abi/4.0>,
include <tunables/global>

profile $name $build/{,sanitize/}{step0[345],join,exec,doctor,tests/**} flags=(unconfined) {
    userns,
}
END
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root, and there is no sudo here: $*"
    fi
}

build=$(realpath "$1")
name=$(echo "${build#/}" | tr / .)
profile=/etc/apparmor.d/$name

if [ "${2:-}" = remove ]; then
    [ -f "$profile" ] || fail "there is no $profile"
    as_root apparmor_parser --remove "$profile" || say 'it was not loaded'
    as_root rm "$profile"
    say "$profile is gone: the programs in $build are restricted again"
elif [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" != 1 ]; then
    say 'nothing to do: AppArmor does not restrict user namespaces here'
else
    case $build in
    *[!A-Za-z0-9/._-]*) fail "the path $build has characters that mean something in a profile" ;;
    esac
    [ -x /sbin/apparmor_parser ] || fail 'apparmor_parser is missing: sudo apt-get install apparmor'
    print_profile | as_root tee "$profile" >/dev/null
    as_root apparmor_parser --replace "$profile" ||
        { as_root rm "$profile" && fail 'AppArmor refuses this profile'; }
    say "$profile lets the programs in $build have user namespaces; to undo: make apparmor REMOVE=1"
fi
