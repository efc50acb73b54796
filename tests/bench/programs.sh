# What is measured, and by which words it is started. run.sh, scale.sh and trace.sh read this first:
# root goes to a mount namespace of its own. Before, they set here, their folder; later, work.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # those that read this use them, and set them

build=$(cd "${BUILD:-$here/../../build}" && pwd)
[ "$(id -u)" -ne 0 ] || [ -n "${BENCH_STAGE:-}" ] || BENCH_STAGE=1 exec unshare -m sh "$0" "$@"
image=$build/rootfs command=/bin/true

names='none step01 floor1 step02 floor2 step03 floor3 step04 floor4 step05 floor5'
peers='unshare bwrap crun runc'

# The words stand in one line, so none may have a blank in it: neither the paths, nor the command's.
words_of() { # NAME [ID]
    case $1 in
    none) echo "$image$command" ;; # no container: what it costs to start and to measure a program
    step*) echo "$build/$1 $image $command" ;;
    floor*) echo "$build/tests/bench/floor ${1#floor} $image $command" ;;
    unshare)
        echo "unshare --user --map-root-user --mount --uts --ipc --net --pid --cgroup --fork" \
            "--kill-child --root=$image --mount-proc $command"
        ;;
    bwrap)
        echo "bwrap --unshare-all --die-with-parent --new-session --hostname bench" \
            "--bind $image / --proc /proc --dev /dev $command"
        ;;
    crun | runc) echo "$1 --root $work/state run --bundle $work/bundle ${2:-bench}" ;;
    esac
}

version_of() { # PEER
    "$1" --version | head -n 1
}

make_bundle() {
    mkdir -p "$work/bundle"
    # shellcheck disable=SC2086 # words
    sh "$here/spec.sh" "$image" "$build/tests/bench/filters" $command >"$work/bundle/config.json"
}

# crun does not run beside an empty cgroup v2, so we hide that. And it gives the files that are its
# stdin and stdout to the container's root: so it gets another /dev/null than the machine's. Both are
# done in this mount namespace, which is ours.
spare_machine() {
    [ "$(id -u)" -eq 0 ] || return 0
    ! grep -q ' /sys/fs/cgroup/unified ' /proc/self/mountinfo || umount /sys/fs/cgroup/unified
    mkdir "$work/dev"
    mount -t tmpfs tmpfs "$work/dev"
    mknod -m 666 "$work/dev/null" c 1 3
    mount --bind "$work/dev/null" /dev/null
    umount -l "$work/dev"
    rmdir "$work/dev"
}

# Print those that run here. Of the others, tell which is missing, and which fails and why.
find_present() { # NAME...
    for name; do
        words=$(words_of "$name")
        if ! command -v "${words%% *}" >/dev/null; then
            echo "missing here: $name (make deps DEPS=bench)" >&2
        elif $words </dev/null >"$work/out" 2>&1; then
            echo "$name"
        else
            echo "does not run here: $name: $(tail -n 1 "$work/out")" >&2
        fi
    done
}

describe_machine() {
    cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
    version=v1
    [ ! -e /sys/fs/cgroup/cgroup.controllers ] || version=v2
    echo "$(nproc) CPUs ${cpu:-$(uname -m)}, Linux $(uname -r), cgroup $version," \
        "user $(id -u), $(date +%F)"
}
