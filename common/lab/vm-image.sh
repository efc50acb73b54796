#!/bin/sh
# Make the root file system of a virtual machine when its inputs change, and print its path,
# build/vm/DISK/root.img: vm-image.sh lesson|kit|lab|test. It is for ARCH, see arch.sh.
#
# It is an ext4 image. No virtual machine writes to it: each has a copy-on-write layer over it. What
# is in it, the scripts vm-disk-DISK.sh say. No root is needed: mke2fs fills the image from
# a folder, then debugfs sets the owners and times.
# shellcheck disable=SC2034 # the scripts of the disks use runnable
set -eu
PATH=$PATH:/usr/sbin:/sbin # mke2fs is there, and an ordinary user's PATH lacks it
umask 022

lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"
. "$lab/date.sh"
project=$(realpath "$lab/../..")
disk=$build/vm/$1 size=1G
# shellcheck source=/dev/null
. "$lab/vm-disk-$1.sh"

# Print a line that changes when the name, size, mode or time of a file does.
fingerprint() {
    { list_project && list_programs; } | tr '\n' '\0' |
        xargs -0 stat --format '%n %s %f %y' | sha256sum
}

# In the machine, what is built for it is in build.
copy_project() { # FOLDER
    mkdir -p "$1"
    (cd "$project" && list_project | tar -cf - --no-recursion --transform "s,^\./$build,./build,S" -T -) |
        tar -xf - -C "$1"
}

# The same files make the same image, to the byte: so it gets no date, name or order by chance. mke2fs
# takes two times of each file from the host: when its inode changed, and when it was read, which
# mke2fs itself does.
uuid=7a0c1d5e-0c0f-4b1e-9a75-c0417a14e201
export E2FSPROGS_FAKE_TIME=$date LC_ALL=C

set_times() {
    find . -exec touch -h -d "@$date" {} +
    find . -printf 'set_inode_field "%p" ctime @'"$date"'\nset_inode_field "%p" atime @'"$date"'\n' \
        >>../inodes
}

# Files come with their owner on the host. Here their owner is root, or student.
set_owners() {
    find . -printf '%U:%G %p\n' | while read -r owner path; do
        case $path in
        */bin/escape | */bin/euid) id=0 ;;
        ./home/student*) id=1000 ;;
        *) id=0 ;;
        esac
        [ "$owner" != $id:$id ] || continue
        printf 'set_inode_field "%s" uid %s\nset_inode_field "%s" gid %s\n' \
            "$path" $id "$path" $id
    done >>../inodes
}

build() {
    need_room 400 "$disk"
    new=$(mktemp -d "$disk/new.XXXXXX")
    trap 'rm -rf "$project/$new"' EXIT
    trap 'exit 1' HUP INT TERM
    mkdir "$new/root"
    cd "$new/root"
    fill_disk
    # With a journal: without one, ext4 looks for long whether an inode was freed just now.
    set_times
    set_owners
    mke2fs -q -F -t ext4 -b 4096 -N 16384 -J size=4 -U $uuid \
        -E lazy_itable_init=0,root_owner=0:0,hash_seed=$uuid -d . ../root.img $size >/dev/null
    debugfs -w -f ../inodes ../root.img >/dev/null 2>&1
    cd "$project"
    cp "$busybox" "$disk/busybox"
    mv "$new/root.img" "$disk/root.img"
}

cd "$project"
[ -x "$build/step01" ] || fail 'the programs are not built: make'
mkdir -p "$disk"
exec 8>"$disk/lock"
flock 8 # two virtual machines may start at once
busybox=$(sh "$lab/busybox.sh" "$build/downloads")
runnable=$(runnable "$busybox")
prepare
now=$(fingerprint)
if [ ! -f "$disk/root.img" ] || [ "$now" != "$(cat "$disk/fingerprint" 2>/dev/null)" ]; then
    build
    echo "$now" >"$disk/fingerprint"
fi
echo "$project/$disk/root.img"
