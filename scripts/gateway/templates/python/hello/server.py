"""A service that registers with the gateway, renews its lease, and unregisters when it stops."""
import json
import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATEWAY = os.environ.get("REGISTRY_URL") or "http://127.0.0.1:8000"
TOKEN = os.environ.get("REGISTRY_TOKEN")
HEARTBEAT_SECONDS = 5


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps({"message": "hello from Python", "path": self.path}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    # The end of the program waits for requests in flight.
    daemon_threads = False


server = Server((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "9000"))), Handler)
port = server.server_port
instance = {
    "id": f"hello-{socket.gethostname()}-{port}",
    "name": "hello",
    "url": os.environ.get("SERVICE_URL") or f"http://127.0.0.1:{port}",
    "ttlSeconds": 15,
    "healthPath": "/health",
}


def call(method, path, body=None):
    headers = {"content-type": "application/json"}
    if TOKEN:
        headers["authorization"] = f"Bearer {TOKEN}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(GATEWAY + path, data, headers, method=method)
    urllib.request.urlopen(request, timeout=5).close()


def stay_registered(stopped):
    is_registered = False
    while not stopped.is_set():
        try:
            if is_registered:
                call("POST", f"/discovery/heartbeat/{instance['id']}")
            else:
                call("POST", "/discovery/register", instance)
                print(f"registered {instance['url']} at {GATEWAY}", flush=True)
            is_registered = True
        except OSError as error:
            was_registered, is_registered = is_registered, False
            # The gateway does not know the instance any more.
            if was_registered and isinstance(error, urllib.error.HTTPError) and error.code == 404:
                continue
            print(f"the gateway does not accept the instance: {error}", file=sys.stderr, flush=True)
        stopped.wait(HEARTBEAT_SECONDS if is_registered else 1)


stopped = threading.Event()
registration = threading.Thread(target=stay_registered, args=(stopped,), daemon=True)


def leave(*_):
    """Unregisters first: until then the gateway sends requests."""
    stopped.set()
    registration.join()
    try:
        call("DELETE", f"/discovery/unregister/{instance['id']}")
    except OSError as error:
        print(f"not unregistered: {error}", file=sys.stderr, flush=True)
    server.shutdown()


for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: threading.Thread(target=leave).start())
registration.start()
server.serve_forever()
server.server_close()
