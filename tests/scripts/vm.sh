#!/bin/sh
# `make vm`: what it refuses, what it prints, and that no end of a machine leaves anything behind. A
# machine boots only if `make vm` has fetched its kernel before.
# shellcheck disable=SC2016,SC2317 # what is quoted runs elsewhere; run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
lab=$project/common/lab
. "$here/harness.sh"
unset ARCH KERNEL CGROUP MEMORY CPUS ACCEL VMUSER SHARE CMD TIMEOUT
export DISK=test

# What each test is made of.

needs_machine() {
    ls "$project"/build/kernels/*/SHA256SUMS >/dev/null 2>&1 || skip 'needs a kernel in build/kernels: make vm'
    command -v "qemu-system-$(uname -m)" >/dev/null || skip 'needs QEMU: make vm'
    mkdir -p "$project/build/vm" 2>/dev/null || true
    [ -w "$project/build/vm" ] || skip "needs a user who may write to $project/build/vm"
}

# The output of CMD goes to the file `out`, the messages of vm.sh go to `said`.
vm() { # NAME=VALUE...
    status=0
    env "$@" sh "$lab/vm.sh" >out 2>said </dev/null || status=$?
}

ends() { # STATUS MESSAGE NAME=VALUE...
    wanted=$1 message=$2
    shift 2
    vm "$@"
    cat said
    [ "$status" = "$wanted" ]
    grep -q "$message" said
}

prints() { # LINE...
    cat said
    printf '%s\n' "$@" | diff - out
}

# A copy of kernel.sh in this folder has a cache of its own, and this apt in place of the real one.
fake_apt() {
    dpkg --print-architecture >/dev/null 2>&1 || skip 'needs dpkg, of Debian'
    mkdir -p common bin package/DEBIAN package/boot package/lib
    cp -r "$lab" common/lab
    echo fetched >package/boot/vmlinuz-6.1.0-1
    echo y >package/boot/config-6.1.0-1
    echo fetched >package/lib/virtio.ko
    printf '%s\n' 'Package: linux' 'Version: 1' 'Architecture: all' 'Maintainer: nobody' \
        'Description: none' >package/DEBIAN/control
    architecture=$(dpkg --print-architecture)
    apt_knows "linux-image-6.1.0-1-cloud-$architecture" "linux-image-6.12.9+deb12-cloud-$architecture"
    printf '#!/bin/sh\nexec dpkg-deb -Znone -b %s .\n' "$PWD/package" >bin/apt-get
    chmod +x bin/apt-cache bin/apt-get
    PATH=$PWD/bin:$PATH
}

# The first package is what the distribution's own depends on. No other can be shown.
apt_knows() { # PACKAGE...
    printf '%s - a kernel\n' "$@" >kernels
    cat >bin/apt-cache <<END
#!/bin/sh
case \$1-\$2-\$3 in
search-*) grep -E "\$(echo "\$3" | sed 's/\\$\$/ /')" kernels_here ;;
show-*-linux-image-*) printf 'Package: one\nDepends: a, $1 (= 2)\n' ;;
*) exit 100 ;;
esac
END
    sed -i "s,kernels_here,$PWD/kernels," bin/apt-cache
    chmod +x bin/apt-cache
}

# The tests.

a_bad_setting_is_refused() {
    set -- CMD=true
    ends 2 'CGROUP=v3 is not one of: v1 v2 hybrid' "$@" CGROUP=v3
    ends 2 'ACCEL=fast is not one of: auto kvm tcg' "$@" ACCEL=fast
    ends 2 'VMUSER=nobody is not one of: root student' "$@" VMUSER=nobody
    ends 2 'MEMORY=much is not a size' "$@" MEMORY=much
    ends 2 'CPUS=0 is not a number' "$@" CPUS=0
    ends 2 'TIMEOUT=soon is not a number' "$@" TIMEOUT=soon
    ends 2 'SHARE=nothing is not a folder' "$@" SHARE=nothing
    ends 2 'needs a terminal' CMD=
}

without_qemu_it_names_the_package() {
    mkdir bin
    ln -sf /bin/* /usr/bin/* bin
    rm -f bin/qemu-system-*
    ends 1 'is missing: apt-get install qemu-system-' PATH="$PWD/bin" CMD=true
}

a_kernel_that_is_none_is_refused() {
    needs_machine
    ends 2 'KERNEL=new is neither a file nor a version' CMD=true KERNEL=new
    echo no >kernel
    ends 1 'did not come up' CMD=true KERNEL="$PWD/kernel"
}

a_damaged_kernel_is_fetched_again() {
    fake_apt
    vmlinuz=$(sh common/lab/kernel.sh 6.1)
    echo damaged >"$vmlinuz"
    sh common/lab/kernel.sh 6.1 2>said
    grep -q 'the cached Linux 6.1 is damaged' said
    [ "$(cat "$vmlinuz")" = fetched ]
    ln -sf /bin/false bin/apt-cache
    ln -sf /bin/false bin/apt-get
    sh common/lab/kernel.sh 6.1
}

the_kernel_is_the_one_that_the_distribution_takes() {
    fake_apt
    [ "$(sh common/lab/kernel.sh)" = "$PWD/build/kernels/6.1/vmlinuz" ]
    [ "$(sh common/lab/kernel.sh 6.12)" = "$PWD/build/kernels/6.12/vmlinuz" ]
    apt_knows linux-image-6.8.0-31-generic
    [ "$(sh common/lab/kernel.sh '')" = "$PWD/build/kernels/6.8/vmlinuz" ]
    : >kernels
    ln -sf /bin/false bin/apt-cache
    ! sh common/lab/kernel.sh 2>said || return 1
    grep -q 'apt knows no kernel for a virtual machine: try apt-get update' said
}

a_kernel_that_apt_lacks_is_answered_by_those_that_it_has() {
    fake_apt
    status=0
    sh common/lab/kernel.sh 9.9 2>said || status=$?
    [ "$status $(cat said)" = '2 kernel: there is no KERNEL=9.9: apt knows 6.1 6.12, or name a file' ]
    apt_knows linux-image-5.15.0-25-generic linux-image-5.15.0-9-generic
    ! sh common/lab/kernel.sh 6.1 2>said || return 1
    [ "$(cat said)" = 'kernel: there is no KERNEL=6.1: apt knows 5.15, or name a file' ]
}

drivers_come_from_a_package_of_their_own_where_there_is_one() {
    fake_apt
    command -v zstd >/dev/null || skip 'needs zstd: make vm'
    apt_knows linux-image-6.8.0-31-generic
    echo new >package/lib/virtio_blk.ko
    zstd --rm --quiet package/lib/virtio_blk.ko
    sed -i 's/^\*)/show-linux-modules-6.8.0-31-generic-) ;;\n&/' bin/apt-cache
    # shellcheck disable=SC2016
    sed -i '2i echo "$*" >asked' bin/apt-get
    sed -i "s,asked,$PWD/asked," bin/apt-get
    folder=$(dirname "$(sh common/lab/kernel.sh)")
    [ "$(cat "$folder"/modules/*virtio_blk.ko)" = new ]
    [ "$(cat asked)" = 'download linux-image-6.8.0-31-generic linux-modules-6.8.0-31-generic' ]
}

v1_needs_a_kernel_with_its_memory_controller() {
    command -v "qemu-system-$(uname -m)" >/dev/null || skip 'needs QEMU: make vm'
    echo no >kernel
    echo '# CONFIG_MEMCG_V1 is not set' >config
    ends 2 'CGROUP=v1 needs another KERNEL' CMD=true CGROUP=v1 KERNEL="$PWD/kernel"
}

a_kernel_that_cannot_be_fetched_is_named() {
    fake_apt
    printf '#!/bin/sh\necho no network >&2\nexit 100\n' >bin/apt-get
    ! sh common/lab/kernel.sh 6.1 2>said || return 1
    grep -q 'cannot download linux-image-6.1.0-1-cloud-.*: no network' said
    [ "$(ls build/kernels)" = lock ]
}

output_and_status_are_those_of_cmd() {
    needs_machine
    vm CMD='echo out; echo err >&2; exit 7'
    prints out err
    [ "$status" = 7 ]
}

the_machine_is_as_asked() {
    needs_machine
    vm CGROUP=hybrid VMUSER=student CPUS=3 MEMORY=300M CMD='
        id -un
        nproc
        awk "/^MemTotal/ && \$2 < 300 * 1024 { print \"at most 300M\" }" /proc/meminfo
        for program in step01 step02 step03 step04 step05 join; do command -v $program; done
        awk "\$2 ~ /memory|unified/ { print \$1, \$2 }" /proc/mounts'
    bin=/home/student/project/build
    prints student 3 'at most 300M' \
        "$bin/step01" "$bin/step02" "$bin/step03" "$bin/step04" "$bin/step05" "$bin/join" \
        'cgroup /sys/fs/cgroup/memory' 'cgroup2 /sys/fs/cgroup/unified'
}

# The image and the programs are for arm64, and so is each command of its busybox.
a_machine_of_another_kind_runs_the_five_steps() {
    [ "$(uname -m)" = x86_64 ] || skip 'needs an x86-64 machine'
    for part in rootfs step05 kernels/6.1; do
        [ -e "$project/build/arm64/$part" ] || skip 'needs what is made by: make vm ARCH=arm64'
    done
    command -v qemu-system-aarch64 >/dev/null || skip 'needs make deps DEPS=arm64'
    # shellcheck disable=SC2016 # the machine expands it
    vm ARCH=arm64 CMD='
        for step in 1 2 3 4 5; do step0$step build/rootfs uname -m; done
        step05 build/rootfs busybox --list-full | sort >/tmp/in
        (cd build/rootfs && find . -type l -o -name busybox | cut -c 3- | sort) | diff - /tmp/in | grep -v linuxrc | grep "^[<>]"'
    prints aarch64 aarch64 aarch64 aarch64 aarch64
}

a_shared_folder_cannot_be_changed() {
    needs_machine
    mkdir share
    echo text >share/file
    vm SHARE=share CMD='cat /share/file; touch /share/new 2>/dev/null || echo read-only'
    prints text read-only
    [ "$(ls share)" = file ]
}

# The disk is made of packages, which only `make vm` fetches.
needs_lesson() {
    needs_machine
    [ -e "$project/build/downloads/lesson.tar" ] || skip 'needs the packages: make vm'
}

the_tutorials_machine_has_what_the_boxes_need() {
    needs_lesson
    vm DISK=lesson CMD='
        id -un
        sudo id -un
        command -v chroot ldd unshare nsenter cc make diff
        cat /proc/self/cgroup
        stat -c "%U %a" . build/rootfs/bin/escape build/rootfs/bin/euid
        make diff STEP=1 | tail -n 1 | cut -c 1-9
        cc -static -xc -o /tmp/a - <<END && /tmp/a && echo compiled
int main(void) { return 0; }
END
        readlink -f /project'
    prints student root /usr/sbin/chroot /usr/bin/ldd /usr/bin/unshare /usr/bin/nsenter \
        /usr/bin/cc /usr/bin/make /usr/bin/diff '0::/user.slice/user-1000.slice/session-1.scope' \
        'student 755' 'root 755' 'root 4755' '  chroot:' compiled /home/student/project
    [ "$(du -m "$project/build/vm/lesson/root.img" | cut -f 1)" -lt 150 ]
}

# With the tools of that machine, for root and for the student.
the_lines_of_explain_can_be_typed_there() {
    needs_lesson
    vm DISK=lesson CMD='sh tests/scripts/typed.sh; sudo sh tests/scripts/typed.sh'
    sed 's/^/    /' out # so that nobody takes these for tests of this script
    [ "$(grep -c '^.       OK . step0._can_be_typed$' out)" = 5 ]
    ! grep FAILED out
}

# Each shell has job control, and the second one ends by Ctrl-X while the machine goes on.
a_second_terminal_has_a_shell_of_its_own() {
    needs_lesson
    command -v expect >/dev/null || skip 'needs expect'
    DISK=lesson LAB=$lab expect -c 'set timeout 120
        set stty_init {rows 33 columns 99}
        proc await args {expect {*}$args {} default {exit 1}}
        spawn -noecho sh $env(LAB)/vm.sh
        set first $spawn_id
        await -re {throws away.*\$ $}
        send "sleep 100 & kill %1; tty; stty size\r"
        await -re {\[1\].*/dev/tty[A-Z]+0\r.*33 99\r.*\$ $}
        spawn -noecho sh $env(LAB)/vm-console.sh
        await -re {\$ $}
        send "tty; stty size; cat /proc/self/cgroup\r"
        await -re {/dev/hvc0\r\n33 99\r.*session-2.*\$ $}
        send "\030"
        await eof
        set spawn_id $first
        send "\004"
        await eof
        exit [lindex [wait] 3]'
    echo # the machine may end in the middle of a line
}

