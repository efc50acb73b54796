#!/bin/sh
# Make the disk of the machine in which the tutorial is typed, build/vm/tutorial/root.img, and print
# its path. Make it only if its inputs have changed. It is a Debian 12 with systemd and a compiler,
# and has the project in /home/student/project. The user student may use sudo, and is logged in on
# the serial line.
#
#   build/downloads/debian.tar    the system alone: from the network, once
#   build/vm/tutorial/root.img    with the project: made in some seconds, if a file has changed
#
# Both need root: debootstrap does, and so do the owners of files. Another user is asked for sudo.
# The packages come from where this machine's apt gets its own, or from MIRROR=URL.
set -eu
PATH=$PATH:/usr/sbin:/sbin
umask 022
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
lab=$project/common/lab
# shellcheck source=../../common/lab/vm-errors.sh
. "$lab/vm-errors.sh"

release=bookworm
packages=systemd-sysv,udev,dbus,dbus-user-session,libpam-systemd,sudo,procps,iproute2
packages=$packages,make,gcc,libc6-dev,libseccomp-dev,cgroup-tools

# List the project as it is after somebody cloned and built it: with no image, but with the busybox.
list_project() {
    find . -mindepth 1 \( -path ./.git -o -path ./build \) -prune -o -print
    find build/doctor build/join build/exec build/step0? build/obj/doctor build/obj/step0? \
        build/downloads/busybox
}

# Print a line that changes when a file does. This script is one of the files.
fingerprint() {
    { list_project && echo build/downloads/debian.tar; } | tr '\n' '\0' |
        xargs -0 stat --format '%n %s %f %Y' | sha256sum
}

find_mirror() {
    apt-get indextargets --format "\$(CODENAME) \$(SITE)" 'Created-By: Packages' |
        sed -n "s/^$release //p;" | head -n 1
}

fetch_debian() { # FOLDER
    mirror=${MIRROR:-$(find_mirror)}
    [ -n "$mirror" ] || fail "this machine's apt has no source for Debian $release: set MIRROR=URL"
    command -v debootstrap >/dev/null || fail 'debootstrap is missing: apt-get install debootstrap'
    say "fetching Debian $release"
    # Run it in a mount namespace: debootstrap mounts a /proc for the packages' scripts.
    unshare --mount debootstrap --variant=minbase --include="$packages" $release "$1" "$mirror" \
        >build/downloads/debootstrap.log 2>&1 ||
        fail "debootstrap failed, see build/downloads/debootstrap.log"
}

# The page's boxes have these prompts and this width. Only the commands may write to the terminal.
write_settings() {
    echo lab >etc/hostname
    echo '127.0.0.1 localhost lab' >etc/hosts
    printf "PS1='\\\\\$ ' PS2='> '\nexport LS_COLORS=\n" | tee root/.bashrc >home/student/.bashrc
    touch home/student/.hushlogin
    echo 'stty rows 50 cols 200' >etc/profile.d/lab.sh
    echo 'set enable-bracketed-paste off' >etc/inputrc
    echo 'kernel.printk = 1' >etc/sysctl.d/lab.conf
    echo 'student ALL=(ALL) NOPASSWD:ALL' >etc/sudoers.d/student
    mkdir -p etc/systemd/system/serial-getty@.service.d etc/systemd/system.conf.d
    printf '[Manager]\nShowStatus=no\n' >etc/systemd/system.conf.d/lab.conf
    printf '[Service]\nExecStart=\nExecStart=-/sbin/agetty %s\n' \
        '--autologin student --noclear --keep-baud 115200 %I xterm' \
        >etc/systemd/system/serial-getty@.service.d/lab.conf
}

# Remove documentation, lists of packages, and what would start by itself while commands are typed.
remove_ballast() {
    rm -rf usr/share/doc usr/share/man usr/share/info usr/share/locale var/cache/apt/* \
        var/lib/apt/lists/* etc/systemd/system/timers.target.wants etc/resolv.conf
}

make_debian() {
    fetch_debian "$new/root"
    (cd "$new/root" && remove_ballast && tar -cf ../debian.tar .)
    rm -rf "$new/root"
    mv "$new/debian.tar" build/downloads/debian.tar
}

make_image() {
    mkdir "$new/root"
    tar -xf build/downloads/debian.tar -C "$new/root"
    chroot "$new/root" useradd --create-home --shell /bin/bash student # also in /etc/subuid
    (cd "$new/root" && write_settings)
    mkdir "$new/root/home/student/project"
    list_project | tar -cf - --no-recursion -T - | tar -xf - -C "$new/root/home/student/project"
    chown -R 1000:1000 "$new/root/home/student"
    # With a journal: without one, ext4 looks for long whether an inode was freed just now.
    mke2fs -q -F -t ext4 -J size=8 -E lazy_itable_init=0 -d "$new/root" \
        "$new/root.img" 2G >/dev/null
    mv "$new/root.img" build/vm/tutorial/root.img
}

is_debian_new() {
    [ "$(cat build/downloads/debian.packages 2>/dev/null)" = "$release $packages" ] &&
        [ -f build/downloads/debian.tar ]
}

is_image_new() {
    is_debian_new && [ -f build/vm/tutorial/root.img ] &&
        [ "$(fingerprint)" = "$(cat build/vm/tutorial/fingerprint 2>/dev/null)" ]
}

build() {
    need_room 2000 build/vm/tutorial
    new=$(mktemp -d build/vm/tutorial/new.XXXXXX)
    trap 'rm -rf --one-file-system "$project/$new"' EXIT
    trap 'exit 1' HUP INT TERM
    if ! is_debian_new; then
        make_debian
        echo "$release $packages" >build/downloads/debian.packages
    fi
    now=$(fingerprint)
    make_image
    echo "$now" >build/vm/tutorial/fingerprint
}

cd "$project"
if [ ! -x build/step01 ] || [ ! -x build/doctor ]; then
    fail 'the programs are not built: make steps doctor-program'
fi
sh "$lab/busybox.sh" build/downloads >/dev/null
mkdir -p build/vm/tutorial
exec 9>build/vm/tutorial/lock
flock 9
if ! is_image_new; then
    if [ "$(id -u)" -ne 0 ]; then
        say 'making the image needs root: sudo'
        exec sudo MIRROR="${MIRROR:-}" sh "$0"
    fi
    build
fi
ln -sf ../../downloads/busybox build/vm/tutorial/busybox # for the initramfs, where vm-qemu.sh looks
echo "$project/build/vm/tutorial/root.img"
