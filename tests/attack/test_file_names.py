"""Namen von Dateien aus Daten: kein Kopf wird geteilt, kein Name täuscht; der Betrieb nennt niemanden."""

from __future__ import annotations

import io
from typing import Any

import pytest
from realm import BAIT, SECRET, Realm
from werkzeug.http import parse_options_header

from tenants.plain_text import LONGEST_NAME, file_name
from tenants.web import exports

HOSTILE = {
    "line ends": "a\r\nSet-Cookie: x=1\r\n\r\n<script>.pdf",
    "quotes": 'a"; filename="b.exe',
    "path": "../../etc/cron.d/x.csv",
    "path of windows": "C:\\Windows\\..\\x.csv",
    "turned round": "brief\u202efdp.exe",
    "isolates": "a\u2066b\u2069.pdf",
    "nothing to see": "a\u200bb\u00ad.pdf",
    "null": "a\x00b.pdf",
    "semicolon": "a;b=c.pdf",
    "percent": "a%0d%0aX: 1.pdf",
    "umlauts": "Grüße – Straße.pdf",
    "other writing": "Ελλάδα Україна 東京.pdf",
    "long": f"{'x' * 5000}.pdf",
    "long ending": f"a.{'x' * 5000}",
    "dots": "....",
    "nothing": "",
    "device": "a<b>c|d?e*f:g.pdf",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_is_one_line_one_file_and_what_it_looks_like(kind: str) -> None:
    name = file_name(HOSTILE[kind])
    assert name
    assert name.isprintable()
    assert len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\:;*?"<>|')
    assert not name.startswith(".")
    stated = exports.attachment(b"x", "text/csv", HOSTILE[kind]).headers["Content-Disposition"]
    assert "\r" not in stated
    assert "\n" not in stated
    assert stated.isascii()
    assert parse_options_header(stated) == ("attachment", {"filename": name})
    assert stated.startswith("attachment; filename="), "auch wer filename* nicht liest, bekommt einen Namen"


@pytest.mark.parametrize(("given", "kept"), [
    ("Grüße – Straße.pdf", "Grüße – Straße.pdf"), ("brief\u202efdp.exe", "brief_fdp.exe"), ("a/b/c.csv", "c.csv"),
    ("..\\..\\c.csv", "c.csv"), (".htaccess", "htaccess"), ("a.tar.gz", "a.tar.gz"), ("....", "datei"),
    (f"{'x' * 300}.pdf", f"{'x' * 116}.pdf"), ("zeiten-2026-11.csv", "zeiten-2026-11.csv"), ("Mai 2026", "Mai 2026")])
def test_what_is_harmless_stays(given: str, kept: str) -> None:
    assert file_name(given) == kept


@pytest.mark.parametrize("kind", ["turned round", "path", "other writing", "long"])
def test_an_uploaded_name_comes_back_as_one_file(realm: Realm, kind: str) -> None:
    """Eine Zeitdatei unter diesem Namen: eingelesen, gezeigt, ausgegeben."""
    who, tenant = realm.attacker("clerk"), realm.own.tenant.public_id
    content = f"Personalnummer;Datum;Lohnart;Stunden\r\n1;{list(HOSTILE).index(kind) + 1:02}.02.2026;1;1\r\n".encode()
    data: dict[str, Any] = {"csrf_token": who.csrf, "format": "stunden-pro-tag",
                            "datei": (io.BytesIO(content), HOSTILE[kind])}
    taken = who.client.post(f"/mandanten/{tenant}/zeiten/einlesen", data=data, content_type="multipart/form-data")
    assert taken.status_code == 302, taken.text[:300]
    answer = who.client.get(f"{taken.headers['Location'].partition('?')[0]}/original")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    kind_, stated = parse_options_header(answer.headers["Content-Disposition"])
    assert (kind_, stated["filename"]) == ("attachment", file_name(HOSTILE[kind]))
    shown = who.client.get(taken.headers["Location"].partition("?")[0]).text
    assert not set("\u202e\u2066") & set(shown)


def test_operation_pages_name_no_person_tenant_or_address(realm: Realm) -> None:
    who = realm.attacker("clerk")
    who.client.get("/suche", query_string={"suche": BAIT})
    metrics = realm.app.extensions["kreislohn.metrics"].text().decode()
    told = metrics + who.client.get("/healthz").text + who.client.get("/readyz").text
    words = (BAIT, SECRET, "Eigenhausen", str(realm.own.tenant.public_id), str(realm.foreign.tenant.public_id),
             realm.own.users["clerk"].login, "/mandanten", "127.0.0.1")
    assert [word for word in words if word.lower() in told.lower()] == []
    assert "kreislohn_requests_total" in metrics
    for path in ("/metrics", "/metrics/", "/debug", "/console", "/server-status"):
        assert who.client.get(path).status_code == 404, path
