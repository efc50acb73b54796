#!/bin/sh
# Make a root file system for the containers, unless it is there: rootfs.sh DIR. It is for ARCH, see
# arch.sh.
#
# It has the folders of a Linux system, one static busybox, and a link to it for each of its
# commands. busybox.sh keeps what it downloads beside DIR. All of this needs no root.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")

fail() {
    echo "rootfs: $1" >&2
    exit 1
}

. "$lab/arch.sh"

make_folders() {
    mkdir -p bin sbin lib lib64 usr/bin usr/sbin usr/lib usr/lib64 \
        etc root home tmp run var dev proc sys
    chmod 1777 tmp
}

# The links are relative, so that they lead to the same file from inside and from outside. Debian's
# busybox has the same commands on each kind of machine.
install_busybox() {
    cp "$busybox" bin/busybox
    chmod 755 bin/busybox
    "$runnable" --list-full | while read -r path; do
        case $path in
        bin/busybox | linuxrc) ;; # linuxrc is the init of a ramdisk
        usr/*) ln -s ../../bin/busybox "$path" ;;
        *) ln -s ../bin/busybox "$path" ;;
        esac
    done
}

write_accounts() {
    cat >etc/passwd <<END
root:x:0:0:root:/root:/bin/sh
student:x:1000:1000:student:/tmp:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
END
    cat >etc/group <<END
root:x:0:
tty:x:5:
student:x:1000:
nogroup:x:65534:
END
    printf '127.0.0.1 localhost\n::1 localhost\n' >etc/hosts
}

# Build it in another place, so that DIR is either complete or not there. A signal removes that.
make_rootfs() {
    mkdir -p "$(dirname "$rootfs")"
    new=$(mktemp -d "$rootfs.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    chmod 755 "$new"
    (
        cd "$new"
        make_folders
        install_busybox
        write_accounts
    )
    mv -T "$new" "$rootfs"
}

trap 'exit 1' HUP INT TERM # but only when busybox.sh has ended: it cleans up first
[ $# -eq 1 ] || fail 'usage: rootfs.sh DIR'
rootfs=$1
if [ -d "$rootfs" ] && [ -z "${BUSYBOX:-}${BUSYBOX_URL:-}" ]; then
    [ -x "$rootfs/bin/sh" ] ||
        fail "$rootfs has no shell; to make it anew, remove it: sudo rm -r $rootfs"
    exit
fi
busybox=$(sh "$lab/busybox.sh" "$(dirname "$rootfs")/downloads")
runnable=$(runnable "$busybox")
if [ ! -d "$rootfs" ]; then
    make_rootfs
    echo "rootfs: $rootfs is ready, with $("$runnable" | sed 's, (.*,,;q')" >&2
elif ! cmp -s "$busybox" "$rootfs/bin/busybox"; then
    fail "$rootfs has another busybox already; to make it anew, remove it: rm -r $rootfs"
fi
