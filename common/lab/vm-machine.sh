# The virtual machine as options of QEMU (vm-qemu.sh and the kit's ./vm read this). Any POSIX shell can
# read it, also that of macOS.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # who reads this uses package and terminals, and sets run_by

choose_machine() { # amd64|arm64
    case $1 in
    amd64) qemu=qemu-system-x86_64 package=qemu-system-x86 machine=q35 console=ttyS0 plain=qemu64 ;;
    arm64)
        qemu=qemu-system-aarch64 package=qemu-system-arm machine=virt console=ttyAMA0
        plain=cortex-a57
        ;;
    *) fail "there is no virtual machine for $1" ;;
    esac
    command -v "$qemu" >/dev/null || fail "$qemu is missing: apt-get install $package$other_package"
}

# One shell on this terminal. The other is for connect_second.
terminals='-chardev stdio,id=terminal,mux=on,signal=off -serial chardev:terminal -mon chardev=terminal
           -chardev pipe,id=second,path=second -device virtconsole,chardev=second'

# Become QEMU, in a folder with the files kernel, initramfs.cpio and root.img. The guest speaks on the
# descriptors 3 and 4, see vm-boot. Its kernel hands a word NAME=VALUE on to vm-boot.
#
# Emulation is fastest with a CPU that has few instructions, and without the defences against what
# only a real CPU leaks. It is also faster if programs are always at the same addresses: what QEMU
# has translated holds for one address. The CPUs share one thread of QEMU. With a thread for each,
# QEMU 7.2 may let one CPU run code that another has just replaced. The kernel replaces its own code
# while it runs (static keys). Then it hung or panicked.
run_machine() { # kvm|hvf|tcg FORMAT-OF-root.img WORDS-FOR-THE-KERNEL ARGUMENT...
    accel=$1 cpu=max format=$2 words=$3
    [ "$1" != tcg ] || accel=tcg,thread=single cpu=$plain words="mitigations=off norandmaps $words"
    shift 3
    # shellcheck disable=SC2086 # run_by is a list of words
    exec $run_by "$qemu" -accel "$accel" -machine "$machine" -cpu "$cpu" -smp "$CPUS" -m "$MEMORY" \
        -nodefaults -display none -no-reboot \
        -kernel kernel -initrd initramfs.cpio -append "console=$console quiet panic=-1 $words" \
        -drive "file=root.img,format=$format,if=virtio,snapshot=on,werror=report" \
        -device virtio-serial \
        -chardev file,id=output,path=/dev/fd/3 -device virtserialport,chardev=output,nr=1 \
        -chardev file,id=report,path=/dev/fd/4 -device virtserialport,chardev=report,nr=2 "$@"
}

# Connect this terminal to the second shell of the machine. All keys go to the machine, but Ctrl-X.
connect_second() { # FOLDER-OF-THE-MACHINE
    settings=$(stty -g)
    trap 'stty "$settings"; kill $! 2>/dev/null || true' EXIT
    trap 'exit 0' INT
    echo 'This is the second shell of the machine. Ctrl-X leaves it.'
    stty raw -echo isig intr '^X' quit undef susp undef
    cat "$1/second.out" &
    cat >"$1/second.in"
}
