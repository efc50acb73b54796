# The host's side of the attacks, which run.sh reads. For the attack NAME:
#
#   before_NAME     prepares the image, or sets: `options` of the program, the `caller` that starts
#                   it, the attack's `argument`, the `input` behind stdin. Sets `refused=x` where a
#                   program that does not start has stopped the attack. May skip a column.
#   during_NAME     acts while the container runs; the attack waits for it
#   proof_NAME      is true when the host shows the attack's effect, and undoes it. This decides,
#                   not what the attack itself has seen
#   variants_NAME   lists `variant`s of the attack. All are tried, and one that works is enough
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154,SC2086 # run.sh reads and sets what is shared

only_in() { # COLUMNS REASON
    case " $1 " in
    *" $column "*) ;;
    *) skip "$2" ;;
    esac
}

hash_of() { # FOLDER
    tar -cf - -C "$1" . | sha256sum
}

# Files and descriptors.

before_inherited_descriptor() {
    exec 9</
}

before_command_by_descriptor() {
    [ "$column" != step01 ] || skip 'it has no /proc' || return
    exec 9</
    command=/proc/self/fd/9$attack_program refused=x
}

variants_workdir_by_descriptor() {
    echo 3 4 5 6 7 8 9 10 11 12
}

before_workdir_by_descriptor() {
    only_in 'host step05' 'it has no --workdir' || return
    exec 9</
    workdir=/proc/self/fd/9
    options="--workdir /proc/self/fd/$variant" refused=x
}

before_image() {
    hash=$(hash_of "$image")
}

proof_image() {
    [ "$(hash_of "$image")" != "$hash" ]
}

before_volume_handle() {
    only_in 'host step05' 'it has no --volume' || return
    argument=/data
    [ "$column" != host ] || argument=$work
    options="--volume $work/volume:/data"
}

before_stdout_mode() {
    : >"$work/out"
    chmod 600 "$work/out"
}

proof_stdout_mode() {
    [ "$(stat -c %a "$work/out")" = 666 ]
}

before_stdin_reopened() {
    input=$work/input
    rm -f "$input"
    (umask 077 && echo kept >"$input")
}

proof_stdin_reopened() {
    [ "$(cat "$input")" != kept ]
}

before_fill_disk() {
    [ "$column" != step05 ] || options='--storage-size 16M'
}

before_fill_shm() {
    before_fill_disk
}

before_fill_files() {
    before_fill_disk
}

before_fill_tmpfs() {
    [ "$column" != step05 ] || options='--storage-size 16M --tmpfs /one --tmpfs /two'
}

before_fill_kept() {
    [ "$column" != step05 ] || options='--storage-size 16M --keep' refused=x
}

# Processes and namespaces.

proof_kill_process() {
    ! kill -0 "$victim" 2>/dev/null
}

before_loopback() {
    argument=$(cat "$work/number")
}

before_shared_memory() {
    before_loopback
}

before_message_queue() {
    before_loopback
}

before_hostname() {
    name=$(uname -n)
}

proof_hostname() {
    [ "$(uname -n)" != "$name" ] || return 1
    hostname "$name"
}

before_mount_leak() {
    [ "$column" != host ] || skip 'the host has its own mounts' || return
    mounts=$(wc -l </proc/self/mountinfo)
}

during_mount_leak() {
    seen=$(wc -l </proc/self/mountinfo)
}

proof_mount_leak() {
    [ "$seen" -gt "$mounts" ]
}

# Devices and the kernel's settings.

before_disk_node() {
    argument=$(stat -c %d /)
}

before_disk_after_escape() {
    argument=/dev/vda
}

before_core_pattern() {
    setting=/proc/sys/kernel/core_pattern
    value=$(cat $setting)
}

proof_core_pattern() {
    [ "$(cat $setting)" != "$value" ] || return 1
    echo "$value" >$setting
}

# Root has two kinds of callers: its own shell, and sudo.
variants_core_dump() {
    ! is_root || echo sudo
    echo -
}

# The handler of the lab (vm.sh) leaves a file at each dump.
count_dumps() {
    find /tmp -name "dumped.*" | wc -l
}

before_core_dump() {
    dumps=$(count_dumps)
    [ "$variant" != sudo ] || caller="$attack_program without_core_files"
}

proof_core_dump() {
    sleep 1 # the file comes after the process has ended
    [ "$(count_dumps)" -gt "$dumps" ]
}

before_fresh_proc() {
    before_core_pattern
}

proof_fresh_proc() {
    proof_core_pattern
}

before_vm_setting() {
    setting=/proc/sys/vm/swappiness
    value=$(cat $setting)
}

proof_vm_setting() {
    proof_core_pattern
}

# The caller's terminal, keys, rights and environment.

