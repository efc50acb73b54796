# Starts other programs that make containers, each with its own defaults. run.sh reads this.
# shellcheck shell=sh
# shellcheck disable=SC2086,SC2154 # limit and caller are lists of words, which run.sh sets

# Give its path, since busybox prefers its own unshare.
path_of() { # PEER
    for folder in /usr/local/bin /usr/bin /usr/sbin; do
        [ ! -x "$folder/$1" ] || { echo "$folder/$1" && return; }
    done
}

installed_peers() {
    for peer in unshare bwrap runc crun docker; do
        [ -n "$(path_of $peer)" ] || continue
        [ $peer != docker ] || docker info >/dev/null 2>&1 || continue
        printf ' %s' $peer
    done
}

version_of() { # PEER
    "$(path_of "$1")" --version | head -n 1
}

start_in_unshare() { # COMMAND...
    $limit $caller "$(path_of unshare)" --user --map-root-user --mount --uts --ipc --net --pid \
        --cgroup --fork --root="$image" --mount-proc "$@"
}

start_in_bwrap() {
    $limit $caller bwrap --unshare-all --bind "$image" / --proc /proc --dev /dev "$@"
}

# Use the configuration that `spec` prints, with our image and command in it.
start_in_oci() { # RUNTIME COMMAND...
    runtime=$1 terminal=false words=''
    shift
    for word; do
        words="$words${words:+, }\"$word\""
    done
    case $caller in
    *at_terminal) terminal=true ;;
    esac
    rm -rf "$work/bundle"
    mkdir "$work/bundle"
    (cd "$work/bundle" && $runtime spec)
    sed -i "s|\"terminal\": true|\"terminal\": $terminal|; s|\"sh\"|$words|
        s|\"path\": \"rootfs\"|\"path\": \"$image\"|; s|\"readonly\": true|\"readonly\": false|" \
        "$work/bundle/config.json"
    $limit $caller $runtime --root "$work/state" run --bundle "$work/bundle" attacked
}

start_in_runc() {
    start_in_oci runc "$@"
}

start_in_crun() {
    start_in_oci crun "$@"
}

start_in_docker() {
    tar -cf - -C "$image" . | docker import - attacks >/dev/null
    $limit $caller docker run --rm --interactive attacks "$@"
}
