# Reads the phases of many runs, sorted by phase and time, as "NAME CALLS MICROSECONDS". Prints
# "PROGRAM NAME CALLS MICROSECONDS" with the medians, and "PROGRAM untraced 0 MICROSECONDS".
{
    us[$1, ++count[$1]] = $3
    calls[$1] = $2
}

END {
    for (name in count)
        print program, name, calls[name], us[name, int((count[name] + 1) / 2)]
    print program, "untraced", 0, untraced
}
