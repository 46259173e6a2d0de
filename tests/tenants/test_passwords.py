"""Kennwörter und zweiter Faktor für sich: Vorgaben, Ablehnungen, versiegeltes Geheimnis."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pyotp
import pytest

from tenants.models.user import User
from tenants.security import SealBroken, masterkey, passwords, second_factor
from tenants.security.masterkey import MasterKey


def test_stored_form_names_argon2id_with_64_mib_and_differs_each_time() -> None:
    first, second = (passwords.hash_password("ein langer Satz am Morgen", login="anna") for _ in range(2))
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert passwords.verify("ein langer Satz am Morgen", first)
    assert not passwords.verify("ein langer Satz am Abend", first)
    assert not passwords.outdated(first)
    assert passwords.outdated(first.replace("m=65536", "m=1024"))


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("zu kurz", "12 bis 256"),
        ("x" * 300, "12 bis 256"),
        ("Anna-2026-Anna", "erraten"),
        ("aaaaaaaaaaaaab", "erraten"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, says: str) -> None:
    with pytest.raises(passwords.PasswordRefused, match=says):
        passwords.hash_password(password, login="anna")


def test_without_stored_password_nothing_matches() -> None:
    assert passwords.verify("irgendein langer Satz", None) is False
    assert passwords.verify("x" * 10_000, None) is False


@pytest.fixture
def user() -> User:
    masterkey.configure(MasterKey(bytes(range(32))))
    return User(login="anna", display_name="Anna", public_id=uuid.uuid4())


def test_secret_is_sealed_to_its_user(user: User) -> None:
    secret = second_factor.enrol(user)
    assert user.totp_secret is not None
    assert secret.encode() not in user.totp_secret
    assert second_factor.open_secret(user) == secret
    other = User(login="bernd", display_name="Bernd", public_id=uuid.uuid4(), totp_secret=user.totp_secret)
    with pytest.raises(SealBroken):
        second_factor.open_secret(other)


def test_address_carries_issuer_and_login(user: User) -> None:
    address = second_factor.address(user, second_factor.enrol(user))
    assert address.startswith("otpauth://totp/Kreislohn:anna?secret=")


def test_codes_without_secret_never_match(user: User) -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    assert not second_factor.accept(user, pyotp.TOTP(pyotp.random_base32()).at(now), now)
    with pytest.raises(ValueError, match="keinen zweiten Faktor"):
        second_factor.open_secret(user)


def test_code_may_be_typed_with_a_space(user: User) -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    code = pyotp.TOTP(second_factor.enrol(user)).at(now)
    assert second_factor.accept(user, f"{code[:3]} {code[3:]}", now)
