# Reports a grade: awk -v form=|json|hint|rows -v run=FOLDER -v compiled=0|1 -v step=N -v given=FILE
# -v by='sudo ' -f report.awk TABLE. FOLDER/log.1, log.2, ... is what the tests of the table printed.

function text(string) { # for JSON
    gsub(/[\\"]/, "\\\\&", string)
    gsub(/[[:cntrl:]]/, "?", string)
    return "\"" string "\""
}

function add(one, other) { return one == "" ? other : other == "" ? one : one "; " other }

# Sets verdict and seen from what a test printed.
function read_log(n,    file, row, last, reason, said, place, ended, good) {
    file = run "/log." n
    verdict[n] = "bad"
    while ((getline row <file) > 0) {
        gsub(run "/tmp[.][0-9]+/container-[a-z]+[.][^/ ]+/", "", row) # the test's own folder
        sub(/step05: no cgroup can be made here.*says why( \/ )?/, "", row)
        sub(/step05: when a command in the container crashes, the kernel [^:]*: [^\/]*( \/ )?/, "", row)
        sub(/step05: the container may take an oom_score_adj below 0[^\/]*( \/ )?/, "", row)
        if (verdict[n] != "missing" && match(row, /TODO: [a-z0-9_]+/)) {
            verdict[n] = "missing"
            undone[n] = substr(row, RSTART + 6, RLENGTH - 6)
            ended = undone[n] " is still to do"
        }
        if (row ~ /^\[ SEEN /) { last = row; sub(/^[^\]]*\] /, "", last) }
        if (row ~ /^and on stderr: ./) { last = row; sub(/^and on /, "", last) }
        if (match(row, /(it never printed|it did not end within) .*/)) said = substr(row, RSTART)
        if (match(row, /(steps|support)\/[a-z0-9_]+\.c:[0-9]+/)) place = "tests/" substr(row, RSTART, RLENGTH)
        if (row ~ /^left behind: / || row ~ / is .*, not /) { said = row; sub(/^(\[[^\]]*\] --- )*/, "", said) }
        if (row ~ /^SKIP: /) reason = substr(row, 7)
        if (row ~ /^\[  SKIPPED \]/) { verdict[n] = "skipped"; ended = reason }
        if (row ~ /^\[       OK \]/) good = 1
        if (row ~ /^status (124|137)$/) ended = "it did not end in time"
        if (row == "status 0" && good && verdict[n] == "bad") verdict[n] = "good"
    }
    close(file)
    if (verdict[n] == "good")
        place = ""
    seen[n] = ended != "" ? ended : add(add(said, last), place)
}

function read_compiler(    row) {
    while ((getline row <(run "/compile")) > 0)
        if (row ~ /error|\*\*\*|undefined/ && complaint == "")
            complaint = row
    sub(/.*: fatal error: /, "", complaint)
    return "it does not compile: " complaint
}

$1 == "todo" { file_of[$3] = $2 }
$1 == "test" { count++; name[count] = $3; hints[count] = 0 }
$1 == "points" { points[count] = $2 }
$1 == "expect" { sub(/^expect /, ""); expect[count] = $0 }
$1 == "hint" { sub(/^hint /, ""); hint[count, ++hints[count]] = $0 }

function show_json(    n) {
    printf "{\"step\":%d,\"points\":%d,\"of\":%d,\"tests\":[", step, sum, all
    for (n = 1; n <= count; n++)
        printf "%s\n {\"test\":%s,\"verdict\":\"%s\",\"points\":%d,\"of\":%d,\"expected\":%s,\"seen\":%s}",
            (n > 1 ? "," : ""), text(name[n]), verdict[n], got(n), points[n], text(expect[n]), text(seen[n])
    print "]}"
}

function got(n) { return verdict[n] == "good" ? points[n] : 0 }

function show_text(    n) {
    for (n = 1; n <= count; n++) {
        printf "%-7s %3d of %-3d %s\n", verdict[n], got(n), points[n], expect[n]
        if (verdict[n] != "good")
            printf "        seen: %s\n", seen[n]
    }
    printf "step %d: %d of %d points\n", step, sum, all
    if (sum < all)
        printf "The next step: %smake hint STEP=%d\n", by, step
}

# The first test that fails is the one to mend. Each call gives one hint more.
function show_hint(    n, row, times) {
    for (n = 1; n <= count && (verdict[n] == "good" || verdict[n] == "skipped"); n++)
        ;
    if (n > count) {
        print "All is good: there is nothing to hint at."
        return
    }
    if (!compiled) {
        print seen[n]
        return
    }
    if (verdict[n] == "missing") { # a hint would be about what comes after it
        print "Write it first: " undone[n] "() in " file_of[undone[n]]
        return
    }
    while ((getline row <given) > 0)
        times += row == name[n]
    close(given)
    times = times < hints[n] ? times + 1 : hints[n]
    print name[n] >>given
    print "It fails:  " expect[n]
    print "Seen:      " seen[n]
    printf "Hint %d of %d: %s\n", times, hints[n], hint[n, times]
    if (times == hints[n])
        print "That was the last. The difference to the project's own code: make solution STEP=" step
}

function show_rows(    n, i) {
    for (n = 1; n <= count; n++) {
        printf "%s\t%d\t%s\t", verdict[n], points[n], name[n]
        for (i = 1; i <= hints[n]; i++)
            printf "%s ", hint[n, i]
        printf "\t%s\n", seen[n]
    }
}

END {
    for (n = 1; n <= count; n++) {
        if (compiled)
            read_log(n)
        else {
            verdict[n] = "bad"
            seen[n] = n == 1 ? read_compiler() : seen[1]
        }
        sum += got(n)
        all += verdict[n] == "skipped" ? 0 : points[n]
    }
    if (form == "json") show_json()
    else if (form == "hint") show_hint()
    else if (form == "rows") show_rows()
    else show_text()
}
