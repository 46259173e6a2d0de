"""Wiedervorlagen: erledigen und verschieben mit Begründung, Stufenaufstiege einen Monat vorher, Zeile am Start."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Wiedervorlage
from payroll.masterdata.service import record_fact
from payroll.masterdata.wiedervorlage import (
    Vorgabe,
    WiedervorlageError,
    announce_steps,
    counts,
    create,
    pending,
    postpone,
    settle,
)
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

TODAY = date(2026, 11, 25)


def _session(office: Any) -> Any:
    return tenant_session(office.tenants["kreis"].id, actor="test")


def _wanted(office: Any, day: date, origin: str) -> Vorgabe:
    return Vorgabe(office.people["Arndt"].id, day, "Nachweis anfordern", "hand", origin, "§ 1 Test")


def _kennung(office: Any, origin: str) -> uuid.UUID:
    with _session(office) as session:
        return session.scalars(select(Wiedervorlage.public_id).filter_by(herkunft=origin)).one()


def _post(client: Any, address: str, page: str, **values: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **values})


def test_the_same_origin_never_twice(office: Any) -> None:
    with _session(office) as session:
        assert create(session, [_wanted(office, TODAY, "t:1"), _wanted(office, TODAY, "t:2")]) == 2
        assert create(session, [_wanted(office, TODAY, "t:1"), _wanted(office, TODAY, "t:3")]) == 1
        assert [row.faellig for row in pending(session) if row.name == "Arndt, Kim"] == [TODAY] * 3
        assert create(session, []) == 0


def test_done_and_postponed_with_reason_and_log(office: Any) -> None:
    with _session(office) as session:
        create(session, [_wanted(office, TODAY, "t:10"), _wanted(office, date(2026, 12, 24), "t:11")])
    client, page = office.client("klara"), office.address("kreis", "/wiedervorlagen")
    first, second = _kennung(office, "t:10"), _kennung(office, "t:11")
    empty = _post(client, f"{page}/{first}/erledigt", page, vermerk=" ")
    assert (empty.status_code, "was getan wurde" in empty.text) == (422, True)
    past = _post(client, f"{page}/{second}/verschieben", page, faellig="01.11.2026", grund="Urlaub")
    assert (past.status_code, "ist vorbei" in past.text) == (422, True)
    assert _post(client, f"{page}/{first}/erledigt", page, vermerk="angefordert").status_code == 302
    again = _post(client, f"{page}/{first}/erledigt", page, vermerk="noch einmal")
    assert "Schon erledigt von klara" in again.text
    assert _post(client, f"{page}/{second}/verschieben", page, faellig="08.01.2027", grund="Urlaub").status_code == 302
    with _session(office) as session:
        rows = {row.herkunft: row for row in session.scalars(select(Wiedervorlage))}
        assert (rows["t:10"].erledigt_von, rows["t:10"].vermerk) == ("klara", "angefordert")
        assert rows["t:11"].faellig == date(2027, 1, 8)
        logged = session.scalars(select(AuditEntry).filter_by(subject=f"wiedervorlage:{second}")
                                 .order_by(AuditEntry.id)).all()
        assert [(one.action, one.reason) for one in logged][-1] == ("wiedervorlage.verschoben", "Urlaub")
        assert logged[-1].details == {"von": "2026-12-24", "auf": "2027-01-08"}
        assert settle(session, uuid.uuid4(), vermerk="x") is None
        with pytest.raises(WiedervorlageError):
            postpone(session, second, faellig=TODAY, grund="", today=TODAY)


def test_only_who_may_and_only_here(office: Any) -> None:
    with _session(office) as session:
        create(session, [_wanted(office, TODAY, "t:20")])
    page, kennung = office.address("kreis", "/wiedervorlagen"), _kennung(office, "t:20")
    rolf = office.client("rolf")
    assert "Nachweis anfordern" in rolf.get(page).text
    assert _post(rolf, f"{page}/{kennung}/erledigt", page, vermerk="x").status_code == 403
    other = office.address("stadt", "/wiedervorlagen")
    assert "Nachweis anfordern" not in office.client("klara").get(other).text
    assert _post(office.client("klara"), f"{other}/{kennung}/erledigt", other, vermerk="x").status_code == 404


def test_steps_are_announced_a_month_ahead_and_once(office: Any) -> None:
    with _session(office) as session:
        job = session.scalars(select(Beschaeftigung).filter_by(person_id=office.people["Zander"].id)).one()
        row = session.scalars(select(Bezuegezuordnung).filter_by(beschaeftigung_id=job.id, superseded_at=None)).one()
        # step 3 of TVöD lasts three years (§ 16 Abs. 3): from 1 December 2023 until 1 December 2026
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=row.valid_from, reason="Test",
                    tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="3", stufe_seit=date(2023, 12, 1),
                    wochenstunden=row.wochenstunden, vollzeitstunden=row.vollzeitstunden)
        assert announce_steps(session, TODAY) == 1
        assert announce_steps(session, TODAY) == 0
        (found,) = [one for one in pending(session) if one.thema == "stufe"]
        assert found.faellig == date(2026, 11, 1)
        assert found.text.startswith("Stufenaufstieg E9a von 3 nach 4, gezahlt ab 01.12.2026")
        assert counts(session, TODAY)[1] == 1
    client = office.client("klara")
    assert "1 Stufenaufstieg steht bevor" in client.get("/").text
    page = office.address("kreis", "/wiedervorlagen?stand=alle&thema=stufe")
    assert "Stufenaufstieg E9a von 3 nach 4" in client.get(page).text
    assert client.get(page + "&format=csv").data.count(b"Stufenaufstieg E9a") == 1


def test_by_hand_at_the_person(office: Any) -> None:
    client, person = office.client("klara"), office.people["Arndt"].public_id
    page = office.address("kreis", f"/personen/{person}")
    address = office.address("kreis", f"/wiedervorlagen/person/{person}/neu")
    assert _post(client, address, page, faellig="kein Tag", text="x").status_code == 422
    assert _post(client, address, page, faellig="01.12.2026", text="").status_code == 422
    assert _post(client, address, page, faellig="01.12.2026", text="Führungszeugnis erneuern").status_code == 302
    assert "Führungszeugnis erneuern" in client.get(page).text
    foreign = office.address("kreis", f"/wiedervorlagen/person/{office.people['fremd'].public_id}/neu")
    assert _post(client, foreign, page, faellig="01.12.2026", text="x").status_code == 404


@pytest.mark.browser
def test_event_by_keyboard_and_pages_are_accessible(office: Any, serve: Callable, page: Page,
                                                    accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    person = f"/personen/{office.people['Öztürk'].public_id}"
    for path in (person, f"{person}/ereignis", f"{person}/ereignis/geburt", f"{person}/ereignis/pfaendung",
                 "/wiedervorlagen?stand=alle"):
        answer = page.goto(address + office.address("kreis", path))
        assert answer is not None
        assert answer.status == 200, path
        accessible(page)
    page.goto(address + office.address("kreis", f"{person}/ereignis/teilzeit"))
    page.get_by_label("Gilt ab").fill("01.12.2026")
    page.get_by_label("Grund").fill("Antrag vom 12.11.2026")
    page.get_by_label("Wochenstunden").fill("30")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Wirkung auf die Zahlung").wait_for()
    accessible(page)
    page.get_by_role("button", name="So speichern").focus()
    page.keyboard.press("Enter")
    page.get_by_text("„Arbeitszeit ändert sich“ erfasst").wait_for()
    accessible(page)
    page.goto(address + office.address("kreis", "/wiedervorlagen?stand=alle"))
    page.get_by_text("Erledigt oder verschieben").first.click()
    accessible(page)
    page.get_by_label("Was wurde getan?").first.fill("Mitteilung versandt")
    page.get_by_role("button", name="Als erledigt vermerken").first.click()
    page.get_by_text("Erledigt.", exact=True).wait_for()
    page.goto(address + "/")
    accessible(page)
