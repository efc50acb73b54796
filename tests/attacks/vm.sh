#!/bin/sh
# In the lab's virtual machine, as root and as an ordinary user: run all attacks, with the options
# of run.sh; or attack the programs without a guard, with the names of ablation.sh:
#   vm.sh [OPTION...]
#   vm.sh ablation [NAME...]
#
# Make the kernel's own settings as weak as possible. Then only the container closes a row.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -e /run/lab/settings ] || exit 2

weaken() { # SETTING...
    for setting; do
        sysctl -qw "$setting" 2>/dev/null || true # not in this kernel
    done
}

weaken kernel.dmesg_restrict=0 kernel.kptr_restrict=0 kernel.perf_event_paranoid=-1 \
    kernel.unprivileged_bpf_disabled=0 vm.unprivileged_userfaultfd=1 kernel.io_uring_disabled=0 \
    kernel.yama.ptrace_scope=0 dev.tty.legacy_tiocsti=1
echo '|/bin/busybox mktemp /tmp/dumped.XXXXXX' >/proc/sys/kernel/core_pattern
sed -i 's/^\(tty:.*:\).*/\1student/' /etc/group # a further group of student, which a container should not get

# In the lab of a browser sudo starts this, with a core limit of 0, which no user could raise again.
# shellcheck disable=SC3045 # busybox has it
ulimit -c unlimited

[ ! -d /share/usr ] || cp -a /share/. / # from share.sh

as_student() { # COMMAND LINE
    echo
    /usr/local/bin/su - student -c "ATTACK_SECONDS=${ATTACK_SECONDS:-} $*"
}

# The CPU of another kind of machine is emulated, and slow. So is that of a browser.
case $(uname -m) in
aarch64 | i686) export ATTACK_SECONDS=300 ;;
esac

status=0
if [ "${1:-}" = ablation ]; then
    shift
    sh "$here/ablation.sh" run "$@" || status=1
    as_student sh tests/attacks/ablation.sh run "$@" || status=1
else
    sh "$here/run.sh" --keep /tmp/attacks.root "$@" || status=1
    as_student sh tests/attacks/run.sh --control /tmp/attacks.root "$@" || status=1
fi
exit $status
