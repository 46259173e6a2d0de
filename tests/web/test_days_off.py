"""Freie Tage nach Brauch: festgelegt und beendet am Schreibtisch, im Soll und im Urlaub, ohne Zuschlag."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave.days import working_days
from timekeeping.own.custom import custom_days, set_custom
from timekeeping.own.plan import plans, set_rule, set_shift

PAGE = "/zeiten/freie-tage"
MONDAY = date(2027, 2, 8)  # Carnival Monday; Easter Sunday is 28 March 2027
FORM = {"was": "festlegen", "name": "Rosenmontag", "regel": "rosenmontag", "anteil": "100", "ab": "01.01.2026",
        "grund": "Dienstvereinbarung 2025"}


def post(office: Any, login: str = "klara", **data: str) -> Any:
    client, where = office.client(login), office.address("kreis", PAGE)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(office.address("kreis")).text)
    return client.post(where, data={"csrf_token": found[1] if found else "", **data})


def session_of(office: Any) -> Any:
    return tenant_session(office.tenants["kreis"].id, actor="klara")


def test_1_set_at_the_desk_and_seen(office: Any) -> None:
    answer = post(office, **FORM)
    assert answer.status_code == 302, re.sub("<[^>]+>", " ", answer.text)
    assert post(office, **FORM | {"name": "Kirmes", "regel": "jahrestag", "jahrestag": "14.09.",
                                  "anteil": "50"}).status_code == 302
    page = office.client("klara").get(office.address("kreis", PAGE)).text
    assert "08.02.2027" in page
    assert "50 %" in page
    with session_of(office) as session:
        found = custom_days(session, date(2026, 1, 1), date(2027, 12, 31))
        assert found == {date(2026, 2, 16): 100, MONDAY: 100, date(2026, 9, 14): 50, date(2027, 9, 14): 50}
        logged = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "zeitangabe.erfasst")).all()
        assert len(logged) >= 2


@pytest.mark.parametrize(("change", "words"), [
    ({"name": ""}, "Name des Tages fehlt"), ({"anteil": "0"}, "zwischen 1 und 100"), ({"anteil": "viel"}, "keine Zahl"),
    ({"regel": "ostern"}, "Regel gibt es nicht"), ({"grund": ""}, "Grund fehlt"),
    ({"regel": "jahrestag", "jahrestag": "31.11."}, "in keinem Jahr"),
    ({"regel": "jahrestag", "jahrestag": "morgen"}, "kein Tag"), ({"regel": "datum"}, "Beginn und Ende"),
], ids=["name", "nothing_free", "no_number", "rule", "reason", "31_november", "no_day", "open_end"])
def test_2_refused_with_a_reason(office: Any, change: dict[str, str], words: str) -> None:
    answer = post(office, **FORM | {"name": "Versuch"} | change)
    assert answer.status_code == 422
    assert words in answer.text


def test_3_planned_time_and_leave_follow(office: Any) -> None:
    with session_of(office) as session:
        job = session.scalars(select(Beschaeftigung.id).order_by(Beschaeftigung.id)).first()
        set_rule(session, job, ab=date(2026, 1, 1), reason="Vertrag", art="gleitend", wochen=[[468] * 5 + [0, 0]],
                 rahmen_von=390, rahmen_bis=1140, kern_von=None, kern_bis=None, pausen="gesetzlich", plus_grenze=None,
                 minus_grenze=None, kappung="nie", bereich="verwaltung", schichtarbeit="keine", staendig=False,
                 nachtarbeit=False)
        plan = plans(session, date(2026, 1, 1), date(2027, 12, 31), [job])[job]
        assert [plan.soll(MONDAY + timedelta(days=n)) for n in range(2)] == [0, 468]
        assert plan.soll(date(2026, 9, 14)) == 234
        assert working_days(plan, MONDAY, MONDAY + timedelta(days=4)) == 4
        set_shift(session, job, MONDAY, beginn=480, ende=960, reason="Notdienst")
        assert plans(session, MONDAY, MONDAY, [job])[job].soll(MONDAY) == 480
        session.rollback()


def test_4_ended_for_the_years_after(office: Any) -> None:
    assert post(office, was="beenden", name="Rosenmontag", bis="31.12.2026", grund="gekündigt").status_code == 302
    with session_of(office) as session:
        assert MONDAY not in custom_days(session, date(2026, 1, 1), date(2027, 12, 31))
        assert date(2026, 2, 16) in custom_days(session, date(2026, 1, 1), date(2027, 12, 31))
    again = post(office, was="beenden", name="Rosenmontag", bis="31.12.2026", grund="noch einmal")
    assert again.status_code == 422
    with session_of(office) as session, pytest.raises(ImportFehler, match="Grund"):
        set_custom(session, "Ohne Grund", "rosenmontag", ab=MONDAY, reason=" ")


def test_5_only_who_may(office: Any) -> None:
    assert office.client("ada").get(office.address("kreis", PAGE)).status_code in (403, 404)
