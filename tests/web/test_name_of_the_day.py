"""Die Akte trägt den Namen des Tages: ein schon erfasster künftiger gilt erst, wenn er gilt."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import PersonAngaben
from payroll.masterdata.service import record_fact
from payroll.web.desk.person_reading import person_file
from tenants.db.session import tenant_session


def test_a_later_name_heads_the_file_from_its_day_on(office: Any) -> None:
    person = office.people["Zander"]
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        held = session.scalars(select(PersonAngaben).filter_by(person_id=person.id, superseded_at=None)).one()
        record_fact(session, PersonAngaben, valid_from=date(2026, 12, 1), reason="Heirat", person_id=person.id,
                    nachname="Zukunft", vorname=held.vorname, geburtsdatum=held.geburtsdatum)
        for day, name in ((date(1900, 1, 1), "Kim Zander"), (date(2026, 11, 30), "Kim Zander"),
                          (date(2026, 12, 1), "Kim Zukunft")):
            file = person_file(session, person.public_id, day)
            assert file is not None
            assert file.name == name
        session.rollback()
