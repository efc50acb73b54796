#!/bin/sh
# A database that forks, shares memory and syncs files. It refuses to be root.
set -eu
[ "$(id -u)" != 0 ] || exec su postgres -s /bin/sh -c "sh $0"
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
data=/tmp/database
cd /tmp

start() {
    pg_ctl -D $data -l /tmp/postgresql.log -w -t 300 -o '-k /tmp -h 127.0.0.1' start >/dev/null ||
        cat /tmp/postgresql.log
}

ask() {
    psql -h 127.0.0.1 -v ON_ERROR_STOP=1 -At -d postgres -c "$1"
}

initdb -D $data -A trust --no-locale >/dev/null
start
ask 'create table squares as select n, n::bigint * n as square from generate_series(1, 200000) n'
ask 'create index on squares(square)'
ask 'checkpoint'
ask 'select n from squares where square = 123454321'
pg_ctl -D $data -w -t 300 -m fast stop
start
ask 'select count(*), sum(n) from squares'
pg_ctl -D $data -w -t 300 -m immediate stop # and then it recovers
start
ask 'set parallel_setup_cost = 0; set parallel_tuple_cost = 0;
    set max_parallel_workers_per_gather = 4; set min_parallel_table_scan_size = 0;
    select count(*) from squares where square % 3 = 0'
grep -c 'automatic recovery in progress' /tmp/postgresql.log
pg_ctl -D $data -w -t 300 stop
grep -E 'PANIC|ERROR|FATAL' /tmp/postgresql.log || true
