#!/bin/sh
# A database whose processes lock one file and share its index by mmap.
set -eu
cd /tmp
sql() {
    sqlite3 -cmd '.timeout 300000' numbers.db "$1"
}

sql 'pragma journal_mode = wal; create table numbers(n integer primary key, writer integer)'
for writer in 1 2 3; do
    for _ in 1 2 3 4 5; do
        sql "insert into numbers(writer) with recursive up(n) as
            (select 1 union all select n + 1 from up where n < 10000) select $writer from up"
    done &
done
wait
ls numbers.db-wal 2>/dev/null || echo 'the last to close has removed the log'
sql 'select writer, count(*) from numbers group by writer'
sql 'pragma integrity_check; pragma journal_mode'