before_tiocsti() {
    caller="$attack_program at_terminal"
}

proof_tiocsti() {
    ! grep -qx 'typed: 0' "$work/err"
}

before_tiocsti_high_bits() {
    before_tiocsti
}

proof_tiocsti_high_bits() {
    proof_tiocsti
}

before_tioclinux() {
    is_root || skip 'the console is root'\''s' || return
    caller='setsid -c' input=/dev/tty1
}

before_session_keyring() {
    caller="$attack_program with_keyring"
}

before_environment() {
    caller='env ATTACKS_SECRET=1'
}

before_environment_of_others() {
    only_in 'step01 step02 step03 step04 step05' 'no launcher is there, with the words of its caller' || return
    before_environment
}

before_inheritable() {
    is_root || skip 'an ordinary user has none' || return
    caller="$attack_program with_rights"
}

before_ambient() {
    before_inheritable
}

before_groups() {
    if is_root; then
        before_inheritable
    elif [ "$(id -G | wc -w)" -lt 2 ]; then
        skip 'this user has none'
    fi
}

before_setuid_program() {
    cp "$attack_program" "$image/setuid"
    chmod 4755 "$image/setuid"
}

before_setuid_in_layer() {
    is_root || skip 'an ordinary user cannot ask another one to run it' || return
    layer=$image
    case $column in
    step0[2-5]) options='--name attacked' layer=$scratch/attacked/upper ;;
    esac
}

during_setuid_in_layer() {
    seen=$("$attack_program" as_nobody "$layer/setuid" am_i_root "$secret" 0 </dev/null 2>&1) || true
}

proof_setuid_in_layer() {
    [ "$seen" = open ]
}

# The machine's resources. The cgroup itself must have counted what was stopped.

in_cgroup() { # FILE...: of the container's cgroup
    for file; do
        find /sys/fs/cgroup -path "*/attacked/$file" -exec cat '{}' ';'
    done
}

counted() { # WORD, in what in_cgroup prints
    sed -n "s/^$1 //p" | head -n 1
}

before_fork_bomb() {
    case $column in
    step04 | step05) options='--name attacked' ;;
    esac
}

during_fork_bomb() {
    seen=$(in_cgroup pids.events | counted max)
}

proof_fork_bomb() {
    [ "$said" != open ] || return 0
    ! grep -q 'no cgroup can be made' "$work/err" || return 1 # what stopped it is no cgroup
    [ "${seen:-0}" -gt 0 ] || said="? $said, but the cgroup has not counted it"
    return 1
}

before_fork_bomb_of_users() {
    before_fork_bomb
}

during_fork_bomb_of_users() {
    during_fork_bomb
}

proof_fork_bomb_of_users() {
    proof_fork_bomb
}

before_memory_hogs() {
    before_fork_bomb
}

during_memory_hogs() {
    during_memory_hog
}

proof_memory_hogs() {
    proof_fork_bomb
}

before_real_time() {
    take_role with_real_time
}

# A container's root may lack the right, and a filter may forbid the call.
take_role() { # ROLE
    "$attack_program" "$1" true 2>/dev/null || skip 'this user has no such right' || return
    caller="$attack_program $1"
}

before_nice_value() {
    take_role with_priority
}

before_disk_class() {
    before_nice_value
}

before_oom_score() {
    take_role with_oom_score
}

before_fixed_addresses() {
    take_role with_fixed_addresses
}

before_memory_hog() {
    before_fork_bomb
}

during_memory_hog() {
    seen=$(in_cgroup memory.events memory.oom_control | counted oom_kill)
}

proof_memory_hog() {
    proof_fork_bomb
}

before_cpu_hog() {
    before_fork_bomb
}

during_cpu_hog() {
    seen=$(in_cgroup cpu.stat | counted nr_throttled)
}

proof_cpu_hog() {
    proof_fork_bomb
}

before_raise_limit() {
    only_in 'host step04 step05' 'it has no limit' || return
    before_fork_bomb
    [ "$column" != host ] || argument=$(own_memory_limit)
}

# Print the file with the memory limit of run.sh's own cgroup.
own_memory_limit() {
    sed -n 's,^0::\(.*\),/sys/fs/cgroup\1/memory.max,p
            s,^[0-9]*:memory:\(.*\),/sys/fs/cgroup/memory\1/memory.limit_in_bytes,p' \
        /proc/self/cgroup | while read -r file; do
        [ ! -e "$file" ] || echo "$file"
    done
}

during_raise_limit() {
    seen=$(in_cgroup memory.max memory.limit_in_bytes)
}

proof_raise_limit() {
    if [ "$column" = host ]; then
        [ "$said" = open ]
    else
        [ -n "$seen" ] && [ "$seen" != $((512 * 1024 * 1024)) ]
    fi
}

