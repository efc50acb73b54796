#!/bin/sh
# The loopback interface is up. A socket for ICMP needs no capability (ping_group_range).
set -eu
count() {
    grep -o '[0-9]* packets transmitted, [0-9]* received'
}

ping -c 2 -i 0.2 127.0.0.1 | count
visitor='su visitor -c'
[ "$WHO" != user ] || visitor='sh -c'
$visitor 'ping -c 2 -i 0.2 127.0.0.1' | count
