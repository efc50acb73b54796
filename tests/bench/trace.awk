# Reads what `strace -f -ttt` has written of one container, after the file `phases`. Prints for each
# phase "phase NAME CALLS MICROSECONDS", without what the tracing took; that for one call, as
# "phase tracing CALLS MICROSECONDS"; and for each call that was made again with the same words
# "again PHASE COUNT PROCESS CALL".
#
# The time from one line to the next, of whatever process, belongs to the phase of the first of the
# two. So the phases together are the whole time, though two processes may run at once.
FNR == NR {
    if (!/^#/ && NF) {
        rule_of[++rules] = $1
        goes_to[rules] = $NF
        pattern[rules] = $0
        sub(/^[^ ]+ +/, "", pattern[rules])
        sub(/ +[^ ]+$/, "", pattern[rules])
    }
    next
}

{
    pid = $1
    if (FNR == 1)
        role[pid] = "launcher"
    if (!(pid in role)) {
        role[pid] = pid in kind ? kind[pid] : awaited ? awaited : "command"
    }
    if (!(pid in phase))
        phase[pid] = role[pid] == "launcher" ? (FNR == 1 ? "start" : phase[first]) : \
            role[pid] == "init" ? "clone" : "exec"
    if (FNR == 1)
        first = pid
    else
        spend($2 - last_time, pid)
    text = $0
    sub(/^[0-9]+ +[0-9.]+ /, "", text)
    is_call = text !~ /^(<\.\.\.|\+\+\+|---)/
    if (is_call) {
        phase[pid] = choose(pid, text)
        calls[phase[pid]]++
        current[pid] = text
    }
    learn_result(pid, text, is_call)
    last_pid = pid
    last_phase = phase[pid]
    last_time = $2
    is_trivial = is_call && text ~ /^(getpid|geteuid|umask|rt_sigaction|set_tid_address|prctl\(PR_CAPB)/
}

# What the kernel does for such a call takes less than a microsecond. The rest of it is the tracing.
function spend(seconds, pid) {
    spent[last_phase] += seconds
    if (is_trivial && pid == last_pid)
        insert(seconds)
}

function insert(value,    i) {
    for (i = ++trivials; i > 1 && trivial[i - 1] > value; i--)
        trivial[i] = trivial[i - 1]
    trivial[i] = value
}

# After the wait the launcher takes down. A wait for a helper, before, ends in the same wait.
function choose(pid, text,    i) {
    if (role[pid] == "launcher" && phase[pid] == "tear-down")
        return "tear-down"
    if (role[pid] == "launcher" && phase[pid] == "wait" && text !~ /^(wait|rt_sig|recv)/)
        return "tear-down"
    for (i = 1; i <= rules; i++)
        if (rule_of[i] == role[pid] && text ~ pattern[i])
            return goes_to[i]
    return phase[pid]
}

# A number that a call returned may be a descriptor, or a process. That process may show before the
# call has returned: then it is the awaited one.
function learn_result(pid, text, is_call,    starts, result) {
    if (is_call)
        note_again(pid, text)
    starts = role[pid] == "launcher" && current[pid] ~ /^v?fork|^clone/
    if (starts)
        awaited = current[pid] ~ /NEWPID/ ? "init" : "launcher"
    if (text !~ / = [0-9]+$/)
        return
    result = text
    sub(/.* = /, "", result)
    if (starts) {
        kind[result] = awaited
        awaited = ""
    } else if (current[pid] ~ /^(open|fsopen|fsmount|socket|memfd|dup|fcntl\(.*DUPFD)/) {
        age[pid, result]++
    }
}

# A descriptor's number alone says little: it may be of another file by now. So its age is added.
function note_again(pid, text,    descriptor) {
    if (text ~ /^(read|close|brk|wait4|getdents64|lseek|rt_sigtimedwait|exit_group|recv|send|execve)/)
        return
    sub(/ *(<unfinished .*|\) += .*)$/, "", text)
    gsub(/0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+/, "ADDRESS", text)
    descriptor = text
    sub(/^[a-z0-9_]+\(/, "", descriptor)
    sub(/[^0-9].*/, "", descriptor)
    again[phase[pid] "\t" role[pid] "\t" text "\t" (descriptor == "" ? "" : age[pid, descriptor])]++
}

END {
    count = split("start scratch cgroup clone maps overlay pivot mounts rights filter exec wait tear-down",
        names, " ")
    each = trivials ? trivial[int((trivials + 1) / 2)] : 0
    for (i = 1; i <= count; i++) {
        all += calls[names[i]]
        rest = spent[names[i]] - calls[names[i]] * each
        rest = rest > 0 ? rest : 0
        printf "phase %s %d %d\n", names[i], calls[names[i]], rest * 1000000
    }
    printf "phase tracing %d %d\n", all, each * 1000000
    for (key in again)
        if (again[key] > 1) {
            split(key, part, "\t")
            printf "again %s %d %s %s\n", part[1], again[key], part[2], part[3]
        }
}
