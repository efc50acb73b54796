#!/bin/sh
# The image: what is in it, where its busybox comes from, and that a failure leaves nothing behind.
# Downloads come from a web server on the loopback interface.
# shellcheck disable=SC2317 # run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
lab=$here/../../common/lab
. "$here/harness.sh"
busybox=$(realpath "$lab/../../build/rootfs/bin/busybox")
command -v ldd >/dev/null || { echo 'needs what a machine has that builds programs: ldd' && exit 77; }
unset BUSYBOX BUSYBOX_URL BUSYBOX_SHA256
sum=$(sha256sum "$busybox" | cut -d ' ' -f 1)

server=
trap 'rm -rf "$work"; [ -z "$server" ] || kill "$server"' EXIT
chmod 755 "$work"

# The server and what it serves.

page() { # NAME COMMAND: a page whose length is announced as one megabyte
    printf '#!/bin/sh\nprintf "Content-Type: x\\r\\nContent-Length: 1000000\\r\\n\\r\\n"\n%s\n' "$2" \
        >"$work/www/cgi-bin/$1"
    chmod +x "$work/www/cgi-bin/$1"
}

start_server() {
    mkdir -p "$work/www/cgi-bin"
    cp "$busybox" "$work/www/busybox"
    page cut 'head -c 1000 /dev/zero'
    page slow 'while [ -e slow ]; do sleep 0.1; done'
    port=$((20000 + $$ % 20000))
    url=http://127.0.0.1:$port
    "$busybox" httpd -f -p 127.0.0.1:$port -h "$work/www" &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        ! "$busybox" wget -q -O /dev/null "$url/busybox" 2>/dev/null || return 0
        sleep 0.2
    done
}

# Set a PATH with all programs, but of those that can fetch something only this one.
fetch_with() { # PROGRAM
    program=$(command -v "$1") || skip "needs $1"
    mkdir bin
    ln -s "$program" bin
    PATH=$PWD/bin:$work/bin
}

# The parts of the tests. Each test runs in a folder of its own, and makes the image image/rootfs.

rootfs() {
    sh "$lab/rootfs.sh" image/rootfs 2>log
}

leaves_nothing() {
    left=$(find . -path './image/*' ! -path ./image/downloads)
    [ -z "$left" ] || { echo "left behind: $left" && return 1; }
}

fails() { # COMMAND...
    ! "$@" || { echo "did not fail: $*" && return 1; }
}

refuses() { # MESSAGE
    fails rootfs
    grep -q -e "$1" log || { cat log && return 1; }
    leaves_nothing
}

is_whole() {
    cmp image/rootfs/bin/busybox "$busybox"
    [ "$(image/rootfs/usr/bin/basename a/b)" = b ]
}

# The tests.

the_image_has_folders_links_and_accounts() {
    BUSYBOX=$busybox rootfs
    is_whole
    cd image/rootfs
    for folder in bin sbin lib lib64 usr/bin usr/sbin usr/lib usr/lib64 etc proc sys dev root; do
        [ -d "$folder" ]
    done
    [ "$(stat -c %a tmp)" = 1777 ]
    grep -q ^root: etc/passwd
    [ -z "$(find . -xtype l -o -type b -o -type c)" ]
}

a_download_is_kept_for_the_next_time() {
    fetch_with curl
    BUSYBOX_URL=$url/busybox BUSYBOX_SHA256=$sum rootfs
    is_whole
    rm -r image/rootfs
    BUSYBOX_URL=http://127.0.0.1:1/ BUSYBOX_SHA256=$sum rootfs
    is_whole
    rm -r image/rootfs
    PATH=$work/bin rootfs
    is_whole
}

wget_serves_where_there_is_no_curl() {
    fetch_with wget
    BUSYBOX_URL=$url/busybox BUSYBOX_SHA256=$sum rootfs
    is_whole
    rm -r image
    BUSYBOX_URL=$url/cgi-bin/cut BUSYBOX_SHA256=$sum refuses 'that failed: .'
    BUSYBOX_URL=$url/nothing BUSYBOX_SHA256=$sum refuses 'that failed: .*404'
}

