#!/bin/sh
# Run the fuzzer fuzz_NAME of FOLDER. It begins with the inputs in corpus/NAME. An input that breaks the
# code is kept in FOLDER/broken. Then the last line is a command that reads this input alone.
#
# Usage: run-one.sh FOLDER NAME SECONDS WORK
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 name=$2 seconds=$3 work=$4
log=$work/$name.log
mkdir -p "$work/$name/new" "$folder/broken"
cd "$work/$name" # the fuzzer makes files here, for the code that it tests

# The messages of the code are no news here, so it has no stdout and stderr (close_fd_mask).
if "$folder/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
    -close_fd_mask=3 -verbosity=0 -print_final_stats=1 -artifact_prefix="$folder/broken/$name-" \
    new "$here/corpus/$name" >"$log" 2>&1; then
    sed -n "s/^stat::number_of_executed_units: *\(.*\)/fuzz_$name: \1 inputs in $seconds s/p" "$log"
else
    cat "$log"
    sed -n "s|.*Test unit written to|fuzz_$name: failed: $folder/fuzz_$name|p" "$log"
    exit 1
fi
