"""Zugänge und Technisches der Plattform: Fristen, zwei Menschen, und die Datenbank löscht nichts ohne Anordnung."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from tenants import audit
from tenants.audit import accounts as log
from tenants.audit.export import verify_database
from tenants.audit.models import AccountLogKey, AuditEntry
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage, UserSession
from tenants.models.user import Mandate, SigninAttempt, User, UserCode
from tenants.retention import accounts
from tenants.retention.errors import DeletionRefused
from tenants.retention.models import AccountDeletion
from tenants.security import masterkey, rotation
from tenants.security.masterkey import MasterKey
from tenants.users import service
from tenants.users.sessions import Origin, begin

NOW = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
TODAY, LEFT = date(2030, 6, 1), date(2026, 12, 31)


@pytest.fixture
def staff(two_tenants: tuple[int, int]) -> dict[str, int]:
    """Zwei der Verwaltung; wer 2026 ging, wer 2027 ging, wer noch da ist, jemand im Portal."""
    made = {}
    with platform_session(actor="test") as session:
        for name in ("vera", "wim"):
            made[name] = service.create_user(session, name, name, platform_admin=True).id
        for name, until in (("gegangen", LEFT), ("juenger", date(2027, 1, 1)), ("bleibt", None)):
            user = service.create_user(session, name, name)
            service.give_mandate(session, two_tenants[0], user, "clerk", date(2020, 1, 1), until)
            made[name] = user.id
        portal = service.create_user(session, "portal", "Portal", kind="employee")
        service.give_employee_access(session, two_tenants[0], portal, uuid.uuid4(), date(2020, 1, 1))
        made["portal"] = portal.id
        session.execute(update(User).values(created_at=datetime(2020, 1, 1, tzinfo=UTC)))
    return made


def names(day: date) -> list[str]:
    with platform_session(actor="test") as session:
        return [one.login for one in accounts.due(session, day)]


def test_due_after_three_full_calendar_years(staff: dict[str, int]) -> None:
    assert names(date(2029, 12, 31)) == []
    assert names(date(2030, 1, 1)) == ["gegangen"]
    assert names(date(2031, 1, 1)) == ["gegangen", "juenger"]


def removed(day: date = TODAY, first: str = "vera", second: str = "wim", digest: str | None = None) -> int:
    with platform_session(actor=first) as session:
        shown = digest or accounts.digest_of(accounts.due(session, day))
        return accounts.remove(session, day, today=TODAY, digest=shown, ordered_by=first, approved_by=second,
                               reason="Frist abgelaufen")


def test_the_account_goes_with_everything_and_the_chain_stays(staff: dict[str, int]) -> None:
    with platform_session(actor="test") as session:
        user = session.get_one(User, staff["gegangen"])
        begin(session, user, "password", Origin("127.0.0.1", "Gerät", "zeichen"), NOW - timedelta(days=2000))
        service.issue_letter(session, user)
    assert removed() == 1
    with platform_session(actor="test") as session:
        assert session.get(User, staff["gegangen"]) is None
        for model in (Mandate, UserSession, UserCode):
            assert session.scalars(select(model).where(model.user_id == staff["gegangen"])).all() == []
        assert session.get(User, staff["bleibt"]) is not None
        assert verify_database(session).breaks == ()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.delete")).one()
        assert (entry.details["angeordnet_von"], entry.details["genehmigt_von"]) == ("vera", "wim")
        assert "gegangen" not in str(entry.details)
    with platform_session(actor="test") as session:
        assert service.create_user(session, "gegangen", "Neu").id != staff["gegangen"]


def test_two_people_of_the_administration_and_what_was_shown(staff: dict[str, int]) -> None:
    for change, words in (({"second": "vera"}, "zweite Person"), ({"second": "bleibt"}, "gehört nicht zur Verwaltung"),
                          ({"digest": "00" * 32}, "neu ansehen"), ({"day": date(2031, 1, 1)}, "in der Zukunft")):
        with pytest.raises(DeletionRefused, match=words):
            removed(**change)  # type: ignore[arg-type]  # each names one argument
    assert names(TODAY) == ["gegangen"]


def test_the_database_deletes_no_account_without_an_order(staff: dict[str, int]) -> None:
    for model, column in ((Mandate, Mandate.user_id), (User, User.id)):
        with pytest.raises(DBAPIError, match="zwei Menschen"), platform_session(actor="vera") as session:
            session.execute(delete(model).where(column == staff["gegangen"]))
    with pytest.raises(IntegrityError, match="zweite_person"), platform_session(actor="vera") as session:
        session.add(AccountDeletion(account_public_id=uuid.uuid4(), due_day=TODAY, ordered_by="vera",
                                    approved_by="vera", reason="allein"))


def test_technical_rows_go_after_their_days(staff: dict[str, int]) -> None:
    with platform_session(actor="test") as session:
        user = session.get_one(User, staff["bleibt"])
        for days in (401, 399):
            begin(session, user, "password", Origin("127.0.0.1", "G", f"z{days}"), NOW - timedelta(days=days))
        for days in (31, 29):
            session.add(SigninAttempt(at=NOW - timedelta(days=days), login_hash=b"x" * 32, succeeded=False))
        for days in (91, 89):
            moment = NOW - timedelta(days=days)
            session.add(OutboxMessage(occasion="new_device", recipient="a@b.example", subject="x", body="y",
                                      created_at=moment, sent_at=moment))
            session.add(UserCode(user_id=user.id, kind="letter", salt=bytes(32), code_hash=bytes(32), issued_by="t",
                                 expires_at=moment))
        gone = accounts.clean(session, NOW)
        left = {model.__tablename__: session.scalar(select(func.count(model.id)))
                for model in (UserSession, SigninAttempt, OutboxMessage, UserCode)}
    assert {name: gone[name] for name in ("versuche", "codes", "nachrichten")} == {
        "versuche": 1, "codes": 1, "nachrichten": 1}
    assert (gone["sitzungen"], left["user_session"]) == (1, 1)
    assert (left["signin_attempt"], left["user_code"]) == (1, 1)
    with platform_session(actor="test") as session:
        assert accounts.clean(session, NOW) == dict.fromkeys(gone, 0)
        assert len(session.scalars(select(AuditEntry).where(
            AuditEntry.action == "aufbewahrung.technisch")).all()) == 1


def test_every_technical_class_says_how_long_and_why() -> None:
    assert [one.name for one in accounts.TECHNICAL] == ["sitzungen", "versuche", "codes", "nachrichten", "geoeffnet"]
    assert all(one.warum and one.tage >= 0 for one in accounts.TECHNICAL)


def test_contact_data_stand_sealed_in_the_log_and_go_with_the_account(staff: dict[str, int]) -> None:
    before, after = {"email": None, "phone": "0211 4711"}, {"email": "g@kreis.example", "phone": "0211 4712"}
    with platform_session(actor="feed") as session:
        user = session.get_one(User, staff["gegangen"])
        details = log.sealed(session, user, "user.contact", before, after)
        entry = audit.record(session, "user.contact", str(user.public_id), {"fields": ["email", "phone"], **details})
        assert "4711" not in str(entry.details)
        assert "kreis.example" not in str(entry.details)
        assert log.opened(session, user, entry).after == [after]
    with platform_session(actor="vera") as session:
        shown = accounts.changes(session, "gegangen", reader="vera", reason="x")
        assert [line.partition(": ")[2] for line in shown] == [
            "email: – → g@kreis.example", "phone: 0211 4711 → 0211 4712"]
        for reader, login in (("bleibt", "gegangen"), ("vera", "niemand")):
            with pytest.raises(DeletionRefused, match="Verwaltung"):
                accounts.changes(session, login, reader=reader, reason="x")
    assert removed() == 1
    with platform_session(actor="test") as session:
        assert session.scalars(select(AccountLogKey)).all() == []
        assert verify_database(session).breaks == ()


def test_the_keys_of_the_log_follow_a_new_master_key(staff: dict[str, int]) -> None:
    new = MasterKey(bytes(range(1, 33)))
    with platform_session(actor="feed") as session:
        user = session.get_one(User, staff["bleibt"])
        details = log.sealed(session, user, "user.contact", {"room": "1"}, {"room": "2"})
        entry = audit.record(session, "user.contact", str(user.public_id), details)
        rotation.rewrap(session, new, "Wechsel")
    old = masterkey.current()
    masterkey.configure(new)
    try:
        with platform_session(actor="feed") as session:
            user = session.get_one(User, staff["bleibt"])
            assert log.opened(session, user, entry).before == [{"room": "1"}]
    finally:
        masterkey.configure(old)
