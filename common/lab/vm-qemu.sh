# Starts the QEMU process of the lab's virtual machine (vm.sh reads this).
#
# It all happens in a folder of this run alone, which is removed at the end. So any number of
# machines run side by side. The guest speaks through two pipes. `output` is the output of CMD.
# `report` has a line "up" when it runs, and a line "exit STATUS" at the end of CMD.
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # vm.sh sets lab, kernel, image, runnable; it uses status

. "$lab/vm-machine.sh"
other_package=

enter_run_folder() {
    vm='' terminal=''
    exec 5<&0 # a background job needs this to reach the terminal
    run=$(mktemp -d) || fail 'cannot make a temporary folder; set TMPDIR'
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    cd "$run" || exit
    need_room 32 "$run"
    export TMPDIR="$run" # QEMU keeps the guest's changes to the disk here
    [ -n "$CMD" ] || terminal=$(stty -g)
    ln -s "$kernel" kernel
    ln -s "$image" root.img
    mkfifo output report second.in second.out
    touch qemu.log console.log
}

clean_up() {
    [ -z "$vm" ] || kill "$vm" 2>/dev/null || true
    wait
    [ -z "$terminal" ] || stty "$terminal" <&5 2>/dev/null || true # the terminal may be gone
    rm -rf "$run"
}

# Fill the initramfs: vm-init, the drivers of this kernel, and in /lab the wishes of this run.
fill_initramfs() {
    mkdir -p initramfs/bin initramfs/dev initramfs/root initramfs/lab initramfs/modules
    cp "$(dirname "$image")/busybox" initramfs/bin/busybox
    for applet in sh mount insmod cp switch_root; do
        ln -s busybox initramfs/bin/$applet
    done
    cp "$lab/vm-init" initramfs/init
    chmod 755 initramfs/init
    for driver in "$(dirname "$kernel")"/modules/*.ko; do
        [ ! -f "$driver" ] || cp "$driver" initramfs/modules/
    done
    write_settings >initramfs/lab/settings
    [ -z "$CMD" ] || printf '%s\n' "$CMD" >initramfs/lab/command
}

make_initramfs() {
    fill_initramfs
    (cd initramfs && find . | "$runnable" cpio -o -H newc 2>/dev/null) >initramfs.cpio
}

write_settings() {
    size=$(stty size <&5 2>/dev/null) || size='0 0'
    [ "$size" != '0 0' ] || size='24 80'
    echo "CGROUP=$CGROUP VMUSER=$VMUSER SHARE=${SHARE:+/share}"
    echo "ROWS=${size% *} COLUMNS=${size#* } TERM=$(echo "$TERM" | tr -cd '[:alnum:].+-')"
}

# The guest gets a copy of the folder, as a disk. Without 9p, its kernel cannot reach the folder.
make_share() {
    megabytes=$(du -sm "$SHARE" | cut -f 1)
    mke2fs -q -t ext4 -O ^has_journal -d "$SHARE" share.img $((megabytes * 5 / 4 + 16))M \
        >/dev/null || fail "cannot copy SHARE=$SHARE"
}

start_qemu() { # kvm|tcg
    run_by='timeout --foreground --kill-after=5'
    set -- "$1" raw ''
    [ -z "$SHARE" ] || set -- "$@" -drive file=share.img,format=raw,if=virtio,readonly=on
    if [ -n "$CMD" ]; then
        run_by="$run_by $TIMEOUT"
        set -- "$@" -serial file:console.log
    else
        run_by="$run_by 0"
        # shellcheck disable=SC2086 # words
        set -- "$@" $terminals
    fi
    run_machine "$@" <&5 3>output 4>report 2>qemu.log
}

# Wait for the guest to say that it is up, else end it. Then note what it says later.
listen() { # SECONDS
    if timeout "$1" sh -c 'read -r up' <&0; then
        echo up
        cat
    else
        kill "$vm" 2>/dev/null || true
    fi
}

# Run it from power on to power off. Returns false if the guest never came up.
run_qemu() { # kvm|tcg SECONDS
    status=0
    start_qemu "$1" &
    vm=$!
    listen "$2" <report >said &
    { cat || cat >/dev/null; } <output & # it reads to the end, even if nobody reads its own output
    wait $vm 2>/dev/null || status=$? # the user needs no message of the shell when QEMU aborts
    vm=''
    wait
    [ -s said ]
}
