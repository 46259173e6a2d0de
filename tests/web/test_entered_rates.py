"""Sätze, die keine Quelle nennt: am Schreibtisch eingetragen, und der Lauf zahlt danach.

Bereitschaftsdienst ohne Satz im Tarif (§ 9 TVöD) und die Sätze der kvw stehen in keiner Veröffentlichung. Sie kommen
hier allein über die Formulare der Sachbearbeitung, wie aus einer Dienstvereinbarung und dem Bescheid der Kasse.
"""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis, Ergebniszeile
from tenants.db.session import tenant_session

AUGUST, OCTOBER = "2026-08", date(2026, 10, 1)
HOURS = b"PNR;Tag;Monat;Jahr;Lohnart;Stunden\r\n10001;11;8;2026;BD;8\r\n"
NOTICE = {"umlage_satz": "4,5", "an_satz": "0", "sanierungsgeld_satz": "3,25", "beitrag_satz": "0",
          "pauschal_grenze_cent": "89,48", "verfahren": "verteilt", "kist_verfahren": "vereinfacht",
          "quelle": "Bescheid der kvw vom 15.12.2025", "status": "recht", "gueltig_ab": "01.01.2026",
          "grund": "Bescheid"}


def _post(office: Any, who: str, path: str, where: str = "", **data: Any) -> Any:
    client = office.client(who)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where or path).text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **data})


def _paid(office: Any, key: str) -> tuple[Ergebnis, list[tuple[str | None, int]]]:
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        calculate(session, OCTOBER, key=key)
        found = session.scalars(select(Ergebnis).join(
            Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id).where(
            Beschaeftigung.personalnummer == "10001", Ergebnis.monat == OCTOBER)).one()
        lines = [(one.lohnart, one.betrag) for one in session.scalars(select(Ergebniszeile).where(
            Ergebniszeile.ergebnis_id == found.id, Ergebniszeile.lohnart == "1308"))]
        session.expunge(found)
        return found, lines


def _fund(office: Any, who: str) -> str:
    page = office.client(who).get(office.address("kreis", "/stammdaten/zusatzversorgung")).text
    link = re.search(r'href="([^"]+)">kvw-Zusatzversorgung, Abrechnungsverband I<', page)
    assert link is not None
    return link[1]


def _joins_the_fund(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        job = session.scalars(select(Beschaeftigung).filter_by(personalnummer="10001")).one().public_id
    person = office.people["Öztürk"].public_id
    path = office.address("kreis", f"/personen/{person}/zusatzversorgung/erfassen?beschaeftigung={job}")
    option = re.search(r'<option value="([^"]+)"[^>]*>kvw-Zusatzversorgung, Abrechnungsverband I<',
                       office.client("klara").get(path).text)
    assert option is not None
    assert _post(office, "klara", path, zv_kasse_id=option[1], mitgliedsnummer="", gueltig_ab="01.01.2026",
                 grund="Anmeldung").status_code == 302


def _works_on_standby(office: Any) -> None:
    times = office.address("kreis", "/zeiten")
    form = f"{times}/formate/stunden-pro-tag"
    assert _post(office, "klara", form, **{"fremd-0": "BD", "eigen-0": "1308", "von-0": "01.08.2026",
                                           "grund": "Zeitsystem"}).status_code == 302
    made = _post(office, "klara", f"{times}/einlesen", datei=(io.BytesIO(HOURS), "bd.csv"))
    assert made.status_code == 302
    assert _post(office, "hugo", f"{made.location}/freigeben", made.location).status_code == 302
    month = f"{times}/monate/{AUGUST}"
    assert _post(office, "hugo", f"{month}/abschliessen", month).status_code == 302


def test_rates_no_source_states_are_entered_at_the_desk_and_paid(office: Any) -> None:
    """E9a Stufe 3 seit Mai 2026: 4.097,67 Euro, die Stunde 24,17 Euro (durch 169,57), ein Viertel davon 6,04 Euro."""
    _joins_the_fund(office)
    _works_on_standby(office)
    rate = office.address("kreis", "/stammdaten/festlegungen/stundensatz_1308_anteil")
    assert "noch" in office.client("klara").get(_fund(office, "klara")).text
    assert _post(office, "klara", _fund(office, "klara"), **NOTICE).status_code == 302
    without, lines = _paid(office, "ohne Satz")
    assert (lines, without.zv_entgelt) == ([], 409_767)
    given = {"wert": "25", "quelle": "Dienstvereinbarung 1/2026", "gueltig_ab": "01.01.2026", "grund": "Vereinbarung"}
    assert _post(office, "klara", rate, **given).status_code == 302
    assert "Dienstvereinbarung 1/2026" in office.client("rolf").get(rate).text
    with_rate, lines = _paid(office, "mit Satz")
    assert lines == [("1308", 8 * 604)]
    # 4,145.99: levy 4.5 % = 186.57, restructuring charge 3.25 % = 134.74 (134.744675)
    assert (with_rate.zv_entgelt, with_rate.zv_umlage, with_rate.zv_sanierungsgeld) == (414_599, 18_657, 13_474)
    assert with_rate.zv_steuerfrei == 18_657


def test_only_who_may_write_enters_them(office: Any) -> None:
    rate = office.address("kreis", "/stammdaten/festlegungen/stundensatz_1308")
    given = {"wert": "12", "quelle": "x", "gueltig_ab": "01.01.2026", "grund": "x"}
    for path, data in ((rate, given), (_fund(office, "rolf"), NOTICE)):
        assert _post(office, "rolf", path, office.address("kreis", "/stammdaten/einstellungen"), **data
                     ).status_code == 403
