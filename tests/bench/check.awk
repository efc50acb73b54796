# Compares step05 to its floor with the recorded ratio, with stats.awk: check.awk recorded TIMES.
# It fails only when the medians and the least times both are beyond twice the recorded ratio, since
# machines are noisy.
FNR == NR {
    if ($1 == (user == 0 ? "root" : "user"))
        recorded = $2
    next
}
{ take($1, $2, $3) }

END {
    ratio = median("step05") / median("floor5")
    least_ratio = least("step05") / least("floor5")
    slower = ratio > 2 * recorded && least_ratio > 2 * recorded
    printf "step05 to floor 5: %.2f (of the least times: %.2f), recorded: %.2f\n", ratio,
        least_ratio, recorded
    if (slower)
        print "bench: this is more than twice what tests/bench/recorded says: a start got slower; " \
            "make bench-trace shows where" >"/dev/stderr"
    exit slower
}
