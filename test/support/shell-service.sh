#!/bin/sh
# A service in plain shell: responds over HTTP, registers with curl, sends a heartbeat every half second. SIGUSR1
# stops the heartbeats, as if the program were blocked; SIGTERM ends it. Usage: shell-service.sh GATEWAY_URL
set -eu

gateway=$1
id="shell-$$"
port_file=$(mktemp)
is_running=yes

# Any HTTP server works; this one responds with the requested URL.
node -e '
  const server = require("node:http").createServer((request, response) => response.end(`shell saw ${request.url}\n`));
  server.listen(0, "127.0.0.1", () => require("node:fs").writeFileSync(process.argv[1], String(server.address().port)));
' "$port_file" &
server=$!
trap 'is_running=no' USR1
trap 'kill $server; rm -f "$port_file"; exit 0' TERM

until [ -s "$port_file" ]; do sleep 0.05; done
curl -fsS "$gateway/discovery/register" -H 'content-type: application/json' -d "{
  \"id\": \"$id\", \"name\": \"shell\", \"url\": \"http://127.0.0.1:$(cat "$port_file")\",
  \"ttlSeconds\": 2, \"healthPath\": \"/\"
}" >/dev/null
echo "registered as $id"

while [ $is_running = yes ]; do
  curl -fsS -X POST "$gateway/discovery/heartbeat/$id" >/dev/null
  sleep 0.5
done
echo 'heartbeats stopped'
wait $server
