"""Codes auf Papier: Form, Wiederherstellung, erste Anmeldung per Brief."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.models.user import User, UserCode
from tenants.security import passwords
from tenants.users import codes, recovery, service, throttle
from tenants.users.letters import LIFETIME, Letter

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PASSWORD = "ein langer Satz am Morgen"
HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_decoy", [])


def actions() -> Iterator[tuple[str, str]]:
    with platform_session(actor="test") as session:
        for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
            yield entry.action, entry.actor


# --- form ------------------------------------------------------------------------------------------------------------


def test_no_two_signs_look_alike() -> None:
    assert not set("0O1IL2Z5S8BUV") & set(codes.ALPHABET)
    assert len(codes.ALPHABET) == len(set(codes.ALPHABET)) == 23


def test_codes_are_grouped_and_all_different() -> None:
    made = {codes.generate() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(rf"([{codes.ALPHABET}]{{4}}-){{2}}[{codes.ALPHABET}]{{4}}", code) for code in made)


def test_typed_loosely_is_understood() -> None:
    code = codes.generate()
    bare = code.replace("-", "")
    assert {codes.normal(text) for text in (code, code.lower(), f" {bare} ", code.replace("-", " "))} == {bare}


def test_every_wrong_sign_and_every_swap_is_noticed() -> None:
    code = str(codes.normal(codes.generate()))
    for place, sign in itertools.product(range(len(code)), codes.ALPHABET):
        if sign != code[place]:
            assert codes.normal(code[:place] + sign + code[place + 1 :]) is None
    for i, j in itertools.combinations(range(len(code)), 2):
        swapped = list(code)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        assert (codes.normal("".join(swapped)) is None) is (code[i] != code[j])
    assert [codes.normal(text) for text in ("", code[:-1], code + "A", "0" + code[1:], "ß" * 12)] == [None] * 5


# --- recovery --------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(database: Dsns) -> list[str]:
    with platform_session(actor="test") as session:
        user = service.create_user(session, "anna.amt", "Anna Amt", password=PASSWORD)
        service.enrol_second_factor(session, user)
        return service.issue_recovery_codes(session, user)


def enter(code: str, password: str = PASSWORD) -> User:
    return service.authenticate("anna.amt", password, code, NOW, HERE)


def left() -> int:
    with platform_session(actor="test") as session:
        return recovery.remaining(session, session.scalars(select(User)).one())


def test_a_recovery_code_replaces_the_second_factor_once(clerk: list[str]) -> None:
    assert len(set(clerk)) == 10
    assert enter(clerk[3].lower()).login == "anna.amt"
    with pytest.raises(service.SigninRefused):
        enter(clerk[3])
    assert enter(clerk[4]).login == "anna.amt"
    assert left() == 8
    assert ("signin.recovery_code", "system") in actions()


def test_a_recovery_code_without_the_password_is_worth_nothing_and_stays(clerk: list[str]) -> None:
    with pytest.raises(service.SigninRefused):
        enter(clerk[0], "ein anderer Satz am Abend")
    assert left() == 10
    assert enter(clerk[0])


def test_new_codes_end_the_old_ones(clerk: list[str]) -> None:
    with platform_session(actor="test") as session:
        fresh = service.issue_recovery_codes(session, session.scalars(select(User)).one(), "verlegt")
    with pytest.raises(service.SigninRefused):
        enter(clerk[0])
    assert enter(fresh[0])
    assert left() == 9


def test_two_at_once_spend_a_code_once(clerk: list[str]) -> None:
    def attempt(_: int) -> bool:
        try:
            return bool(enter(clerk[0]))
        except service.SigninRefused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]


def test_only_hashes_are_stored_and_codes_need_a_second_factor(clerk: list[str]) -> None:
    with platform_session(actor="test") as session:
        rows = session.scalars(select(UserCode)).all()
        stored = b"".join(row.code_hash + row.salt for row in rows)
        assert all(code.replace("-", "").encode() not in stored for code in clerk)
        assert len({row.code_hash for row in rows}) == 10
        bare = service.create_user(session, "ohne", "Ohne Faktor")
        with pytest.raises(service.UserError, match="zuerst einrichten"):
            service.issue_recovery_codes(session, bare)


# --- letter ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def letter(database: Dsns) -> Letter:
    with platform_session(actor="clerk") as session:
        user = service.create_user(session, "beschaeftigte.4711", "Bea Beschäftigt", kind="employee")
        return service.issue_letter(session, user, now=NOW)


def redeem(letter: Letter, code: str | None = None, password: str = PASSWORD, now: datetime = NOW) -> User:
    return service.redeem_letter(letter.login.upper(), code or letter.code, password, remote=HERE, now=now)


def test_a_letter_sets_the_password_once(letter: Letter) -> None:
    user = redeem(letter)
    assert (user.login, user.session_epoch) == (letter.login, 2)
    assert service.authenticate(letter.login, PASSWORD, None, NOW, HERE).id == user.id
    with pytest.raises(service.SigninRefused, match="einen neuen Brief bestellen"):
        redeem(letter, password="ein fremder Satz am Abend")
    assert service.authenticate(letter.login, PASSWORD, None, NOW, HERE).id == user.id
    assert list(actions())[:4] == [
        ("user.create", "clerk"),
        ("user.letter", "clerk"),
        ("dokumentschluessel.neu", "clerk"),
        ("signin.letter", letter.login),
    ]


def test_the_letter_says_what_to_do_and_hides_the_code_elsewhere(letter: Letter) -> None:
    text = "\n".join(letter.lines("portal.kreis.example"))
    assert all(part in text for part in (letter.login, letter.code, "portal.kreis.example", "02.12.2026"))
    assert letter.code not in repr(letter)


def test_a_weak_password_does_not_spend_the_code(letter: Letter) -> None:
    with pytest.raises(passwords.PasswordRefused):
        redeem(letter, password="Passwort2026!")
    assert redeem(letter).login == letter.login


def test_a_password_of_the_own_name_is_refused_and_spends_nothing(letter: Letter) -> None:
    """Der Name steht nicht in der Anmeldung; geprüft wird er, sobald der Code stimmt, und nur dann."""
    own = "BeschäftigtBea2026"
    with pytest.raises(passwords.PasswordRefused, match="leicht zu erraten"):
        redeem(letter, password=own)
    with pytest.raises(service.SigninRefused):
        redeem(letter, code=codes.generate(), password=own)
    assert redeem(letter).login == letter.login


def test_late_wrong_and_unknown_read_the_same(letter: Letter) -> None:
    said = set()
    for login, code, now in (
        (letter.login, letter.code, NOW + LIFETIME),
        (letter.login, codes.generate(), NOW),
        (letter.login, "unsinn", NOW),
        ("gibt.es.nicht", letter.code, NOW),
    ):
        with pytest.raises(service.SigninRefused) as caught:
            service.redeem_letter(login, code, PASSWORD, remote=HERE, now=now)
        said.add(str(caught.value))
    assert len(said) == 1
    assert redeem(letter, now=NOW + LIFETIME - timedelta(seconds=1))


def test_the_time_of_an_answer_does_not_tell_what_was_right(
    letter: Letter, clerk: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Teure Rechnungen: für bekannte und unbekannte Namen, richtige und falsche Kennwörter gleich viele."""
    counted = [0]
    real = codes.hashed

    def counting(code: str, salt: bytes) -> bytes:
        counted[0] += 1
        return real(code, salt)

    monkeypatch.setattr(codes, "hashed", counting)

    def cost(action: Callable[[], object]) -> int:
        counted[0] = 0
        with pytest.raises(service.SigninRefused):
            action()
        return counted[0]

    for code, expected in ((codes.generate(), 1), ("unsinn", 0)):
        names = (letter.login, "anna.amt", "gibt.es.nicht")
        costs = [cost(lambda n=n, c=code: service.redeem_letter(n, c, PASSWORD, now=NOW)) for n in names]
        assert costs == [expected] * 3
        tries = (("anna.amt", PASSWORD), ("anna.amt", "ein falscher Satz am Abend"), ("gibt.es.nicht", PASSWORD))
        assert [cost(lambda t=t, c=code: service.authenticate(*t, c, NOW, HERE)) for t in tries] == [expected] * 3


