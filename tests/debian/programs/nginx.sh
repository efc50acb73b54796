#!/bin/sh
# A server on port 80 that opens /dev/stdout and /dev/stderr by name, as in the images of it. Its
# workers are another user's where there is one.
set -eu
worker=www-data
[ "$WHO" != user ] || worker=root
cat >/tmp/nginx.conf <<END
user $worker;
daemon off;
worker_processes 2;
pid /tmp/nginx.pid;
error_log /dev/stderr;
events { worker_connections 64; }
http {
    log_format short '\$status \$request';
    access_log /dev/stdout short;
    server { listen 80; root /var/www/html; }
}
END
echo 'served from inside' >/var/www/html/page
nginx -c /tmp/nginx.conf &
nginx=$!
curl -sS --retry 60 --retry-connrefused --retry-delay 1 -o /tmp/page http://127.0.0.1/page
cat /tmp/page
curl -sS -o /tmp/missing http://127.0.0.1/missing
kill -QUIT $nginx
wait $nginx
echo 'it ended'
