# Reads a page as a list of blocks, and a block as a list of commands. (The *.exp files read this.)
#
# A block is a dict: line, classes (what varies in it), machine (where it runs), skip (why it does
# not run, or empty), commands.
# A command is a dict: line, prompt, typed (its lines), wanted (the lines that it prints).
# A ```console block can have these lines before it, which no reader sees:
#
#   <!-- varies: CLASS... -->              tokens of these classes of match.tcl differ in each run
#   <!-- machine: CGROUP=v1 make vm -->    it is typed in this machine, at the end of the run
#   <!-- not run: REASON -->               it is not run, and the run says so

set languages {console c text drawing mermaid sh ""}
set prompt_form {^(\$|#|[a-z][a-z0-9_.-]*-#)( (.*))?$}

proc bad_page {file line message} {
    puts stderr "$file:$line: $message"
    exit 2
}

proc read_lines {file} {
    set in [open $file]
    fconfigure $in -encoding utf-8
    set lines [split [string trimright [read $in] \n] \n]
    close $in
    return $lines
}

# Return the commands of one block. A line that begins with "> " continues the command before it.
proc parse_block {file first lines} {
    global prompt_form
    set commands {}
    set command {}
    set number $first
    foreach line $lines {
        incr number
        if {[regexp $prompt_form $line - prompt - typed]} {
            if {$command ne {}} {lappend commands $command}
            set command [dict create line $number prompt $prompt typed [list $typed] wanted {}]
        } elseif {$command eq {}} {
            bad_page $file $number {a console block begins with a prompt: "$ ", "# " or "NAME-# "}
        } elseif {[regexp {^> ?(.*)$} $line - typed] && [dict get $command wanted] eq {}} {
            dict lappend command typed $typed
        } else {
            dict lappend command wanted $line
        }
    }
    if {$command eq {}} {bad_page $file $first {this block is empty}}
    return [lappend commands $command]
}

# Return what the comment before a block says about it.
proc parse_note {file number line} {
    if {[regexp {^<!-- not run: (.+) -->$} $line - reason]} {
        return [dict create skip $reason]
    }
    if {[regexp {^<!-- machine: (.*)make vm -->$} $line - settings]} {
        return [dict create machine "[string trim $settings] vm"]
    }
    if {[regexp {^<!-- varies: (.+) -->$} $line - classes]} {
        foreach class $classes {
            if {![is_class $class]} {bad_page $file $number "there is no class \"$class\""}
        }
        return [dict create classes $classes]
    }
    return {}
}

proc parse_page {file lines} {
    global languages
    set blocks {}
    set note {}
    set number 0
    set fence 0
    foreach line $lines {
        incr number
        if {$fence} {
            if {$line ne "```"} {
                lappend inside $line
                continue
            }
            if {$language eq "console"} {
                set block [dict create line $fence skip {} classes {} machine vm]
                set block [dict merge $block $note]
                dict set block commands [parse_block $file $fence $inside]
                lappend blocks $block
            }
            set fence 0
            set note {}
        } elseif {[regexp {^ *```(.*)$} $line - language]} {
            if {$language ni $languages} {bad_page $file $number "unknown language \"$language\""}
            if {$note ne {} && $language ne "console"} {
                bad_page $file $number {only a console block can follow the comment above}
            }
            set fence $number
            set inside {}
        } elseif {[regexp {^<!-- .* -->$} $line]} {
            set note [dict merge $note [parse_note $file $number $line]]
        } elseif {$note ne {}} {
            bad_page $file $number {a console block must follow the comment above}
        }
    }
    if {$fence} {bad_page $file $fence {this block is not closed}}
    if {$note ne {}} {bad_page $file $number {a console block must follow the comment above}}
    return $blocks
}

# Return the blocks that run, as a list of machines, each with its blocks in the order of the page.
proc list_machines {blocks} {
    set machines {vm {}}
    foreach block $blocks {
        if {[dict get $block skip] eq {}} {dict lappend machines [dict get $block machine] $block}
    }
    return $machines
}
