#!/bin/sh
# Print the path of a static busybox for the image: busybox.sh FOLDER. It is for ARCH, see arch.sh. It
# takes the first of these:
#
#   BUSYBOX=FILE                  a file of yours
#   FOLDER/busybox                what an earlier run fetched
#   the package busybox-static    downloaded by apt-get, which checks its signature; not installed
#   the published binary          or what BUSYBOX_URL names, with BUSYBOX_SHA256 as its sum
#
# If BUSYBOX_URL is set, only it counts: no package, and no earlier download with another sum.
set -eu
umask 022

say() {
    echo "busybox: $1" >&2
}

fail() {
    say "$1"
    exit 1
}

lab=$(realpath "$(dirname "$0")")
. "$lab/arch.sh"

sum_of() { # FILE
    sha256sum "$1" | cut -d ' ' -f 1
}

set_published() {
    case $ARCH in
    amd64)
        BUSYBOX_URL=https://busybox.net/downloads/binaries/1.35.0-x86_64-linux-musl/busybox
        BUSYBOX_SHA256=6e123e7f3202a8c1e9b1f94d8941580a25135382b99e8d3e34fb858bba311348
        ;;
    arm64)
        BUSYBOX_URL=https://busybox.net/downloads/binaries/1.31.0-defconfig-multiarch-musl/busybox-armv8l
        BUSYBOX_SHA256=141adb1b625a6f44c4b114f76b4387b4ea4f7ab802b88eb40e0d2f6adcccb1c3
        ;;
    *) fail "no published busybox is known for $ARCH: set BUSYBOX=FILE" ;;
    esac
}

# Both ways to fetch leave the file `busybox` in the working folder. It is no error when the package
# cannot be had, since there is the other way.
fetch_package() {
    command -v apt-get >/dev/null || return 1
    say "downloading the package busybox-static$(! is_foreign || echo " for $ARCH")"
    use_packages || return 1
    if apt-get download busybox-static >log 2>&1 && dpkg-deb --extract ./*.deb tree >log 2>&1; then
        find tree -type f -name busybox -exec mv '{}' busybox ';'
    else
        say "that failed: $(tail -n 1 log)"
        return 1
    fi
}

download() { # URL
    say "downloading $1"
    if command -v curl >/dev/null; then
        curl -fsSL --connect-timeout 30 -o busybox "$1" 2>log
    elif command -v wget >/dev/null; then
        wget -nv -t 1 -T 30 -O busybox "$1" 2>log
    else
        fail 'there is neither curl nor wget: install one, or set BUSYBOX=FILE'
    fi && return
    reason=$(tail -n 1 log)
    fail "that failed: ${reason:-the file is not complete}; BUSYBOX=FILE takes one that you have"
}

fetch_published() {
    [ "${BUSYBOX_URL:-}" ] || set_published
    download "$BUSYBOX_URL"
    sum=$(sum_of busybox)
    [ "$sum" = "$BUSYBOX_SHA256" ] || fail "its SHA-256 is wrong, so it is not used:
expected $BUSYBOX_SHA256
     got $sum"
    chmod 755 busybox
}

is_there() {
    [ -f "$folder/busybox" ] || return 1
    [ -z "${BUSYBOX_URL:-}" ] || [ "$(sum_of "$folder/busybox")" = "$BUSYBOX_SHA256" ]
}

# Fetch in a folder of its own, so that an incomplete file never has the final name.
fetch() {
    mkdir -p "$folder"
    new=$(mktemp -d "$folder/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    (
        cd "$new"
        if [ "${BUSYBOX_URL:-}" ] || ! fetch_package; then
            fetch_published
        fi
    )
    mv "$new/busybox" "$folder/busybox"
}

# What may not run here cannot be asked. So its ELF header is read, see elf(5).
check_foreign() { # FILE
    case $ARCH in
    arm64) machine=183 ;; # EM_AARCH64
    i386) machine=3 ;;    # EM_386
    esac
    [ "$(od -An -tu2 -j 18 -N 2 "$1" | tr -d ' ')" = "$machine" ] || fail "$1 is no program for $ARCH"
    ! readelf -l "$1" 2>/dev/null | grep -q INTERP ||
        fail "$1 needs shared libraries, which the image does not have: take a static one"
}

check() { # FILE
    [ -f "$1" ] || fail "$1 is not a file"
    [ -x "$1" ] || fail "$1 is not executable: chmod +x"
    if is_foreign; then
        check_foreign "$1"
        return
    fi
    ! ldd "$1" 2>/dev/null | grep -q '(0x' ||
        fail "$1 needs shared libraries, which the image does not have: take a static one"
    "$1" --list-full 2>/dev/null | grep -qx bin/sh ||
        fail "$1 is no busybox that runs here, has a shell and knows --list-full"
}

[ $# -eq 1 ] || fail 'usage: busybox.sh FOLDER'
[ -z "${BUSYBOX_URL:-}" ] || [ "${BUSYBOX_SHA256:-}" ] || fail 'BUSYBOX_URL needs BUSYBOX_SHA256'
folder=$1
file=${BUSYBOX:-$folder/busybox}
[ "${BUSYBOX:-}" ] || is_there || fetch
check "$file"
realpath "$file"
