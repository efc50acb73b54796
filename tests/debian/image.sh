#!/bin/sh
# Print the path of an archive with a Debian that has the programs of run.sh: image.sh, as root.
#
# The archive is build/downloads/programs.tar: what tests/distro/root.sh makes, the packages below,
# and in /srv/archive one package that is not installed, as an archive for apt-get. It is made again
# if the list of packages has changed.
set -eu
umask 022
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
# shellcheck source=../../common/lab/vm-errors.sh
. "$project/common/lab/vm-errors.sh"

packages='postgresql nginx redis-server python3 sqlite3 git iputils-ping sudo curl
    apt-utils make gcc libc6-dev libcap-dev openjdk-17-jre-headless musl-tools'
later=hello

install() {
    sh "$project/tests/distro/enter.sh" "$new/root" sh -euc '
        export DEBIAN_FRONTEND=noninteractive
        printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d # start no service
        chmod 755 /usr/sbin/policy-rc.d
        apt-get update
        apt-get install -y --no-install-recommends $1
        mkdir -p /srv/archive
        cd /srv/archive
        apt-get download $2
        apt-get clean
    ' sh "$packages" "$later" </dev/null >"$log" 2>&1 ||
        fail "cannot install the programs, see $log"
}

# An archive for apt-get is a folder with a list of its packages.
list_archive() {
    cd "$new/root/srv/archive"
    for package in *.deb; do
        dpkg-deb --field "$package"
        echo "Filename: ./$package"
        echo "Size: $(stat --format %s "$package")"
        echo "SHA256: $(sha256sum "$package" | cut -d ' ' -f 1)"
        echo
    done >Packages
}

# There is no network inside, and so no archive but the local one.
write_settings() {
    cd "$new/root"
    rm -rf var/lib/apt/lists var/log/postgresql usr/share/doc usr/share/man usr/share/locale \
        etc/apt/sources.list etc/apt/sources.list.d/* etc/resolv.conf
    mkdir -p var/lib/apt/lists/partial
    echo 'deb [trusted=yes] file:/srv/archive ./' >etc/apt/sources.list
    echo 'visitor ALL=(ALL) NOPASSWD:ALL' >etc/sudoers.d/visitor
    chroot . useradd --uid 1000 --create-home --shell /bin/sh visitor
}

build() {
    need_room 3000 "$project/build/downloads"
    base=$(sh "$project/tests/distro/root.sh" bookworm)
    new=$(mktemp -d "$project/build/downloads/new.XXXXXX")
    trap 'rm -rf --one-file-system "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    say 'installing the programs'
    mkdir "$new/root"
    tar -C "$new/root" -xf "$base"
    install
    (list_archive)
    (write_settings)
    tar -C "$new/root" --exclude './dev/*' -cf "$archive.new" .
    mv "$archive.new" "$archive"
    echo "$packages $later" >"$archive.packages"
}

archive=$project/build/downloads/programs.tar
log=$project/build/downloads/programs.log
mkdir -p "$project/build/downloads"
if [ ! -f "$archive" ] || [ "$(cat "$archive.packages" 2>/dev/null)" != "$packages $later" ]; then
    [ "$(id -u)" = 0 ] || fail 'this needs root: sudo make debian-test'
    (build)
fi
echo "$archive"
