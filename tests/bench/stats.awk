# Reads lines of a program, the number of its run in a turn, and milliseconds, sorted by the first
# and the last. Then least(), median() and first() answer for a program. The first run of each turn
# counts for first() alone.
function take(name, run, ms) {
    if (run == 1)
        firsts[name, ++first_count[name]] = ms
    if (run > 1)
        all[name, ++count[name]] = ms
}

function middle(values, name, n) {
    return n % 2 ? values[name, (n + 1) / 2] : (values[name, n / 2] + values[name, n / 2 + 1]) / 2
}

function least(name) {
    return all[name, 1]
}

function median(name) {
    return middle(all, name, count[name])
}

function first(name) {
    return middle(firsts, name, first_count[name])
}
