#!/bin/sh
# The lines that -x prints, typed into shells, give the same container as the program. vm.sh runs
# this in the tutorial's machine too, with the tools that are there.
# shellcheck disable=SC2016,SC2154,SC2317 # what is quoted runs elsewhere; run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
. "$here/harness.sh"
unshare --version 2>/dev/null | grep -q util-linux ||
    { echo 'needs the tools of util-linux, as they are in the machine of make vm' && exit 77; }
name=typed$$
trap 'umount -l "$work"/*/"$name/merged" 2>/dev/null || true; rm -rf "$work"' EXIT

# What the container looks like inside. "own" is a namespace that the caller does not have.
look='id; umask; pwd; env | grep -v ^SHLVL= | sort; stat -c "%a %u %g %n" /*; cat /etc/hosts; cat /etc/hostname 2>/dev/null; echo new >/tmp/new'
look_at_proc='sed "s/lowerdir=[^,]*/lowerdir=LOWER/" /proc/mounts; cat /proc/self/cgroup;
cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; grep -E "^(Cap|NoNewPrivs|Groups)" /proc/self/status;
for kind in cgroup ipc mnt net pid user uts; do case "$host" in
*"$(readlink /proc/self/ns/$kind)"*) echo $kind of the caller;; *) echo own $kind;; esac; done'
look_at_namespaces='hostname; echo process $$; ps -o user,comm; ifconfig -a'
look_at_limits='mkdir /tmp/c; mount -t cgroup2 cgroup2 /tmp/c && cd /tmp/c && cat memory.max cpu.max cpu.weight pids.max'

# What each test is made of.

run_program() { # STEP LOOK [OPTION...]
    step=$1 words="host='$(readlink /proc/self/ns/* | tr '\n' ' ')'; $(echo "$2" | tr '\n' ' ')"
    shift 2
    "$project/build/$step" -x "$@" image sh -c "$words" >program 2>trace </dev/null || true
    cat trace
    grep -q 'uid=0' program
}

# The parent's lines are typed on this machine. A line of the child that has lost its mark would change
# the machine, and not the container. So nothing is typed where a line is none of these.
check_parents_lines() {
    grep '^+ ' trace | grep -vxE '\+ (sh|cd [^ ]*|(mkdir|rmdir|rm|ln|chmod) .*|unshare --user .* sh)' |
        grep -vxE '\+ echo .* > (/proc/[0-9]+/(uid_map|gid_map|setgroups)|/sys/fs/cgroup/.*)' |
        grep -vxE '\+ (mount -t overlay overlay -o .* merged|umount -l merged)' >strange || true
    cat strange
    [ ! -s strange ]
    grep -q "^$mark exec " trace
    case $1 in
    step0[12]) grep -qx '+ sh' trace ;;
    *) ! grep -q '^+ mount' trace ;;
    esac
}

# A shell reads ahead, so each one gets the lines that are typed into it from a file of its own. The
# shell that begins one opens it as descriptor 5, 6 and so on.
split_childs_lines() {
    touch part.0 part.1 part.2 part.3 part.4
    awk -v mark="$mark" '$1 == mark {
        line = substr($0, length(mark) + 2)
        if (line ~ /^exec .*sh$/)
            print line " <&" 5 + part > ("part." part++)
        else
            print line > ("part." part)
    }' trace
}

# Begin the child's shell. unshare is its parent. It waits for a line, or for the end of its parent.
begin_child() { # COMMAND
    eval "$1 <&9 >$place/typed 2>&1 3>&- 4<&- &"
    shell=$!
    child=$shell
    case $1 in unshare*) child='' ;; esac
    while [ -z "$child" ] && kill -0 "$shell"; do
        child=$(ps -o pid= --ppid "$shell" | tr -d ' ')
    done
}

# The pid of the program's child is in the trace: the typed child has another.
with_pid() { # COMMAND
    echo "$1" | sed "s,/proc/$pid/,/proc/$child/,; s,^echo $pid >,echo $child >,"
}

# Type all lines in order. The first of the child's lines lets the child begin.
type_lines() {
    waiting=yes child=
    while IFS= read -r line <&4; do
        case $line in
        '+ sh' | '+ unshare '*) begin_child "${line#+ }" ;;
        '+ '*) eval "$(with_pid "${line#+ }")" ;;
        "$mark "*)
            [ -z "$waiting" ] || cat "$place/part.0" >&3
            [ -z "$waiting" ] || wait "$shell"
            waiting=
            ;;
        esac
    done
}

gives_the_same() { # STEP LOOK [OPTION...]
    mark="$name+"
    [ "$1" != step01 ] || mark=step01+
    cp -r "$project/build/rootfs" image
    run_program "$@"
    check_parents_lines "$1"
    pid=$(sed -n 's,.*/proc/\([0-9]*\)/uid_map$,\1,p' trace)
    split_childs_lines
    place=$PWD
    mkfifo gate
    # shellcheck disable=SC2094 # the second one only reads, so it sees the end
    (exec 3<>gate 9<gate 4<trace 5<part.1 6<part.2 7<part.3 8<part.4 && type_lines)
    diff program typed
    [ ! -e "$name" ]
}

needs_root() {
    [ "$(id -u)" = 0 ] || skip 'needs root'
}

needs_tools() {
    for tool in unshare ip ps chroot mount; do
        command -v "$tool" >/dev/null || skip "needs $tool"
    done
    unshare --user true 2>/dev/null || skip 'needs user namespaces'
}

# The tests.

step01_can_be_typed() {
    needs_root
    gives_the_same step01 "$look"
}

step02_can_be_typed() {
    needs_root
    gives_the_same step02 "$look; $look_at_proc" --name "$name" --scratch .
}

step03_can_be_typed() {
    needs_tools
    gives_the_same step03 "$look; $look_at_proc; $look_at_namespaces" --name "$name" --scratch .
}

step04_can_be_typed() {
    needs_tools
    needs_root
    [ -e /sys/fs/cgroup/cgroup.controllers ] || skip 'needs cgroup v2'
    gives_the_same step04 "$look; $look_at_proc; $look_at_namespaces; $look_at_limits" \
        --name "$name" --scratch . --memory 64M --cpus 0.5 --pids-limit 32
}

PATH=$PATH:/usr/sbin:/sbin # chroot and ip are there
for step in ${ONLY_STEP:-step01 step02 step03 step04}; do
    run "${step}_can_be_typed"
done
exit "$failed"
