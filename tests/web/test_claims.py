"""Pfändungen am Schreibtisch: ein Beschluss wird erfasst, abgerechnet, beendet; wer es nicht darf, sieht nichts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import Pfaendung, Unterhaltspflicht
from payroll.runs.calculate import calculate
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session

GIVEN = {"nummer": "1", "art": "gewoehnlich", "zustand": "laufend", "glaeubiger": "Sparbank Auenstedt",
         "aktenzeichen": "14 M 22/26", "zugestellt_am": "03.11.2026", "zugestellt_um": "09:30", "ueberwiesen": "ja",
         "verrechnung": "ja", "hauptforderung_cent": "1.000,00", "iban": "DE02 1203 0000 0000 2020 51",
         "verwendungszweck": "14 M 22/26", "unterhaltsberechtigte": "0", "grundbetrag_bei": "hier",
         "gueltig_ab": "03.11.2026", "grund": "Beschluss vom 28.10.2026"}


def _path(office: Any, rest: str = "", who: str = "Öztürk") -> str:
    return str(office.address("kreis", f"/personen/{office.people[who].public_id}/pfaendungen{rest}"))


def _send(office: Any, rest: str, data: dict[str, str]) -> Any:
    client = office.client("klara")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(_path(office, rest)).text)
    assert token is not None
    return client.post(_path(office, rest), data={"csrf_token": token[1], **data})


def _held(office: Any, model: Any = Pfaendung) -> list[Any]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return list(session.scalars(select(model).where(model.superseded_at.is_(None)).order_by(model.id)))


@pytest.mark.parametrize(("change", "text"), [
    ({"iban": "DE00120300000000202051"}, "IBAN"),
    ({"zugestellt_am": ""}, "Ohne Tag der Zustellung"),
    ({"zugestellt_um": "halb zehn"}, "bitte so schreiben: 09:30"),
    ({"art": "unterhalt"}, "belassenen Betrag aus dem Beschluss"),
    ({"ausgeschlossen": "ja"}, "Nur eine Abtretung"),
    ({"zinssatz": "5"}, "Beginn der Zinsen gehören zusammen"),
    ({"hauptforderung_cent": "-1,00"}, "darf nicht negativ"),
    ({"glaeubiger": ""}, "Bitte ausfüllen."),
])
def test_1_what_an_order_needs_is_said_at_the_field(office: Any, change: dict[str, str], text: str) -> None:
    answer = _send(office, "/forderung/erfassen", GIVEN | change)
    assert answer.status_code == 422
    assert text in answer.text
    assert _held(office) == []


def test_2_an_order_is_recorded_and_shows_what_it_takes(office: Any) -> None:
    assert _send(office, "/forderung/erfassen", GIVEN).status_code == 302
    (row,) = _held(office)
    assert (row.hauptforderung_cent, row.iban_ende, row.zugestellt_um) == (100_000, "2051", "09:30")
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        calculate(session, date(2026, 11, 1), key="pfändung")
    page = office.client("klara").get(_path(office)).text
    for words in ("Sparbank Auenstedt", "••• 2051", "1.000,00", "(Probelauf)", "November 2026"):
        assert words in page, words
    assert "DE02120300000000202051" not in page
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "pfaendungen.gelesen")).first() is not None


def test_3_dependants_and_exclusions_stand_on_the_page(office: Any) -> None:
    assert _send(office, "/unterhaltspflicht/erfassen", {
        "nummer": "1", "name": "Emil", "verhaeltnis": "kind", "gueltig_ab": "01.01.2026", "grund": "Akte"},
    ).status_code == 302
    assert _send(office, "/ausschluss/erfassen", {
        "forderung": "1", "unterhaltspflicht": "1", "ganz": "ja", "gueltig_ab": "01.11.2026", "grund": "Beschluss"},
    ).status_code == 302
    assert [row.name for row in _held(office, Unterhaltspflicht)] == ["Emil"]
    page = office.client("klara").get(_path(office)).text
    assert "Emil" in page
    assert "für Forderung Nr. 1 ausgeschlossen" in page


def test_4_a_claim_rests_and_ends(office: Any) -> None:
    (row,) = _held(office)
    client = office.client("klara")
    assert "Sparbank Auenstedt" in client.get(_path(office, f"/forderung/erfassen?vorlage={row.public_id}")).text
    assert _send(office, "/forderung/erfassen", GIVEN | {"zustand": "ruhend", "gueltig_ab": "01.12.2026"},
                 ).status_code == 302
    assert "ruht" in client.get(_path(office)).text
    newest = _held(office)[-1]
    assert _send(office, f"/forderung/{newest.public_id}/beenden", {
        "gueltig_bis": "31.12.2026", "grund": "Gläubiger nimmt zurück"}).status_code == 302
    assert _held(office)[-1].valid_to == date(2026, 12, 31)


def test_5_others_see_or_change_nothing(office: Any) -> None:
    assert office.client("mia").get(_path(office)).status_code == 403
    assert office.client("rolf").get(_path(office)).status_code == 200
    assert office.client("rolf").get(_path(office, "/forderung/erfassen")).status_code == 403
    assert office.client("klara").get(_path(office, "/unsinn/erfassen")).status_code == 404
    stranger = office.address("kreis", f"/personen/{office.people['fremd'].public_id}/pfaendungen")
    assert office.client("klara").get(stranger).status_code == 404
