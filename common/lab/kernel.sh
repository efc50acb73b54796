#!/bin/sh
# Print the path of a Linux kernel for the lab's virtual machine: kernel.sh 6.1|6.12|FILE. It is for
# ARCH, see arch.sh.
#
# A version names the distribution's "cloud" kernel, which is made for virtual machines: it is small
# and boots in seconds. It is taken out of its package, never installed, and kept for the next time:
#
#   build/kernels/6.1/vmlinuz        the kernel
#   build/kernels/6.1/modules/*.ko   the drivers that it does not have built in, in loading order
#   build/kernels/6.1/SHA256SUMS     the sums of both: a damaged copy is noticed and fetched again
#
# A FILE is used as it is, with the drivers in the `modules` folder beside it, if there is one.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"

# vm-init needs these to reach its disk, and the steps need them to mount an overlay.
drivers='virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci
         virtio_blk virtio_console overlay'

is_whole() { # FOLDER
    (cd "$1" && sha256sum --check SHA256SUMS) >/dev/null 2>&1
}

newest_package() { # VERSION ARCHITECTURE
    apt-cache search --names-only "^linux-image-$1\.[^ ]*-cloud-$2(-unsigned)?\$" |
        cut -d ' ' -f 1 | sort -V | tail -n 1
}

# Run a command quietly. When it fails, the last line of its output is the reason.
try() { # WHAT COMMAND...
    what=$1
    shift
    complaint=$("$@" 2>&1) || fail "cannot $what: $(echo "$complaint" | tail -n 1)"
}

# Drivers are numbered, because each needs those before it; an absent one is built into the kernel.
collect_drivers() {
    number=10
    mkdir modules
    for driver in $drivers; do
        file=$(find tree -name "$driver.ko*")
        case $file in
        *.xz) try "decompress $driver" xz --decompress --keep "$file" && file=${file%.xz} ;;
        esac
        [ -z "$file" ] || cp "$file" "modules/$number-$driver.ko"
        number=$((number + 1))
    done
}

# Everything happens in a new folder. It gets its final name when it is complete.
fetch() { # VERSION
    command -v apt-get >/dev/null || fail "there is no apt-get to fetch Linux $1; set KERNEL=FILE"
    use_packages
    package=$(newest_package "$1" "$ARCH")
    [ -n "$package" ] || fail "apt knows no cloud kernel $1 for $ARCH: try apt-get update, or set KERNEL=FILE"

    need_room 200 "$kernels"
    new=$(mktemp -d new.XXXXXX)
    trap 'rm -rf "$kernels/$new"' EXIT
    trap 'exit 1' HUP INT TERM
    cd "$new"
    say "fetching $package"
    try "download $package" apt-get download "$package"
    try "unpack $package" dpkg-deb --extract ./*.deb tree
    try "copy the kernel" cp tree/boot/vmlinuz-* vmlinuz
    collect_drivers
    rm -rf tree ./*.deb
    sha256sum vmlinuz modules/* >SHA256SUMS
    cd ..
    chmod 755 "$new"
    rm -rf "$1"
    mv "$new" "$1"
}

[ $# -eq 1 ] || fail 'usage: kernel.sh 6.1|6.12|FILE' 2
case $1 in
6.1 | 6.12) ;;
*)
    [ -f "$1" ] || fail "unknown kernel $1: it is neither 6.1, 6.12 nor a file" 2
    realpath "$1"
    exit
    ;;
esac

kernels=$(realpath "$lab/../..")/$build/kernels
mkdir -p "$kernels"
cd "$kernels"
exec 9>lock
flock 9 # two virtual machines may start at once
if [ -e "$1" ] && ! is_whole "$1"; then
    say "the cached Linux $1 is damaged"
fi
is_whole "$1" || fetch "$1"
echo "$kernels/$1/vmlinuz"
