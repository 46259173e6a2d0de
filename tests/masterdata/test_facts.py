"""Tatsachen mit zwei Uhren: ablösen, kürzen, zurücklesen; die Datenbank hält dagegen, was die Anwendung übersieht."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from payroll.masterdata import catalogue, clocks, sealing, service
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Person,
    PersonAngaben,
    Steuermerkmale,
    WiederkehrenderBezug,
)
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, tenant_session

IBAN = "DE02120300000000202051"


@pytest.fixture
def session(two_tenants: tuple[int, int]) -> Iterator[TenantSession]:
    with tenant_session(two_tenants[0], actor="anna") as opened:
        yield opened


@pytest.fixture
def employment(session: TenantSession) -> Beschaeftigung:
    return hired(session)


def hired(session: TenantSession, number: str = "4711") -> Beschaeftigung:
    person = service.create_person(
        session,
        valid_from=date(2026, 1, 1),
        reason="Einstellung",
        nachname="Müller-Lüdenscheidt",
        vorname="Jörg",
        geburtsdatum=date(1985, 6, 15),
        steuer_id="36574261809",
        sv_nummer="15070649C103",
    )
    return service.hire(
        session, person, personalnummer=number, art="tarif", eintritt=date(2026, 1, 1), reason="Einstellung"
    )


def tax(
    session: TenantSession, employment: Beschaeftigung, day: date, steuerklasse: int, **more: object
) -> Steuermerkmale:
    return service.record_fact(
        session,
        Steuermerkmale,
        beschaeftigung_id=employment.id,
        valid_from=day,
        reason="ELStAM",
        steuerklasse=steuerklasse,
        konfession="ev",
        **more,
    )


def classes(session: TenantSession) -> list[tuple[int, date, date | None]]:
    rows = session.scalars(select(Steuermerkmale).where(clocks.known(Steuermerkmale, None)))
    return sorted((row.steuerklasse, row.valid_from, row.valid_to) for row in rows)


def test_new_fact_cuts_the_earlier_one(session: TenantSession, employment: Beschaeftigung) -> None:
    tax(session, employment, date(2026, 1, 1), 1)
    tax(session, employment, date(2026, 7, 1), 3)
    assert classes(session) == [(1, date(2026, 1, 1), date(2026, 6, 30)), (3, date(2026, 7, 1), None)]


def test_late_fact_ends_before_the_one_already_known(session: TenantSession, employment: Beschaeftigung) -> None:
    tax(session, employment, date(2026, 1, 1), 1)
    tax(session, employment, date(2026, 7, 1), 3)
    tax(session, employment, date(2026, 4, 1), 4)
    assert classes(session) == [
        (1, date(2026, 1, 1), date(2026, 3, 31)),
        (3, date(2026, 7, 1), None),
        (4, date(2026, 4, 1), date(2026, 6, 30)),
    ]


def test_closed_period_is_laid_over_and_the_rest_goes_on(session: TenantSession, employment: Beschaeftigung) -> None:
    tax(session, employment, date(2026, 1, 1), 1)
    tax(session, employment, date(2026, 3, 1), 6, valid_to=date(2026, 4, 30))
    assert classes(session) == [
        (1, date(2026, 1, 1), date(2026, 2, 28)),
        (1, date(2026, 5, 1), None),
        (6, date(2026, 3, 1), date(2026, 4, 30)),
    ]
    again = clocks.as_of(session, Steuermerkmale, date(2026, 5, 1), beschaeftigung_id=employment.id)
    assert [sealing.reveal(session, row, "konfession") for row in again] == ["ev"]


def test_same_fact_again_changes_nothing(session: TenantSession, employment: Beschaeftigung) -> None:
    first = tax(session, employment, date(2026, 1, 1), 1)
    before = len(session.scalars(select(AuditEntry.id)).all())
    assert tax(session, employment, date(2026, 1, 1), 1) is first
    assert len(session.scalars(select(AuditEntry.id)).all()) == before
    assert len(clocks.history(session, Steuermerkmale)) == 1


def test_end_and_withdrawal(session: TenantSession, employment: Beschaeftigung) -> None:
    tax(session, employment, date(2026, 1, 1), 1)
    ended = service.end_fact(
        session, Steuermerkmale, last_day=date(2026, 8, 31), reason="Austritt", beschaeftigung_id=employment.id
    )
    assert ended == 1
    assert classes(session) == [(1, date(2026, 1, 1), date(2026, 8, 31))]
    service.end_fact(
        session, Steuermerkmale, last_day=date(2025, 12, 31), reason="falsche Person", beschaeftigung_id=employment.id
    )
    assert classes(session) == []


def test_as_of_reads_what_was_known_then(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        employment = hired(session)
        tax(session, employment, date(2026, 1, 1), 1)
    with tenant_session(two_tenants[0], actor="anna") as session:
        known_at = session.scalars(select(Steuermerkmale.recorded_at)).one()
        tax(session, employment, date(2026, 1, 1), 3)
    with tenant_session(two_tenants[0], actor="anna") as session:
        day = date(2026, 2, 1)
        then = clocks.as_of(session, Steuermerkmale, day, known_at)
        assert [row.steuerklasse for row in then] == [1]
        assert [row.steuerklasse for row in clocks.as_of(session, Steuermerkmale, day)] == [3]
        assert clocks.as_of(session, Steuermerkmale, day, known_at - timedelta(seconds=1)) == []


def test_every_change_names_who_and_why(session: TenantSession, employment: Beschaeftigung) -> None:
    row = tax(session, employment, date(2026, 1, 1), 1)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.actor, entry.reason, entry.subject) == ("anna", "ELStAM", f"steuermerkmale:{row.public_id}")
    assert "konfession" in entry.details["felder"]
    assert "ev" not in str([value for name, value in entry.details.items() if name != "werte"])


def test_sensitive_fields_are_sealed_and_found_by_hash(session: TenantSession, employment: Beschaeftigung) -> None:
    account = service.record_fact(
        session,
        Bankverbindung,
        person_id=employment.person_id,
        valid_from=date(2026, 1, 1),
        reason="Einstellung",
        iban=IBAN,
        iban_ende=IBAN[-4:],
    )
    assert IBAN.encode() not in account.iban_siegel
    assert sealing.reveal(session, account, "iban") == IBAN
    assert service.find_sealed(session, Bankverbindung, "iban", "DE02 1203 0000 0000 2020 51") == [account]
    assert service.find_sealed(session, PersonAngaben, "steuer_id", "36574261809")[0].nachname == "Müller-Lüdenscheidt"
    assert service.find_sealed(session, PersonAngaben, "sv_nummer", "36574261809") == []


def test_personnel_number_of_another_tenant_does_not_exist_here(two_tenants: tuple[int, int]) -> None:
    for tenant in two_tenants:
        with tenant_session(tenant, actor="anna") as session:
            assert service.find_employment(session, "4711") is None
            hired(session)
    with (
        tenant_session(two_tenants[1], actor="anna") as session,
        pytest.raises(service.FactError, match="Personalnummer 4711 ist bei diesem Mandanten schon vergeben"),
    ):
        hired(session)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"wochenstunden": -5}, "Wochenstunden müssen größer als 0"),
        ({"vollzeitstunden": 0}, "Vollzeitstunden müssen größer als 0"),
        ({"wochenstunden": 10**9}, "ein Wert passt nicht in sein Feld"),
        ({"entgeltgruppe": ""}, "Tarifwerk, Gruppe oder Stufe fehlt"),
        ({"stufe": None}, "stufe fehlt"),
        ({"beschaeftigung_id": 999_999}, "den es bei diesem Mandanten nicht gibt"),
    ],
)
def test_the_database_refuses_nonsense(
    session: TenantSession, employment: Beschaeftigung, values: dict[str, object], message: str
) -> None:
    sound = {
        "beschaeftigung_id": employment.id,
        "tarifwerk": "TVoeD-VKA",
        "entgeltgruppe": "E9b",
        "stufe": "4",
        "wochenstunden": 39,
        "vollzeitstunden": 39,
    }
    service.record_fact(session, Bezuegezuordnung, valid_from=date(2026, 1, 1), reason="x", **sound)
    with pytest.raises(service.FactError, match=message):
        service.record_fact(session, Bezuegezuordnung, valid_from=date(2026, 6, 1), reason="x", **(sound | values))
    rows = session.scalars(select(Bezuegezuordnung)).all()
    assert [(row.valid_to, row.superseded_at) for row in rows] == [(None, None)]


def test_the_database_refuses_overlap(session: TenantSession, employment: Beschaeftigung) -> None:
    row = tax(session, employment, date(2026, 1, 1), 1)
    twin = Steuermerkmale(
        beschaeftigung_id=employment.id,
        valid_from=date(2026, 6, 1),
        steuerklasse=2,
        konfession_siegel=row.konfession_siegel,
        recorded_by="anna",
    )
    session.add(twin)
    with pytest.raises(IntegrityError, match="ex_steuermerkmale_zeitraum"):
        session.flush()
    session.rollback()


def test_the_database_refuses_to_overwrite_a_fact(session: TenantSession, employment: Beschaeftigung) -> None:
    row = tax(session, employment, date(2026, 1, 1), 1)
    with pytest.raises(DBAPIError, match="nicht überschrieben"), session.begin_nested():
        session.execute(update(Steuermerkmale).where(Steuermerkmale.id == row.id).values(steuerklasse=3))
    with pytest.raises(DBAPIError, match="nur, was ein genehmigter Auftrag nennt"), session.begin_nested():
        session.execute(delete(Steuermerkmale).where(Steuermerkmale.id == row.id))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "Grund fehlt"),
        ({"valid_to": date(2025, 12, 31)}, "liegt vor gültig ab 01.01.2026"),
        ({"beschaeftigung_id": None}, "beschaeftigung_id fehlt"),
    ],
)
def test_incomplete_facts_are_named(session: TenantSession, change: dict[str, object], message: str) -> None:
    fact: dict[str, object] = {"beschaeftigung_id": 1, "reason": "x", "steuerklasse": 1, "konfession": "ev"}
    with pytest.raises(service.FactError, match=message):
        service.record_fact(session, Steuermerkmale, **({"valid_from": date(2026, 1, 1)} | fact | change))


def test_two_people_changing_the_same_fact(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        tax(session, hired(session), date(2026, 1, 1), 1)
    refused: list[service.FactError] = []

    def slower() -> None:
        try:
            with tenant_session(two_tenants[0], actor="bert") as other:
                job = service.find_employment(other, "4711")
                assert job is not None
                tax(other, job, date(2026, 3, 1), 5)
        except service.FactError as error:
            refused.append(error)

    with tenant_session(two_tenants[0], actor="anna") as session:
        job = service.find_employment(session, "4711")
        assert job is not None
        tax(session, job, date(2026, 2, 1), 3)
        second = threading.Thread(target=slower)
        second.start()
        second.join(0.5)
    second.join(10)
    assert "inzwischen geändert" in str(refused[0])
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert [one[0] for one in classes(session)] == [1, 3]


def test_a_refused_person_or_job_leaves_no_anchor(session: TenantSession, employment: Beschaeftigung) -> None:
    with pytest.raises(service.FactError, match="Name fehlt"):
        service.create_person(
            session, valid_from=date(2026, 1, 1), reason="x", nachname="", vorname="A", geburtsdatum=date(1990, 1, 1)
        )
    person = session.scalars(select(Person)).one()
    with pytest.raises(service.FactError, match="Austritt liegt vor dem Eintritt"):
        service.hire(
            session,
            person,
            personalnummer="4712",
            art="tarif",
            eintritt=date(2026, 2, 1),
            austritt=date(2026, 1, 1),
            reason="x",
        )
    assert service.find_employment(session, "4712") is None


def test_leaving_ends_recurring_pay(session: TenantSession, employment: Beschaeftigung) -> None:
    catalogue.seed(session)
    kind = catalogue.ids(session).lohnarten[1111]
    pay = {"beschaeftigung_id": employment.id, "lohnart_id": kind, "betrag_cent": 100, "reason": "x"}
    for number, start in ((1, date(2026, 1, 1)), (2, date(2026, 6, 1))):
        service.record_fact(session, WiederkehrenderBezug, valid_from=start, laufnummer=number, **pay)
    service.leave(session, employment, last_day=date(2026, 5, 15), reason="Kündigung")
    rows = session.scalars(select(WiederkehrenderBezug).where(clocks.known(WiederkehrenderBezug, None)))
    assert [(row.laufnummer, row.valid_to) for row in rows] == [(1, date(2026, 5, 15))]
    (now,) = clocks.as_of(session, BeschaeftigungAngaben, date(2026, 7, 1))
    assert (now.eintritt, now.austritt) == (date(2026, 1, 1), date(2026, 5, 15))
    with pytest.raises(service.FactError, match=r"am 01\.01\.2025 nicht beschäftigt"):
        service.leave(session, employment, last_day=date(2025, 1, 1), reason="x")
