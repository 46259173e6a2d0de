"""Ausgestellte Abrechnungen: verschlüsselt, gebunden, einmalig, unveränderlich, jedes Lesen im Protokoll."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import undefer

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements import examples, opening, service
from payroll.statements.assemble import assemble
from payroll.statements.models import Dokument
from payroll.statements.pdf import render
from tenants.audit.models import AuditEntry
from tenants.db import engine
from tenants.db.session import platform_session, tenant_session
from tenants.documents import people as document_keys
from tenants.models import User
from tenants.security import SealBroken
from tenants.users import service as users


def people(tenant, count):
    """Legt Menschen mit je einer Beschäftigung an: Nummern und öffentliche Kennungen der Personen."""
    with tenant_session(tenant, actor="test") as session:
        persons = [Person(created_by="test") for _ in range(count)]
        session.add_all(persons)
        session.flush()
        employments = [
            Beschaeftigung(person_id=person.id, personalnummer=f"{n:05d}", created_by="test")
            for n, person in enumerate(persons)
        ]
        session.add_all(employments)
        session.flush()
        return [e.id for e in employments], [p.public_id for p in persons]


def keys_of(tenant, persons):
    """Je Person ein Zugang der Vorführung und sein geöffneter Schlüssel."""
    found = []
    with platform_session(actor="test") as session:
        for number, person in enumerate(persons):
            user = users.create_user(session, f"m{number}", "M", kind="employee", demonstration=True)
            users.give_employee_access(session, tenant, user, person, date(2026, 1, 1))
            found.append(document_keys.open_demonstration(session, session.get(User, user.id)))
    return found


def store(tenant, ids, auftrag="lauf-1", make=examples.many):
    with tenant_session(tenant, actor="clerk") as session:
        return service.store_payslips(session, zip(ids, make(len(ids)), strict=True), auftrag=auftrag)


def documents(tenant):
    with tenant_session(tenant, actor="test") as session:
        return session.scalars(select(Dokument).order_by(Dokument.id)).all()


def actions(tenant):
    with tenant_session(tenant, actor="test") as session:
        return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_what_was_stored_opens_again_and_reading_is_logged(two_tenants, example):
    ids, persons = people(two_tenants.first, 2)
    key = keys_of(two_tenants.first, persons)[0]
    stored = store(two_tenants.first, ids)
    assert (stored.new, stored.already, stored.findings) == (2, 0, ())
    document = documents(two_tenants.first)[0]
    with tenant_session(two_tenants.first, actor="maria") as session:
        opened = service.open_payslip(session, document.public_id, "maria", key=key, person=persons[0])
    expected = render(next(examples.many(1)))
    assert opened.pdf == expected.pdf
    assert document.sha256 == expected.sha256
    assert opened.filename == "Abrechnung_2026-05.pdf"
    assert actions(two_tenants.first)[-2:] == ["abrechnungen.ausgestellt", "abrechnung.pdf"]


def test_list_shows_newest_first_and_last_version_only(two_tenants):
    ids, persons = people(two_tenants.first, 1)
    key = keys_of(two_tenants.first, persons)[0]
    case = examples.full_time()
    june = assemble(replace(case, period=examples.period(date(2026, 6, 1), 30)))
    with tenant_session(two_tenants.first, actor="clerk") as session:
        service.store_payslips(session, [(ids[0], assemble(case))], auftrag="a")
        service.store_payslips(session, [(ids[0], june)], auftrag="b")
        service.store_payslips(session, [(ids[0], june)], auftrag="c")
        entries = service.list_payslips(session, person=persons[0], reader="maria", key=key)
        slip, before = service.read_payslip(session, entries[0].public_id, "maria", key=key, person=persons[0])
    assert [(entry.monat, entry.fassung) for entry in entries] == [(date(2026, 6, 1), 2), (date(2026, 5, 1), 1)]
    assert (entries[0].netto, entries[0].personalnummer) == (295886, "00000")
    assert (slip.period.ersetzt, before) == ("Fassung 1", assemble(case))
    assert replace(slip, period=june.period) == june


def test_repeated_order_makes_nothing_twice(two_tenants):
    ids, _ = people(two_tenants.first, 3)
    store(two_tenants.first, ids)
    again = store(two_tenants.first, ids)
    assert (again.new, again.already) == (0, 3)
    assert len(documents(two_tenants.first)) == 3
    assert store(two_tenants.first, ids, auftrag="lauf-2").new == 3
    assert {document.fassung for document in documents(two_tenants.first)} == {1, 2}


def test_statements_do_not_grow_with_people(two_tenants):
    ids, _ = people(two_tenants.first, 12)
    seen = []
    event.listen(engine.current().app, "before_cursor_execute", lambda *args: seen.append(args[2]))
    store(two_tenants.first, ids[:2], auftrag="klein")
    small = len(seen)
    seen.clear()
    store(two_tenants.first, ids, auftrag="gross")
    assert len(seen) == small


def test_nothing_readable_is_at_rest(two_tenants, postgres, database):
    ids, _ = people(two_tenants.first, 1)
    store(two_tenants.first, ids)
    with tenant_session(two_tenants.first, actor="test") as session:
        document = session.scalars(select(Dokument).options(undefer("*"))).one()
        stored = document.inhalt + document.daten
    for word in (b"%PDF", b"Kreislohn", "Großmüller".encode(), b"gesamtbrutto"):
        assert word not in stored


def test_a_document_cannot_be_slipped_to_somebody_else(two_tenants):
    ids, persons = people(two_tenants.first, 2)
    key = keys_of(two_tenants.first, [persons[0]])[0]
    store(two_tenants.first, ids)
    with tenant_session(two_tenants.first, actor="test") as session:
        first, second = session.scalars(select(Dokument).options(undefer("*")).order_by(Dokument.id)).all()
        opener = opening.opener(session, key, [first])
        assert service._slip(opener, first) == next(examples.many(1))
        session.expunge_all()
        own, stranger = opener.seals[first.id], second
        stranger.daten = first.daten
        moved = replace(opener, seals={second.id: own})
        with pytest.raises(SealBroken):
            service._slip(moved, stranger)


def test_other_people_and_other_tenants_find_nothing(two_tenants):
    ids, persons = people(two_tenants.first, 2)
    store(two_tenants.first, ids)
    document = documents(two_tenants.first)[0]
    with (
        tenant_session(two_tenants.first, actor="paul") as session,
        pytest.raises(service.DocumentMissing, match="gibt es nicht"),
    ):
        service.open_payslip(session, document.public_id, "paul", key=None, person=persons[1])
    with tenant_session(two_tenants.second, actor="paul") as session, pytest.raises(service.DocumentMissing):
        service.open_payslip(session, document.public_id, "paul", key=None)
    with tenant_session(two_tenants.first, actor="paul") as session, pytest.raises(service.DocumentMissing):
        service.read_payslip(session, uuid.uuid4(), "paul", key=None)
    assert documents(two_tenants.second) == []
    assert "abrechnung.pdf" not in actions(two_tenants.first)


def test_reader_and_order_must_be_named(two_tenants):
    ids, persons = people(two_tenants.first, 1)
    key = keys_of(two_tenants.first, persons)[0]
    store(two_tenants.first, ids)
    document = documents(two_tenants.first)[0]
    with tenant_session(two_tenants.first, actor="test") as session:
        with pytest.raises(ValueError, match="muss genannt sein"):
            service.open_payslip(session, document.public_id, "", key=key)
        with pytest.raises(ValueError, match="braucht einen Auftrag"):
            service.store_payslips(session, [], auftrag="")


def test_issued_documents_are_immutable(two_tenants, database):
    ids, _ = people(two_tenants.first, 1)
    store(two_tenants.first, ids)
    with pytest.raises(DBAPIError), tenant_session(two_tenants.first, actor="test") as session:
        session.execute(update(Dokument).values(seiten=9))
    with psycopg.connect(database.owner) as owner:
        owner.execute(f"SET app.tenant = '{two_tenants.first}'")
        with pytest.raises(psycopg.Error):
            owner.execute("TRUNCATE dokument")
    assert documents(two_tenants.first)[0].seiten == 1


def test_a_broken_slip_stores_nothing(two_tenants):
    ids, _ = people(two_tenants.first, 2)

    def slips():
        yield ids[0], examples.example("vollzeit")
        yield ids[1], replace(examples.example("vollzeit"), netto=1)

    with (
        pytest.raises(ValueError, match="geht nicht auf"),
        tenant_session(two_tenants.first, actor="clerk") as session,
    ):
        service.store_payslips(session, slips(), auftrag="lauf-1")
    assert documents(two_tenants.first) == []
