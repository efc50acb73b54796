# The disk of the tutorial's virtual machine (vm-image.sh reads this): a Debian without its init, with
# a compiler and sudo. One copy of the project is in /home/student/project. It belongs to student.
# shellcheck shell=sh disable=SC2154 # vm-image.sh sets lab, project, build, disk, busybox

# List the project as it is when it is cloned and built, but without what is only for a browser and in other
# languages. The image is made anew.
list_project() {
    find . -mindepth 1 \( -path ./.git -o -path ./build -o -path ./exercise -o -path ./common/page \
        -o -path ./common/docs/pictures -o -path './common/docs/*.po' -o -path './common/docs/TUTORIAL.*' \) \
        -prune -o -print
    find "./$build/doctor" "./$build/join" "./$build/exec" "./$build"/step0? \
        "./$build/obj/doctor" "./$build/obj"/step0?
}

list_programs() {
    echo "$packages"
    echo "$busybox"
}

prepare() {
    packages=$(sh "$lab/packages.sh" "${disk##*/}") # the kit has fewer
    [ -x "$build/doctor" ] || fail 'a program is not built: make doctor-program'
}

# The packages' scripts did not run. This is what the tutorial needs of what they do.
make_system() {
    tar -xpf "$packages"
    mkdir -p lib/lab share
    ln -sf mawk usr/bin/awk
    [ ! -e usr/bin/gcc ] || ln -sf gcc usr/bin/cc
    [ -e bin/sh ] || ln -s dash bin/sh
    ln -sf /proc/self/mounts etc/mtab
    rm -f sbin/init
    cp "$lab/vm-boot" sbin/init
    cp "$lab/vm-cgroups" lib/lab/cgroups
    cp "$lab/vm-login" lib/lab/login
    print_welcome >lib/lab/welcome
    cp "$busybox" lib/lab/busybox
    chmod 644 lib/lab/*
    chmod 755 sbin/init lib/lab/login lib/lab/busybox
}

second_shell='make vm-console'

print_welcome() {
    cat <<END

This machine is yours to break. You are student, and sudo asks for no password.
Nothing is kept: Ctrl-D (or exit) in this first shell powers it off, and throws away all that
you did in it. \`$second_shell\`, in another terminal of your own machine, opens a second shell.

END
}

# Nobody is asked for a password.
make_users() {
    printf '%s\n' root:x:0:0:root:/root:/bin/bash nobody:x:65534:65534::/:/bin/false \
        student:x:1000:1000::/home/student:/bin/bash >etc/passwd
    printf '%s\n' root:x:0: tty:x:5: nogroup:x:65534: student:x:1000: >etc/group
    printf '%s\n' 'root:*:::::::' 'nobody:*:::::::' 'student:*:::::::' >etc/shadow
    chmod 600 etc/shadow
    rm -f etc/pam.d/*
    printf '%s required pam_permit.so\n' auth account password session >etc/pam.d/other
    echo 'student ALL=(ALL) NOPASSWD:ALL' >etc/sudoers.d/student
    chmod 440 etc/sudoers.d/student
}

# The prompts are those of the boxes. A paste is typed as it is, without marks around it.
write_settings() {
    echo '127.0.0.1 localhost lab' >etc/hosts
    echo lab >etc/hostname
    echo 'set enable-bracketed-paste off' >etc/inputrc
    printf '%s\n' 'export LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        'cd /home/student/project' '[ ! -f ~/.bashrc ] || . ~/.bashrc' >etc/profile
    mkdir -p root home/student
    printf "PS1='\\\\\$ ' PS2='> '\n" | tee root/.bashrc >home/student/.bashrc
    ln -s /home/student/project project
}

# Print the C program that a box of the tutorial types into build/NAME.c.
source_of() { # NAME
    sed -n "/^# cat > build\/$1\.c <<'END'\$/,/^> END\$/s/^> //p" "$project/TUTORIAL.md" | sed '$d'
}

# The boxes compile these two. Here they are ready for a reader who begins in a later chapter.
make_attackers() { # FOLDER
    compiler=cc
    ! is_foreign || case $ARCH in
    arm64) compiler=aarch64-linux-gnu-gcc ;;
    i386) compiler=i686-linux-gnu-gcc ;;
    esac
    command -v $compiler >/dev/null || return 0
    for program in escape euid; do
        source_of $program >../$program.c
        $compiler -static -w -o "$1/$program" ../$program.c
    done
    chmod u+s "$1/euid"
}

fill_disk() {
    make_system
    finish_disk
}

finish_disk() {
    make_users
    write_settings
    copy_project home/student/project
    chmod -R u=rwX,go=rX home/student/project # whatever umask the files were made with
    mkdir -p home/student/project/build/downloads
    cp "$busybox" home/student/project/build/downloads/busybox
    BUSYBOX='' BUSYBOX_URL='' sh "$lab/rootfs.sh" home/student/project/build/rootfs 2>/dev/null
    make_attackers home/student/project/build/rootfs/bin
}