without_curl_and_wget_it_says_so() {
    PATH=$work/bin BUSYBOX_URL=$url/busybox BUSYBOX_SHA256=$sum refuses neither
}

a_wrong_sum_is_refused() {
    fetch_with curl
    BUSYBOX_URL=$url/busybox BUSYBOX_SHA256=123abc refuses "$sum"
    grep -q 123abc log
}

a_cut_download_is_refused() {
    fetch_with curl
    BUSYBOX_URL=$url/cgi-bin/cut BUSYBOX_SHA256=$sum refuses 'that failed: .'
}

a_missing_page_is_refused() {
    fetch_with curl
    BUSYBOX_URL=$url/nothing BUSYBOX_SHA256=$sum refuses 'that failed: .*404'
}

a_url_without_a_sum_is_refused() {
    BUSYBOX_URL=$url/busybox refuses 'needs BUSYBOX_SHA256'
}

a_file_that_does_not_serve_is_refused() {
    BUSYBOX=nothing refuses 'not a file'
    cp "$busybox" plain
    chmod 644 plain
    BUSYBOX=plain refuses 'not executable'
    BUSYBOX=/bin/ls refuses 'shared libraries'
    printf '#!/bin/sh\n' >other
    chmod +x other
    BUSYBOX=other refuses 'no busybox'
}

an_image_is_not_replaced() {
    mkdir -p image/rootfs/bin
    BUSYBOX=$busybox fails rootfs
    grep -q 'remove it' log
    [ ! -e image/rootfs/bin/busybox ]
}

an_image_without_a_shell_is_not_passed_over() {
    BUSYBOX=$busybox rootfs
    rootfs
    rm image/rootfs/bin/sh
    fails rootfs
    grep -qx 'rootfs: image/rootfs has no shell; to make it anew, remove it: sudo rm -r image/rootfs' log
}

an_interrupted_run_leaves_nothing() {
    fetch_with curl
    BUSYBOX_URL=$url/cgi-bin/slow BUSYBOX_SHA256=$sum \
        setsid sh "$lab/rootfs.sh" image/rootfs 2>log &
    until grep -qs downloading log; do
        sleep 0.1
    done
    kill -TERM -$!
    fails wait $!
    leaves_nothing
}

a_package_is_unpacked() {
    command -v dpkg-deb >/dev/null || skip 'needs dpkg-deb'
    mkdir -p bin package/DEBIAN package/usr/bin
    cp "$busybox" package/usr/bin/busybox
    printf '%s\n' 'Package: busybox-static' 'Version: 1' 'Architecture: all' \
        'Maintainer: nobody' 'Description: none' >package/DEBIAN/control
    printf '#!/bin/sh\n[ "$*" = "download busybox-static" ] && exec dpkg-deb -Znone -b %s .\n' \
        "$PWD/package" >bin/apt-get
    chmod +x bin/apt-get
    PATH=$PWD/bin:$PATH rootfs
    is_whole
}

an_ordinary_user_can_make_it() {
    [ "$(id -u)" = 0 ] || skip 'needs root, to be another user: sudo make test'
    cp -r "$lab" "$busybox" .
    chown -R 65534:65534 .
    BUSYBOX=./busybox setpriv --reuid 65534 --regid 65534 --clear-groups \
        sh lab/rootfs.sh image/rootfs 2>log
    is_whole
    [ "$(stat -c %u image/rootfs/bin)" = 65534 ]
}

mkdir "$work/bin"
ln -s /usr/bin/* "$work/bin"
rm -f "$work/bin/apt-get" "$work/bin/curl" "$work/bin/wget"
start_server
run the_image_has_folders_links_and_accounts
run a_download_is_kept_for_the_next_time
run wget_serves_where_there_is_no_curl
run without_curl_and_wget_it_says_so
run a_wrong_sum_is_refused
run a_cut_download_is_refused
run a_missing_page_is_refused
run a_url_without_a_sum_is_refused
run a_file_that_does_not_serve_is_refused
run an_image_is_not_replaced
run an_image_without_a_shell_is_not_passed_over
run an_interrupted_run_leaves_nothing
run a_package_is_unpacked
run an_ordinary_user_can_make_it
exit "$failed"
