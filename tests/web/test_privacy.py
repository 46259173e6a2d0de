"""Auskunft über eine Person und ihr Leseprotokoll: vollständig, geöffnet, begründet, nur mit dem Recht."""

from __future__ import annotations

import ast
import json
import re
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from migrations import models
from payroll.statements.akte.models import AkteDokument
from payroll.statements.privacy import accounts, page, reading, walking
from payroll.statements.privacy.report import PersonMissing, report
from staffplan.models import Stelle, StelleBesetzung
from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_mandate

IBAN = "DE02120300000000202051"


@pytest.fixture(scope="module")
def officer(office: Any) -> Any:
    with platform_session(actor="test") as session:
        office.users["dora"] = create_user(session, "dora", "Dora", kind="staff", demonstration=True)
        give_mandate(session, office.tenants["kreis"].id, office.users["dora"], "data_protection", date(2020, 1, 1))
    return office.client("dora")


def _post(client: Any, address: str, **values: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **values})


def test_the_report_holds_everything_and_says_so_in_the_log(office: Any, officer: Any) -> None:
    address = office.address("kreis", "/datenschutz")
    answer = _post(officer, address, personalnummer="10001", grund="Antrag vom 20.11.2026", form="json")
    found = json.loads(answer.data)
    assert found["daten"]["bankverbindung"][0]["iban"] == IBAN
    assert found["daten"]["person_angaben"][0]["nachname"] == "Öztürk"
    assert {"person", "beschaeftigung", "steuermerkmale", "versicherung", "employee_access"} <= set(found["daten"])
    assert "Zander" not in answer.text
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "auskunft.erteilt")).one()
    assert (entry.actor, entry.reason) == ("dora", "Antrag vom 20.11.2026")
    shown = _post(officer, address, personalnummer="10001", grund="Antrag", form="html")
    assert IBAN in shown.text
    assert "<script" not in shown.text


def test_without_reason_number_or_right_there_is_none(office: Any, officer: Any) -> None:
    address = office.address("kreis", "/datenschutz")
    assert _post(officer, address, personalnummer="10001", grund=" ").status_code == 422
    assert "gibt es bei diesem Arbeitgeber nicht" in _post(officer, address, personalnummer="9", grund="x").text
    assert office.client("mia").get(address).status_code == 403
    assert officer.get(office.address("stadt", "/datenschutz")).status_code == 404


