#!/bin/sh
# Put all that a room without a network needs into one tar: kit.sh FILE. The same source and packages
# give the same file, to the byte, in any folder and on any day.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/date.sh"
project=$(realpath "$lab/../..")

list_source() {
    (cd "$project" && find . -mindepth 1 \( -path ./.git -o -path ./build -o -path ./exercise \) -prune -o -print)
}

copy_source() {
    mkdir source
    list_source | tar -cf - -C "$project" --no-recursion -T - | tar -xf - -C source
    chmod -R u=rwX,go=rX source
}

# The pages are made beside the source, so that their links to files lead there.
copy_pages() {
    for page in source/TUTORIAL.md source/common/docs/TUTORIAL.*.md; do
        name=$(basename "$page" .md)
        sh source/common/page/html.sh "$page" "tutorial${name#TUTORIAL}.html" 2>/dev/null
    done
    install -m 644 "$project/build/slides.html" .
}

write_readme() {
    cat <<'END'
A Linux container in five C programs: the kit for a room without a network
==========================================================================

./vm             the throwaway machine of the tutorial. It needs QEMU alone:
                     Debian, Ubuntu   apt-get install qemu-system-x86 (or qemu-system-arm)
                     macOS            brew install qemu
                 ./vm second, in another terminal, opens a second shell in it.
                 It has no compiler, so boxes with cc and make grade do not work.
                 The attackers of the tutorial are in its image already.
tutorial.html    what to type there; tutorial.pt.html is in Portuguese
slides.html      slides of the lesson
amd64, arm64     the programs and an image for Linux on x86-64 and on arm64:
                     amd64/step03 amd64/rootfs
source           where all of this comes from

Nothing here needs root, or is changed by a machine. The sums of all files are
in SHA256SUMS. ./vm checks them when it runs for the first time.
END
}

sum_up() {
    find . -type f ! -name SHA256SUMS -print | sed 's,^\./,,' | LC_ALL=C sort | tr '\n' '\0' |
        xargs -0 sha256sum >../SHA256SUMS
    mv ../SHA256SUMS .
}

pack() {
    tar --sort=name --mtime="@$date" --owner=0 --group=0 --numeric-owner --format=gnu \
        -cf kit.tar containers-kit
}

need_room 1000 "$project/build"
new=$(mktemp -d "$project/build/kit.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$new/containers-kit"
cd "$new/containers-kit"
for kind in amd64 arm64; do
    ARCH=$kind sh "$lab/kit-machine.sh" "$PWD/$kind"
done
copy_source
copy_pages
install -m 755 "$lab/kit-vm.sh" vm
write_readme >README.txt
sum_up
cd ..
pack
mv kit.tar "$1"
say "$1 is ready, of $(($(stat -c %s "$1") / 1000000)) MB"
