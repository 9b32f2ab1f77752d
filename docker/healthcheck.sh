#!/usr/bin/env bash
# Health check of a container: exits with 0 if its app may receive traffic. Slim images have no curl, and starting node takes
# at least a tenth of a second of CPU, too much when ten containers start together.
app=${APP:-gateway}
# In the monolith the gateway receives the traffic.
[ "$app" = monolith ] && app=gateway
variable=${app^^}
variable=${variable//-/_}_PORT
port=${!variable:-${PORT:-8000}}

exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1:%s\r\nconnection: close\r\n\r\n' "$port" >&3
read -r -t 4 _ status _ <&3 || exit 1
[ "$status" = 200 ] || { echo "not ready: $status"; exit 1; }
