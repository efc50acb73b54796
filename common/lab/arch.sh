# For which kind of machine: ARCH=arm64 or i386 (the lab's scripts and busybox.sh read this). The names
# are Debian's. Without ARCH it is this machine's own kind. A machine of another kind has all its files
# in a folder of its own, build/arm64 or build/i386.
# shellcheck shell=sh disable=SC2034,SC2154 # who reads this uses build, and sets lab

case $(uname -m) in
x86_64) own=amd64 kinds='amd64 arm64 i386' ;;
aarch64) own=arm64 kinds=arm64 ;;
i?86) own=i386 kinds=i386 ;;
*) own=$(uname -m) kinds=$own ;;
esac
: "${ARCH:=$own}"
export ARCH
case " $kinds " in
*" $ARCH "*) ;;
*) fail "ARCH=$ARCH is not one of: $kinds" 2 ;;
esac
build=build
[ "$ARCH" = "$own" ] || build=build/$ARCH

is_foreign() {
    [ "$ARCH" != "$own" ]
}

# From here on, apt-get knows the packages of ARCH. Where no mirror has any, the status is 77.
use_packages() {
    is_foreign || return 0
    APT_CONFIG=$(sh "$lab/lists.sh") || return
    export APT_CONFIG
}

# Print a busybox that runs here, since that of another kind of machine may not.
runnable() { # BUSYBOX
    if is_foreign; then
        ARCH=$own BUSYBOX='' BUSYBOX_URL='' sh "$lab/busybox.sh" "$lab/../../build/downloads"
    else
        echo "$1"
    fi
}
