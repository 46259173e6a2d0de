"""Sturm auf die öffentliche Tür: nie ein Fehler des Servers, nie ein Keks, nie ein fremdes Geheimnis.

Eine Probe läuft mit allen Prüfungen; `make storm-board` schickt 20.000 Anfragen (MARKT_ANFRAGEN).
"""

from __future__ import annotations

import io
import os
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import hostile

import app as application
from jobportal import applications, board
from jobportal.public import limits
from tenants import service
from tenants.db.session import platform_session, tenant_session
from tenants.web.settings import Settings

TODAY = date(2026, 11, 25)
REQUESTS = int(os.environ.get("MARKT_ANFRAGEN", "400"))
SEED = "20261125"
SECRET = "wvkkptrl"
NASTY = (
    "", "0", "-1", "99999999999999999999", "9" * 400, "1;DROP TABLE bewerbung", "' OR '1'='1", "%", "_", "%25", "\\",
    "../../etc/passwd", "//evil.example", "a\x00b", "a\r\nSet-Cookie: x=1", "\u202egnp.exe", "\ufeff", "\uffff",
    "ß" * 300, "{{7*7}}", "${7*7}", "<script>x</script>", '"><img src=x>', "en", "de", "xx", "ja", "absenden",
    "entfernen:x", "entfernen:" + str(uuid.UUID(int=1)), "NaN", "[]", "null", "31.02.2026",
)  # fmt: skip
FIELDS = ("vorname", "nachname", "email", "telefon", "anschrift", "anrede", "beginn", "nachricht", "schwerbehindert",
          "pool", "kenntnis", "was", "raetsel", "loesung", "sicher", "webseite")  # fmt: skip
QUERY = ("suche", "ort", "umkreis", "bereich", "gruppe", "arbeitgeber", "teilzeit", "sortierung", "seite", "sprache")
HEADERS: tuple[dict[str, str], ...] = (
    {}, {}, {"Accept-Language": "en;q=x"}, {"X-Forwarded-For": "1.2.3.4"}, {"Range": "bytes=0-1"}, {"Cookie": "a=b"},
    {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"If-None-Match": "*"}, {"Content-Type": "text/xml"},
)  # fmt: skip
SMALL = [one for one in hostile.HOSTILE.values() if len(one) < 400_000]
FILES = [*SMALL, hostile.pdf(), hostile.docx(), hostile.picture()]


@pytest.fixture(scope="module")
def door(fresh_database: Any, hang_out: Any) -> Iterator[Any]:
    """Eine offene Anzeige, eine fremde Bewerbung mit Geheimnis, eine eigene mit bekanntem Link."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "001", "Kreis Beispiel", "kreis")
        with tenant_session(tenant.id, actor="pia") as session:
            posting = hang_out(session).public_id
            row, _ = applications.start(session, posting, "de", TODAY)
            applications.store(session, row, applications.Angaben(SECRET, SECRET, f"{SECRET}@x.example"),
                               schwerbehindert=True)
            applications.attach(session, row, f"{SECRET}.pdf", hostile.pdf(SECRET))
            applications.submit(session, row, TODAY, fassung="1", pool=False)
            _own, token = applications.start(session, posting, "de", TODAY)
        app = application.create_app(Settings(b"t" * 32, https=False, today=lambda: TODAY))
        app.extensions[limits.KEY].kinds = dict.fromkeys(limits.KINDS, (10_000_000, 60))
        board.forget()
        yield {"app": app, "tenant": tenant.public_id, "posting": posting, "token": token}


def address(dice: Random, rule: Any, door: Any) -> str:
    """Eine Adresse dieses Wegs, mal richtig, mal verdorben."""
    right = {"anzeige": str(door["posting"]), "arbeitgeber": str(door["tenant"]), "zeichen": door["token"],
             "seite": "impressum", "boerse": "xing", "rest": "x/y", "gespraech": str(uuid.UUID(int=7))}
    path = rule.rule
    for name in rule.arguments:
        value = right[name] if dice.random() < 0.75 else dice.choice([str(uuid.uuid4()), "x" * 43, *NASTY])
        start = path.index("<")
        path = path[:start] + quote(value, safe="") + path[path.index(">") + 1 :]
    return path


def form(dice: Random) -> dict[str, Any]:
    """Ein Formular mit gewürfelten Werten und Dateien."""
    good = {"vorname": "A", "nachname": "B", "email": "a@b.example", "kenntnis": "ja", "was": "absenden"}
    sent: dict[str, Any] = {name: good.get(name, "x") if dice.random() < 0.5 else dice.choice(NASTY)
                            for name in dice.sample(FIELDS, dice.randint(0, len(FIELDS)))}
    if sent.get("was") == "absenden" and dice.random() < 0.7:
        sent["was"] = "speichern"
    if dice.random() < 0.5:
        name = dice.choice(["a.pdf", "../../b.docx", "c\u202e.exe", "d\r\n.png"])
        sent["unterlagen"] = (io.BytesIO(dice.choice(FILES)), name)
    return sent


def test_storm_on_the_public_door(door: Any) -> None:
    dice, app = Random(SEED), door["app"]
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("board.")]
    assert len(rules) > 18
    codes: Counter[int] = Counter()
    wrong: list[str] = []
    for _turn in range(REQUESTS):
        rule = dice.choice(rules)
        method = dice.choice(sorted((rule.methods or {"GET"}) - {"OPTIONS"})) if dice.random() < 0.95 else "PUT"
        path = address(dice, rule, door)
        if dice.random() < 0.5:
            path += "?" + urlencode({name: dice.choice(NASTY) for name in dice.sample(QUERY, dice.randint(1, 4))})
        sent = {"data": form(dice), "content_type": "multipart/form-data"} if method == "POST" else {}
        if path.endswith("/zurueckziehen"):
            sent = {}
        answer = app.test_client().open(path, method=method, headers=dice.choice(HEADERS), **sent)
        codes[answer.status_code] += 1
        content = answer.get_data()
        if answer.status_code >= 500:
            wrong.append(f"{method} {path}: {answer.status_code}")
        if SECRET.encode() in content:
            wrong.append(f"{method} {path}: Geheimnis")
        if "Set-Cookie" in answer.headers:
            wrong.append(f"{method} {path}: Keks {answer.status_code}")
    assert wrong == []
    assert codes[200] > REQUESTS // 10
    assert codes[404] > REQUESTS // 20
    print(f"{REQUESTS} Anfragen: {dict(sorted(codes.items()))}")
