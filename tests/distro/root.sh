#!/bin/sh
# Print the path of an archive with a fresh Debian or Ubuntu: root.sh bookworm|trixie|jammy|noble
#
# The archive is build/downloads/DISTRO.tar. It has what debootstrap makes, and sudo. The packages
# come from MIRROR=URL; or from where this machine's apt gets its own; or from the place that
# debootstrap knows. Debian's packages are checked with this machine's keys. Ubuntu's are checked
# with the keys of its keyring package, unless this machine has them. The sum of that package stands
# below.
set -eu
umask 022
PATH=$PATH:/usr/sbin:/sbin
project=$(realpath "$(dirname "$0")/../..")
# shellcheck source=../../common/lab/vm-errors.sh
. "$project/common/lab/vm-errors.sh"
scripts=/usr/share/debootstrap/scripts

set_archive() {
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg components=main script=$scripts/sid
    case $distro in
    jammy | noble)
        keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg components=main,universe
        script=$scripts/gutsy
        known=$(sed -n 's,^.*default_mirror \(http://archive\..*\),\1,p' $script)
        keyring_path=pool/main/u/ubuntu-keyring/ubuntu-keyring_2021.03.26_all.deb
        keyring_sha256=0d0e7ed6b112f5d03eabf3c7eb01ebdacf9c57714b279e90495cfc58c8c4520f
        ;;
    bookworm | trixie) known=$(apt-get indextargets --format "\$(SITE)" 'Created-By: Packages' |
        grep '/debian/*$' | head -n 1) ;;
    *) fail "there is no distribution $distro: bookworm, trixie, jammy, noble" 2 ;;
    esac
    mirror=${MIRROR:-$known}
    [ -n "$mirror" ] || fail "no mirror is known for $distro: set MIRROR=URL"
}

fetch_keyring() {
    curl -fsS -o keyring.deb "$mirror/$keyring_path" || fail "cannot fetch the keyring of $distro"
    echo "$keyring_sha256  keyring.deb" | sha256sum --check --quiet ||
        fail "the keyring of $distro has another sum than the one in $0"
    dpkg-deb --extract keyring.deb keys
    keyring=$PWD/keys$keyring
}

# It runs in a mount namespace, since debootstrap mounts a /proc for the packages' scripts.
fetch() {
    say "fetching $distro"
    new=$(mktemp -d "$project/build/downloads/new.XXXXXX")
    trap 'rm -rf --one-file-system "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    cd "$new"
    [ -f "$keyring" ] || fetch_keyring
    unshare --mount debootstrap --variant=minbase --include=sudo,ca-certificates \
        --keyring="$keyring" --components=$components "$distro" root "$mirror" $script \
        >../debootstrap.log 2>&1 || fail "debootstrap failed, see build/downloads/debootstrap.log"
    rm -rf root/var/lib/apt/lists root/var/cache/apt/archives/*.deb # as on an installed system
    mkdir -p root/var/lib/apt/lists
    tar -C root -cf "$archive.new" .
    mv "$archive.new" "$archive"
}

[ $# -eq 1 ] || fail 'usage: root.sh bookworm|trixie|jammy|noble' 2
distro=$1
archive=$project/build/downloads/$distro.tar
set_archive
mkdir -p "$project/build/downloads"
[ -f "$archive" ] || (fetch)
echo "$archive"
