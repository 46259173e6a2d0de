"""Vertretung: auf den Tag, endet von selbst, nur eigene Mandate, niemand für sich; Kommen, Wechseln, Gehen."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns, normalise
from tenants.db.session import platform_session
from tenants.models.access import Deputy
from tenants.models.user import Mandate, User
from tenants.users import deputies, service

START = date(2026, 1, 1)
FIRST, LAST = date(2026, 7, 6), date(2026, 7, 24)


@pytest.fixture
def staff(two_tenants: tuple[int, int]) -> dict[str, User]:
    with platform_session(actor="verwaltung") as session:
        made = {name: service.create_user(session, name, name.title()) for name in ("anna", "bert", "cora")}
        service.give_mandate(session, two_tenants[0], made["anna"], "clerk", START)
        service.give_mandate(session, two_tenants[1], made["anna"], "head", START)
        service.give_mandate(session, two_tenants[0], made["bert"], "auditor", START)
        return made


def appoint(staff: dict[str, User], absent: str, deputy: str, *, actor: str = "verwaltung", **given: object) -> None:
    values = {"valid_from": FIRST, "valid_to": LAST, "reason": "Urlaub", **given}
    with platform_session(actor=actor) as session:
        deputies.appoint(session, staff[absent], staff[deputy], **values)  # type: ignore[arg-type]  # given by the test


def held(user: User, day: date) -> dict[str, set[str]]:
    return {one.number: set(one.roles) for one in service.mandates_on(user, day)}


def test_a_deputy_holds_the_roles_on_these_days_only(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert")
    assert held(staff["bert"], FIRST - timedelta(1)) == {"001": {"auditor"}}
    assert held(staff["bert"], FIRST) == held(staff["bert"], LAST) == {"001": {"auditor", "clerk"}, "002": {"head"}}
    assert held(staff["bert"], LAST + timedelta(1)) == {"001": {"auditor"}}
    (first, second) = service.mandates_on(staff["bert"], FIRST)
    assert first.standing_in_for == second.standing_in_for == {"anna"}


def test_a_deputyship_is_not_passed_on_and_ends_with_the_mandate(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert")
    appoint(staff, "bert", "cora")
    assert held(staff["cora"], FIRST) == {"001": {"auditor"}}
    with platform_session(actor="verwaltung") as session:
        mandate = session.scalars(select(Mandate).where(Mandate.role == "head")).one()
        service.end_mandate(session, mandate, FIRST, "Wechsel")
        user = session.get_one(User, staff["anna"].id)
        user.last_day = FIRST + timedelta(3)
    assert held(staff["bert"], FIRST + timedelta(1)) == {"001": {"auditor", "clerk"}}
    assert held(staff["bert"], FIRST + timedelta(4)) == {"001": {"auditor"}}


def test_whoever_has_not_begun_is_not_stood_in_for_yet(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert")
    with platform_session(actor="verwaltung") as session:
        session.get_one(User, staff["anna"].id).first_day = FIRST + timedelta(2)
    assert held(staff["bert"], FIRST + timedelta(1)) == {"001": {"auditor"}}
    assert held(staff["bert"], FIRST + timedelta(2)) == {"001": {"auditor", "clerk"}, "002": {"head"}}


def test_it_can_be_ended_earlier_and_stands_in_the_log(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert", tenant_ids=())
    with platform_session(actor="verwaltung") as session:
        rows = session.scalars(select(Deputy).order_by(Deputy.tenant_id)).all()
        deputies.end(session, rows[0], FIRST, "früher zurück", today=FIRST)
        with pytest.raises(service.UserError, match="Tag prüfen"):
            deputies.end(session, rows[1], LAST + timedelta(1), "länger krank", today=FIRST)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("deputy.%"))).all()
        assert [(e.action, e.reason) for e in entries] == [
            ("deputy.appoint", "Urlaub"),
            ("deputy.end", "früher zurück"),
        ]
        shown = deputies.standings(session, user_id=staff["anna"].id, since=FIRST + timedelta(1))
    assert [(s.tenant.number, s.deputy.login, s.holds_on(FIRST), s.holds_on(START)) for s in shown] == [
        ("002", "bert", True, False)
    ]
    assert held(staff["bert"], FIRST + timedelta(1)) == {"001": {"auditor"}, "002": {"head"}}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"deputy": "anna"}, "vertritt sich selbst"),
        ({"actor": "bert"}, "richtet sich selbst"),
        ({"reason": " "}, "braucht einen Grund"),
        ({"valid_to": FIRST - timedelta(1)}, "mindestens einen Tag"),
        ({"valid_to": FIRST + timedelta(367)}, "höchstens ein Jahr"),
        ({"absent": "cora"}, "kein Mandat"),
    ],
    ids=["self", "for_oneself", "reason", "backwards", "too_long", "nothing_held"],
)
def test_refusals_say_why(staff: dict[str, User], given: dict[str, object], words: str) -> None:
    values: dict[str, object] = {"absent": "anna", "deputy": "bert", **given}
    with pytest.raises(service.UserError, match=words):
        appoint(staff, str(values.pop("absent")), str(values.pop("deputy")), **values)  # type: ignore[arg-type]  # given by the test


def test_the_same_deputyship_twice_is_refused(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert")
    with pytest.raises(service.UserError, match="vertritt anna schon vom"):
        appoint(staff, "anna", "bert", valid_from=LAST, valid_to=LAST)


def test_the_database_lets_nobody_give_themselves_rights(
    two_tenants: tuple[int, int], staff: dict[str, User]
) -> None:
    with platform_session(actor="anna") as session, pytest.raises(service.UserError, match="selbst ein Mandat"):
        service.give_mandate(session, two_tenants[0], staff["anna"], "head", START)
    own = [
        Mandate(tenant_id=two_tenants[0], user_id=staff["anna"].id, role="head", valid_from=START, created_by="Anna"),
        Deputy(
            tenant_id=two_tenants[0],
            user_id=staff["anna"].id,
            deputy_user=staff["bert"].id,
            valid_from=FIRST,
            valid_to=LAST,
            reason="x",
            created_by="bert",
        ),
    ]
    for row in own:
        with pytest.raises(IntegrityError, match="niemand erteilt sich selbst"), platform_session(actor="x") as session:
            session.add(row)


def test_raw_statements_of_the_platform_cannot_either(
    database: Dsns, two_tenants: tuple[int, int], staff: dict[str, User]
) -> None:
    address = normalise(database.platform).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        connection.execute(
            "INSERT INTO mandate (tenant_id, user_id, role, valid_from, created_by) VALUES (%s, %s, 'clerk', %s, %s)",
            (two_tenants[0], staff["cora"].id, START, "cora"),
        )


def test_a_deputyship_withdrawn_on_its_first_day_ends_at_once_and_can_be_given_again(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert")
    with platform_session(actor="verwaltung") as session:
        rows = session.scalars(select(Deputy)).all()
        assert len(rows) == 2
        for row in rows:
            assert deputies.end(session, row, FIRST - timedelta(1), "falscher Mensch", today=FIRST)
    assert held(staff["bert"], FIRST) == {"001": {"auditor"}}
    with platform_session(actor="verwaltung") as session:
        assert session.scalars(select(Deputy)).all() == []
        kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "deputy.end")).all()
    assert [(one.details["for"], one.details["deputy"], one.reason) for one in kept] == [
        ("anna", "bert", "falscher Mensch")] * 2
    appoint(staff, "anna", "bert")
    assert held(staff["bert"], FIRST) == {"001": {"auditor", "clerk"}, "002": {"head"}}


def test_what_was_in_use_is_neither_withdrawn_nor_shortened_into_the_past(staff: dict[str, User]) -> None:
    appoint(staff, "anna", "bert", valid_to=FIRST + timedelta(30))
    today = FIRST + timedelta(20)
    yesterday = today - timedelta(1)
    with platform_session(actor="verwaltung") as session:
        row = session.scalars(select(Deputy)).first()
        assert row is not None
        for last in (FIRST - timedelta(1), FIRST, yesterday - timedelta(1)):
            with pytest.raises(service.UserError, match=f"frühestens gestern, am {yesterday:%d.%m.%Y}"):
                deputies.end(session, row, last, "spurlos fort", today=today)
        assert not deputies.end(session, row, yesterday, "zurück", today=today)
        assert (row.valid_from, row.valid_to) == (FIRST, yesterday)
        tomorrow_of_first = FIRST + timedelta(1)
        other = session.scalars(select(Deputy).where(Deputy.id != row.id)).one()
        with pytest.raises(service.UserError, match="frühestens gestern"):
            deputies.end(session, other, FIRST - timedelta(1), "falscher Mensch", today=tomorrow_of_first)
        assert not deputies.end(session, other, FIRST, "nur ein Tag", today=tomorrow_of_first)
