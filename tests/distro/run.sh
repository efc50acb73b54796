#!/bin/sh
# Try the README on a new machine: run.sh bookworm|trixie|jammy|noble, as root. `make distro-test`.
#
# In a fresh root file system (root.sh), a new user types the commands of the README's section
# Start, and `make run` of each step. Then root does the same. The clone has what is committed here.
# noble is also booted, with its own kernel and AppArmor (vm.sh), unless VM=0. With WHOLE=1 there is
# also what takes long to install: QEMU for `make vm`, pandoc for the page, and clang.
set -eu
umask 022
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
# shellcheck source=../../common/lab/vm-errors.sh
. "$project/common/lab/vm-errors.sh"
most=600 # seconds for what both users type, without the fetching and without the virtual machine
distro=${1-}

# Print the code of the section Start, without comments, and with the address of this repository.
readme() {
    awk '/^## / { start = $2 == "Start" } start && /^    / { print substr($0, 5) }' \
        "$project/README.md" | sed 's/ *#.*//; s,git clone URL,git clone /srv/project.git,'
}

steps() {
    for step in 1 2 3 4 5; do
        echo "make run STEP=$step"
    done
}

# Root's list has no sudo, and not the tests: the user has run them as root already.
list() { # WHO
    {
        case $1 in
        root) readme | sed 's/sudo //g' | grep -v 'make test' ;;
        *) readme ;;
        esac
        steps
        echo 'make doctor'
        case $1-${WHOLE:-0} in
        newcomer-1) show ;;
        root-1) compile_with_clang ;;
        esac
    } | sed "s/^/$1|400|0|/"
    [ "$1" = root ] || build_as_root | sed "s/^/$1|400|/"
}

# The virtual machine has the kernel and the programs of this distribution, and the page its pandoc.
show() {
    by_root='sudo build/step04 build/rootfs id -u && sudo build/step05 build/rootfs id -u'
    echo "make vm CMD='$by_root && build/step05 build/rootfs id -u'"
    echo 'make tutorial.html'
}

compile_with_clang() {
    echo 'apt-get install -y clang'
    echo 'make clean && make CC=clang all tests'
}

# What a user says about files that root has made is one line, and its cure works.
# shellcheck disable=SC2016 # the new user expands it
build_as_root() {
    echo '0|git clone --quiet /srv/project.git ~/second && cd ~/second && sudo make'
    echo '2|make run'
    echo '0|sudo chown -R "$(id -un)" build'
    echo '0|make run'
}

make_machine() {
    tar -C "$root" -xf "$archive"
    git clone --quiet --bare "$project" "$root/srv/project.git"
    git -C "$root/srv/project.git" symbolic-ref HEAD refs/heads/try
    git -C "$root/srv/project.git" update-ref HEAD "$(git rev-parse HEAD)"
    printf '[safe]\n\tdirectory = /srv/project.git\n' >"$root/etc/gitconfig" # it is root's
    echo "127.0.0.1 localhost $(hostname)" >"$root/etc/hosts" # the machine's name is here, too
    chroot "$root" useradd --create-home --shell /bin/bash newcomer
    chmod 700 "$root/home/newcomer" # many homes are so
    echo 'newcomer ALL=(ALL) NOPASSWD:ALL' >"$root/etc/sudoers.d/newcomer"
    echo 'debconf debconf/frontend select Noninteractive' | chroot "$root" debconf-set-selections
}

log_in() { # USER
    list "$1" >"$work/list"
    LOG=$logs/$distro-$1.log expect "$here/type.exp" "$work/list" \
        sh "$here/enter.sh" "$root" su - "$1"
}

[ "$(id -u)" = 0 ] || fail 'this needs root: sudo make distro-test'
cd "$project"
[ -z "$(git status --porcelain)" ] || say 'the clone lacks the changes that are not committed'
logs=$project/build/distro
mkdir -p "$logs"
archive=$(sh "$here/root.sh" "$distro")
work=$(mktemp -d "$project/build/distro/new.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/root
mkdir "$root"

began=$(date +%s)
status=0
make_machine
log_in newcomer || status=1
log_in root || status=1
took=$(($(date +%s) - began))
if [ "$distro" = noble ] && [ "${VM:-1}" != 0 ]; then
    sh "$here/vm.sh" "$root" || status=1
fi
echo "$distro: it took $took s"
[ $took -le $most ] || fail "that is more than $most s"
[ $status -eq 0 ] || fail "the output is in $logs"
