#!/bin/sh
# Run every attack in every step, and print what came of it:
#   run.sh [OPTIONS]
#     --row N, --attack NAME   run no others
#     --without NAME           run all but this attack
#     --step N                 in this step alone; host: outside of any container. It may be given
#                              twice: host tells whether an attack can work on this machine
#     --program FILE           take this for step05, and the exec beside it, if there is one
#     --peers                  and in other programs that make containers, where they are installed
#     --text                   print a table 80 columns wide, as is done on a terminal
#     --markdown               print Markdown, which tells more, as is done into a file or a pipe
#     --json                   print JSON
#     --keep FILE              keep the raw results
#     --control FILE           count what worked in those of an earlier run, as another user
#
# Exit status: 1 when a result is not the expected one, 2 when no attack was tried. A cell counts as
# closed only if the same attack works in an earlier step, or outside of any container. Otherwise
# there is nothing to stop.
#
# How to add a row:
#   1. in the C file of its family, a function, and its name in the table at the end;
#   2. in `expected`, a line: its number, name, where it may run, what should come of it, in words;
#   3. in host.sh, if the host must prepare something or shows the effect: before_NAME, proof_NAME;
#   4. try it: make -C tests/attacks && sh tests/attacks/run.sh --attack NAME
#   5. break what closes it, and see the row go red.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-$here/../../build}" && pwd)
seconds=${ATTACK_SECONDS:-60} # for one attack
. "$here/host.sh"
. "$here/peers.sh"

fail() {
    echo "attacks: $1" >&2
    exit 2
}

is_root() {
    [ "$(id -u)" -eq 0 ]
}

# True in the project's virtual machine, where nothing can come to harm.
in_lab_vm() {
    [ -e /run/lab/settings ]
}

parse_options() {
    only_row='' only_attack='' only_steps='' without='' program='' form='' keep='' control=/dev/null peers=''
    columns='host step01 step02 step03 step04 step05'
    is_root || columns='host step03 step04 step05'
    while [ $# -gt 0 ]; do
        case $1 in
        --row | --attack | --without | --step | --program | --keep | --control)
            [ $# -gt 1 ] || fail "$1 needs a value"
            ;;
        esac
        case $1 in
        --row) only_row=$2 && shift ;;
        --attack) only_attack=$2 && shift ;;
        --without) without=$2 && shift ;;
        --program) program=$2 && shift ;;
        --step)
            case ${2#step0} in
            host) only_steps="host $only_steps" ;;
            [1-5]) only_steps="$only_steps step0${2#step0}" ;;
            *) fail "there is no step $2" ;;
            esac
            shift
            ;;
        --peers) peers=$(installed_peers) ;;
        --json | --text | --markdown) form=${1#--} ;;
        --keep) keep=$2 && shift ;;
        --control) control=$2 && shift ;;
        *) fail "$1 is no option: the first lines of $0 list the options" ;;
        esac
        shift
    done
    columns=${only_steps:-$columns}$peers
    if [ -z "$form" ]; then
        form=markdown
        [ ! -t 1 ] || form=text
    fi
}

# The stage: a machine that can be attacked without harm to the real one.

# Copy the machine's mounts, and share the copies with each other, as systemd does on a host.
enter_stage() {
    is_root || return 0
    [ -n "${ATTACKS_STAGE:-}" ] || ATTACKS_STAGE=1 exec unshare -m -u -i sh "$here/run.sh" "$@"
    mount --make-rshared /
}

set_stage() {
    work=$(mktemp -d /tmp/attacks.XXXXXX)
    trap strike_stage EXIT
    trap 'exit 1' HUP INT TERM
    chmod 755 "$work"
    image=$work/image secret=$work/secret scratch=$work/scratch programs=$work/programs
    attack_program=$programs/attack victim='' service=''
    mkdir "$programs" "$work/volume"
    cp "$build"/step0? "$build/join" "$build/exec" "$build/tests/attacks/attack" "$programs"
    [ -z "$program" ] || cp "$program" "$programs/step05"
    [ ! -e "${program%/*}/exec" ] || cp "${program%/*}/exec" "$programs"
    echo 'a file of the host' >"$secret"
    fill_host_folder
    mkfifo "$work/gate"
    : >"$work/results"
    "$attack_program" serve "$secret" >"$work/number" &
    service=$!
}

