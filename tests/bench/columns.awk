# Reads "PROGRAM PHASE CALLS MICROSECONDS", and prints a line for each phase, two columns a program.
!($1 in seen) {
    seen[$1] = 1
    programs[++count] = $1
}
{
    calls[$1, $2] = $3
    us[$1, $2] = $4
    if ($2 != "tracing" && $2 != "untraced")
        total[$1] += $4
}

END {
    printf "%-10s", ""
    for (i = 1; i <= count; i++)
        printf " %22s", programs[i]
    printf "\n%-10s", "phase"
    for (i = 1; i <= count; i++)
        printf " %11s %10s", "calls", "us"
    print ""
    last = split("start scratch cgroup clone maps overlay pivot mounts rights filter exec wait tear-down",
        names, " ")
    for (n = 1; n <= last; n++) {
        printf "%-10s", names[n]
        for (i = 1; i <= count; i++)
            printf " %11d %10d", calls[programs[i], names[n]], us[programs[i], names[n]]
        print ""
    }
    printf "%-10s", "all"
    for (i = 1; i <= count; i++)
        printf " %11d %10d", calls[programs[i], "tracing"], total[programs[i]]
    print ""
    for (i = 1; i <= count; i++)
        printf "%s: without tracing it takes %d us; tracing took %d us for each call, not counted here\n",
            programs[i], us[programs[i], "untraced"], us[programs[i], "tracing"]
}
