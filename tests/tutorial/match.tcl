# Does the output match what the page shows? (The *.exp files read this.)
#
# It must be the same character by character, with these exceptions:
#
#   ...         alone on a line: any number of lines, also none
#   TEXT ...    a line that begins with TEXT
#   tokens that are different in each run, each by one of the same kind:
#     pid         where only a process id can stand (see pid_places), and then in the whole block
#     date        as `ls -l` has it: Nov 24 09:42, or Jan  1  2026 for an old file
#     address     0x and 12 digits or more
#     namespace   the number in pid:[4026531836]
#     sum         32 hexadecimal digits or more
#   and if the page says so before the block (<!-- varies: CLASS... -->):
#     names       a line that is a container's name made by chance, as in the prompts
#     counts      a number of two digits or more at the end of a line
#     sizes       the size of a file as `ls -l` has it, of four digits or more
#
# A pid that the page types is the one that the terminal has printed for it, earlier in the block.
#
# Within a block each token of the page stands for one token of the terminal, and two tokens stand
# for two. Dates, counts and sizes have no such rule. So a pid that is seen twice must be the same
# twice, and a sum, too.

set pid_places {
    {^\[\d+\] (\d+)$}
    {\mprocess (\d+) did not end}
    {\menter process (\d+):}
    {/proc/(\d{3,})/}
    {^\s*(\d{3,}) root }
    {\mpid (\d{3,})[: ]}
    {--target (\d{3,}) }
    {cgroup\.procs:(\d+)$}
    {^NSpid:\s+(\d{3,})\s}
    {^\+ echo (\d+) > \S*/cgroup\.procs$}
}
set month {(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)}

# For each class: its tokens in a line of the page, and what the terminal's line may have there.
array set token_form [list \
    date "\\m$month \[ \\d\]\\d (?:\\d\\d:\\d\\d| \\d{4})\\M" \
    address {0x[0-9a-f]{12,}\M} \
    namespace {\[\d{10}\]} \
    sum {[0-9a-f]{32,}} \
    names {^[a-z][a-z0-9]{11}$} \
    counts {\m\d{2,}$} \
    sizes "\\m\\d{4,}(?= $month \[ \\d\]\\d )"]
set always {date address namespace sum}
set loose {date counts sizes}

proc is_class {name} {
    return [expr {$name in {names counts sizes}}]
}

# All places of pids in these lines decide which numbers are pids.
proc find_pids {lines} {
    global pid_places
    set pids {}
    foreach line $lines {
        foreach place $pid_places {
            foreach {- pid} [regexp -all -inline -line -- $place $line] {lappend pids $pid}
        }
    }
    return [lsort -unique $pids]
}

# Returns {first last class} of each token in a line, from left to right. None of them overlap.
proc find_tokens {line classes pids} {
    global token_form always
    set found {}
    foreach class [concat $always $classes] {
        foreach span [regexp -all -inline -indices -- $token_form($class) $line] {
            lappend found [list {*}$span $class]
        }
    }
    if {$pids ne {}} {
        foreach span [regexp -all -inline -indices -- "\\m(?:[join $pids |])\\M" $line] {
            lappend found [list {*}$span pid]
        }
    }
    set end -1
    set tokens {}
    foreach token [lsort -integer -index 0 $found] {
        if {[lindex $token 0] <= $end} continue
        lappend tokens $token
        set end [lindex $token 1]
    }
    return $tokens
}

proc quote {text} {
    return [regsub -all {[][{}()*+?.\\^$|]} $text {\\&}]
}

# A number in a column has blanks before or after it, as its length needs.
proc text_pattern {text padded} {
    set pattern [quote $text]
    if {$padded} {regsub {^ {2,}} $pattern { +} pattern}
    return $pattern
}

# Returns the pattern of a line of the page: its text, with a group for each token.
proc line_pattern {line tokens} {
    global token_form
    set pattern ^
    set padded 0
    set at 0
    foreach token $tokens {
        lassign $token first last class
        append pattern [text_pattern [string range $line $at $first-1] $padded]
        set padded [expr {$class in {pid counts sizes}}]
        if {$padded} {
            set apart [expr {[regsub { +$} $pattern {} pattern] && $pattern ne "^"}]
            append pattern [expr {$apart ? {\s+} : {\s*}}] {(\d+)}
        } else {
            append pattern ([string trim $token_form($class) ^$])
        }
        set at [expr {$last + 1}]
    }
    set rest [string range $line $at end]
    set open [regsub { \.\.\.$} $rest {} rest]
    append pattern [text_pattern $rest $padded]
    return [expr {$open ? $pattern : "$pattern\$"}]
}

# Note that a token of the page stands for one of the terminal; false if it stands for another.
proc bind_token {binds_name class page seen} {
    global loose
    upvar $binds_name binds
    if {$class in $loose} {return 1}
    foreach key [list "page $page" "seen $seen"] value [list $seen $page] {
        if {![dict exists $binds $key]} {
            dict set binds $key $value
        } elseif {[dict get $binds $key] ne $value} {
            return 0
        }
    }
    return 1
}

proc match_line {wanted seen classes pids binds_name} {
    upvar $binds_name binds
    set tokens [find_tokens $wanted $classes $pids]
    set values [regexp -inline -- [line_pattern $wanted $tokens] $seen]
    if {$values eq {}} {return 0}
    set trial $binds
    foreach token $tokens value [lrange $values 1 end] {
        set page [string range $wanted [lindex $token 0] [lindex $token 1]]
        if {![bind_token trial [lindex $token 2] $page $value]} {return 0}
    }
    set binds $trial
    return 1
}

# The binds are those of the block so far. Only a match changes them.
proc match_lines {wanted seen classes pids binds_name} {
    upvar $binds_name binds
    set trial $binds
    while {$wanted ne {}} {
        set wanted [lassign $wanted line]
        if {$line eq "..."} {
            for {set skip 0} {$skip <= [llength $seen]} {incr skip} {
                set found $trial
                if {[match_lines $wanted [lrange $seen $skip end] $classes $pids found]} {
                    set binds $found
                    return 1
                }
            }
            return 0
        }
        if {$seen eq {}} {return 0}
        set seen [lassign $seen first]
        if {![match_line $line $first $classes $pids trial]} {return 0}
    }
    if {$seen ne {}} {return 0}
    set binds $trial
    return 1
}

# A random name may stand for any other.
proc same_prompt {page seen} {
    set chance {^[a-z][a-z0-9]{11}-#$}
    return [expr {$page eq $seen || ([regexp $chance $page] && [regexp $chance $seen])}]
}

proc find_pids_of_block {block} {
    set lines {}
    foreach command [dict get $block commands] {lappend lines {*}[dict get $command wanted]}
    return [find_pids $lines]
}

# Return the command as it is typed in this run: with the pids that the terminal has printed.
proc with_pids {block command binds} {
    set map {}
    foreach pid [find_pids_of_block $block] {
        if {[dict exists $binds "page $pid"]} {lappend map $pid [dict get $binds "page $pid"]}
    }
    set typed {}
    foreach line [dict get $command typed] {lappend typed [string map $map $line]}
    return [dict replace $command typed $typed]
}

# `done` is a dict of what was done: prompt, typed, seen (the lines printed).
proc same_command {command done} {
    return [expr {[dict get $command typed] eq [dict get $done typed] &&
        [same_prompt [dict get $command prompt] [dict get $done prompt]]}]
}

proc same_output {block command done binds_name} {
    upvar $binds_name binds
    return [match_lines [dict get $command wanted] [dict get $done seen] \
        [dict get $block classes] [find_pids_of_block $block] binds]
}
