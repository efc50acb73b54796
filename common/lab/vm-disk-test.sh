# The disk of the virtual machine in which the tests run (vm-image.sh reads this): busybox, and little
# more. The project is in /project for root, and in /home/student/project for student.
# shellcheck shell=sh disable=SC2154 # vm-image.sh sets lab, project, build, busybox, runnable

# List the project, without its history, downloads, and what only the compiler reads.
list_project() {
    find . \( -path ./.git -o -path ./build -o -path ./exercise \) -prune -o -print
    find "./$build" \( -name obj -o -path "./$build/sanitize" -o -path "./$build/grade" -o -path "./$build/distro" \
        -o -path "./$build/downloads" -o -path "./$build/kernels" -o -path "./$build/vm" \
        -o -path "./$build/apt" -o -path "./$build/sysroot" -o -path "./$build/arm64" \) -prune -o -print
}

# List the programs that give a user a range of ids. They are the host's, if it has them.
list_programs() {
    if is_foreign; then
        find "$sysroot/usr/bin" -name 'new[ug]idmap'
        return
    fi
    for program in newuidmap newgidmap; do
        command -v $program || true
    done
}

make_system() {
    mkdir -p bin sbin usr/bin usr/sbin usr/local/bin lib/lab etc root proc sys dev run tmp mnt \
        share var
    chmod 1777 tmp
    chmod 700 root
    ln -s /run var/run
    ln -s /tmp var/tmp
    cp "$busybox" bin/busybox
    "$runnable" --list-full | while read -r applet; do
        [ -e "$applet" ] || ln -s /bin/busybox "$applet"
    done
    rm -f sbin/init
    cp "$lab/vm-boot" sbin/init
    cp "$lab/vm-su" usr/local/bin/su
    chmod 755 sbin/init usr/local/bin/su
    cp "$lab/vm-cgroups" lib/lab/cgroups
    cp "$lab/vm-profile" etc/profile
    # shellcheck disable=SC2016 # the machine's shell expands it
    printf '%s\n' '#!/bin/sh' 'user=$1' 'shift 2' 'exec /usr/local/bin/su - "$user" "$@"' \
        >lib/lab/login
    chmod 755 lib/lab/login
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

# A dynamic program needs its libraries and its loader, at the same paths. ldd runs the loader, so of
# another kind of machine all libraries are taken.
copy_libraries() { # PROGRAM
    { ldd "$1" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p ".$(dirname "$library")"
        cp -L "$library" ".$library"
    done
}

copy_all_libraries() {
    (cd "$sysroot" && find -H usr/lib \( -name '*.so.[0-9]*' -o -name 'ld-linux*' \) -print |
        tar -cf - --transform 's,^usr/lib,lib,S' -T -) | tar -xf -
}

copy_programs() {
    ! is_foreign || copy_all_libraries
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

prepare() {
    [ -d "$build/rootfs" ] || fail 'the image is not built: make rootfs'
    ! is_foreign || sysroot=$(sh "$lab/sysroot.sh")
}

fill_disk() {
    make_system
    make_users
    copy_project project
    copy_project home/student/project
    copy_programs
}
