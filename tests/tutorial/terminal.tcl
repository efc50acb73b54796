# A terminal with a machine behind it, as a person has it. (run.exp reads this.)

set poll_ms 50
set settle_ms 250       ;# if nothing is printed for so long, the prompt has come
set astray_seconds 10   ;# if another prompt stays for so long, the expected one will not come
set background_ms 2000  ;# a command with `&` gets so long, before more is typed

set any_prompt {[$#]|[a-z0-9][a-z0-9_.-]*-#}

proc terminal_start {command} {
    global spawn_id buffer machine stty_init
    set stty_init {rows 50 columns 200}
    match_max -d 1000000
    log_user 0
    set machine [spawn -noecho {*}$command]
    set buffer {}
}

# A signal asks vm.sh to end, and it cleans up. It would also end with the terminal. But a second
# signal, while it cleans up, would leave its folder behind.
proc terminal_end {} {
    global machine spawn_id
    catch {
        exec kill $machine
        expect -timeout 15 -re {.+} exp_continue timeout {} eof {}
    }
    catch {close}
    catch {wait}
}

proc read_some {} {
    global buffer spawn_id
    expect {
        -timeout 0
        -re {.+} {
            append buffer $expect_out(0,string)
            return 1
        }
        timeout {return 0}
        eof {return -code error -errorcode GONE "the machine has stopped:\n[clean $buffer]"}
    }
}

# Return the text as the screen shows it: no escape sequences, and nothing that was overwritten.
proc clean {text} {
    regsub -all {\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>])|\x07} $text {} text
    regsub -all {\r+\n} $text "\n" text
    set lines {}
    foreach line [split $text \n] {
        set line [string trimright $line \r]
        lappend lines [string range $line [string last \r $line]+1 end]
    }
    return [join $lines \n]
}

# Return a line with columns as in the page: without tabs, and without blanks at the end.
proc expand {line} {
    while {[set at [string first \t $line]] >= 0} {
        set line [string replace $line $at $at [string repeat { } [expr {8 - $at % 8}]]]
    }
    return [string trimright $line]
}

proc prompt_at_end {} {
    global buffer any_prompt
    set tail [clean [string range $buffer end-500 end]]
    if {[regexp "(?:^|\n)($any_prompt|>) \$" $tail - prompt]} {return $prompt}
    return {}
}

# Wait for this prompt (or any, for {}). Return the prompt that came, or {} if none did.
proc wait_prompt {wanted seconds} {
    global poll_ms settle_ms astray_seconds
    set end [expr {[clock milliseconds] + 1000 * $seconds}]
    set last [clock milliseconds]
    while {[clock milliseconds] < $end} {
        if {[read_some]} {
            set last [clock milliseconds]
            continue
        }
        after $poll_ms
        set quiet [expr {[clock milliseconds] - $last}]
        if {$quiet < $settle_ms} continue
        set prompt [prompt_at_end]
        if {$prompt eq {}} continue
        if {$wanted eq {} || [same_prompt $wanted $prompt] || $quiet > 1000 * $astray_seconds} {
            return $prompt
        }
    }
    return {}
}

# Type a line, wait for the prompt, and return {prompt lines}: lines were printed before the prompt.
proc type_line {line wanted seconds} {
    global buffer
    set buffer {}
    send -- "$line\r"
    set prompt [wait_prompt $wanted $seconds]
    set lines [split [clean $buffer] \n]
    if {$prompt ne {}} {set lines [lrange $lines 0 end-1]}
    set seen {}
    foreach line [lrange $lines 1 end] {lappend seen [expand $line]} ;# the first is the echo
    return [list $prompt $seen]
}

# Type a command of one line or more, as a person who reads the prompt before each line.
proc type_command {typed next seconds} {
    global background_ms
    foreach line [lrange $typed 0 end-1] {
        lassign [type_line $line > $seconds] prompt seen
        if {$prompt ne ">"} {return [list $prompt $seen]}
    }
    set answer [type_line [lindex $typed end] $next $seconds]
    if {[regexp {&$} [lindex $typed end]]} {after $background_ms}
    return $answer
}
