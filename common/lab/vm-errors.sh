# The messages of the lab's scripts, each in one line (kernel.sh and vm*.sh read this).
# shellcheck shell=sh

say() {
    program=${0##*/}
    echo "${program%.sh}: $1" >&2
}

fail() { # MESSAGE [STATUS]
    say "$1"
    exit "${2:-1}"
}

# Ask first: that is clearer than what each program says on a full disk.
need_room() { # MEGABYTES FOLDER
    [ "$(df -Pm "$2" | awk 'END { print $4 }')" -ge "$1" ] || fail "$2 needs $1 MB of free space"
}
