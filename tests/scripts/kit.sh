#!/bin/sh
# The kit, build/kit.tar: a new user without a network unpacks it, and reaches the prompt of its
# machine. With WHOLE=1, a second build in another folder must give the same file.
# shellcheck disable=SC2317 # run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
. "$here/harness.sh"
kit=$project/build/kit.tar
wanted=10 limit=60 # seconds to the prompt
unset ACCEL MEMORY CPUS

[ -e "$kit" ] || skip 'needs build/kit.tar: make kit'
[ -z "$(find "$here/kit.sh" "$project"/common/lab/kit*.sh -newer "$kit")" ] ||
    skip 'needs a newer build/kit.tar: make kit'
[ "$(id -u)" = 0 ] || skip 'needs root, to become a new user without a network'
for program in qemu-system-x86_64 expect setpriv unshare; do
    command -v $program >/dev/null || skip "needs $program"
done

# A user whom nobody has been.
choose_user() {
    user=64321
    while [ -n "$(ps -o pid= -U "$user")" ] || getent passwd "$user" >/dev/null; do
        user=$((user + 1))
    done
}

as_new_user() { # COMMAND...
    unshare -n setpriv --reuid "$user" --regid "$user" --clear-groups \
        env -i HOME="$PWD" TERM=xterm TMPDIR="$PWD" PATH="$path" "$@"
}

unpack() {
    choose_user
    chmod 711 "$work"
    chown "$user:$user" .
    path=$PATH
    as_new_user tar -xf "$kit"
    make_path
    cd containers-kit
}

# A PATH with coreutils, a shell and QEMU, and nothing else.
make_path() {
    mkdir bin
    for program in $(dpkg -L coreutils | sed -n 's,.*/bin/,,p') sh qemu-system-x86_64 \
        qemu-system-aarch64; do
        ! found=$(command -v "$program") || ln -sf "$found" "bin/$program"
    done
    path=$PWD/bin
}

# Boot, run step05 in it, look for a compiler, power off. What is typed has no 42: a shell works it out.
boot() { # COMMAND...
    cat >../script <<'END'
set timeout 130
set stty_init "rows 33 columns 99"
proc wait_for {what} { expect $what {} default { puts stderr "\nthis did not come: $what"; exit 1 } }
set start [clock milliseconds]
spawn -noecho {*}$argv
wait_for "\n\\$ "
puts [open ../seconds w] [expr {([clock milliseconds] - $start) / 1000.0}]
send "build/step05 build/rootfs sh -c 'echo sum \$((6 * 7))'\r"
wait_for "sum 42\r"
wait_for "\n\\$ "
send "command -v cc gcc clang tcc as ld || echo none \$((6 * 7))\r"
wait_for "none 42\r"
wait_for "\n\\$ "
send "stty size\r"
wait_for "33 99\r"
wait_for "\n\\$ "
send "exit\r"
expect eof {} default { puts stderr "\nit did not power off"; exit 1 }
exit [lindex [wait] 3]
END
    expect ../script unshare -n setpriv --reuid "$user" --regid "$user" --clear-groups \
        env -i HOME="$PWD" TERM=xterm TMPDIR="${TMPDIR:-/tmp}" PATH="$path" "$@" >../said 2>&1 ||
        { cat ../said && return 1; }
    seconds=$(cat ../seconds)
    echo "the prompt came after $seconds s (wanted: $wanted, limit: $limit)"
    [ "${seconds%.*}" -lt "$limit" ]
    [ -z "$(ps -o pid= -U "$user")" ] || { echo 'a process was left' && return 1; }
}

# The tests.

a_new_user_without_a_network_reaches_the_prompt() {
    unpack
    boot ./vm
    grep -o 'the machine is up after .* s' ../said
    [ -e checked ] # so the sums are not asked again
}

# A program that says so makes this machine one of the other kind: all of it is emulated anyway.
# shellcheck disable=SC2016 # that program expands it
the_arm64_machine_too() {
    command -v qemu-system-aarch64 >/dev/null || skip 'needs qemu-system-aarch64'
    unpack
    rm ../bin/uname
    printf '#!/bin/sh\n[ "$1" != -m ] || { echo aarch64 && exit; }\necho Linux\n' >../bin/uname
    chmod +x ../bin/uname
    boot ./vm
}

refuses() { # MESSAGE COMMAND...
    message=$1
    shift
    ! as_new_user "$@" >../said 2>&1 </dev/null || { echo "did not fail: $*" && return 1; }
    printf 'vm: %s\r\n' "$message" | diff - ../said
}

a_damaged_file_is_named() {
    unpack
    printf x | dd of=amd64/kernel bs=1 seek=5000000 conv=notrunc 2>/dev/null
    refuses 'amd64/kernel is damaged: unpack the kit again' ./vm
    rm amd64/disk.qcow2
    refuses 'amd64/disk.qcow2 is damaged: unpack the kit again' ./vm
    rm SHA256SUMS
    refuses 'SHA256SUMS is damaged: unpack the kit again' ./vm
}

what_is_wrong_is_one_line() {
    unpack
    refuses 'usage: ./vm, or ./vm second in another terminal' ./vm third
    refuses 'this needs a terminal' ./vm second
    refuses 'ACCEL=fast is not one of: auto kvm hvf tcg' env ACCEL=fast ./vm
    rm ../bin/qemu-*
    refuses 'qemu-system-x86_64 is missing: apt-get install qemu-system-x86, or brew install qemu' ./vm
}

it_has_both_kinds_and_no_compiler() {
    unpack
    for kind in amd64 arm64; do
        for file in step01 step02 step03 step04 step05 join exec rootfs/bin/sh kernel initramfs.cpio disk.qcow2; do
            [ -s "$kind/$file" ] || { echo "there is no $kind/$file" && return 1; }
        done
    done
    readelf -h arm64/step05 | grep AArch64
    readelf -h amd64/step05 | grep X86-64
    grep -q 'href="source/step01-chroot/main.c' tutorial.html
    grep -q 'href="source/common/docs/../../step01-chroot/main.c' tutorial.pt.html
    grep -q 'class="slides"' slides.html
    [ "$(stat -c %s "$kit")" -lt 150000000 ]
    [ "$(amd64/step03 -h >&2; echo $?)" = 0 ]
}

# Another folder, another umask, no cores to share, and files of another date. Downloads are taken along.
a_second_build_is_the_same_file() {
    [ -n "${WHOLE:-}" ] || skip 'takes minutes: WHOLE=1'
    umask 077
    mkdir -p elsewhere/build/arm64
    (cd "$project" && find . -mindepth 1 \( -path ./.git -o -path ./build \) -prune -o -print |
        tar -cf - --no-recursion -T -) | tar -xmf - -C elsewhere
    for folder in build build/arm64; do
        cp -a "$project/$folder/downloads" "$project/$folder/kernels" "elsewhere/$folder"
    done
    cp -a "$project/build/arm64/apt" elsewhere/build/arm64
    cp -a "$project/build/page" elsewhere/build
    make -C elsewhere -j3 kit >log 2>&1 || { cat log && return 1; }
    cmp "$kit" elsewhere/build/kit.tar
}

run a_new_user_without_a_network_reaches_the_prompt
run the_arm64_machine_too
run a_damaged_file_is_named
run what_is_wrong_is_one_line
run it_has_both_kinds_and_no_compiler
run a_second_build_is_the_same_file
exit $failed
