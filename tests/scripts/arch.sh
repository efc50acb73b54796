#!/bin/sh
# ARCH=arm64 and ARCH=i386, other kinds of machines: what is refused in one line, and what is left out
# where a mirror has no packages for it. The tests that need its libraries or its kernel run after `make
# vm-test`.
# shellcheck disable=SC2317 # run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
lab=$project/common/lab
. "$here/harness.sh"
unset ARCH KERNEL CGROUP MEMORY CPUS ACCEL VMUSER SHARE CMD TIMEOUT BUSYBOX BUSYBOX_URL
[ "$(uname -m)" = x86_64 ] || { echo 'needs an x86-64 machine, which builds for arm64' && exit 77; }

# The command fails, and this is all that it says.
refuses() { # MESSAGE COMMAND...
    message=$1
    shift
    ! "$@" >said 2>&1 </dev/null || { echo "did not fail: $*" && return 1; }
    echo "$message" | diff - said
}

a_kind_that_is_none_is_one_line() {
    not_one="ARCH=sparc is not one of: amd64 arm64 i386"
    refuses "vm: $not_one" env ARCH=sparc CMD=true sh "$lab/vm.sh"
    refuses "kernel: $not_one" env ARCH=sparc sh "$lab/kernel.sh" 6.1
    refuses "busybox: $not_one" env ARCH=sparc sh "$lab/busybox.sh" .
    refuses "rootfs: $not_one" env ARCH=sparc sh "$lab/rootfs.sh" image
    refuses 'vm: KVM does not run ARCH=arm64 here: leave out ACCEL=kvm' \
        env ARCH=arm64 ACCEL=kvm CMD=true sh "$lab/vm.sh"
}

make_refuses() { # MESSAGE ARGUMENT...
    command -v make >/dev/null || skip 'needs make'
    message=$1
    shift
    ! make -C "$project" --no-print-directory "$@" >said 2>&1 || return 1
    sed -i 's/^Makefile:[0-9]*: //' said
    echo "*** $message.  Stop." | diff - said
}

make_refuses_in_one_line() {
    make_refuses 'ARCH=sparc is not one of: amd64 arm64 i386' ARCH=sparc
    make_refuses 'ARCH=arm64 arm64 is not one of: amd64 arm64 i386' ARCH='arm64 arm64'
    make_refuses 'run cannot run ARCH=arm64 here: make vm ARCH=arm64' ARCH=arm64 run
    make_refuses 'attacks cannot run ARCH=arm64 here: make vm ARCH=arm64' ARCH=arm64 attacks
    make_refuses 'vm does not know ARCH=i386' ARCH=i386 vm
    make_refuses 'SANITIZE, COVERAGE and PEERS do not go with ARCH=arm64' ARCH=arm64 SANITIZE=1
    make -C "$project" --dry-run ARCH=amd64 >said # its own kind is nothing special
    ! grep aarch64 said
}

a_busybox_of_this_machine_is_refused() {
    cp /bin/true busybox
    for kind in arm64 i386; do
        refuses "busybox: $PWD/busybox is no program for $kind" \
            env ARCH="$kind" BUSYBOX="$PWD/busybox" sh "$lab/busybox.sh" .
    done
}

# A mirror for amd64 alone, and an apt-get that knows no other. A copy of the lab has lists of its own.
stand_in_mirror() {
    apt=$(command -v apt-get) || skip 'needs apt-get'
    mkdir -p common bin mirror/dists/stable/main/binary-amd64
    cp -r "$lab" common/lab
    (cd mirror/dists/stable && : >main/binary-amd64/Packages &&
        printf '%s\n' 'Suite: stable' 'Architectures: amd64' 'Components: main' 'SHA256:' \
            " $(sha256sum </dev/null | cut -d ' ' -f 1) 0 main/binary-amd64/Packages" >Release)
    echo "deb [trusted=yes] file:$PWD/mirror stable main" >sources
    for program in apt-get apt-cache; do
        printf '#!/bin/sh\nexec %s -o Dir::Etc::sourcelist=%s -o Dir::Etc::sourceparts=- "$@"\n' \
            "${apt%/*}/$program" "$PWD/sources" >"bin/$program"
    done
    chmod +x bin/apt-get bin/apt-cache
    PATH=$PWD/bin:$PATH
}

