"""Geordnetes Ende des Servers: laufende Anfragen werden ganz beantwortet, neue nicht mehr angenommen."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

# The server says itself where it listens and when a request has begun: nobody guesses it from the time.
SERVER = """
import signal, socket, time
from tenants.operation import answering

def app(environ, start):
    if environ["PATH_INFO"] == "/langsam":
        print("begonnen", flush=True)
        time.sleep(7)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3000000")])
    return [b"x" * 3000000]

def end(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, end)
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
answering.serve(app, sockets=[door], threads=4)
print("zu", flush=True)
"""
BEHIND = """
import socket
from werkzeug.middleware.proxy_fix import ProxyFix
from tenants.operation import answering

def app(environ, start):
    told = " ".join(environ[name] for name in ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")).encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told]

door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
answering.serve(PLACE, sockets=[door], threads=2)
"""
PATIENCE = 120  # seconds until a test gives up; nothing here is measured


@contextmanager
def running(program: str = SERVER) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Der Server in einem eigenen Prozess und sein Anschluss; stirbt er, endet auch jedes Warten auf ihn."""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.start()
        try:
            yield process, int(line(process))
        finally:
            alarm.cancel()
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """Nächste Zeile des Servers; leer, wenn er zu Ende ist."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize(("place", "told"), [
    ("ProxyFix(app, x_for=1, x_proto=1, x_host=1)", "203.0.113.9 https lohn.example"), ("app", "127.0.0.1 http innen")])
def test_what_the_web_server_in_front_says_reaches_who_trusts_it(place: str, told: str) -> None:
    """waitress striche es: alle kämen von einer Adresse, nach zwölf Bewerbungen je Stunde wäre Schluss."""
    with running(BEHIND.replace("PLACE", place)) as (_process, port):
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with closing(asking):
            asking.request("GET", "/", headers={
                "Host": "innen", "X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "lohn.example"})
            assert asking.getresponse().read().decode() == told


def test_what_has_begun_is_answered_whole_and_nothing_new_begins() -> None:
    with running() as (process, port):
        idle, slow = (http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(2))
        with closing(idle), closing(slow):
            idle.request("GET", "/")
            assert len(idle.getresponse().read()) == 3_000_000
            slow.request("GET", "/langsam")
            assert line(process) == "begonnen"
            process.send_signal(signal.SIGTERM)
            _closed(process, port)
            got = len(slow.getresponse().read())
            assert got == 3_000_000, "länger als die fünf Sekunden, die waitress gibt, mehr, als ein Puffer fasst"
        assert process.communicate()[0] == "zu\n"
        assert process.returncode == 0


def _closed(process: subprocess.Popen[str], port: int) -> None:
    """Wartet, bis niemand mehr annimmt, obwohl der Server noch antwortet."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                assert process.poll() is None, "der Server ist zu Ende, bevor er geantwortet hat"
                return
        time.sleep(0.05)
    raise AssertionError("nimmt immer noch an")