fill_host_folder() {
    rm -rf "$work/host"
    mkdir "$work/host"
    echo 'a file of the host' >"$work/host/file"
}

# Whatever an attack has left must neither help nor hinder the next attack.
renew_stage() {
    clear_away "$image" "$scratch"
    mkdir "$image" "$scratch"
    for folder in dev proc sys etc tmp mnt; do
        mkdir "$image/$folder"
    done
    cp "$attack_program" "$image"
    if [ -z "$victim" ] || ! kill -0 "$victim" 2>/dev/null; then
        (cd / && exec sleep 10000) &
        victim=$!
    fi
}

strike_stage() {
    for process in $victim $service; do
        kill "$process" 2>/dev/null || true
    done
    clear_away "$work"
}

# Never remove what is mounted there: it is the host's.
clear_away() { # FOLDER...
    cut -d ' ' -f 5 /proc/self/mountinfo | grep "^$work/" | sort -r | while read -r place; do
        umount -l "$place"
    done
    ! grep " $work/" /proc/self/mountinfo || fail "cannot unmount what is below $work"
    chmod -R u+rwX "$@" 2>/dev/null || true
    rm -rf "$@"
}

# One attack in one column. A column is a program that makes containers, or `host`: no container.

is_defined() { # FUNCTION
    command -v "$1" >/dev/null
}

# shellcheck disable=SC2086 # options, caller and mounts are lists of words
start() { # COMMAND...
    limit="timeout $seconds" mounts=''
    case $column in
    host)
        cd "$workdir"
        ! is_root || mounts='unshare -m'
        if [ "$1" = /attack ]; then
            shift
            set -- "$image/attack" "$@"
        fi
        $limit $caller $mounts "$@"
        ;;
    step*) TMPDIR=$scratch $limit $caller "$programs/$column" $options "$image" "$@" ;;
    *) "start_in_$column" "$@" ;;
    esac
}

start_attack() {
    cd /
    start "$command" "$inside" "$secret" "$victim" "$argument" >"$work/out" 2>"$work/err"
}

# The attack's stdin is a pipe. The attack stays until the pipe is closed.
start_and_act() {
    : >"$work/out"
    start_attack <"$work/gate" &
    attacker=$! # the host's part may start jobs, too
    exec 8>"$work/gate"
    while ! [ -s "$work/out" ] && kill -0 $attacker 2>/dev/null; do
        sleep 0.1
    done
    "during_$attack" 8>&-
    exec 8>&-
    wait $attacker
}

# The answer is in $said: open, x ERRNO, or n/a REASON; or ? where there is none.
hear() { # STATUS
    said=$(tr -d '\r' <"$work/out" | grep -E '^(open|x |n/a )' | tail -n 1) || true
    [ -z "$said" ] || return 0
    error=$(grep -v 'no cgroup can be made\|/proc/sys/kernel/core_pattern' "$work/err" | head -n 1) || true
    symbol=$(echo "$error" | grep -o 'E[A-Z0-9]* (' | head -n 1 | tr -d ' (') || true
    case $refused:$1 in
    x:2) said="x ${symbol:-the call is refused}" ;;
    x:12[5-7]) said="${symbol:+x }${symbol:-? $error}" ;;
    *:125) said="n/a $error" ;;
    *:159) said='x SIGSYS' ;;
    *) said="? exit status $1: $error" ;;
    esac
}

skip() { # REASON: for before_NAME, which then returns
    said="n/a $1"
    return 1
}