the_shell_on_a_terminal_ends_with_ctrl_d() {
    needs_machine
    command -v expect >/dev/null || skip 'needs expect'
    VM=$lab/vm.sh expect -c 'set timeout 120
        proc await args {expect {*}$args {} default {exit 1}}
        spawn -noecho sh $env(VM)
        await "root@lab:/project# "
        send "step03 build/rootfs id -u | tr 0 X\r"
        await -re {\nX\r.*root@lab:/project# }
        send "\004"
        await eof
        exit [lindex [wait] 3]'
    echo # the machine may end in the middle of a line
}

two_machines_run_at_once() {
    needs_machine
    mkdir first second
    (cd first && vm CMD='date +%s; sleep 5; date +%s') &
    (cd second && vm CMD='date +%s; sleep 5; date +%s')
    wait $!
    [ "$(head -n 1 first/out)" -lt "$(tail -n 1 second/out)" ]
    [ "$(head -n 1 second/out)" -lt "$(tail -n 1 first/out)" ]
}

a_machine_that_hangs_is_ended() {
    needs_machine
    ends 124 'CMD took more than 25 s' TIMEOUT=25 CMD='echo begun; sleep 1000'
    prints begun
}

a_machine_that_stops_shows_its_console() {
    needs_machine
    ends 1 'Kernel panic' CMD='echo c >/proc/sysrq-trigger'
    grep -q 'the machine stopped before the end of CMD' said
}

a_full_disk_is_named() {
    needs_machine
    [ "$(id -u)" = 0 ] || skip 'needs root, for a small file system: sudo make test'
    mkdir small
    unshare --mount sh -euc 'mount -t tmpfs -o size=8M small small
        ! TMPDIR=$PWD/small CMD=true sh "$1" 2>said' sh "$lab/vm.sh"
    grep -q 'small/.* needs 32 MB of free space' said
}

a_signal_leaves_nothing() {
    needs_machine
    mkdir tmp
    TMPDIR=$PWD/tmp CMD='echo begun; sleep 1000' sh "$lab/vm.sh" >out 2>said &
    until grep -qs begun out; do
        sleep 0.1
    done
    kill -TERM $!
    status=0
    wait $! || status=$?
    [ "$status" = 143 ]
    [ -z "$(ls tmp)" ]
    ! readlink /proc/[0-9]*/cwd | grep "^$PWD/tmp"
}

run a_bad_setting_is_refused
run without_qemu_it_names_the_package
run a_kernel_that_is_none_is_refused
run a_damaged_kernel_is_fetched_again
run the_kernel_is_the_one_that_the_distribution_takes
run a_kernel_that_apt_lacks_is_answered_by_those_that_it_has
run drivers_come_from_a_package_of_their_own_where_there_is_one
run v1_needs_a_kernel_with_its_memory_controller
run a_kernel_that_cannot_be_fetched_is_named
run output_and_status_are_those_of_cmd
run the_machine_is_as_asked
run a_machine_of_another_kind_runs_the_five_steps
run a_shared_folder_cannot_be_changed
run the_tutorials_machine_has_what_the_boxes_need
run the_lines_of_explain_can_be_typed_there
run a_second_terminal_has_a_shell_of_its_own
run the_shell_on_a_terminal_ends_with_ctrl_d
run two_machines_run_at_once
run a_machine_that_hangs_is_ended
run a_machine_that_stops_shows_its_console
run a_full_disk_is_named
run a_signal_leaves_nothing
exit "$failed"