a_mirror_without_its_packages_is_skipped_by_name() {
    stand_in_mirror
    status=0
    ARCH=arm64 sh common/lab/lists.sh >out 2>said || status=$?
    cat said
    [ "$status" = 77 ]
    [ ! -s out ]
    grep -qx "lists: file:$PWD/mirror stable InRelease has no packages for arm64: skipped" said
    grep -q '^lists: no mirror of this machine has packages for arm64, see' said
}

# The kernels and disks of vm-test.sh come from stand-ins: only the choice of the runs is true.
runs_of_it_are_left_out_by_name() {
    stand_in_mirror
    for script in kernel vm-image; do
        echo 'echo none' >"common/lab/$script.sh"
    done
    # shellcheck disable=SC2016 # the stand-in expands it
    echo 'echo "1 passed, 0 failed, 0 skipped"; echo "$KERNEL ${ARCH:-}" >>machines' >common/lab/vm.sh
    RUNS='6.1:v2:root 6.1-arm64:v2:root' sh common/lab/vm-test.sh >out 2>said
    cat out said
    echo '6.1 ' | diff - machines
    grep -q '^6.1 .* root .* 1 .* 0 .* 0 *ok$' out
    grep -q '^6.1-arm64 .* root .* - .* - .* - *left out: no packages$' out
}

# What follows needs what `make vm-test ARCH=arm64` has made.
needs_sysroot() {
    sysroot=$project/build/arm64/sysroot
    [ -d "$sysroot" ] || skip 'needs the libraries of arm64: make tests ARCH=arm64'
    command -v aarch64-linux-gnu-objdump >/dev/null || skip 'needs make deps DEPS=arm64'
}

# A function of the C library can make one call here, and another one there: poll() is ppoll on
# arm64. If step05 allows all calls that it makes on x86-64, it must allow those on the other, too.
assert_filter_knows() { # ALLOWED CC OBJDUMP LIBC.A
    names_in "$project/step05-full/syscalls_allowed.h" >allowed
    sh "$here/../support/libc-calls.sh" cc objdump "$(cc -print-file-name=libc.a)" >x86
    sh "$here/../support/libc-calls.sh" "$2" "$3" "$4" >other
    [ "$(wc -l <x86)" -gt 300 ]
    [ "$(wc -l <other)" -gt 300 ]
    awk 'FILENAME != "x86" && FILENAME != "other" { allowed[FILENAME, $1] = 1; next }
        FILENAME == "x86" { if (!(("allowed", $2) in allowed)) closed[$1] = 1; seen[$1] = 1; next }
        ($1 in seen) && !($1 in closed) && !((list, $2) in allowed) { print $1, "makes", $2; bad = 1 }
        END { exit bad }' list="$1" allowed "$1" x86 other
}

names_in() { # FILE
    grep -o '"[a-z0-9_]*"' "$1" | tr -d '"'
    printf '%s\n' clone clone3 ioctl personality socket socketpair
}

the_filter_knows_the_calls_of_its_c_library() {
    needs_sysroot
    names_in "$project/step05-full/syscalls_allowed.h" >arm
    assert_filter_knows arm aarch64-linux-gnu-gcc aarch64-linux-gnu-objdump \
        "$(find "$sysroot/usr/lib" -name libc.a)"
}

# socket() is socketcall here, which test_syscalls_i386 tries. So is what that can do with a socket.
the_filter_knows_the_calls_of_the_c_library_of_i386() {
    libc=$(i686-linux-gnu-gcc -print-file-name=libc.a) || skip 'needs make deps DEPS=i386'
    { names_in "$project/step05-full/syscalls_allowed.h" | grep -vx -e mmap -e shmget
        names_in "$project/step05-full/syscalls_i386_allowed.h"
        printf '%s\n' ipc socketcall; } >i386
    assert_filter_knows i386 i686-linux-gnu-gcc i686-linux-gnu-objdump "$libc"
    # shellcheck disable=SC2016 # awk expands it
    [ "$(awk '$2 == "mmap2" { print $1 }' other | xargs)" = 'mmap.o mmap64.o' ]
}

run a_kind_that_is_none_is_one_line
run make_refuses_in_one_line
run a_busybox_of_this_machine_is_refused
run a_mirror_without_its_packages_is_skipped_by_name
run runs_of_it_are_left_out_by_name
run the_filter_knows_the_calls_of_its_c_library
run the_filter_knows_the_calls_of_the_c_library_of_i386
exit "$failed"
