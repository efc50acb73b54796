# The table of `make bench`, with stats.awk: order has the programs, as in "step05 floor5 bwrap".
{ take($1, $2, $3) }

function ratio(name, to) {
    return count[to] && to != name ? sprintf("%8.2f", median(name) / median(to)) : sprintf("%8s", "")
}

END {
    printf "%-8s %8s %8s %8s %8s %8s %8s %8s\n", "", "first", "least", "median", "/ floor",
        "/ bwrap", "/ crun", "/ runc"
    total = split(order, names, " ")
    for (i = 1; i <= total; i++) {
        name = names[i]
        floor = name ~ /^step/ ? "floor" substr(name, 6) : ""
        printf "%-8s %8.2f %8.2f %8.2f %s %s %s %s\n", name, first(name), least(name),
            median(name), ratio(name, floor), ratio(name, "bwrap"), ratio(name, "crun"),
            ratio(name, "runc")
    }
}