# Process 1, which in step05 is the program itself.

before_init_memory() {
    only_in 'host step05' 'process 1 is the attack itself, or the host'\''s' || return
    options='--cap-add SYS_PTRACE' argument=1
    [ "$column" != host ] || argument=$victim
}

before_init_ptrace() {
    before_init_memory
}

before_init_words() {
    only_in 'host step05' 'process 1 is the attack itself, or the host'\''s' || return
    options='--env PASSWORD=ATTACKS' argument='1 ATTACKS'
    [ "$column" != host ] || argument="$victim 10000"
}

# A command that comes into a running container, by the program for that. Its image is hostile:
# what is started there is the attack. All that it has of the caller's is prey.

before_entering() {
    only_in 'step03 step04 step05' 'nobody can enter it' || return
    inside=stay options='--name attacked' entrant=''
    : >"$work/entered"
}

entering_program() {
    if [ "$column" = step05 ]; then echo exec; else echo join; fi
}

enter() { # ATTACK
    # shellcheck disable=SC2086 # words
    (cd / && TMPDIR=$scratch timeout $seconds $entrant "$programs/$(entering_program)" attacked \
        /attack "$1" "$secret" "$victim" "$argument") </dev/null >"$work/entered" 2>>"$work/err" || true
}

# What the attack said that came in, and not the one that stayed.
entered() {
    said=$(tr -d '\r' <"$work/entered" | grep -E '^(open|x |n/a )' | tail -n 1) || true
    [ -n "$said" ] || said="? $(tail -n 1 "$work/err")"
    [ "$said" = open ]
}

before_enter_inherited_descriptor() {
    before_entering || return
    exec 9</
}

during_enter_inherited_descriptor() {
    enter inherited_descriptor
}

proof_enter_inherited_descriptor() {
    entered
}

before_enter_tiocsti() {
    before_entering || return
    entrant="$attack_program at_terminal"
}

during_enter_tiocsti() {
    enter tiocsti
}

proof_enter_tiocsti() {
    entered || true
    proof_tiocsti
}

before_enter_session_keyring() {
    before_entering || return
    entrant="$attack_program with_keyring"
}

during_enter_session_keyring() {
    enter session_keyring
}

proof_enter_session_keyring() {
    entered
}

before_enter_io_uring() {
    before_entering
}

during_enter_io_uring() {
    enter io_uring
}

proof_enter_io_uring() {
    entered
}

before_enter_core_dump() {
    before_entering || return
    dumps=$(count_dumps)
    ! is_root || entrant="$attack_program without_core_files"
}

during_enter_core_dump() {
    enter core_dump
}

proof_enter_core_dump() {
    entered || true
    proof_core_dump
}

before_enter_nice_value() {
    before_nice_value || return
    before_entering || return
    entrant=$caller caller=''
}

during_enter_nice_value() {
    enter nice_value
}

proof_enter_nice_value() {
    entered
}

before_enter_raw_socket() {
    before_entering
}

during_enter_raw_socket() {
    enter raw_socket
}

proof_enter_raw_socket() {
    entered
}

before_enter_fork_bomb() {
    before_entering
}

during_enter_fork_bomb() {
    enter fork_bomb
    during_fork_bomb
}

proof_enter_fork_bomb() {
    entered || true
    proof_fork_bomb
}

before_enter_stdout_mode() {
    before_entering || return
    chmod 600 "$work/entered"
}

during_enter_stdout_mode() {
    enter stdout_mode
}

proof_enter_stdout_mode() {
    entered || true
    [ "$(stat -c %a "$work/entered")" = 666 ]
}

# Outside of any container, nobody must enter to have the groups: this shows that they are there.
before_enter_groups() {
    before_groups || return
    if [ "$column" = host ]; then inside=groups && return; fi
    before_entering || return
    entrant=$caller caller=''
}

during_enter_groups() {
    [ "$column" = host ] || enter groups
}

proof_enter_groups() {
    if [ "$column" = host ]; then [ "$said" = open ]; else entered; fi
}

# Hostile images.

# Steps 2 to 4 only mount proc on a folder of the image.
variants_hostile_image() {
    places='dev proc sys etc tmp dev/null dev/console volume workdir'
    case $column in
    step0[1-4]) places=proc ;;
    esac
    for place in $places; do
        for form in absolute relative dangling loop fifo device file; do
            echo "$place:$form"
        done
    done
}