try_variant() { # of $attack in $column
    inside=$attack options='' caller='' argument='' input=/dev/null command=/attack workdir=$image refused=n/a
    said='' seen='' status=0
    renew_stage
    ! is_defined "before_$attack" || "before_$attack" || true
    if [ -z "$said" ]; then
        if is_defined "during_$attack"; then
            start_and_act || status=$?
        else
            (start_attack <"$input") || status=$?
        fi
        hear $status
    fi
    exec 9<&-
    if is_defined "proof_$attack" && [ "${said%% *}" != n/a ]; then
        if "proof_$attack"; then
            said=open
        elif [ "$said" = open ]; then
            said='x no effect'
        fi
    fi
}

# Of several variants the worst result counts: an attack that worked, or one without an answer.
try_attack() {
    variants=-
    ! is_defined "variants_$attack" || variants=$("variants_$attack")
    : >"$work/answers"
    for variant in $variants; do
        try_variant
        echo "$said" | sed "/^[?n]/s|\$| [$variant]|; s/ \[-\]\$//" >>"$work/answers"
    done
    echo "$attack $column $(worst)" >>"$work/results"
}

worst() {
    grep -m 1 '^?' "$work/answers" || grep -m 1 '^open' "$work/answers" || all_stopped
}

# "x EPERM, ELOOP", or the reason why there was nothing to stop.
all_stopped() {
    sort -u "$work/answers" | awk '
        /^x/ { all = all (all ? ", " : "x ") substr($0, 3) }
        { last = $0 }
        END { print all ? all : last }'
}

is_wanted() {
    case $row in
    when*) false ;;
    *) [ "${only_row:-$row}" = "$row" ] && [ "${only_attack:-$attack}" = "$attack" ] &&
        [ "$attack" != "$without" ] ;;
    esac
}

may_run() { # WHERE
    [ "$1" != vm ] || in_lab_vm
}

# Leave out a column in which no container starts, and note `* COLUMN n/a REASON`.
check_columns() {
    all=$columns columns='' attack=nothing variant=-
    for column in $all; do
        try_variant
        if [ "$said" = open ]; then
            columns="$columns $column"
        else
            echo "* $column n/a ${said#* }" >>"$work/results"
        fi
    done
}

try_all() {
    sed '/^#/d; /^$/d; s/ *| */|/g' "$here/expected" >"$work/expected"
    while IFS='|' read -r row attack where _; do
        if is_wanted && may_run "$where"; then
            for column in $columns; do
                try_attack
            done
        fi
    done <"$work/expected"
}

# True if this user may have more than one id in a container.
has_range() {
    command -v newuidmap >/dev/null && command -v newgidmap >/dev/null &&
        grep -q "^$(id -un):" /etc/subuid
}

# Print the facts on which expectations may depend.
facts() {
    if is_root; then echo root; elif has_range; then echo user range; else echo user single; fi
    if grep -q ':memory:' /proc/self/cgroup; then echo v1; else echo v2; fi
    ! in_lab_vm || echo vm
    [ "$(grep -c '^processor' /proc/cpuinfo)" -gt 1 ] || echo one_cpu
    case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    esac
    [ "$(od -An -tu2 -j 18 -N 2 "$attack_program" | tr -d ' ')" != 3 ] || echo i386 # elf(5): EM_386
}

report() {
    for peer in $peers; do
        version_of "$peer"
    done >"$work/versions"
    awk -v form="$form" -v columns="$all" -v selected="$only_row$only_attack" \
        -v facts="$(facts | tr '\n' ' ')" -v machine="Linux $(uname -r)" \
        -v versions="$(paste -s -d , "$work/versions" | sed 's/,/, /g')" \
        -f "$here/report.awk" results=control "$control" results=own "$work/results" \
        results= "$work/expected"
}

parse_options "$@"
enter_stage "$@"
set_stage
check_columns
try_all
[ -z "$keep" ] || cp "$work/results" "$keep"
report
