"""Massenänderung aus einer Datei: Zellen mit Regel und Abhilfe, Wirkung, alles oder nichts, dieselbe Datei zweimal."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page
from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Steuermerkmale, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.web.desk import mass_pages
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

HEAD = "personalnummer;wirksam_ab;tatsache;wert\n"
GOOD = (HEAD + "10001;01.12.2026;wochenstunden;19,5\n10003;01.12.2026;steuerklasse;3\n"
        "10004;01.12.2026;bezug 1300;75,00\n")


def _session(office: Any) -> Any:
    return tenant_session(office.tenants["kreis"].id, actor="test")


def _upload(office: Any, content: bytes, name: str = "klara") -> Any:
    client, address = office.client(name), office.address("kreis", "/massenaenderung")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    answer = client.post(address, data={"csrf_token": token[1], "datei": (io.BytesIO(content), "liste.csv")},
                         content_type="multipart/form-data")
    return client, answer


def _confirm(office: Any, client: Any, page: str, **more: str) -> Any:
    given = {name: found[1] for name in ("csrf_token", "zeichen", "gezeigt")
             if (found := re.search(rf'name="{name}" value="([^"]+)"', page))}
    address = office.address("kreis", "/massenaenderung/uebernehmen")
    return client.post(address, data={**given, "grund": "Beschluss vom 20.11.2026", **more})


def _facts(office: Any) -> int:
    with _session(office) as session:
        return sum(session.scalar(select(func.count()).select_from(model)) or 0
                   for model in (Bezuegezuordnung, Steuermerkmale, WiederkehrenderBezug))


@pytest.mark.parametrize(("line", "words"), [
    ("99999;01.12.2026;wochenstunden;19,5", ("personalnummer", "gibt es bei diesem Arbeitgeber nicht")),
    ("10001;31.02.2026;wochenstunden;19,5", ("wirksam_ab", "31.02.2026")),
    ("10001;01.12.2026;wochenstunde;19,5", ("tatsache", "Meinten Sie „wochenstunden“")),
    ("10001;01.12.2026;wochenstunden;61", ("wert", "61")),
    ("10001;01.12.2026;stufe;9", ("wert", "vorhanden: 1, 2, 3, 4, 5, 6")),
    ("10001;01.12.2026;krankenkasse;XYZ", ("wert", "diese Krankenkasse gibt es hier nicht")),
    ("10001;01.12.2026;bezug 9999;5,00", ("tatsache", "Lohnart 9999 gibt es hier nicht")),
    ("10001;01.12.2025;steuerklasse;3", ("wirksam_ab", "am 01.12.2025 gilt dazu noch nichts")),
    ("10003;01.12.2026;iban;DE00370400440532013000", ("wert", "…3000")),
    ("10001;01.12.2026;wochenstunden;", ("wert", "fehlt")),
    ("10003;01.12.2026;steuerklasse;4", ("tatsache", "steht schon in Zeile 3")),
])  # fmt: skip
def test_1_a_wrong_cell_is_named_with_rule_and_remedy_and_nothing_is_applied(office: Any, line: str,
                                                                             words: tuple[str, ...]) -> None:
    before = _facts(office)
    client, answer = _upload(office, (GOOD + line + "\n").encode())
    assert answer.status_code == 200
    for word in words:
        assert word in answer.text, word
    assert "DE00370400440532013000" not in answer.text
    assert 'name="gezeigt"' not in answer.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert token is not None
    forged = client.post(office.address("kreis", "/massenaenderung/uebernehmen"),
                         data={"csrf_token": token[1], "zeichen": "x" * 43, "grund": "x"})
    assert forged.status_code == 409
    assert _facts(office) == before


@pytest.mark.parametrize(("content", "words"), [
    (b"", "Die Datei ist leer"), (b"a;b\n1;2\n", "In der Kopfzeile fehlt"), (HEAD.encode(), "keine Zeilen"),
    (HEAD.encode() + b"10001;01.12.2026;kostenstelle;1\n" * 1001, "mehr als 1000 Zeilen"),
], ids=["leer", "kopf", "zeilen", "viele"])  # fmt: skip
def test_2_a_file_that_is_none_is_refused(office: Any, content: bytes, words: str) -> None:
    _, answer = _upload(office, content)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_3_what_changed_since_it_was_shown_is_not_applied(office: Any) -> None:
    client, answer = _upload(office, GOOD.encode())
    with _session(office) as session:
        job = session.scalars(select(Beschaeftigung).filter_by(personalnummer="10001")).one()
        row = session.scalars(select(Bezuegezuordnung).filter_by(beschaeftigung_id=job.id, superseded_at=None)).one()
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=row.valid_from, reason="Test",
                    tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="3", wochenstunden=Decimal(30),
                    vollzeitstunden=Decimal(39))
    before = _facts(office)
    stale = _confirm(office, client, answer.text)
    assert (stale.status_code, "Seit der Anzeige hat sich etwas geändert" in stale.text) == (409, True)
    assert _facts(office) == before
    assert _confirm(office, client, stale.text, grund="").status_code == 422


def test_4_shown_and_applied_together_and_the_same_file_twice_changes_nothing(office: Any) -> None:
    before = _facts(office)
    client, answer = _upload(office, GOOD.encode())
    for word in ("30", "19,5", "bezug 1300", "75,00 €", "Summen im"):
        assert word in answer.text, word
    assert _facts(office) == before
    assert "Dezember 2026" in answer.text, "the month from which it counts, though November is the next to be paid"
    assert "Öztürk, Kim" in answer.text
    assert _confirm(office, client, answer.text).status_code == 302
    with _session(office) as session:
        hours = session.scalars(select(Bezuegezuordnung.wochenstunden).where(
            Bezuegezuordnung.valid_from == date(2026, 12, 1), Bezuegezuordnung.superseded_at.is_(None))).all()
        assert hours == [Decimal("19.50")]
        logged = session.scalars(select(AuditEntry).filter_by(action="massenaenderung.uebernommen")).one()
        assert (logged.details["zeilen"], logged.reason) == (3, "Beschluss vom 20.11.2026")
    after = _facts(office)
    _, again = _upload(office, GOOD.encode())
    assert "Nichts zu ändern" in again.text
    assert 'name="gezeigt"' not in again.text
    assert _facts(office) == after


def test_4a_what_a_list_leaves_out_is_counted(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mass_pages, "SHOWN", 1)
    page = _upload(office, (HEAD + "".join(f"{one};01.01.2027;wochenstunden;17\n" for one in (10001, 10003, 10004))
                            ).encode())[1].text
    assert page.count('data-label="Tatsache"') == 1
    assert page.count("und 2 weitere") == 2, "people and rows"


def test_5_a_sheet_reads_the_same_and_only_who_may(office: Any) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Personalnummer", "Wirksam ab", "Tatsache", "Wert"),
                ("10001", date(2027, 1, 1), "kostenstelle", "815")):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    _, answer = _upload(office, stream.getvalue())
    assert "815" in answer.text
    assert "1 Änderung übernehmen" in answer.text
    address = office.address("kreis", "/massenaenderung")
    assert office.client("rolf").get(address).status_code == 403
    assert office.client("klara").get(f"{address}/vorlage.csv").data.startswith(b"\xef\xbb\xbfpersonalnummer")


@pytest.mark.browser
def test_6_pages_are_accessible(office: Any, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + office.address("kreis", "/massenaenderung"))
    accessible(page)
    for content, applicable in ((HEAD + "10004;01.01.2027;wochenstunden;30\n", 1), (HEAD + "1;x;y;\n", 0)):
        page.goto(address + office.address("kreis", "/massenaenderung"))
        page.get_by_label("Datei (CSV oder XLSX)").set_input_files(
            {"name": "liste.csv", "mimeType": "text/csv", "buffer": content.encode()})
        page.get_by_role("button", name="Zur Probe geben").click()
        page.get_by_role("heading", name="Probe der Massenänderung").wait_for()
        accessible(page)
        assert page.get_by_role("button", name="übernehmen").count() == applicable
