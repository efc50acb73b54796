#!/bin/sh
# Install what the project needs and the machine lacks: deps.sh GROUP... The groups are build, test,
# lint, vm, docs, translate, slides, page, browser, tutorial, distro, debian, fuzz, coverage, bench,
# arm64, i386, kit. A group whose programs are already here needs nothing. arm64 and i386 are for
# ARCH=arm64 and ARCH=i386 on a machine of another kind.
set -eu

say() {
    echo "deps: $1" >&2
}

fail() {
    say "$1"
    exit 1
}

# Print the browser that is here, or the usual one.
browser() {
    for name in chromium chromium-browser google-chrome chromium; do
        ! command -v $name >/dev/null || break
    done
    echo "$name"
}

# Ubuntu's package chromium-browser has no browser in it. It only leads to the snap.
browser_package() {
    if command -v "$(browser)" >/dev/null; then
        return
    elif grep -qx ID=ubuntu "${OS_RELEASE:-/etc/os-release}"; then
        fail 'Ubuntu has no package of a browser: sudo snap install chromium'
    fi
    echo chromium
}

# Print the packages, if the program is missing. It may be here without a package.
lacking() { # PROGRAM PACKAGE...
    ! command -v "$1" >/dev/null || return 0
    shift
    echo "$@"
}

# The columns for dnf, pacman and apk are untested: a correction is welcome.
packages() { # GROUP
    case $manager-$1 in
    apt-get-build) echo make gcc libc6-dev libseccomp-dev ;;
    apt-get-test) echo libcmocka-dev libcap-dev expect curl wget ;;
    apt-get-lint) echo clang-format clang-tidy cppcheck iwyu shellcheck ;;
    apt-get-vm) echo "qemu-system-$qemu" e2fsprogs xz-utils zstd uidmap ;;
    apt-get-kit) echo qemu-utils cpio ;;
    apt-get-docs) echo pandoc ;;
    apt-get-translate) echo po4a gettext ;;
    apt-get-slides) echo nodejs npm ;;
    apt-get-page) echo "$(packages i386) $(lacking npm nodejs npm) $(lacking pandoc pandoc)" seabios e2fsprogs zstd ;;
    apt-get-browser) browser_package && echo nodejs npm poppler-utils expect ;;
    apt-get-tutorial) echo expect ;;
    apt-get-distro) echo debootstrap expect curl zstd git ;;
    apt-get-debian) echo debootstrap uidmap ;;
    apt-get-bench | dnf-bench) echo hyperfine bubblewrap runc crun strace ;;
    apt-get-fuzz | apt-get-coverage) echo clang libclang-rt-dev llvm ;;
    apt-get-arm64) echo "$(packages build)" gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm e2fsprogs xz-utils ;;
    apt-get-i386) echo "$(packages build)" gcc-i686-linux-gnu libc6-dev-i386-cross ;;

    dnf-build) echo make gcc glibc-static libseccomp-devel libseccomp-static ;;
    dnf-test) echo libcmocka-devel libcap-devel expect curl wget ;;
    dnf-lint) echo clang-tools-extra cppcheck iwyu ShellCheck ;;
    dnf-vm) echo "qemu-system-$qemu" e2fsprogs xz zstd shadow-utils ;;
    dnf-kit | pacman-kit | apk-kit) echo qemu-img cpio ;;
    dnf-docs) echo pandoc ;;
    dnf-translate) echo po4a gettext ;;
    dnf-slides) echo nodejs npm ;;
    dnf-browser) echo chromium nodejs npm poppler-utils expect ;;
    dnf-tutorial) echo expect ;;
    dnf-distro) echo debootstrap expect curl zstd git ;;
    dnf-debian) echo debootstrap shadow-utils ;;
    dnf-fuzz | dnf-coverage) echo clang compiler-rt llvm ;;

    pacman-build) echo make gcc libseccomp ;;
    pacman-test) echo cmocka libcap expect curl wget ;;
    pacman-lint) echo clang cppcheck include-what-you-use shellcheck ;;
    pacman-vm) echo "qemu-system-$qemu" e2fsprogs xz zstd shadow ;;
    pacman-docs) echo pandoc-cli ;;
    pacman-translate) echo po4a gettext ;;
    pacman-slides) echo nodejs npm ;;
    pacman-browser) echo chromium nodejs npm poppler expect ;;
    pacman-tutorial) echo expect ;;
    pacman-distro) echo debootstrap expect curl zstd git ;;
    pacman-debian) echo debootstrap shadow ;;
    pacman-bench | apk-bench) echo hyperfine bubblewrap runc crun strace ;;
    pacman-fuzz | pacman-coverage) echo clang compiler-rt llvm ;;
    pacman-arm64) echo "$(packages build)" aarch64-linux-gnu-gcc qemu-system-aarch64 e2fsprogs xz ;;

    apk-build) echo make gcc musl-dev linux-headers libseccomp-dev libseccomp-static ;;
    apk-test) echo cmocka-dev libcap-dev expect curl wget ;;
    apk-lint) echo clang-extra-tools cppcheck include-what-you-use shellcheck ;;
    apk-vm) echo "qemu-system-$qemu" e2fsprogs xz zstd shadow-subids ;;
    apk-docs) echo pandoc-cli ;;
    apk-translate) echo po4a gettext ;;
    apk-slides) echo nodejs npm ;;
    apk-browser) echo chromium nodejs npm poppler-utils expect ;;
    apk-tutorial) echo expect ;;
    apk-distro) echo debootstrap expect curl zstd git ;;
    apk-debian) echo debootstrap shadow-subids ;;
    apk-fuzz | apk-coverage) echo clang compiler-rt llvm ;;
    dnf-arm64 | apk-arm64 | *-i386 | *-page) fail "$manager has no C library for another kind of machine: take Debian or Ubuntu" ;;
    *) fail "there is no group $1: build, test, lint, vm, docs, translate, slides, page, browser, tutorial, distro, debian, fuzz, coverage, bench, arm64, i386, kit" ;;
    esac
}