def test_guessing_is_slowed_down(letter: Letter) -> None:
    for _ in range(throttle.PER_LOGIN_AND_REMOTE):
        with pytest.raises(service.SigninRefused):
            redeem(letter, codes.generate())
    with pytest.raises(service.Throttled):
        redeem(letter)


def test_a_second_letter_ends_the_first_and_later_ones_need_a_reason(letter: Letter) -> None:
    with platform_session(actor="clerk") as session:
        user = session.scalars(select(User)).one()
        second = service.issue_letter(session, user, now=NOW)
    with pytest.raises(service.SigninRefused):
        redeem(letter)
    redeem(second)
    with platform_session(actor="clerk") as session:
        user = session.scalars(select(User)).one()
        with pytest.raises(service.UserError, match="den Grund angeben"):
            service.issue_letter(session, user, now=NOW)
        third = service.issue_letter(session, user, reason="Kennwort vergessen, Ausweis gesehen", now=NOW)
    assert redeem(third, password="noch ein ganz anderer Satz").session_epoch == 3


def test_blocked_people_get_no_letter(letter: Letter) -> None:
    with platform_session(actor="clerk") as session:
        employee = session.scalars(select(User).where(User.kind == "employee")).one()
        service.deactivate(session, employee, "ausgeschieden")
        with pytest.raises(service.UserError, match="ist gesperrt"):
            service.issue_letter(session, employee)
    with pytest.raises(service.SigninRefused):
        redeem(letter)


def test_a_letter_gives_staff_a_password_but_no_sign_in_without_factor(letter: Letter) -> None:
    with platform_session(actor="clerk") as session:
        made = service.issue_letter(session, service.create_user(session, "karla", "Karla Kern"), now=NOW)
    assert "zweiten Faktor einrichten" in " ".join(made.lines("x"))
    assert "zweiten Faktor" not in " ".join(letter.lines("x"))
    redeem(made)
    with pytest.raises(service.SigninRefused):
        service.authenticate("karla", PASSWORD, None, NOW, HERE)


def test_nobody_redeems_a_letter_before_the_first_or_after_the_last_day(letter: Letter) -> None:
    for first, last in ((3, None), (None, 1)):
        with platform_session(actor="test") as session:
            user = session.scalars(select(User)).one()
            user.first_day = first and NOW.date().replace(day=first)
            user.last_day = last and NOW.date().replace(day=last)
        with pytest.raises(service.SigninRefused):
            redeem(letter)
    with platform_session(actor="test") as session:
        user = session.scalars(select(User)).one()
        user.first_day, user.last_day = NOW.date(), NOW.date()
    assert redeem(letter)


def test_a_second_factor_stays_after_a_letter(letter: Letter) -> None:
    with platform_session(actor="test") as session:
        secret = service.enrol_second_factor(session, session.scalars(select(User)).one())
    redeem(letter)
    with pytest.raises(service.SigninRefused):
        service.authenticate(letter.login, PASSWORD, None, NOW, HERE)
    assert service.authenticate(letter.login, PASSWORD, pyotp.TOTP(secret).at(NOW), NOW, HERE)
