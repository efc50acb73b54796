#!/bin/sh
# Print the path of a configuration with which apt-get knows the packages of another kind of machine:
#
#   APT_CONFIG=$(ARCH=arm64 sh lists.sh) apt-get download busybox-static
#
# They come from where this machine has its own packages, with lists of their own in build/arm64/apt.
# So the machine's lists stay as they are, without `dpkg --add-architecture`, and this needs no root.
# A mirror that has none is named. The exit status is 77 when no mirror has any.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"

write_configuration() {
    mkdir -p lists/partial cache/archives/partial
    : >status # nothing is installed
    cat <<END_OF_FILE
APT::Architecture "$ARCH";
APT::Architectures { "$ARCH"; };
APT::Sandbox::User "root"; // the user _apt may not enter each home
Dir::State "$PWD";
Dir::State::status "$PWD/status";
Dir::Cache "$PWD/cache";
Acquire::Languages "none";
END_OF_FILE
}

# For output that is no terminal, apt-get would leave out the notices.
update() {
    say "fetching the lists of the packages for $ARCH"
    status=0
    apt-get -o quiet=0 update >log 2>&1 </dev/null || status=$?
    sed -n "s/^N: Skipping acquire of .* repository '\(.*\)' doesn't support .*/\1/p" log | sort -u |
        while read -r mirror; do
            say "$mirror has no packages for $ARCH: skipped"
        done
    [ $status -eq 0 ] || say "that failed: $(grep '^[EW]:' log | tail -n 1)"
}

has_packages() {
    apt-cache show libc6 >/dev/null 2>&1
}

command -v apt-get >/dev/null || fail "there is no apt-get to fetch the packages for $ARCH"
folder=$(realpath "$lab/../..")/$build/apt
mkdir -p "$folder"
cd "$folder"
exec 7>lock
flock 7 # two virtual machines may start at once
write_configuration >apt.conf
export APT_CONFIG="$folder/apt.conf"
if [ -z "$(find updated -mtime -1 2>/dev/null)" ]; then
    update
    [ $status -ne 0 ] || touch updated
fi
has_packages || fail "no mirror of this machine has packages for $ARCH, see $folder/log" 77
echo "$APT_CONFIG"
