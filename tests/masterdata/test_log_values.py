"""Werte im Protokoll: versiegelt, nur mit dem Recht zu sehen, vernichtet mit ihrer Datenart, die Kette hält."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.exc import DBAPIError

from payroll.masterdata import intake, log_reading, service
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Person,
    PersonAngaben,
    Pfaendung,
)
from payroll.statements.retention.classes import NAMEN
from tenants.audit import values
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry, AuditKey
from tenants.db import engine
from tenants.db.session import TenantSession, tenant_session
from tenants.retention import orders
from tenants.security import rotation

Employ = Callable[..., None]
OLD, NEW = "DE02120300000000202051", "DE02500105170137075030"
FEBRUARY = date(2026, 2, 1)
ALL = ("audit.read", "person.read", "claim.read")


def move_account(session: TenantSession) -> AuditEntry:
    person = session.scalars(select(Person.id)).one()
    service.record_fact(session, Bankverbindung, person_id=person, valid_from=FEBRUARY, reason="neues Konto",
                        iban=NEW, iban_ende="5030")
    return last(session, "tatsache.erfasst")


def last(session: TenantSession, action: str) -> AuditEntry:
    found = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalars(found).one()


def person_of(session: TenantSession) -> uuid.UUID:
    return session.scalars(select(Person.public_id)).one()


def test_before_and_after_are_sealed_and_shown_with_the_right(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    entry = move_account(desk)
    assert all(word not in str(entry.details) for word in (OLD, NEW, "2051", "5030"))
    shown = log_reading.read(desk, [entry], ALL, "Prüfung")[entry.id]
    assert {(c.field, c.before, c.after) for c in shown.changes} == {
        ("valid_from", "2026-01-01", "2026-02-01"), ("iban", OLD, NEW), ("iban_ende", "2051", "5030")}
    read = last(desk, "protokoll.werte_gelesen")
    assert (read.subject, read.details, read.reason) == (
        f"person:{person_of(desk)}", {"eintraege": [entry.id]}, "Prüfung")
    assert verify_database(desk).breaks == ()


def test_a_new_person_is_logged_with_everything_said_about_it(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    entry = last(desk, "person.angelegt")
    assert "Öztürk" not in str(entry.details)
    shown = log_reading.read(desk, [entry], ALL, "Prüfung")[entry.id]
    after = {change.field: (change.before, change.after) for change in shown.changes}
    assert after["person_angaben.nachname"] == ("", "Öztürk")
    assert after["person_angaben.steuer_id"] == ("", "36574261809")
    assert after["bezuegezuordnung.wochenstunden"] == ("", "19.5")


def test_the_log_alone_opens_no_file(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    entry = move_account(desk)
    assert log_reading.read(desk, [entry], ("audit.read",), "Prüfung") == {
        entry.id: log_reading.Shown(hidden="recht")}
    assert desk.scalars(select(AuditEntry).where(AuditEntry.action == "protokoll.werte_gelesen")).all() == []


def test_claims_ask_for_their_own_right_and_have_their_own_key(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    person = desk.scalars(select(Beschaeftigung.person_id)).one()
    service.record_fact(desk, Pfaendung, valid_from=FEBRUARY, reason="Beschluss", person_id=person, nummer=3,
                        art="gewoehnlich", glaeubiger="Sparbank", zugestellt_am=FEBRUARY)
    entry = last(desk, "tatsache.erfasst")
    assert "Sparbank" not in str(entry.details)
    assert log_reading.read(desk, [entry], ("audit.read", "person.read"), "x")[entry.id].hidden == "recht"
    shown = log_reading.read(desk, [entry], ALL, "x")[entry.id].changes
    assert ("glaeubiger", "", "Sparbank") in {(c.field, c.before, c.after) for c in shown}
    key = desk.scalars(select(AuditKey).where(AuditKey.record_class == "pfaendung")).one()
    assert (key.subject, key.person_public_id) == (f"{person_of(desk)}:3", person_of(desk))


def test_claims_that_come_with_a_new_person_have_their_own_key_too(desk: TenantSession) -> None:
    values_given = {"nummer": 2, "art": "gewoehnlich", "glaeubiger": "Sparbank", "zugestellt_am": FEBRUARY}
    born = Tatsache(PersonAngaben, FEBRUARY, {"nachname": "N", "vorname": "A", "geburtsdatum": date(1980, 1, 1)})
    job = NeueBeschaeftigung("77", [Tatsache(BeschaeftigungAngaben, FEBRUARY, {"art": "tarif", "eintritt": FEBRUARY})])
    intake.store(desk, [NeuePerson([born, Tatsache(Pfaendung, FEBRUARY, values_given)], [job])], reason="Übernahme")
    person, claim = last(desk, "person.angelegt"), last(desk, "tatsache.erfasst")
    assert values.classes_of(desk, [person, claim]) == {person.id: "personalstamm", claim.id: "pfaendung"}
    shown = log_reading.read(desk, [person, claim], ALL, "x")
    assert "Sparbank" not in str(shown[person.id])
    assert "Sparbank" in str(shown[claim.id])
    key = desk.scalars(select(AuditKey).where(AuditKey.record_class == "pfaendung")).one()
    assert key.subject == f"{person_of(desk)}:2"


def test_an_ended_fact_says_what_ended(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    job = desk.scalars(select(Beschaeftigung.id)).one()
    service.end_fact(desk, BeschaeftigungAngaben, last_day=date(2026, 3, 31), reason="Ende", beschaeftigung_id=job)
    entry = last(desk, "tatsache.beendet")
    changes = log_reading.read(desk, [entry], ALL, "x")[entry.id].changes
    assert [(c.field, c.before, c.after) for c in changes] == [("valid_to", "", "2026-03-31")]


def test_moved_or_changed_values_do_not_open(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    entry = move_account(desk)
    desk.expunge(entry)
    entry.subject = "bankverbindung:woanders"
    with pytest.raises(RuntimeError, match="verändert"):
        values.opened(desk, [entry])


def test_old_values_stay_readable_after_a_new_tenant_key(two_tenants: Any, employ: Employ, desk: TenantSession) -> None:
    employ(desk)
    number = move_account(desk).id
    desk.commit()
    from tenants.db.session import platform_session

    with platform_session(actor="anna") as session:
        rotation.rotate_data_key(session, two_tenants.first, "Wechsel")
    with tenant_session(two_tenants.first, actor="anna") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.id == number)).one()
        assert values.opened(session, [entry])[number].after[0]["iban"] == NEW


def test_destroyed_with_its_class_by_two_people_and_the_chain_still_holds(
    two_tenants: Any, employ: Employ, desk: TenantSession
) -> None:
    employ(desk)
    number, person = move_account(desk).id, person_of(desk)
    key = desk.scalars(select(AuditKey).where(AuditKey.person_public_id == person)).one()
    with pytest.raises(DBAPIError, match="genehmigter Auftrag"), desk.begin_nested():
        desk.execute(delete(AuditKey).execution_options(synchronize_session=False))
    item = orders.Item("personalstamm", "audit_key", key.id, person)
    day = date(2040, 1, 1)
    made = orders.order(desk, [item], due_day=day, today=day, kept_from=None, plan={}, reason="Frist")
    desk.commit()
    with tenant_session(two_tenants.first, actor="paul") as session:
        orders.approve(session, made.public_id, digest=made.digest.hex())
        session.execute(delete(AuditKey).where(AuditKey.id == key.id).execution_options(synchronize_session=False))
    with tenant_session(two_tenants.first, actor="paul") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.id == number)).one()
        assert log_reading.read(session, [entry], ALL, "x")[number] == log_reading.Shown(hidden="vernichtet")
        assert verify_database(session).breaks == ()


def test_every_class_of_a_key_is_one_the_deletion_knows() -> None:
    assert {values.PERSON_CLASS, values.CLAIM_CLASS, values.YEAR_CLASS} <= set(NAMEN)
    assert set(log_reading.RIGHTS) == {values.PERSON_CLASS, values.CLAIM_CLASS, values.YEAR_CLASS}


@contextmanager
def counted() -> Any:
    seen: list[str] = []

    def note(_c: Any, _d: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine.current().app, "before_cursor_execute", note)
    yield seen
    event.remove(engine.current().app, "before_cursor_execute", note)


def test_many_people_cost_no_more_statements_than_few(desk: TenantSession) -> None:
    def people(first: int, count: int) -> list[NeuePerson]:
        day = date(2026, 1, 1)
        return [NeuePerson(
            [Tatsache(PersonAngaben, day, {"nachname": f"N{n}", "vorname": "A", "geburtsdatum": date(1980, 1, 1)})],
            [NeueBeschaeftigung(str(n), [Tatsache(BeschaeftigungAngaben, day, {"art": "tarif", "eintritt": day})])])
            for n in range(first, first + count)]

    intake.store(desk, people(1, 1), reason="Übernahme")
    with counted() as few:
        intake.store(desk, people(100, 2), reason="Übernahme")
    with counted() as many:
        intake.store(desk, people(1000, 900), reason="Übernahme")
    assert len(many) == len(few)
    assert len(desk.scalars(select(AuditKey.id).where(AuditKey.record_class == "personalstamm")).all()) == 903
