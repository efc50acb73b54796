# The disk of the lab in a browser (vm-image.sh reads this): that of the tutorial's virtual machine,
# without a compiler, and as small as can be. A reader downloads all of it.
# shellcheck shell=sh disable=SC2034,SC2154 # vm-disk-lesson.sh uses this, and vm-image.sh sets lab

. "$lab/vm-disk-lesson.sh"
size=80M

# Of Debian's commands, those whose answers the boxes show. Busybox does for the others.
kept='bash cat cgclassify cgcreate cgdelete cgexec cgget cgset chmod chown cmp cp cut dash diff dirname env
      id init ln ls make mkdir mktemp mount mv nproc nsenter pwd readlink realpath rm rmdir sed setpriv
      setsid sh sha256sum sleep stat stty su sudo tail tee touch tput true tty umount uname unshare wc'

# List what the machine needs of the project: no test but those of the exercises.
list_project() {
    find . -mindepth 1 \( -path ./.git -o -path ./.ci -o -path ./build -o -path ./exercise -o -path './tests/*' \
        ! -path './tests/grader*' ! -name Makefile -o -path './common/docs/*' -o -path './common/page/*' \
        -o -path ./TUTORIAL.md \) \
        -prune -o -print
    find "./$build/join" "./$build/exec" "./$build"/step0?
}

prepare() {
    packages=$(sh "$lab/packages.sh" lab)
}

second_shell=

print_welcome() {
    cat <<END

This machine is yours to break. You are student, and sudo asks for no password.
Nothing is kept: "Start again" gives you a new one.

END
}

# The page says on the second serial port how large its window is: a line "ROWS COLUMNS".
print_resize() {
    cat <<'END'
#!/bin/sh
while read -r rows columns; do
    stty -F "$1" rows "$rows" cols "$columns" || true
done </dev/ttyS1
END
}

# What the kept commands do not need.
unused='etc/apt etc/cron* etc/init.d etc/systemd etc/security usr/games usr/include usr/lib/apt usr/lib/dpkg
        usr/lib/init usr/lib/systemd usr/lib/udev usr/lib/mime usr/lib/*/libgmp.* usr/lib/*/libm.* usr/lib/*/libsmartcols*
        usr/lib/*/libsystemd* usr/lib/*/libproc2* usr/lib/*/libgcrypt* usr/lib/*/libgpg-error* usr/lib/*/libzstd*
        usr/lib/*/liblz* usr/lib/*/libudev.*
        usr/lib/*/libncurses* usr/lib/*/libpanel* usr/lib/*/libmenu* usr/lib/*/libform* usr/lib/*/libtirpc*
        usr/lib/*/libnsl* usr/lib/*/libanl* usr/lib/*/libthread* usr/lib/*/libnss_hesiod*
        usr/lib/*/libnss_compat* usr/lib/*/libstdc* usr/lib/*/audit usr/lib/*/e2fsprogs* usr/lib/*/libbz2*
        usr/lib/locale/C.utf8/LC_C* var/lib/dpkg var/cache'

drop_files() {
    words=" $(echo "$kept" | tr -s '\n ' ' ') "
    for program in usr/bin/* usr/sbin/*; do
        case $words in
        *" ${program##*/} "*) ;;
        *) rm "$program" ;;
        esac
    done
    find usr/share -mindepth 1 -delete
    find usr/lib/*/security -name '*.so' ! -name pam_permit.so -delete
    find usr/libexec/sudo -type f ! -name sudoers.so ! -name 'libsudo_util*' -delete
    # shellcheck disable=SC2086 # patterns
    rm -rf $unused
}

# Like this, the machine has all usual commands.
add_busybox() {
    "$runnable" --list | while read -r command; do
        [ -e "usr/bin/$command" ] || [ -e "usr/sbin/$command" ] || ln -s /lib/lab/busybox "usr/bin/$command"
    done
}

fill_disk() {
    make_system
    drop_files
    add_busybox
    print_resize >lib/lab/resize
    chmod 755 lib/lab/resize
    finish_disk
    # Each prompt tells the page in which folder the shell is, by OSC 7: terminal.js reads it.
    # shellcheck disable=SC2016 # the shell expands it at each prompt
    printf '%s\n' 'PS1="\[\e]7;\$PWD\a\]$PS1"' | tee -a root/.bashrc >>home/student/.bashrc
}