before_hostile_image() {
    refused=x
    place=${variant%:*} form=${variant#*:} target=$work/host
    case $place in
    dev/*) target=$work/host/file ;;
    volume) options="--volume $work/volume:/volume" ;;
    workdir) options='--workdir /workdir' ;;
    esac
    [ -z "$options" ] || only_in 'host step05' "it has no ${options%% *}" || return
    rm -rf "${image:?}/$place"
    case $form in
    absolute) ln -s "$target" "$image/$place" ;;
    relative) ln -s "../../../../../../..$target" "$image/$place" ;;
    dangling) ln -s "$work/host/new" "$image/$place" ;;
    loop) ln -s "${place##*/}" "$image/$place" ;;
    fifo) mkfifo "$image/$place" ;;
    device) mknod "$image/$place" c 1 3 2>/dev/null || skip 'an ordinary user makes no devices' || return ;;
    file) : >"$image/$place" ;;
    esac
    hash=$(hash_of "$work/host")
    [ "$column" != host ] || act_by_path
}

# Act as a program that believes the paths of an image.
act_by_path() {
    case $place in
    dev/*) timeout 5 sh -c "echo >'$image/$place'" ;;
    *) mkdir -p "$image/$place" && : >"$image/$place/new" ;;
    esac 2>/dev/null || true
    said='x by path'
}

proof_hostile_image() {
    ! grep -q " $work/host" /proc/self/mountinfo || return 0
    [ "$(hash_of "$work/host")" != "$hash" ] || return 1
    fill_host_folder
}

# One variant for each system call during which the paths are exchanged.
variants_swapped_image() {
    echo chroot mount open_tree
}

before_swapped_image() {
    [ "$column" != host ] || skip 'nothing uses an image there' || return
    other=$work/other refused=x
    rm -rf "${other:?}"
    cp -R "$image" "$other"
    (umask 077 && echo swapped >"$other/swapped")
    caller="$attack_program swapping $variant $image $other"
}

variants_swapped_target() {
    echo mkdirat openat openat2 move_mount
}

before_swapped_target() {
    only_in 'host step05' 'it has no --volume' || return
    refused=x shared=$work/shared
    rm -rf "${shared:?}"
    mkdir -p "$shared/way/place" "$image/etc/place"
    ln -s "$image/etc" "$shared/other"
    if [ "$column" = host ]; then
        ! [ -d "$shared/way" ] || swap_and_copy # which believes the path that it has looked at
    else
        ln -sfn /etc "$shared/other"
        options="--volume $shared:/data --volume $work/host:/data/way/place"
        caller="$attack_program swapping $variant $shared/way $shared/other"
    fi
}

swap_and_copy() {
    mv "$shared/way" "$shared/aside"
    mv "$shared/other" "$shared/way"
    cp "$work/host/file" "$shared/way/place"
}

before_fake_proc() {
    only_in 'step01 step02 step03 step04 step05' 'nothing takes its /proc from the image there' || return
    mkdir "$image/proc/self"
}

variants_fake_proc_volume() {
    echo /proc //proc /./proc /proc/. /proc/self /link /link/self /top/proc
}

before_fake_proc_volume() {
    only_in 'step01 step05' 'it has no --volume' || return
    mkdir -p "$work/volume/self" "$image/proc/self" # step01 uses it as /proc
    ln -s proc "$image/link"
    ln -s / "$image/top"
    [ "$column" = step01 ] || options="--volume $work/volume:$variant" refused=x
}

# The runtime itself.

before_runtime() {
    [ "$column" != host ] || skip 'nothing runs the attack there' || return
    file=$programs/$column
    [ -e "$file" ] || file=$(command -v "$column")
    argument=$(stat -L -c %d:%i "$file")
}

# Each program that enters, into a container with few and with all capabilities.
variants_joining_runtime() {
    case $column in
    step03 | step04) echo join ;;
    step05) echo join join+all exec exec+all ;;
    *) echo - ;;
    esac
}

before_joining_runtime() {
    only_in 'step03 step04 step05' 'nobody can join it' || return
    enterer=${variant%+all}
    options='--name attacked' argument=$(stat -c %d:%i "$programs/$enterer")
    [ "$variant" = "$enterer" ] || options="$options --cap-add all"
    cp "$programs/$enterer" "$work/enterer"
}

# Inside, this runs the same program again, for a moment: until the attack has found it.
during_joining_runtime() {
    end=$(($(date +%s) + 20))
    while [ "$(date +%s)" -lt $end ] && ! grep -q found "$work/out"; do
        timeout 20 "$programs/$enterer" --scratch "$scratch" attacked /proc/self/exe -h \
            </dev/null >/dev/null 2>>"$work/err" || break
    done
}

proof_joining_runtime() {
    sleep 1 # the program must have ended: before, nobody can write to its file
    ! cmp -s "$work/enterer" "$programs/$enterer" || return 1
    cp "$work/enterer" "$programs/$enterer"
}
