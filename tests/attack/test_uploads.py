"""Bösartige Dateien durch die Tür, durch die sie kämen: abgelehnt mit Grund, nie ein Fehler, nie ausgeführt."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import pytest
from openpyxl import Workbook
from realm import Realm

DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
UTF16 = (
    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'.encode(
        "utf-16"
    )
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def _book(**parts: bytes) -> bytes:
    """Gültige Mappe mit zusätzlichen oder ersetzten Teilen."""
    plain, out = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["Personalnummer", "Nachname"])
    book.save(plain)
    names = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            if entry not in names:
                target.writestr(entry, source.read(entry))
        for name, content in names.items():
            target.writestr(name, content)
    return out.getvalue()


def _many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for number in range(1500):
            target.writestr(f"xl/{number}.xml", b"<x/>")
    return out.getvalue()


SHEET = "xl__worksheets__sheet1_dot_xml"
HOSTILE = {
    "empty": b"",
    "zeros": bytes(1000),
    "executable": b"\x7fELF" + bytes(200),
    "svg": SVG,
    "html": b"<html><script>alert(1)</script></html>",
    "pdf and zip": b"%PDF-1.7\n" + _book(),
    "gif and zip": b"GIF89a" + _book(),
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "cut zip": _book()[:-40],
    "zip of something": _many(),
    "bomb": _book(xl__media__big_dot_bin=bytes(200 * 1024 * 1024)),
    "macros": _book(xl__vbaProject_dot_bin=b"x"),
    "entities": _book(**{SHEET: DOCTYPE}),
    "laughs": _book(**{SHEET: LAUGHS}),
    "entities in utf-16": _book(**{SHEET: UTF16}),
    "late entities": _book(**{SHEET: b'<?xml version="1.0"?>' + b" " * 5000 + DOCTYPE[21:]}),
    "entities in shared strings": _book(xl__sharedStrings_dot_xml=DOCTYPE),
    "no sheet": _book(**{SHEET: b"<x/>"}),
    "workbook without sheets": _book(xl__workbook_dot_xml=b"<x/>"),
    "broken xml": _book(**{SHEET: b"<worksheet><sheetData><row"}),
    "path": _book(________etc__passwd=b"x"),
    "utf-16 text": "Nachname;Vorname\r\n".encode("utf-16"),
    "control characters": b"Personalnummer;Nachname\r\n1;a\x00b\x0bc\r\n",
    "one long line": b"x" * 400_000,
    "deflate": zlib.compress(bytes(1000)),
}


def _sent(realm: Realm, content: bytes, name: str) -> Any:
    who = realm.attacker("clerk")
    data = {"csrf_token": who.csrf, "datei": (io.BytesIO(content), name)}
    return who.client.post(f"/mandanten/{realm.own.tenant.public_id}/einlesen", data=data)


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.xlsm", "a", "../../a.xlsx"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(realm: Realm, kind: str, name: str) -> None:
    answer = _sent(realm, HOSTILE[kind], name)
    assert answer.status_code == 422, answer.text[:400]
    assert "root:" not in answer.text
    assert "<script>alert" not in answer.text


def test_formulas_in_a_file_stay_text(realm: Realm) -> None:
    content = b"Personalnummer;Nachname;Vorname\r\n=1+1;@SUM(A1);<script>alert(1)</script>\r\n"
    answer = _sent(realm, content, "formel.csv")
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.text


def test_a_kept_file_opens_for_nobody_else(realm: Realm) -> None:
    """Das Zeichen einer Probe gilt nur beim selben Mandanten und beim selben Menschen."""
    from tenants.db.session import tenant_session
    from tenants.web import uploads

    with tenant_session(realm.own.tenant.id, actor="eig.clerk") as session:
        token = uploads.keep(session, b"geheim", owner="eig.clerk")
        assert uploads.fetch(session, token, owner="eig.clerk") == b"geheim"
        assert uploads.fetch(session, token, owner="eig.head") is None
        assert uploads.fetch(session, f"../{token}", owner="eig.clerk") is None
        assert b"geheim" not in (uploads.folder() / token).read_bytes()
    with tenant_session(realm.foreign.tenant.id, actor="eig.clerk") as session:
        assert uploads.fetch(session, token, owner="eig.clerk") is None
    uploads.forget(token)
