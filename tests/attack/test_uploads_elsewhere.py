"""Bösartige Dateien an jeder Tür, die eine Datei nimmt: gefunden in der Anwendung selbst, auch an neuen Türen."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any, NamedTuple

import pytest
from harvest import Fields, Harvest
from realm import Attacker, Realm
from test_uploads import DOCTYPE, HOSTILE, SVG

ROLES = ("clerk", "head", "municipality", "treasury", "organisation", "employee", "platform_admin")
FEWEST = 8


class Door(NamedTuple):
    """Ein Formular mit Datei: wer es sah, wohin es geht, seine Felder und die für Dateien."""

    who: Attacker
    address: str
    fields: Fields
    files: set[str]


def _picture(width: int, height: int) -> bytes:
    """PNG, das wenige Bytes hat und ausgepackt Gigabytes bräuchte."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def _archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("_up_", "../../../"), content)
    return out.getvalue()


SENT = {
    "huge picture": (_picture(60_000, 60_000), "foto.png"),
    "svg as picture": (SVG, "foto.svg.png"),
    "html as pdf": (b"<html><script>alert(1)</script></html>", "brief.pdf"),
    "pdf that acts": (b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
                      "a.pdf"),
    "pdf without end": (b"%PDF-1.4\n" + b"1 0 obj<</A 1 0 R>>endobj\n" * 2000, "a.pdf"),
    "macros": (_archive(**{"word/vbaProject.bin": b"x", "[Content_Types].xml": b"<Types/>"}), "brief.docm"),
    "paths": (_archive(_up_etc_passwd=b"root:"), "paket.zip"),
    "bomb": (HOSTILE["bomb"], "liste.xlsx"),
    "entities": (HOSTILE["entities"], "liste.xlsx"),
    "xml": (DOCTYPE, "a.xml"),
    "two endings": (b"MZ" + bytes(500), "rechnung.pdf.exe"),
    "name of a path": (b"Personalnummer;Nachname\r\n1;x\r\n", "..\\..\\../etc/cron.d/x.csv"),
    "name that turns round": (b"%PDF-1.7\n%%EOF", "brief\u202efdp.exe"),
    "long name": (b"a;b\r\n1;2\r\n", f"{'x' * 5000}.csv"),
    "json": (b'{"a":' * 20_000, "liste.json"),
    "empty": (b"", "leer.pdf"),
}  # fmt: skip


@pytest.fixture(scope="module")
def doors(realm: Realm) -> dict[str, Door]:
    """Je Ansicht mit Datei ein Formular."""
    found: dict[str, Door] = {}
    for role in ROLES:
        who, seen = realm.attacker(role), Harvest()
        seen.crawl(who)
        adapter = who.app.url_map.bind("localhost")
        for view, names in seen.files.items():
            arguments: Any = dict(seen.arguments[view][-1]) if seen.arguments[view] else {}
            address = adapter.build(view, arguments, method="POST")
            form = next(one for one in seen.forms[view] if names & one.keys())
            found.setdefault(view, Door(who, address, form, names))
    return found


def test_every_door_for_files_was_found(doors: dict[str, Door]) -> None:
    assert len(doors) >= FEWEST, sorted(doors)
    assert {"adminfeed.preview"} <= doors.keys()


@pytest.mark.parametrize("kind", SENT)
def test_no_hostile_file_breaks_any_door(doors: dict[str, Door], kind: str) -> None:
    content, name = SENT[kind]
    wrong = []
    for view, door in doors.items():
        form = {field: values[0] for field, values in door.fields.items() if field not in door.files and values}
        sent = {field: (io.BytesIO(content), name) for field in door.files}
        answer = door.who.client.post(door.address, data={**form, **sent, "csrf_token": door.who.csrf},
                                      content_type="multipart/form-data")
        if answer.status_code >= 500 or "root:" in answer.text or "<script>alert" in answer.text:
            wrong.append(f"{view}: {answer.status_code}")
    assert wrong == []
