#!/bin/sh
# Print the path of an archive with a system made of packages for ARCH (see arch.sh): packages.sh NAME
#
#   lesson   build/downloads/lesson.tar, the system of the tutorial's virtual machine
#   kit      build/downloads/kit.tar, the same without a compiler
#   lab      build/i386/downloads/lab.tar, the system of the lab in a browser
#   tests    build/arm64/downloads/tests.tar, what the tests of another kind of machine are built with
#
# It is made of the packages below, and of those that they need. apt-get takes them from where this
# machine has its own, and checks their signatures. They are unpacked, and none of their scripts
# runs. So this needs neither root nor debootstrap. vm-disk-lesson.sh does what the scripts would do.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"

kit='bash cgroup-tools coreutils dash diffutils findutils grep gzip hostname iproute2 libc-bin
     make mawk mount ncurses-base ncurses-bin procps sed sudo sysvinit-utils tar tree util-linux'
lesson="$kit gcc libc6-dev libcmocka-dev libseccomp-dev"
browser='bash cgroup-tools coreutils dash diffutils libc-bin make mount ncurses-base ncurses-bin
         sed sudo util-linux'
tests='libc6-dev libcap-dev libcmocka-dev libseccomp-dev uidmap'

# Documentation, and what no command of the tutorial needs: half of all, mostly parts of gcc.
ballast='usr/share/doc usr/share/man usr/share/info usr/share/locale usr/share/perl5
         usr/share/zoneinfo usr/share/bash-completion usr/share/lintian usr/lib/*/gconv
         usr/bin/*lto-dump* usr/bin/*dwp usr/bin/*gprofng* usr/bin/*-gp-* usr/bin/*gcov* usr/bin/*ld.gold usr/bin/gold
         usr/lib/*/gprofng usr/lib/*/libgprofng* usr/lib/gcc/*/*/lto1
         usr/lib/*/lib[alt]san.* usr/lib/*/libubsan.* usr/lib/*/libhwasan.*
         usr/lib/*/libstdc++.* usr/lib/*/libdb-*
         usr/lib/*/libmvec.* usr/lib/*/libm-*.a usr/lib/*/libkrb5.* usr/lib/*/libgssapi* usr/lib/*/perl-base
         usr/lib/gcc/*/*/lto-wrapper usr/lib/gcc/*/*/lib[alt]san.* usr/lib/gcc/*/*/libubsan.* usr/lib/gcc/*/*/libhwasan.*'

# Run a command quietly. When it fails, the last line of its output is the reason.
try() { # WHAT COMMAND...
    what=$1
    shift
    complaint=$("$@" 2>&1) || fail "cannot $what: $(echo "$complaint" | tail -n 1)"
}

# List the packages with all that they need: those that apt would install where nothing is installed.
list_packages() {
    : >status
    # Where apt knows this small package, it stands in for usrmerge, which needs all of Perl.
    merged=usr-is-merged
    apt-cache show $merged >/dev/null 2>&1 || merged=
    # shellcheck disable=SC2086 # words
    apt-get -s -o Dir::State::status="$PWD/status" -o APT::Install-Recommends=false \
        install $wanted $merged 2>log | sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}

# Print the name, version and licences of each package, for who hands the system on.
list_licences() {
    for package in *.deb; do
        name_of=$(dpkg-deb -f "$package" Package)
        licences=$({ sed -n 's/^License: *//p' "root/usr/share/doc/$name_of/copyright"
            grep -o 'common-licenses/[A-Za-z0-9.-]*[0-9A-Za-z]' "root/usr/share/doc/$name_of/copyright" |
                sed 's,.*/,,'
        } | sort -u | tr '\n' ' ')
        echo "$name_of $(dpkg-deb -f "$package" Version): ${licences:-see its source}"
    done
}

# /bin is a link to usr/bin, and the packages may have either name in them.
unpack() {
    mkdir -p root/usr
    for folder in bin sbin lib lib64; do
        mkdir "root/usr/$folder"
        ln -s "usr/$folder" "root/$folder"
    done
    for package in *.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -xpf - --keep-directory-symlink -C root ||
            fail "cannot unpack $package"
    done
    list_licences >"$name.list"
    # Since 1.9.15, sudo needs this library.
    grep -rqs 'libcrypto\.so' root/usr/libexec/sudo || ballast="$ballast usr/lib/*/libcrypto.* usr/lib/*/libssl.*"
    # shellcheck disable=SC2086 # patterns
    (cd root && rm -rf $ballast)
}

fetch() {
    command -v apt-get >/dev/null || fail 'the machine is made of packages, and there is no apt-get'
    use_packages
    need_room 700 "$downloads"
    new=$(mktemp -d new.XXXXXX)
    trap 'rm -rf "$downloads/$new"' EXIT
    trap 'exit 1' HUP INT TERM
    cd "$new"
    list=$(list_packages)
    [ -n "$list" ] || fail "apt finds no packages: try apt-get update ($(tail -n 1 log))"
    say "fetching $(echo "$list" | wc -l) packages"
    # shellcheck disable=SC2086 # words
    try 'download packages' apt-get download $list
    unpack
    mv "$name.list" "$downloads/$name.list"
    tar -cf "$downloads/$name.tar.new" -C root .
    mv "$downloads/$name.tar.new" "$downloads/$name.tar"
}

name=${1-}
case $name in
lesson) wanted=$lesson ;;
kit) wanted=$kit ;;
lab) wanted=$browser ;;
tests) wanted=$tests ;;
*) fail 'usage: packages.sh lesson|kit|lab|tests' 2 ;;
esac
downloads=$(realpath "$lab/../..")/$build/downloads
mkdir -p "$downloads"
exec 9>"$downloads/lock"
flock 9 # two virtual machines may start at once
sum=$(sha256sum <"$lab/packages.sh")
if [ ! -f "$downloads/$name.tar" ] || [ "$sum" != "$(cat "$downloads/$name.sum" 2>/dev/null)" ]; then
    (cd "$downloads" && fetch)
    echo "$sum" >"$downloads/$name.sum"
fi
echo "$downloads/$name.tar"
