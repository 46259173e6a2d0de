"""Geordnetes Ende des Servers: laufende Anfragen werden ganz beantwortet, neue nicht mehr angenommen."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

SERVER = """
import signal, sys, time
from tenants.operation import answering

def app(environ, start):
    if environ["PATH_INFO"] == "/langsam":
        time.sleep(7)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3000000")])
    return [b"x" * 3000000]

def end(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, end)
answering.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=4)
print("zu", flush=True)
"""


def test_what_has_begun_is_answered_whole_and_nothing_new_begins() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = int(probe.getsockname()[1])
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdout=subprocess.PIPE, text=True) as process:
        try:
            with closing(_connected(port)) as idle, closing(_connected(port)) as slow:
                idle.request("GET", "/")
                assert len(idle.getresponse().read()) == 3_000_000
                got: list[int] = []
                slow.request("GET", "/langsam")
                reader = threading.Thread(target=lambda: got.append(len(slow.getresponse().read())))
                reader.start()
                time.sleep(1)
                process.send_signal(signal.SIGTERM)
                _closed(port)
                reader.join()
                assert got == [3_000_000], "länger als die fünf Sekunden, die waitress gibt, mehr, als ein Puffer fasst"
            assert process.communicate()[0] == "zu\n"
            assert process.returncode == 0
        finally:
            process.kill()


def _connected(port: int) -> http.client.HTTPConnection:
    while True:
        made = http.client.HTTPConnection("127.0.0.1", port)
        try:
            made.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return made


def _closed(port: int) -> None:
    """Wartet, bis niemand mehr annimmt."""
    while True:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
