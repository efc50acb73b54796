# Makes the table of a page's chapters, with the minutes that each takes: chapters LAST MINUTES LINES
#
# It has the chapters "## 1. TITLE" to LAST. The page is refused when reading them takes more than
# MINUTES, or when a chapter of any number has more than LINES lines. A section "(for the curious)"
# is not needed for the rest, so its words do not count as reading.

function minutes(words, commands, exercises) {
    return words / 120 + commands / 4 + exercises * 7
}

function about(time) {
    return 5 * int((time + 4) / 5)
}

function hours(time) {
    time = about(time)
    return int(time / 60) " h " int(time % 60) " min"
}

# Counts of each chapter n: title, lines, core (words), rest (words for the curious), commands, tasks.
function count_chapters(    i, n, fenced, heading, curious) { # curious: the level of that section
    split("", title)
    split("", lines)
    split("", words)
    split("", commands)
    split("", tasks)
    for (i = 1; i <= count; i++) {
        if (text[i] ~ /^```/)
            fenced = fenced == "" ? text[i] : ""
        heading = fenced == "" ? match(text[i], /^##+ /) * RLENGTH : 0
        if (heading && (!curious || heading <= curious))
            curious = text[i] ~ /\(for the curious\)$/ ? heading : 0
        if (heading == 3)
            n = int(substr(text[i], 4))
        if (heading == 3 && n)
            title[n] = substr(text[i], 4)
        if (heading)
            tasks_here = text[i] ~ / Exercises$/
        lines[n]++
        if (fenced == "" && text[i] != "```")
            words[n, curious > 0] += split(text[i], ignored)
        if (fenced == "```console" && text[i] ~ /^([$#]|[a-z][a-z0-9_.-]*-#) /)
            commands[n]++
        if (tasks_here && text[i] ~ /^[0-9]+\. /)
            tasks[n]++
    }
}

function chapter_link(n) {
    return "[" title[n] "](#" anchor_of(title[n]) ")"
}

function anchor_of(heading) {
    heading = tolower(heading)
    gsub(/[^a-z0-9 _-]/, "", heading)
    gsub(/ /, "-", heading)
    return heading
}

function chapters(    last, most, longest, n, read, typed, all, sums, result) {
    last = next_word() + 0
    most = next_word() + 0
    longest = next_word() + 0
    if (!longest || !read_file(FILENAME))
        return complain("wanted: chapters LAST MINUTES LINES")
    count_chapters()
    result = "\n| chapter | to read | and to type | and the exercises |\n|---|--:|--:|--:|\n"
    for (n = 1; n in title; n++) {
        if (lines[n] > longest)
            return complain("chapter " n " has " lines[n] " lines, more than " longest)
        if (n > last)
            continue
        sums[1] += read = minutes(words[n, 0], 0, 0)
        sums[2] += typed = minutes(words[n, 0] + words[n, 1], commands[n], 0)
        sums[3] += all = minutes(words[n, 0] + words[n, 1], commands[n], tasks[n])
        result = result "| " chapter_link(n) " | " about(read) " | " about(typed) " | " about(all) " |\n"
    }
    if (sums[1] > most)
        return complain("reading takes " about(sums[1]) " minutes, more than " most)
    return result "| together | " hours(sums[1]) " | " hours(sums[2]) " | " hours(sums[3]) " |\n\n"
}
