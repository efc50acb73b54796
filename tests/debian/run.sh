#!/bin/sh
# Run programs of a Debian in step05: run.sh, as root. `make debian-test`.
#
#   WHO='root range user'   root; an ordinary user with a range of ids; one with one id
#   ONLY=WORD               the programs that have WORD in their names, and no others
#
# Each file in programs/ runs inside. It must print what its .out has. On stderr it must print
# nothing, or the texts of its .err. Its stdout is a file, and its stderr a pipe.
set -eu
umask 022
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
# shellcheck source=../../common/lab/vm-errors.sh
. "$project/common/lab/vm-errors.sh"
step05=${STEP05:-$project/build/step05}
seconds=900 # for one program

# The program, who runs it, options. With one id there is only root inside: PostgreSQL refuses root,
# and nobody can be changed to.
rows() {
    sources="--volume $project/common:/project/common:ro"
    sources="$sources --volume $project/step01-chroot:/project/step01-chroot:ro"
    cat <<END
postgresql.sh root,range
nginx.sh root,range,user
redis.sh root,range,user
python.py root,range,user
apt.sh root,range,user
compile.sh root,range,user $sources
git.sh root,range,user
sqlite.sh root,range,user
users.sh root,range
ping.sh root,range,user
java.sh root,range,user
musl.sh root,range,user
END
}

# Run as WHO. An ordinary user is user 1000, whatever its name.
as() { # WHO COMMAND...
    by='setpriv --reuid 1000 --regid 1000 --clear-groups'
    [ "$1" != root ] || by=
    shift
    $by "$@"
}

# Let user 1000 have a range of ids, or none: in the mount namespace of this script.
set_range() { # WHO
    : >"$work/range"
    [ "$1" != range ] || echo 1000:100000:65536 >"$work/range"
    for file in /etc/subuid /etc/subgid; do
        [ -f $file ] || fail "$file is missing: apt-get install uidmap, touch $file"
        mount --bind "$work/range" $file
    done
}

# Each has an image of its own, with owners that have an id inside.
unpack() { # WHO
    mkdir "$image"
    [ "$1" = root ] || chown 1000:1000 "$image"
    maps=
    [ "$1" != range ] || maps='unshare --user --map-root-user --map-auto'
    # shellcheck disable=SC2086 # words
    as "$1" $maps tar -C "$image" -xpf "$archive"
}

# The layer of a container lies in its memory, so the one limit is larger than the other. A user may
# set a memory limit only where a cgroup is delegated.
set_limits() { # WHO
    limits='--storage-size 1G --memory 2G --cpus 2'
    # shellcheck disable=SC2086 # words
    [ "$1" = root ] || as "$1" "$step05" $limits "$image" true 2>"$work/err" ||
        limits='--storage-size 1G'
}

start() { # WHO FILE OPTIONS...
    who=$1 file=$2
    shift 2
    interpreter=/bin/sh
    [ "${file##*.}" != py ] || interpreter=python3
    # shellcheck disable=SC2086 # words
    as "$who" timeout -k 30 $seconds "$step05" $limits --volume "$here/programs:/programs:ro" \
        --env WHO="$who" "$@" "$image" $interpreter "/programs/$file" </dev/null
}

# Print what is not as expected. Lines that begin with `step05:` are notes of step05.
compare() { # NAME STATUS
    [ "$2" = 0 ] || { echo "status $2, and on stderr:" && tail -n 8 "$work/err"; }
    diff "$here/programs/$1.out" "$work/out" || true
    if [ ! -f "$here/programs/$1.err" ]; then
        grep -v '^step05: ' "$work/err" || true
        return
    fi
    while IFS= read -r text; do
        grep -qF "$text" "$work/err" || echo "not on stderr: $text"
    done <"$here/programs/$1.err"
}

try() { # WHO FILE OPTIONS...
    began=$(date +%s)
    echo 0 >"$work/status"
    { start "$@" || echo $? >"$work/status"; } 2>&1 >"$work/out" | cat >"$work/err"
    compare "${2%.*}" "$(cat "$work/status")" >"$work/complaint"
    verdict=ok
    [ ! -s "$work/complaint" ] || verdict=FAILED failed=$((failed + 1))
    printf '%-7s%-6s %-12s%4d s\n' $verdict "$1" "${2%.*}" $(($(date +%s) - began))
    sed 's/^/    /' "$work/complaint"
}

try_all() { # WHO
    image=$work/image
    set_range "$1"
    unpack "$1"
    set_limits "$1"
    rows >"$work/rows"
    while read -r file users options <&3; do
        case ,$users, in *,"$1",*) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # words
        case $file in *"${ONLY:-}"*) try "$1" "$file" $options ;; esac
    done 3<"$work/rows"
    umount /etc/subuid /etc/subgid
    rm -rf --one-file-system "$image"
}

[ "$(id -u)" = 0 ] || fail 'this needs root: sudo make debian-test'
if [ "${1-}" != inside ]; then
    archive=$(sh "$here/image.sh")
    exec unshare --mount --propagation private sh "$0" inside "$archive"
fi
archive=$2
mkdir -p "$project/build/debian"
need_room 2000 "$project/build/debian"
work=$(mktemp -d "$project/build/debian/new.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
for file in "$archive" "$step05"; do
    as user test -r "$file" || fail "user 1000 cannot read $file: clone the project elsewhere"
done
failed=0
for who in ${WHO:-root range user}; do
    try_all "$who"
done
[ $failed -eq 0 ] || fail "$failed failed"
