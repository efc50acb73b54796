#!/bin/sh
# A database in memory that forks to write its file, and syncs a log.
set -eu
mkdir /tmp/redis

start() {
    redis-server --dir /tmp/redis --appendonly yes --appendfsync always --save '' \
        --bind 127.0.0.1 --logfile /tmp/redis.log --daemonize yes
    for _ in $(seq 300); do
        [ "$(redis-cli ping 2>&1)" != PONG ] || return 0
        sleep 0.2
    done
    cat /tmp/redis.log
    return 1
}

# The server has closed its files when its process has ended.
stop() {
    server=$(redis-cli info server | tr -d '\r' | sed -n 's/^process_id://p')
    redis-cli shutdown "$1"
    while kill -0 "$server" 2>/dev/null; do sleep 0.1; done
}

wait_until_saved() {
    while redis-cli info persistence | grep -q 'bgsave_in_progress:1'; do sleep 0.2; done
    redis-cli info persistence | tr -d '\r' | grep rdb_last_bgsave_status
}

start
seq 20000 | awk '{ print "SET key" $1 " value" $1 }' | redis-cli --pipe | tail -n 1
redis-cli bgsave
wait_until_saved
redis-cli set last written
stop nosave
start
redis-cli dbsize
redis-cli get key12345
redis-cli get last
stop save
head -c 5 /tmp/redis/dump.rdb
echo
