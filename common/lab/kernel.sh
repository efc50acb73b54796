#!/bin/sh
# Print the path of a Linux kernel for the lab's virtual machine: kernel.sh [VERSION|FILE]. It is for
# ARCH, see arch.sh.
#
# VERSION is 6.1 or the like. Of the kernels that apt knows, it names the newest of that version that is
# for virtual machines: in Debian a "cloud" kernel, in Ubuntu a "generic" one. Without VERSION it is the
# one that the distribution installs in a virtual machine. It is taken out of its package, never
# installed, and kept for the next time:
#
#   build/kernels/6.1/vmlinuz        the kernel
#   build/kernels/6.1/config         how it was built
#   build/kernels/6.1/modules/*.ko   the drivers that it does not have built in, in loading order
#   build/kernels/6.1/SHA256SUMS     the sums of these: a damaged copy is noticed and fetched again
#
# A FILE is used as it is, with the `modules` and the `config` beside it, if they are there.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"

# vm-init needs these to reach its disk, and the steps need them to mount an overlay.
drivers='virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci
         virtio_blk virtio_console overlay'
suitable="(cloud-$ARCH(-unsigned)?|generic)"

# The lab in a browser has an IDE disk, and a CPU without PAE. Debian 13 has no kernel for it any more.
if [ "$ARCH" = i386 ]; then
    drivers='scsi_common scsi_mod libata ata_piix crct10dif_common crct10dif_generic crc-t10dif crc64
             crc64_rocksoft_generic crc64-rocksoft t10-pi sd_mod
             crc16 crc32c_generic mbcache jbd2 ext4 overlay'
    suitable=686
fi

is_whole() { # FOLDER
    [ -f "$1/config" ] && (cd "$1" && sha256sum --check SHA256SUMS) >/dev/null 2>&1
}

need_apt() {
    command -v apt-get >/dev/null || fail 'there is no apt-get to fetch a kernel; set KERNEL=FILE'
    use_packages
}

# Print the packages of a version, a pattern.
list_packages() { # VERSION
    apt-cache search --names-only \
        "^linux-image-$1\.[^ ]*-$suitable\$" | cut -d ' ' -f 1
}

version_of() { # PACKAGE
    echo "$1" | sed 's/^linux-image-\([0-9]*\.[0-9]*\).*/\1/'
}

list_versions() {
    for package in $(list_packages '[0-9]+\.[0-9]+'); do
        version_of "$package"
    done | sort -Vu | xargs
}

# These packages are empty, and depend on the kernel of the distribution. Apt says which one it would
# take: that is not the newest where a newer release is also offered.
choose_version() {
    need_apt
    package=$(apt-cache show --no-all-versions "linux-image-cloud-$ARCH" linux-image-virtual \
        2>/dev/null | sed -n 's/^Depends: \(.*, \)*\(linux-image-[0-9][^ ,]*\).*/\2/p' | head -n 1)
    [ -n "$package" ] || fail 'apt knows no kernel for a virtual machine: try apt-get update, or set KERNEL=FILE'
    version_of "$package"
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
        *.zst) try "decompress $driver" zstd --decompress --quiet "$file" && file=${file%.zst} ;;
        esac
        [ -z "$file" ] || cp "$file" "modules/$number-$driver.ko"
        number=$((number + 1))
    done
}

# Ubuntu has the drivers in a package of their own.
download() { # PACKAGE
    say "fetching $1"
    drivers_of=linux-modules-${1#linux-image-}
    apt-cache show "$drivers_of" >/dev/null 2>&1 || drivers_of=
    # shellcheck disable=SC2086 # a word or none
    try "download $1" apt-get download "$1" $drivers_of
    for file in *.deb; do
        try "unpack $file" dpkg-deb --extract "$file" tree
    done
}

# Everything happens in a new folder. It gets its final name when it is complete.
fetch() { # VERSION
    need_apt
    package=$(list_packages "$1" | sort -V | tail -n 1)
    [ -n "$package" ] || fail "there is no KERNEL=$1: apt knows $(list_versions), or name a file" 2

    need_room 400 "$kernels"
    new=$(mktemp -d new.XXXXXX)
    trap 'rm -rf "$kernels/$new"' EXIT
    trap 'exit 1' HUP INT TERM
    cd "$new"
    download "$package"
    try "copy the kernel" cp tree/boot/vmlinuz-* vmlinuz
    try "copy its configuration" cp tree/boot/config-* config
    collect_drivers
    rm -rf tree ./*.deb
    sha256sum vmlinuz config modules/* >SHA256SUMS
    cd ..
    chmod 755 "$new"
    rm -rf "$1"
    mv "$new" "$1"
}

wanted=${1-}
if [ -f "$wanted" ]; then
    realpath "$wanted"
    exit
fi
[ $# -le 1 ] || fail 'usage: kernel.sh [VERSION|FILE]' 2
[ -z "$wanted" ] || echo "$wanted" | grep -Eqx '[0-9]+\.[0-9]+' ||
    fail "KERNEL=$wanted is neither a file nor a version like 6.1" 2

kernels=$(realpath "$lab/../..")/$build/kernels
mkdir -p "$kernels"
cd "$kernels"
exec 9>lock
flock 9 # two virtual machines may start at once
[ -n "$wanted" ] || wanted=$(choose_version)
if [ -e "$wanted" ] && ! is_whole "$wanted"; then
    say "the cached Linux $wanted is damaged"
fi
is_whole "$wanted" || fetch "$wanted"
echo "$kernels/$wanted/vmlinuz"
