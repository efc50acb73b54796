# Reads all /proc/PID/stat. Adds the memory (Pss, in kB) of a launcher and of the processes below it,
# but for the command, which is cat.
{
    pid = $1
    # The name is in brackets, and may have blanks in it.
    command[pid] = $0
    sub(/^[^(]*\(/, "", command[pid])
    sub(/\).*/, "", command[pid])
    rest = $0
    sub(/.*\) /, "", rest)
    split(rest, fields, " ")
    if (fields[1] != "Z") # a dead process has no memory any more
        parent[pid] = fields[2]
}

function is_below(pid) {
    while (pid > 1 && pid != launcher)
        pid = parent[pid]
    return pid == launcher
}

function pss(pid,    file, line, words, found) {
    file = "/proc/" pid "/smaps_rollup"
    while ((getline line <file) > 0)
        if (line ~ /^Pss:/) {
            split(line, words, " ")
            found = words[2]
        }
    close(file)
    return found == "" ? -1 : found
}

END {
    for (pid in parent) {
        if (!is_below(pid) || command[pid] == "cat")
            continue
        kb = pss(pid)
        secret = secret || kb < 0
        sum += kb < 0 ? 0 : kb
        count++
    }
    printf "%-8s %11s kB %17s kB %12d\n", name, pss(launcher), secret ? "?" : sum, count
}
