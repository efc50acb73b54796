# Stores what was typed and printed in a run as a file. (The *.exp files read this.) Each line has a
# tag: p for the prompt, t for a line that was typed, s for a line that was seen.

proc write_transcript {file all} {
    set out [open $file w]
    fconfigure $out -encoding utf-8
    foreach done $all {
        puts $out "p [dict get $done prompt]"
        foreach line [dict get $done typed] {puts $out "t $line"}
        foreach line [dict get $done seen] {puts $out "s $line"}
    }
    close $out
}

proc read_transcript {file} {
    set all {}
    foreach line [read_lines $file] {
        set text [string range $line 2 end]
        switch [string index $line 0] {
            p {lappend all [dict create prompt $text typed {} seen {}]}
            t {add_line all typed $text}
            s {add_line all seen $text}
        }
    }
    return $all
}

proc add_line {all_name key text} {
    upvar $all_name all
    set done [lindex $all end]
    dict lappend done $key $text
    lset all end $done
}
