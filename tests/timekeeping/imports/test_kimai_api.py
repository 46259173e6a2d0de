"""Kimai abholen: gegen einen eigenen https-Server, mit allem, was an einem fremden Server schiefgehen kann."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from timekeeping import kimai_api, sources
from timekeeping.imports.problems import ImportFehler
from timekeeping.kimai_api import Ziele, checked_address, fetch
from timekeeping.models import ZeitQuelle

TOKEN = "geheimer-schluessel"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    cert, secret = folder / "ca.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))
    return cert, secret


def entry(number: int) -> dict[str, Any]:
    day = 1 + number % 28
    return {"id": number, "begin": f"2026-11-{day:02d}T08:{number % 60:02d}:00+0100",
            "end": f"2026-11-{day:02d}T16:{number % 60:02d}:00+0100", "break": 1800, "duration": 27000,
            "user": {"accountNumber": "10234"}}


class Server:
    """Ein Kimai: answer bestimmt, was es sagt; asked merkt sich Fragen."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[Any] = []
        self.answer: Callable[[Any, int], None] = self.pages(1)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers))
                page = int(parse_qs(urlsplit(self.path).query).get("page", ["0"])[0])
                outer.answer(self, page)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # those who hang up are no news
        self.ca, key = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"https://localhost:{self.server.server_port}"
        self.goals = Ziele(frozenset({"localhost"}), str(self.ca), lambda _host, _port: ["127.0.0.1"])

    def pages(self, total: int) -> Callable[[Any, int], None]:
        def answer(handler: Any, page: int) -> None:
            rows = [entry(number) for number in range((page - 1) * 500, min(page * 500, total))]
            say(handler, 200, json.dumps(rows).encode(), **{"X-Total-Pages": str(-(-total // 500))})

        return answer


def say(handler: Any, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture(scope="module")
def kimai(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("kimai"))
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_all_pages_are_fetched_with_the_key_in_the_header_only(kimai: Server) -> None:
    kimai.answer, kimai.asked = kimai.pages(1203), []
    found = json.loads(fetch(kimai.address, TOKEN, FIRST, LAST, kimai.goals))
    assert [one["id"] for one in found] == list(range(1203))
    assert len(kimai.asked) == 3
    path, headers = kimai.asked[0]
    asked = parse_qs(urlsplit(path).query)
    assert (asked["begin"], asked["end"], asked["full"], asked["user"]) == (
        ["2026-11-01T00:00:00"], ["2026-11-30T23:59:59"], ["true"], ["all"])
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in path


@pytest.mark.parametrize(("status", "body", "words"), [
    (401, b"{}", "nimmt den Schlüssel nicht an"), (500, b"kaputt", "antwortet mit 500"),
    (200, b"<html>", "kein JSON"), (200, b'{"a": 1}', "keine Liste"), (302, b"", "antwortet mit 302"),
], ids=["key", "error", "html", "object", "redirect"])  # fmt: skip
def test_other_answers_are_refused_in_words_without_the_key(kimai: Server, status: int, body: bytes,
                                                            words: str) -> None:
    kimai.answer = lambda handler, _page: say(handler, status, body, Location="http://169.254.169.254/")
    with pytest.raises(ImportFehler, match=words) as refused:
        fetch(kimai.address, TOKEN, FIRST, LAST, kimai.goals)
    assert TOKEN not in str(refused.value)


def test_too_large_too_slow_and_cut_off(kimai: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kimai_api, "MAX_BYTES", 1024)
    kimai.answer = kimai.pages(500)
    with pytest.raises(ImportFehler, match="größer als"):
        fetch(kimai.address, TOKEN, FIRST, LAST, kimai.goals)
    monkeypatch.undo()
    monkeypatch.setattr(kimai_api, "READ", 0.2)
    kimai.answer = lambda handler, _page: threading.Event().wait(1.0) or say(handler, 200, b"[]")
    with pytest.raises(ImportFehler, match="nicht zu erreichen oder zu langsam"):
        fetch(kimai.address, TOKEN, FIRST, LAST, kimai.goals)


def test_a_dripping_server_ends_with_the_time_for_everything(kimai: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(handler: Any, _page: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(40):  # each byte comes well within the time for one silence
            handler.wfile.write(b" ")
            threading.Event().wait(0.05)

    monkeypatch.setattr(kimai_api, "TOTAL", 0.5)
    kimai.answer = drip
    with pytest.raises(ImportFehler, match="braucht länger als"):
        fetch(kimai.address, TOKEN, FIRST, LAST, kimai.goals)
    kimai.answer, kimai.asked = kimai.pages(100_000), []
    with pytest.raises(ImportFehler, match=r"braucht länger als|zu langsam"):
        fetch(kimai.address, TOKEN, FIRST, LAST, kimai.goals)
    assert len(kimai.asked) < 200


@pytest.mark.parametrize("address", [
    "http://zeit.example.de", "https://", "https://user:pw@zeit.example.de", "https://zeit.example.de?x=1", "zeit",
    "https://zeit.example.de/#a", "ftp://zeit.example.de", "https://zeit.example.de:99999", "https://zeït.de",
])  # fmt: skip
def test_only_plain_https_addresses(address: str) -> None:
    with pytest.raises(ImportFehler, match="keine https-Adresse"):
        checked_address(address)


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "::1", "fe80::1%eth0",
                                    "fd00::1", "0.0.0.0", "::ffff:10.0.0.1", "100.64.0.1"])
def test_inner_addresses_need_the_administration(inside: str) -> None:
    goals = Ziele(resolve=lambda _host, _port: ["93.184.215.14", inside])
    with pytest.raises(ImportFehler, match="internen Netz"):
        goals.address("zeit.example.de", 443)
    allowed = Ziele(frozenset({"zeit.example.de"}), resolve=lambda _host, _port: [inside])
    assert allowed.address("Zeit.Example.de", 443) == inside


def test_a_certificate_of_nobody_is_refused(kimai: Server) -> None:
    stranger = Ziele(frozenset({"localhost"}), None, lambda _host, _port: ["127.0.0.1"])
    with pytest.raises(ImportFehler, match="Zertifikat"):
        fetch(kimai.address, TOKEN, FIRST, LAST, stranger)


def test_a_source_keeps_its_key_sealed_and_reads_in_like_a_file(kimai: Server, haus: Any) -> None:
    kimai.answer = kimai.pages(3)
    with haus.als() as session:
        row = sources.set_source(session, "Kimai der Stadt", kimai.address, TOKEN, reason="neu")
        assert TOKEN.encode() not in row.token_siegel
        datei = sources.collect(session, haus.bestand, row, FIRST, LAST, kimai.goals)
        assert (datei.profil, datei.zeilen, datei.zustand) == ("kimai-json", 3, "vorgelegt")
        again = sources.collect(session, haus.bestand, row, FIRST, LAST, kimai.goals)
        assert again.id == datei.id
        assert row.zuletzt is not None
        with pytest.raises(ImportFehler, match="keine https-Adresse"):
            sources.set_source(session, "x", "http://innen", TOKEN, reason="neu")
        sources.remove(session, row, reason="abgelöst")
        assert session.query(ZeitQuelle).count() == 0
