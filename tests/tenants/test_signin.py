"""Anmeldung: Kennwort und Code, Bremse, neutrale Meldungen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.models.user import SigninAttempt, User
from tenants.security import argon, passwords
from tenants.users import codes, recovery, service, throttle
from tenants.users.errors import MANY_CODES

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "ein langer Satz am Morgen"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id mit kleinem Speicher; die echten Vorgaben prüft test_passwords."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=64,t={passwords.ITERATIONS},p={passwords.LANES}$")
    monkeypatch.setattr(passwords, "_decoy", [])


@pytest.fixture
def clerk(database: Dsns) -> tuple[User, pyotp.TOTP]:
    with platform_session(actor="test") as session:
        user = service.create_user(session, "Anna.Amt", "Anna Amt", password=PASSWORD)
        return user, pyotp.TOTP(service.enrol_second_factor(session, user))


def refused(login: str, password: str, code: str | None, now: datetime = NOW, remote: str = HERE) -> Exception:
    with pytest.raises(service.SigninRefused) as caught:
        service.authenticate(login, password, code, now, remote)
    return caught.value


def test_password_and_code_let_in(clerk: tuple[User, pyotp.TOTP]) -> None:
    user, totp = clerk
    found = service.authenticate(" ANNA.amt ", PASSWORD, totp.at(NOW), NOW, HERE)
    assert (found.id, found.login, found.last_signin_at) == (user.id, "anna.amt", NOW)
    with platform_session(actor="test") as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.action, last.actor, last.subject) == ("signin.password", "anna.amt", str(user.public_id))


def test_every_failure_reads_the_same(clerk: tuple[User, pyotp.TOTP]) -> None:
    code = clerk[1].at(NOW)
    answers = {
        str(refused("anna.amt", "falsches Kennwort", code)),
        str(refused("anna.amt", PASSWORD, "000000" if code != "000000" else "111111")),
        str(refused("anna.amt", PASSWORD, None)),
        str(refused("gibt.es.nicht", PASSWORD, code)),
    }
    assert answers == {f"Anmeldung nicht möglich: Name, Kennwort und Code prüfen. {MANY_CODES}"}


def test_a_code_counts_once_and_none_older_after_it(clerk: tuple[User, pyotp.TOTP]) -> None:
    totp = clerk[1]
    earlier = totp.at(NOW - timedelta(seconds=30))
    service.authenticate("anna.amt", PASSWORD, totp.at(NOW), NOW, HERE)
    refused("anna.amt", PASSWORD, totp.at(NOW))
    refused("anna.amt", PASSWORD, earlier)
    later = NOW + timedelta(seconds=30)
    assert service.authenticate("anna.amt", PASSWORD, totp.at(later), later, HERE).login == "anna.amt"


def test_a_code_of_two_minutes_ago_is_too_old(clerk: tuple[User, pyotp.TOTP]) -> None:
    assert "nicht möglich" in str(refused("anna.amt", PASSWORD, clerk[1].at(NOW - timedelta(minutes=2))))


def test_staff_without_second_factor_stays_outside_and_portal_does_not(database: Dsns) -> None:
    with platform_session(actor="test") as session:
        service.create_user(session, "ohne", "Ohne Faktor", password=PASSWORD)
        service.create_user(session, "bea", "Bea Beschäftigt", kind="employee", password=PASSWORD)
    refused("ohne", PASSWORD, "123456")
    assert service.authenticate("bea", PASSWORD, None, NOW, HERE).kind == "employee"


def test_no_password_means_no_way_in(database: Dsns) -> None:
    with platform_session(actor="test") as session:
        service.create_user(session, "neu", "Neu", kind="employee")
    assert "nicht möglich" in str(refused("neu", "", None))


def test_deactivated_user_stays_outside_and_sessions_end(clerk: tuple[User, pyotp.TOTP]) -> None:
    user, totp = clerk
    assert service.load_user(user.id, user.session_epoch) is not None
    with platform_session(actor="test") as session:
        held = session.get_one(User, user.id)
        service.deactivate(session, held, "ausgeschieden")
    refused("anna.amt", PASSWORD, totp.at(NOW))
    assert service.load_user(user.id, user.session_epoch) is None


def test_new_password_ends_old_sessions(clerk: tuple[User, pyotp.TOTP]) -> None:
    user, totp = clerk
    with platform_session(actor="test") as session:
        service.change_password(session, session.get_one(User, user.id), "ein ganz anderer Satz")
    assert service.load_user(user.id, user.session_epoch) is None
    assert service.load_user(user.id, user.session_epoch + 1) is not None
    refused("anna.amt", PASSWORD, totp.at(NOW))


def noting(spent: list[str], name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """Dieselbe Rechnung, gezählt."""

    def counted(*given: Any, **named: Any) -> Any:
        spent.append(name)
        return real(*given, **named)

    return counted


@pytest.mark.parametrize("login", ["anna.amt", "gibt.es.nicht"])
def test_five_failures_close_the_door_for_known_and_unknown_names(clerk: tuple[User, pyotp.TOTP], login: str) -> None:
    for _ in range(throttle.PER_LOGIN_AND_REMOTE):
        assert not isinstance(refused(login, "falsches Kennwort", None), service.Throttled)
    blocked = refused(login, PASSWORD, clerk[1].at(NOW))
    assert isinstance(blocked, service.Throttled)
    assert blocked.until == NOW + throttle.WINDOW


def test_the_door_opens_again_and_other_addresses_are_not_shut(clerk: tuple[User, pyotp.TOTP]) -> None:
    totp = clerk[1]
    for _ in range(throttle.PER_LOGIN_AND_REMOTE):
        refused("anna.amt", "falsches Kennwort", None)
    assert service.authenticate("anna.amt", PASSWORD, totp.at(NOW), NOW, THERE).login == "anna.amt"
    later = NOW + throttle.WINDOW
    assert service.authenticate("anna.amt", PASSWORD, totp.at(later), later, HERE).login == "anna.amt"


def test_a_success_starts_the_count_anew(clerk: tuple[User, pyotp.TOTP]) -> None:
    totp = clerk[1]
    for _ in range(throttle.PER_LOGIN_AND_REMOTE - 1):
        refused("anna.amt", "falsches Kennwort", None)
    service.authenticate("anna.amt", PASSWORD, totp.at(NOW), NOW, HERE)
    later = NOW + timedelta(seconds=60)
    for _ in range(throttle.PER_LOGIN_AND_REMOTE - 1):
        assert not isinstance(refused("anna.amt", "falsches Kennwort", None, later), service.Throttled)


def test_one_name_from_many_addresses_and_one_address_with_many_names(database: Dsns) -> None:
    with platform_session(actor="test") as session:
        for number in range(throttle.PER_LOGIN):
            throttle.note(session, "ziel", f"198.51.100.{number}", NOW, succeeded=False)
        for number in range(throttle.PER_REMOTE):
            throttle.note(session, f"name{number}", THERE, NOW, succeeded=False)
    assert isinstance(refused("ziel", PASSWORD, None, NOW, HERE), service.Throttled)
    assert isinstance(refused("irgendwer", PASSWORD, None, NOW, THERE), service.Throttled)


def test_attempts_hold_no_name_and_leave_after_a_month(database: Dsns) -> None:
    refused("tippte.sein.kennwort", PASSWORD, None, NOW - timedelta(days=31))
    refused("zweiter", PASSWORD, None, NOW)
    with platform_session(actor="test") as session:
        rows = session.scalars(select(SigninAttempt)).all()
    assert [(row.at, str(row.remote), len(row.login_hash)) for row in rows] == [(NOW, HERE, 32)]
    assert b"zweiter" not in rows[0].login_hash


def test_old_parameters_are_renewed_at_sign_in(clerk: tuple[User, pyotp.TOTP], monkeypatch: pytest.MonkeyPatch) -> None:
    user, totp = clerk
    monkeypatch.setattr(passwords, "MEMORY_KIB", 128)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=128,t={passwords.ITERATIONS},p={passwords.LANES}$")
    found = service.authenticate("anna.amt", PASSWORD, totp.at(NOW), NOW, HERE)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$v=19$m=64,")
    assert str(found.password_hash).startswith("$argon2id$v=19$m=128,")


def test_a_name_is_given_once_whatever_its_case(clerk: tuple[User, pyotp.TOTP]) -> None:
    with platform_session(actor="test") as session, pytest.raises(service.UserError, match="vergeben"):
        service.create_user(session, "ANNA.AMT", "Andere Anna")
    with platform_session(actor="test") as session, pytest.raises(service.UserError, match="Leerzeichen"):
        service.create_user(session, "anna amt", "Andere Anna")


@pytest.mark.parametrize("login", ["anna.amt", "gibt.es.nicht", "gesperrt", "ohne.kennwort"])
@pytest.mark.parametrize("code", [None, "000000", codes.generate()], ids=["ohne", "app", "papier"])
def test_every_failure_costs_the_same_work(
    clerk: tuple[User, pyotp.TOTP], login: str, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wie lange eine Absage dauert, bestimmt Argon2: gezählt wird jede Rechnung, nicht die Uhr."""
    with platform_session(actor="test") as session:
        service.deactivate(session, service.create_user(session, "gesperrt", "G", password=PASSWORD), "Test")
        service.create_user(session, "ohne.kennwort", "O")
    refused(login, "falsch", None)  # the decoy of unknown names is made once
    spent: list[str] = []
    for name in ("matches", "key"):
        real = getattr(argon, name)
        monkeypatch.setattr(argon, name, noting(spent, name, real))
    refused("anna.amt", "falsch", code, NOW + timedelta(seconds=1))
    known = sorted(spent)
    spent.clear()
    refused(login, "falsch", code, NOW + timedelta(seconds=2))
    assert known.count("matches") == 1
    assert sorted(spent) == known