def test_every_table_below_the_person_is_walked(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        names = [model.__tablename__ for model, _ in walking.rows_of(session, office.people["Öztürk"].public_id)]
        with pytest.raises(PersonMissing):
            report(session, office.people["fremd"].public_id, reason="Antrag")
    assert names[0] == "person"
    assert len(names) == len(set(names))


# Tables with nothing about one person, or where the person stands only among others: each with its reason.
APART = {
    "Einstellungen, Sätze, Tafeln, Schlüssel des Arbeitgebers": (
        "arbeitgeberkonto", "arbeitgeberkonto_bestaetigung", "archive_key", "briefvorlage", "krankenkasse",
        "krankenkasse_satz", "lohnart", "lohnart_stand", "rechtswert", "tariftabelle", "tenant", "tenant_key",
        "tenant_setting", "vorschlag", "zeit_brauchtag", "zeit_profil", "zeit_quelle", "zv_kasse", "zv_kasse_satz",
        "api_zugang", "sso_provider", "preisblatt"),
    "Konten von Gläubigern und Stellen, keiner Person": ("empfaengerkonto", "empfaengerkonto_bestaetigung"),
    "Namen der Verwahrenden auf Papieren; wer handelte, steht im Protokoll": (
        "archive_draft", "archive_opening", "archive_paper"),
    "Summen und Abläufe; die Zeilen der Person stehen in eigenen Tabellen, die erreicht werden": (
        "hochrechnung", "journal", "kostenbescheid", "kostenjahr", "lauf", "meldung", "nachtlauf", "probelauf",
        "produktivstart", "rueckrechnung_lauf", "sammelauftrag", "szenario", "vergleichsruecknahme", "zahlungsauftrag",
        "zahlungsbericht", "zeit_datei", "zeit_monat", "zusatzleistung"),
    "Arbeitsstand eines großen Laufs für Minuten, versiegelt; was daraus wird, erreicht die Auskunft": (
        "laufblock", "laufstueck", "stueckrechnung"),
    "Stellenplan und Organisation ohne Menschen": (
        "kontierung", "kontierung_stand", "organisationseinheit", "organisationseinheit_stand", "stelle",
        "stelle_bewertung", "stelle_finanzierung", "stelle_stand", "stelle_unterlage", "stelle_vermerk",
        "stelle_verteilung", "stellenplan", "stellenplan_aenderung", "stellenplan_nachwuchs"),
    "Ausschreibungen und Zahlen ohne Menschen": (
        "anforderung", "aushang", "ausschreibung", "ausschreibung_fassung", "auswahl_statistik", "bewerbung_loeschung",
        "mitwirkung"),
    "Nachweise der Löschung ohne Inhalt": ("account_deletion", "deletion_order"),
    "Protokoll: seine Einträge zur Person stehen als eigener Teil der Auskunft": ("audit_entry",),
    "Geschenke an Dritte als Zahl und Betrag; wer beschenkt wurde, steht hier nicht": ("zuwendung",),
    "gezählte Fehlversuche unter einem Hash, einen Monat lang": ("signin_attempt",),
}


def test_no_table_with_something_about_a_person_is_forgotten() -> None:
    """Neue Tabellen erscheinen hier von selbst: erreicht, oder mit Grund ausgenommen."""
    apart = [name for names in APART.values() for name in names]
    pointing = {str(model.__tablename__) for model, _ in accounts.pointing()}
    assert len(apart) == len(set(apart))
    assert set(models.load().tables) - walking.reached() - pointing == set(apart)
    assert {"stelle_besetzung", "einstellung", "bewerbung", "akte_dokument", "wiedervorlage"} <= walking.reached()
    assert {"user_account", "user_session", "passkey", "outbox_message", "mandate"} <= pointing


def test_the_report_holds_account_sessions_and_post_and_no_secret(office: Any) -> None:
    office.client("ada").get("/portal")
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        post = Stelle(nummer="4711", created_by="test")
        session.add(post)
        session.flush()
        session.add(StelleBesetzung(stelle_id=post.id, personalnummer="10001", zustand="aktiv", gruppe="E9a",
                                    zaehler=1, nenner=1, valid_from=date(2026, 1, 1), recorded_by="test", reason="x"))
        session.flush()
        found = report(session, office.people["Öztürk"].public_id, reason="Antrag")
    assert found["daten"]["user_account"][0]["login"] == "ada"
    assert {"device", "remote"} <= found["daten"]["user_session"][0].keys()
    assert found["daten"]["stelle_besetzung"][0]["gruppe"] == "E9a"
    told = json.dumps(found, ensure_ascii=False)
    assert "argon2" not in told
    for secret in ("password_hash", "totp_secret", "token_hash", "wrapped"):
        assert secret not in told, secret


def test_what_was_typed_cannot_become_markup() -> None:
    made = dict.fromkeys(page.HEAD, "x") | {"daten": {"person": [{"name": "<b>"}]}, "protokoll": []}
    assert "&lt;b&gt;" in page.html(made)
    assert "<b>" not in page.html(made)


def test_the_person_sees_who_read_the_file(office: Any, officer: Any) -> None:
    person = office.people["Öztürk"].public_id
    assert office.client("klara").get(office.address("kreis", f"/personen/{person}")).status_code == 200
    shown = office.client("ada").get("/portal/leseprotokoll").text
    assert re.search(r"Personalakte gelesen</td><td[^>]*>klara<", shown)
    other = office.people["Meyer"].public_id
    assert str(other) not in shown


READS = ("gelesen", "liste", "pdf", "ausgegeben", "zweitschrift", "neuausgabe", "ausgestellt")
OF_A_PERSON = ("f'person:", "f'akte_dokument:", "f'ergebnis:", "str(person", "str(public_id)")


def test_every_reading_of_a_person_has_words_in_her_log() -> None:
    root = Path(__file__).parents[2]
    found = {action for room in ("payroll", "timekeeping") for file in sorted((root / room).rglob("*.py"))
             for action in _readings(ast.parse(file.read_text(encoding="utf-8")))}
    assert {"akte.gelesen", "person.gelesen", "lohnkonto.ausgegeben", "eau.ausgegeben"} <= found
    assert found - set(reading.WORDS) == set()


def _readings(tree: ast.AST) -> Iterator[str]:
    """Vorgänge, die jemand mit einer Person als Gegenstand ins Protokoll schreibt und die ein Lesen sind."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("record", "record_reading", "Entry"):
            words = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            about = any(ast.unparse(one).startswith(OF_A_PERSON) for one in call.args)
            yield from (word for word in words if about and word.partition(".")[2].endswith(READS))


def test_the_person_sees_who_opened_a_document_of_the_file(office: Any, officer: Any) -> None:
    person, tenant = office.people["Öztürk"].public_id, office.tenants["kreis"].id
    with tenant_session(tenant, actor="klara") as session:
        made = AkteDokument(
            person_id=office.people["Öztürk"].id, klasse="nachweis", quelle="schreibtisch", format="pdf",
            titel="Zeugnis", dateiname="z.pdf", inhalt_siegel=b"x", sha256=bytes(32), groesse=1, vom=date(2026, 10, 1),
            vorgang=uuid.uuid4(), erfasst_von="klara")
        session.add(made)
        session.flush()
        audit.record(session, "akte.gelesen", f"akte_dokument:{made.public_id}", {"klasse": "nachweis"})
    assert office.client("klara").get(office.address("kreis", f"/personen/{person}/akte")).status_code == 200
    shown = office.client("ada").get("/portal/leseprotokoll").text
    for words in ("Dokument der Personalakte geöffnet", "Verzeichnis der Personalakte gelesen"):
        assert re.search(rf"{words}</td><td[^>]*>klara<", shown), words
