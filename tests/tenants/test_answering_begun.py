"""Ende des Servers, während eine Anfrage noch ankommt oder nicht fertig wird."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

SERVER = """
import socket, threading
from tenants.operation import answering

def app(environ, start):
    if environ["PATH_INFO"] == "/nie":
        print("begonnen", flush=True)
        threading.Event().wait()
    body = str(len(environ["wsgi.input"].read())).encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]

door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
lost = answering.serve(app, sockets=[door], threads=2, ending=lambda count: print("noch", count, flush=True))
print("unbeantwortet", lost, flush=True)
"""
BOUND = 120  # seconds until a test that hangs is ended


@contextmanager
def _serving() -> Iterator[tuple[subprocess.Popen[str], IO[str], socket.socket]]:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as process:
        bound = threading.Timer(BOUND, process.kill)
        bound.start()
        try:
            assert process.stdout is not None
            with socket.create_connection(("127.0.0.1", int(process.stdout.readline())), timeout=BOUND) as line:
                yield process, process.stdout, line
        finally:
            bound.cancel()
            process.kill()


def test_an_upload_on_its_way_is_taken_whole_and_answered() -> None:
    with _serving() as (process, said, line):
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 100")
        line.sendall(b"x" * 400_000)
        process.send_signal(signal.SIGTERM)
        assert said.readline() == "noch 1\n"
        line.sendall(b"x" * 600_000)
        answer = b""
        while more := line.recv(1000):
            answer += more
        assert b"HTTP/1.1 200 OK\r\n" in answer
        assert answer.endswith(b"\r\n\r\n1000000")
        assert said.read() == "unbeantwortet 0\n"
        assert process.wait(BOUND) == 0


def test_a_second_interrupt_ends_at_once() -> None:
    with _serving() as (process, said, line):
        line.sendall(b"GET /nie HTTP/1.1\r\nHost: x\r\n\r\n")
        assert said.readline() == "begonnen\n"
        process.send_signal(signal.SIGINT)
        assert said.readline() == "noch 1\n"
        process.send_signal(signal.SIGINT)
        assert said.read() == "unbeantwortet 1\n"
        assert process.wait(BOUND) == 0
