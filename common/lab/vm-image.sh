#!/bin/sh
# Make the root file system of the lab's virtual machine, build/vm/root.img, when its inputs change.
#
# It is an ext4 image. No virtual machine writes to it: each has a copy-on-write layer over it. It
# has busybox as the system, the project in /project for root, and in /home/student/project for
# student. No root is needed: mke2fs fills the image from a folder, then debugfs sets the owners.
set -eu
PATH=$PATH:/usr/sbin:/sbin # mke2fs is there, and an ordinary user's PATH lacks it
umask 022

lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
project=$(realpath "$lab/../..")
image=$project/build/vm/root.img

# List the project, without its history, downloads, and what only the compiler reads.
list_project() {
    find . \( -path ./.git -o -path './build/*' -name obj -o -path ./build/sanitize \
        -o -path ./build/distro -o -path ./build/downloads -o -path ./build/kernels -o -path ./build/vm \) -prune -o -print
}

# List the host's programs that give a user a range of ids, if it has them.
list_programs() {
    for program in newuidmap newgidmap; do
        command -v $program || true
    done
}

# Print a line that changes when the name, size, mode or time of a file does.
fingerprint() {
    { list_project && list_programs; } | tr '\n' '\0' |
        xargs -0 stat --format '%n %s %f %y' | sha256sum
}

make_system() {
    mkdir -p bin sbin usr/bin usr/sbin usr/local/bin lib/lab etc root proc sys dev run tmp mnt \
        share var
    chmod 1777 tmp
    chmod 700 root
    ln -s /run var/run
    ln -s /tmp var/tmp
    cp "$busybox" bin/busybox
    bin/busybox --list-full | while read -r applet; do
        [ -e "$applet" ] || ln -s /bin/busybox "$applet"
    done
    rm -f sbin/init
    cp "$lab/vm-boot" sbin/init
    cp "$lab/vm-su" usr/local/bin/su
    chmod 755 sbin/init usr/local/bin/su
    cp "$lab/vm-cgroups" lib/lab/cgroups
    cp "$lab/vm-profile" etc/profile
}

make_users() {
    printf '%s\n' root:x:0:0:root:/root:/bin/sh student:x:1000:1000::/home/student:/bin/sh \
        nobody:x:65534:65534::/:/bin/false >etc/passwd
    printf '%s\n' root:x:0: tty:x:5: student:x:1000: nogroup:x:65534: >etc/group
    printf '%s\n' 'root:*:::::::' 'student:*:::::::' >etc/shadow
    chmod 600 etc/shadow
    echo student:100000:65536 | tee etc/subuid >etc/subgid
    echo '127.0.0.1 localhost lab' >etc/hosts
    echo lab >etc/hostname
}

copy_project() { # FOLDER
    mkdir -p "$1"
    (cd "$project" && list_project | tar -cf - --no-recursion -T -) | tar -xf - -C "$1"
}

# A dynamic program needs its libraries and its loader, at the same paths.
copy_libraries() { # PROGRAM
    { ldd "$1" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p ".$(dirname "$library")"
        cp -L "$library" ".$library"
    done
}

copy_programs() {
    list_programs | while read -r program; do
        cp "$program" usr/bin/
        chmod 4755 "usr/bin/$(basename "$program")"
        copy_libraries "$program"
    done
    find project/build -path project/build/rootfs -prune -o -type f -perm -u+x -print |
        while read -r program; do
            copy_libraries "$program"
        done
}

# Files come with their owner on the host. Here their owner is root, or student.
set_owners() {
    find . | while read -r path; do
        case $path in
        ./home/student*) id=1000 ;;
        *) id=0 ;;
        esac
        printf 'set_inode_field "%s" uid %s\nset_inode_field "%s" gid %s\n' \
            "$path" $id "$path" $id
    done >../owners
    debugfs -w -f ../owners ../root.img >/dev/null 2>&1
}

build() {
    need_room 200 build/vm
    new=$(mktemp -d build/vm/new.XXXXXX)
    trap 'rm -rf "$project/$new"' EXIT
    trap 'exit 1' HUP INT TERM
    busybox=$(sh "$lab/busybox.sh" build/downloads)
    mkdir "$new/root"
    cd "$new/root"
    make_system
    make_users
    copy_project project
    copy_project home/student/project
    copy_programs
    # With a journal: without one, ext4 looks for long whether an inode was freed just now.
    mke2fs -q -F -t ext4 -J size=8 -E lazy_itable_init=0,root_owner=0:0 -d . \
        ../root.img 1G >/dev/null
    set_owners
    cd "$project"
    cp "$busybox" build/vm/busybox
    mv "$new/root.img" "$image"
}

cd "$project"
[ -x build/step01 ] || fail 'the programs are not built: make'
[ -d build/rootfs ] || fail 'the image is not built: make rootfs'
mkdir -p build/vm
exec 9>build/vm/lock
flock 9 # two virtual machines may start at once
now=$(fingerprint)
if [ ! -f "$image" ] || [ "$now" != "$(cat build/vm/fingerprint 2>/dev/null)" ]; then
    build
    echo "$now" >build/vm/fingerprint
fi
echo "$image"