programs() { # GROUP
    case $1 in
    vm) echo "qemu-system-$machine mke2fs debugfs xz zstd newuidmap" ;;
    kit) echo qemu-img cpio ;;
    docs) echo pandoc ;;
    translate) echo po4a msgattrib ;;
    slides) echo node npm ;;
    browser) echo "$(browser) node npm pdftotext expect" ;;
    tutorial) echo expect ;;
    distro) echo debootstrap expect curl zstd git ;;
    debian) echo debootstrap newuidmap ;;
    bench) echo hyperfine bwrap runc crun strace ;;
    esac
}

# The other groups also need headers, libraries or certain versions, so only the package manager is asked.
is_there() { # GROUP
    needed=$(programs "$1")
    for program in $needed; do
        command -v "$program" >/dev/null || return 1
    done
    [ "$needed" ]
}

is_installed() { # PACKAGE
    case $manager in
    apt-get) dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed ;;
    dnf) rpm -q --whatprovides "$1" >/dev/null ;;
    pacman) pacman -Q "$1" >/dev/null 2>&1 ;;
    apk) apk info -e "$1" >/dev/null ;;
    esac
}

install_packages() { # PACKAGE...
    case $manager in
    apt-get)
        $sudo apt-get update -qq || true # the next line tells what is missing
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$@"
        ;;
    dnf) $sudo dnf install -y "$@" ;;
    pacman) $sudo pacman -S --noconfirm "$@" ;;
    apk) $sudo apk add "$@" ;;
    esac
}

find_manager() {
    for manager in apt-get dnf pacman apk; do
        ! command -v $manager >/dev/null || return 0
    done
    fail "no apt-get, dnf, pacman or apk here: see this script for what to install"
}

find_missing() { # GROUP...
    for group; do
        list=$(packages "$group")
        ! is_there "$group" || continue
        for package in $list; do
            is_installed "$package" || echo "$package"
        done
    done
}

PATH=$PATH:/usr/sbin:/sbin # mke2fs is there, and an ordinary user's PATH lacks it
[ $# -gt 0 ] || fail 'usage: deps.sh GROUP...'
[ "$(uname -s)" = Linux ] ||
    fail "this is $(uname -s), and containers need Linux: take a virtual machine with Debian or Ubuntu"
machine=$(uname -m)
[ "${ARCH:-}" != arm64 ] || machine=aarch64
case $machine in
aarch64) qemu=arm ;;
*) qemu=x86 ;;
esac
find_manager
missing=$(find_missing "$@")
missing=$(echo "$missing" | xargs)
[ "$missing" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
[ -z "$sudo" ] || command -v sudo >/dev/null ||
    fail "there is no sudo here: as root (su -), install these by $manager: $missing"
say "installing by ${sudo:+sudo }$manager: $missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
# shellcheck disable=SC2086 # it is a list of words
install_packages $missing >"$log" 2>&1 ||
    fail "that failed; is the network up? $(grep -v '^W:' "$log" | tail -n 1)"
