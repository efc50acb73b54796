#!/bin/sh
# Boot the tutorial's throwaway virtual machine out of this folder: ./vm. It needs QEMU, and neither
# root nor a network. `./vm second`, in another terminal, opens a second shell in it.
#
#   ACCEL=auto     kvm (Linux), hvf (macOS), tcg (emulation, slower), or auto: what works
#   MEMORY=512M    the size of its memory
#   CPUS=2         how many CPUs it has
#
# Ctrl-D powers it off, Ctrl-A X stops it at once. No change is kept. This is also for macOS: so there
# is no option here that only GNU's programs have.
set -eu
kit=$(cd "$(dirname "$0")" && pwd)
start=$(date +%s)
other_package=', or brew install qemu'
hardware_seconds=10 emulation_seconds=120
: "${ACCEL:=auto}" "${MEMORY:=512M}" "${CPUS:=2}" "${TERM:=dumb}"

# QEMU has switched the terminal to raw: it needs both ends of a line.
say() {
    printf 'vm: %s\r\n' "$1" >&2
}

fail() {
    say "$1"
    exit 1
}

find_kind() {
    case $(uname -m) in
    x86_64 | amd64) kind=amd64 ;;
    arm64 | aarch64) kind=arm64 ;;
    *) fail "this kit has no machine for $(uname -m)" ;;
    esac
}

# Once is enough: the file `checked` says that it was done.
check_sums() {
    [ ! -e checked ] || return 0
    if command -v sha256sum >/dev/null; then
        set -- sha256sum
    elif command -v shasum >/dev/null; then
        set -- shasum -a 256
    else
        return 0
    fi
    bad=$(LC_ALL=C "$@" -c SHA256SUMS 2>/dev/null | while read -r line; do
        [ "${line%: OK}" != "$line" ] || echo "${line%%: *}"
    done)
    [ -e SHA256SUMS ] || bad=SHA256SUMS
    [ -z "$bad" ] || fail "$(echo "$bad" | head -n 1) is damaged: unpack the kit again"
    (: >checked) 2>/dev/null || true # not where the kit lies read-only
}

# The changes of the machine, its pipes and its messages are in a folder of this run alone.
enter_run_folder() {
    vm='' terminal=''
    exec 5<&0 # a background job needs this to reach the terminal
    run=$(mktemp -d "${TMPDIR:-/tmp}/vm.XXXXXX") || fail 'cannot make a temporary folder; set TMPDIR'
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    cd "$run"
    export TMPDIR="$run"
    [ ! -t 0 ] || terminal=$(stty -g)
    ln -s "$kit/$kind/kernel" kernel
    ln -s "$kit/$kind/initramfs.cpio" initramfs.cpio
    ln -s "$kit/$kind/disk.qcow2" root.img
    mkfifo report second.in second.out
    { rm -f "$kit/running" && ln -s "$run" "$kit/running"; } 2>/dev/null || true # for `./vm second`
}

clean_up() {
    [ -z "$vm" ] || kill "$vm" 2>/dev/null || true
    wait
    [ -z "$terminal" ] || stty "$terminal" <&5 2>/dev/null || true # the terminal may be gone
    rm -rf "$run"
}

# The kernel hands these on to vm-boot.
wishes() {
    size=$(stty size <&5 2>/dev/null) || size='0 0'
    [ "$size" != '0 0' ] || size='24 80'
    echo "ROWS=${size% *} COLUMNS=${size#* } TERM=$(echo "$TERM" | tr -cd '[:alnum:].+-')"
}

listen() {
    read -r _ || return 0
    : >up
    say "the machine is up after $(($(date +%s) - start)) s"
    cat >/dev/null
}

# End the machine if it does not come up.
guard() { # SECONDS
    left=$1
    while [ ! -e up ] && kill -0 "$vm" 2>/dev/null; do
        [ "$left" -gt 0 ] || kill "$vm" 2>/dev/null || true
        left=$((left - 1))
        sleep 1
    done
}

# Run it from power on to power off. Returns false if it never came up.
boot() { # kvm|hvf|tcg SECONDS
    run_by=''
    # shellcheck disable=SC2086 # terminals is a list of words
    run_machine "$1" qcow2 "$(wishes)" $terminals <&5 3>/dev/null 4>report 2>qemu.log &
    vm=$!
    listen <report &
    guard "$2" &
    wait "$vm" || true
    vm=''
    wait
    [ -e up ]
}

boot_auto() {
    hardware=''
    [ ! -w /dev/kvm ] || hardware=kvm
    [ "$(uname -s)" != Darwin ] || hardware=hvf
    if [ "$hardware" ]; then
        ! boot $hardware $hardware_seconds || return 0
        say "$hardware does not run a guest here. QEMU goes on with emulation, which is slower"
    fi
    boot tcg $emulation_seconds
}

find_kind
cd "$kit"
# shellcheck source=vm-machine.sh
. ./source/common/lab/vm-machine.sh
case ${1-} in
'') ;;
second)
    [ -t 0 ] || fail 'this needs a terminal'
    [ -p running/second.in ] || fail 'no machine runs: ./vm, in another terminal'
    connect_second running
    exit
    ;;
*) fail "usage: ./vm, or ./vm second in another terminal" ;;
esac
case $ACCEL in
auto | kvm | hvf | tcg) ;;
*) fail "ACCEL=$ACCEL is not one of: auto kvm hvf tcg" ;;
esac
choose_machine "$kind"
check_sums
enter_run_folder
case $ACCEL in
auto) boot_auto ;;
*) boot "$ACCEL" $emulation_seconds ;;
esac || { cat qemu.log >&2 && fail 'the machine did not come up; above is what QEMU said'; }
