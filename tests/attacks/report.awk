# The report of run.sh: from the results and `expected` to Markdown, or JSON with -v form=json.
# -v columns, facts, machine and versions are lists of words to print and to judge by.
# Exit status 1 when a result is not the expected one.

BEGIN {
    count = split(columns, column, " ")
    facts = " " facts
    strict = facts ~ / vm / # elsewhere a machine may lack, or forbid by itself, what is attacked
    caller = facts ~ / root / ? "root" : "user"
    partial = column[1] != "host" # no controls
    FS = "|"
}

# ATTACK COLUMN open | x HOW | n/a WHY | ? WHAT. Those of a control run only tell what worked there.
results != "" {
    split($0, word, " ")
    answer = substr($0, length(word[1] word[2]) + 3)
    if (results == "own") {
        said[word[1], word[2]] = answer
        tried[word[1]] = 1
    } else if (answer == "open") {
        works[word[1], word[2]] = 1
    }
    next
}

# when FACT... | ATTACK | what comes of it then, with a . where nothing changes
/^when / {
    exceptions++
    when[exceptions] = substr($1, 6)
    which[exceptions] = $2
    instead[exceptions] = $3
    next
}

{
    rows++
    row[rows] = $1
    name[rows] = $2
    where[rows] = $3
    expected[rows] = $4
    what[rows] = $5
    closed_by[rows] = $6
}

# What is closed must have been open before: in an earlier column.
function judge(attack, i,    result, j) {
    if (("*", column[i]) in said)
        return "n/a no container"
    result = said[attack, column[i]]
    if (result !~ /^x/ || partial)
        return result
    for (j = 1; j < i; j++)
        if (said[attack, column[j]] == "open")
            return result
    for (j = 0; j < 6; j++)
        if ((attack, j ? "step0" j : "host") in works)
            return result
    return "n/a it works nowhere here: " result
}

function holds(condition,    fact, n, j) {
    n = split(condition, fact, " ")
    for (j = 1; j <= n; j++)
        if (facts !~ (" " fact[j] " "))
            return 0
    return 1
}

# O, x or n; of O/x the first for root, the second for an ordinary user.
function wanted(r, step,    cells, cell, part, j) {
    split(expected[r], cells, " ")
    cell = cells[step]
    for (j = 1; j <= exceptions; j++)
        if (which[j] == name[r] && holds(when[j]) && split(instead[j], cells, " ") && cells[step] != ".")
            cell = cells[step]
    split(cell, part, "/")
    return caller == "user" && part[2] ? part[2] : part[1]
}

function letter(result) {
    return result == "open" ? "O" : result ~ /^x/ ? "x" : result ~ /^n/ ? "n" : "?"
}

function is_expected(result, want) {
    return letter(result) == want || letter(result) == "n" && (!strict || result ~ /no container/)
}

function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}

# Collects the columns for which a reason holds.
function note(attack, why, here) {
    if (!((attack, why) in noted))
        reason[++reasons] = attack SUBSEP why
    noted[attack, why] = noted[attack, why] " " here
}

function add_cell(r, i,    result, want) {
    result = judge(name[r], i)
    cells = cells " " (result == "open" ? "O" : result ~ /^n/ ? "n/a" : result) " |"
    json = json (json ? ", " : "") quoted(column[i]) ": " quoted(result)
    if (result == "open")
        open[i]++
    if (result ~ /^n/ && result !~ /no container/)
        note(row[r] " " name[r], substr(result, 5), column[i])
    if (column[i] !~ /^step/)
        return
    want = wanted(r, substr(column[i], 6))
    if (!is_expected(result, want))
        wrong = wrong sprintf("%s %s, %s: expected %s, but: %s\n", row[r], name[r], column[i], want, result)
}

function print_markdown(    i, part, head, rule) {
    print machine ", as " (caller == "root" ? "root" : "an ordinary user") (versions ? ", " versions : "") "."
    print "O: it works; x: it is stopped, and how; n/a: there is nothing to attack, see below.\n"
    for (i = 1; i <= count; i++) {
        head = head " " column[i] " |"
        rule = rule "--|"
    }
    print "| # | attack |" head " closed by |\n|--|--|" rule "--|\n" matrix
    printf "Open:"
    for (i = 1; i <= count; i++)
        printf " %s %d%s", column[i], open[i], i < count ? "," : "\n"
    for (i = 1; i <= count; i++)
        if (("*", column[i]) in said)
            print "\n" column[i] " makes no container here: " substr(said["*", column[i]], 5)
    if (reasons)
        print "\nn/a:"
    for (i = 1; i <= reasons; i++) {
        split(reason[i], part, SUBSEP)
        printf "%s:%s: %s\n", part[1], noted[reason[i]], part[2]
    }
    if (left && selected == "")
        print "\nLeft to the virtual machine, since they could do harm: " left
}

END {
    for (r = 1; r <= rows; r++) {
        if (where[r] == "vm" && !strict)
            left = left (left ? ", " : "") row[r] " " name[r]
        if (!(name[r] in tried))
            continue
        cells = json = ""
        for (i = 1; i <= count; i++)
            add_cell(r, i)
        matrix = matrix "| " row[r] " | " what[r] " |" cells " " closed_by[r] " |\n"
        objects = objects (objects ? ",\n" : "") "  {\"row\": " quoted(row[r]) ", \"attack\": " quoted(name[r]) \
            ", \"what\": " quoted(what[r]) ",\n   \"closed by\": " quoted(closed_by[r]) ",\n   \"results\": {" json "}}"
    }
    if (form == "json")
        print "{\"machine\": " quoted(machine) ", \"caller\": " quoted(caller) ", \"attacks\": [\n" objects "\n]}"
    else
        print_markdown()
    if (wrong)
        printf "\nNot as expected:\n%s", wrong >"/dev/stderr"
    exit wrong != ""
}
