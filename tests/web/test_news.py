"""Neues seit gestern: wessen Angaben andere geändert haben, mit Weg zur Person, Datei, Rechten und Grenze."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata import anliegen
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Person, PersonAngaben, Pfaendung
from payroll.masterdata.service import end_fact, record_fact
from payroll.web.desk import news_pages
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in


@pytest.fixture(scope="module")
def changed(office: Any) -> Any:
    """Hugo ändert eine Eingruppierung und erfasst eine Pfändung, Ada bittet um Berichtigung, Klara ändert selbst."""
    tenant = office.tenants["kreis"].id
    for actor, name, step in (("hugo", "Zander", "4"), ("klara", "Meyer", "5")):
        with tenant_session(tenant, actor=actor) as session:
            job = session.scalars(select(Beschaeftigung).filter_by(person_id=office.people[name].id)).one()
            record_fact(session, Bezuegezuordnung, valid_from=date(2026, 11, 1), reason="<b>Aufstieg</b> 🎉",
                        beschaeftigung_id=job.id, tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe=step,
                        wochenstunden=Decimal("39"), vollzeitstunden=Decimal("39"))
    with tenant_session(tenant, actor="hugo") as session:
        record_fact(session, Pfaendung, valid_from=date(2026, 11, 1), reason="Beschluss",
                    person_id=office.people["Arndt"].id, nummer=1, art="gewoehnlich", glaeubiger="Geheime Bank",
                    aktenzeichen="1 M 7/26", zugestellt_am=date(2026, 11, 1), hauptforderung_cent=100_000)
    with tenant_session(tenant, actor="ada") as session:
        person = session.scalars(select(Person).filter_by(id=office.people["Öztürk"].id)).one()
        anliegen.ask_correction(session, person, "Angaben", "Der Vorname ist falsch.", date(2026, 11, 25))
    with tenant_session(office.tenants["fremd"].id, actor="hugo") as session:
        job = session.scalars(select(Beschaeftigung)).one()
        end_fact(session, Bezuegezuordnung, last_day=date(2026, 12, 31), reason="Fremdes", beschaeftigung_id=job.id)
    return office


def test_who_changed_is_named_with_what_since_when_by_whom_and_why(changed: Any) -> None:
    page = changed.client("klara").get("/neues?seit=01.11.2026&suche=hugo").text
    assert f"/personen/{changed.people['Zander'].public_id}" in page
    for words in ("Zander, Kim", "Eingruppierung", "erfasst", "01.11.2026", "hugo", "&lt;b&gt;Aufstieg&lt;/b&gt; 🎉"):
        assert words in page, words
    assert "Geheime Bank" not in page
    assert "Beschluss" not in page, "Pfändungen stehen nur dort, wo ihr eigenes Recht gilt"
    assert "Fremdes" not in page
    everything = changed.client("klara").get("/neues?seit=01.11.2026").text
    assert "Anliegen im Portal" in everything
    assert "Meyer, Kim</a>" not in everything.split("Zander, Kim")[0]


def test_own_changes_only_when_wanted_and_days_within_reach(changed: Any) -> None:
    klara = changed.client("klara")
    only = klara.get("/neues?seit=01.11.2026&suche=klara").text
    assert "Dazu gibt es keine Änderung" in only
    assert "Meyer, Kim" in klara.get("/neues?seit=01.11.2026&eigene=1&suche=klara").text
    assert "Neues seit 24.11.2026" in klara.get("/neues").text
    assert "Neues seit 24.11.2026" in klara.get("/neues?seit=gestern").text
    assert "Neues seit 25.08.2026" in klara.get("/neues?seit=01.01.1990").text
    assert "Neues seit 25.11.2026" in klara.get("/neues?seit=01.01.2099").text


def test_the_file_and_the_record_of_reading(changed: Any) -> None:
    table = changed.client("klara").get("/neues?seit=01.11.2026&suche=hugo&format=csv").data.decode("utf-8-sig")
    lines = table.splitlines()
    assert lines[0] == "Zeitpunkt;Arbeitgeber;Name;Personalnummer;Was;Gilt ab;Wer;Grund"
    assert lines[1].split(";")[1:4] == ["0100 Kreis Beispiel", "Zander, Kim", "10003"]
    with tenant_session(changed.tenants["kreis"].id, actor="test") as session:
        read = session.scalars(select(AuditEntry).filter_by(action="neues.gelesen", actor="klara")
                               .order_by(AuditEntry.id.desc())).first()
    assert read is not None
    assert (read.subject, read.details["ausgabe"]) == ("seit:2026-11-01", "csv")


def test_rights(changed: Any) -> None:
    assert changed.client("ada").get("/neues").status_code == 403
    assert changed.app.test_client().get("/neues").status_code == 302


def test_what_is_left_out_is_said(changed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_pages, "MOST", 1)
    page = changed.client("klara").get("/neues?seit=01.11.2026").text
    assert "mehr gibt es bei: Kreis Beispiel" in page


def test_names_are_those_of_the_day_and_of_nobody_else(changed: Any) -> None:
    person = changed.people["Zander"]
    with tenant_session(changed.tenants["kreis"].id, actor="klara") as session:
        held = session.scalars(select(PersonAngaben).filter_by(person_id=person.id, superseded_at=None)).one()
        record_fact(session, PersonAngaben, valid_from=date(2026, 12, 1), reason="Heirat", person_id=person.id,
                    nachname="Zukunft", vorname=held.vorname, geburtsdatum=held.geburtsdatum)
        entries = [one for one in session.scalars(select(AuditEntry).filter_by(action="tatsache.erfasst", actor="hugo"))
                   if "Aufstieg" in str(one.reason)]
        for day, name in ((date(2026, 11, 30), "Zander, Kim"), (date(2026, 12, 1), "Zukunft, Kim"),
                          (date(1900, 1, 1), "Zander, Kim")):
            people = news_pages._people(session, entries, day)
            assert {key: one.name for key, one in people.by_id.items()} == {person.id: name}
        session.rollback()


@pytest.mark.browser
def test_from_the_start_page_to_the_person(
    changed: Any, page: Page, serve: Callable, accessible: Callable, printable: Callable
) -> None:
    base = serve(changed.app)
    sign_in(page, base, changed.users["klara"])
    page.goto(f"{base}/neues?seit=01.11.2026")
    accessible(page)
    printable(page)
    page.get_by_role("link", name="Zander, Kim").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Kim Zander").wait_for()


def test_an_unknown_kind_of_file_is_not_written_into_the_log(changed: Any) -> None:
    """Das Protokoll vergisst nichts: was jemand in die Adresse schreibt, kommt gar nicht erst hinein."""
    assert changed.client("klara").get("/neues?seit=01.11.2026&format=Erika+Geheim").status_code == 404
    with tenant_session(changed.tenants["kreis"].id, actor="test") as session:
        kinds = {row.details["ausgabe"] for row in session.scalars(
            select(AuditEntry).filter_by(action="neues.gelesen", actor="klara"))}
    assert kinds <= {None, "csv", "xlsx"}