def test_a_right_password_does_not_show_by_the_work_of_its_wrong_code(
    clerk: tuple[User, pyotp.TOTP], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _ = clerk
    with platform_session(actor="test") as session:
        recovery.issue_recovery_codes(session, session.get_one(User, user.id), "Ausgabe")
    spent: list[str] = []
    real = argon.key
    monkeypatch.setattr(argon, "key", noting(spent, "key", real))
    code = codes.generate()
    counts = []
    for at, password in enumerate(("falsch", PASSWORD)):
        spent.clear()
        refused(user.login, password, code, NOW + timedelta(seconds=at))
        counts.append(len(spent))
    assert counts == [1, 1]


@pytest.mark.parametrize(("one", "other", "same"), [
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:192.0.2.1", "192.0.2.1", True), ("192.0.2.1", "192.0.2.2", False), ("kein Netz", "", True)])
def test_addresses_that_one_subscriber_has_at_will_count_as_one(one: str, other: str, same: bool) -> None:
    assert (throttle.counted(one) == throttle.counted(other)) is same


def test_many_names_from_ever_other_addresses_of_one_network_end(clerk: tuple[User, pyotp.TOTP]) -> None:
    for number in range(throttle.PER_REMOTE):
        refused(f"name{number}", "falsches Kennwort", None, remote=f"2001:db8:1:2::{number + 1:x}")
    with pytest.raises(service.Throttled):
        service.authenticate("noch.einer", PASSWORD, None, NOW, "2001:db8:1:2::ffff")
    assert service.authenticate("anna.amt", PASSWORD, clerk[1].at(NOW), NOW, "2001:db8:1:3::1").login == "anna.amt"


def test_codes_are_not_guessed_from_many_addresses_by_who_knows_the_password(clerk: tuple[User, pyotp.TOTP]) -> None:
    user, totp = clerk
    with platform_session(actor="test") as session:
        paper = recovery.issue_recovery_codes(session, session.get_one(User, user.id))[0]
    start = NOW
    for number in range(throttle.CODES):
        now = start + number * timedelta(minutes=1)
        wrong = "000000" if totp.at(now) != "000000" else "111111"
        refused("anna.amt", PASSWORD, wrong, now, f"198.51.100.{number + 1}")
    now = start + timedelta(hours=1)
    told = str(refused("anna.amt", PASSWORD, totp.at(now), now, HERE))
    assert "nur einer zur Wiederherstellung vom Papier" in told
    assert told == str(refused("gibt.es.nicht", PASSWORD, None, now, HERE)), "über den Zugang sagt es nichts"
    assert service.authenticate("anna.amt", PASSWORD, paper, now, HERE).login == "anna.amt", "das Papier bleibt"
    later = now + timedelta(minutes=1)
    assert service.authenticate("anna.amt", PASSWORD, totp.at(later), later, HERE).login == "anna.amt"


def test_after_a_day_the_app_counts_again(clerk: tuple[User, pyotp.TOTP]) -> None:
    totp = clerk[1]
    for number in range(throttle.CODES):
        wrong = "000000" if totp.at(NOW) != "000000" else "111111"
        refused("anna.amt", PASSWORD, wrong, NOW, f"198.51.100.{number + 1}")
    refused("anna.amt", PASSWORD, totp.at(NOW), NOW, HERE)
    later = NOW + throttle.CODE_WINDOW + timedelta(minutes=1)
    assert service.authenticate("anna.amt", PASSWORD, totp.at(later), later, HERE).login == "anna.amt"


def test_codes_given_while_none_counts_do_not_lengthen_it(clerk: tuple[User, pyotp.TOTP]) -> None:
    totp, last = clerk[1], NOW
    for number in range(throttle.CODES):
        last = NOW + number * timedelta(minutes=1)
        wrong = "000000" if totp.at(last) != "000000" else "111111"
        refused("anna.amt", PASSWORD, wrong, last, f"198.51.100.{number + 1}")
    half = last + throttle.CODE_WINDOW / 2
    refused("anna.amt", PASSWORD, totp.at(half), half, HERE)
    for number in range(throttle.CODES):
        refused("anna.amt", PASSWORD, "000000", half, f"203.0.113.{number + 1}")
    later = last + throttle.CODE_WINDOW
    assert service.authenticate("anna.amt", PASSWORD, totp.at(later), later, HERE).login == "anna.amt"


def test_codes_are_no_attempts_from_a_place_nobody_knows(clerk: tuple[User, pyotp.TOTP]) -> None:
    user, totp = clerk
    with platform_session(actor="test") as session:
        for number in range(throttle.PER_REMOTE):
            throttle.note_code(session, f"jemand{number}", NOW, succeeded=False)
    assert service.authenticate(user.login, PASSWORD, totp.at(NOW), NOW, None).login == "anna.amt"
