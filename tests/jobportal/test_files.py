"""Hochgeladenes: erkannt am Inhalt, Bösartiges abgelehnt, gezeigt wird nur neu Gezeichnetes."""

from __future__ import annotations

import io
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import hostile

import app as application
from jobportal.applications import clean_name
from jobportal.files import checking, scanner, view
from tenants.web.settings import Settings

ACCEPTED = {"pdf": hostile.pdf(), "jpeg": hostile.picture("JPEG"), "png": hostile.picture(), "docx": hostile.docx(),
            "odt": hostile.odt()}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def context() -> Iterator[None]:
    """Die Worte der Ablehnung brauchen die Sprache einer Anfrage."""
    app = application.create_app(Settings(b"t" * 32, https=False))
    with app.test_request_context("/stellen"):
        yield


@pytest.mark.parametrize("kind", ACCEPTED)
def test_accepted_by_content(kind: str) -> None:
    assert checking.check(ACCEPTED[kind]).kind == kind


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_hostile_files_are_refused_in_words(name: str) -> None:
    with pytest.raises(checking.FileRefused, match=r"\w+ \w+"):
        checking.check(hostile.HOSTILE[name])


def test_a_pdf_with_script_is_marked_and_its_view_has_none() -> None:
    content = hostile.pdf_with_script()
    assert checking.check(content).notes == ("aktive_inhalte",)
    shown = view.safe_pdf("pdf", content)
    for mark in checking.ACTIVE:
        assert mark not in shown
    assert len(pypdf.PdfReader(io.BytesIO(shown)).pages) == 1


def test_views_of_office_documents_show_their_text() -> None:
    for kind, words in (("docx", "Lebenslauf Đorđe Öztürk"), ("odt", "Zeugnis sehr gut")):
        pages = pypdf.PdfReader(io.BytesIO(view.safe_pdf(kind, ACCEPTED[kind]))).pages
        assert words in pages[0].extract_text()


def test_view_of_a_picture_drops_its_metadata() -> None:
    plain = hostile.picture("JPEG")
    secret = b"GPS-51.2N-Geheim"
    tagged = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(secret) + 8) + b"Exif\0\0" + secret + plain[2:]
    assert checking.check(tagged).kind == "jpeg"
    assert secret not in view.safe_pdf("jpeg", tagged)


def test_a_broken_file_ends_the_drawing_process_only() -> None:
    with pytest.raises(view.NotViewable):
        view.safe_pdf("pdf", b"%PDF-1.7 kaputt %%EOF")
    with pytest.raises(view.NotViewable):
        view.safe_pdf("docx", hostile.archive(word__document_dot_xml='<!DOCTYPE a [<!ENTITY e SYSTEM "file:///x">]><a/>'))


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\x\\Lebenslauf.pdf", "Lebenslauf.pdf"), ("a\u202efdp.exe", "afdp.exe"),
    ("\r\nX: y.pdf", "X y.pdf"), ("...", "Datei"), ("ä" * 300, "ä" * 120),
], ids=["pfad", "windows", "richtung", "kopfzeile", "punkte", "lang"])  # fmt: skip
def test_names_are_cleaned(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def clam(answer: bytes, heard: list[bytes]) -> str:
    """Ein Scanner, der einmal zuhört und antwortet."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = server.accept()
        with line, line.makefile("rb") as source:
            source.read(len(b"zINSTREAM\0"))
            content = b""
            while size := struct.unpack(">I", source.read(4))[0]:
                content += source.read(size)
            heard.append(content)
            line.sendall(answer)
        server.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_virus_scanner(monkeypatch: Any) -> None:
    monkeypatch.delenv(scanner.ENV, raising=False)
    assert scanner.scan(b"x") == scanner.WITHOUT
    heard: list[bytes] = []
    content = bytes(range(256)) * 1000
    monkeypatch.setenv(scanner.ENV, clam(b"stream: OK\0", heard))
    assert scanner.scan(content) == scanner.CLEAN
    assert heard == [content]
    monkeypatch.setenv(scanner.ENV, clam(b"stream: Eicar-Signature FOUND\0", heard))
    with pytest.raises(scanner.Infected):
        scanner.scan(content)
    monkeypatch.setenv(scanner.ENV, "127.0.0.1:1")
    assert scanner.scan(content) == scanner.WAITING
