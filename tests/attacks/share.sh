#!/bin/sh
# Copy the other programs that make containers, if they are installed, with their libraries:
#   share.sh FOLDER
# With SHARE=FOLDER the lab's virtual machine has them too. There run.sh --peers finds them.
set -eu
folder=$1
rm -rf "$folder"
mkdir -p "$folder"

copy() { # FILE FOLDER
    mkdir -p "$folder$2"
    cp -pL "$1" "$folder$2"
}

for name in unshare bwrap runc crun; do
    file=$(command -v $name) || continue
    copy "$file" /usr/local/bin
    { ldd "$file" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
        copy "$library" "$(dirname "$library")"
    done
done
