"""Kennwörter und zweiter Faktor für sich: Vorgaben, Ablehnungen, versiegeltes Geheimnis."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pyotp
import pytest

from tenants.models.user import User
from tenants.security import SealBroken, commonness, masterkey, passwords, second_factor
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


COMMON = (
    "Passwort2026!", "passwort1234", "Password12345", "qwertzuiop12", "1q2w3e4r5t6z", "Sommer2026!!", "Winter2025/26",
    "Dortmund1909!", "schalke04schalke", "ichliebedich1", "hallo123hallo", "P@ssw0rd2026!", "123456789012",
    "abcdefghijkl", "Rathaus2026!", "Kreislohn2026", "September2026", "iloveyou12345", "letmein12345", "Muellermueller",
    "Montag01.01.2026", "trustno1trustno1",
)  # fmt: skip
GOOD = (
    "ein langer Satz am Morgen", "drei Elstern zanken um Kompott", "wU7#kd9!pqXz2", "Laterne-Gurke-Nebel-42",
    "7 Schafe, 2 Hunde, 1 Traktor", "correct horse battery staple xq", "Zwiebelkuchen ohne Zwiebel",
)  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_common_passwords_are_refused_without_a_network(password: str) -> None:
    with pytest.raises(passwords.PasswordRefused, match="zu leicht zu erraten"):
        passwords.hash_password(password, login="anna")


@pytest.mark.parametrize("password", GOOD)
def test_sentences_and_random_signs_are_welcome(password: str) -> None:
    assert not commonness.guessable(password, ("anna", "Anna Amt"))


def test_words_around_the_person_count_as_known() -> None:
    password = "Xaverina.Quendelhuber"
    assert not commonness.guessable(password, ())
    assert commonness.guessable(password, ("Xaverina Quendelhuber",))
    with pytest.raises(passwords.PasswordRefused):
        passwords.hash_password(password, login="xq", personal=("Xaverina Quendelhuber",))


def test_long_passwords_and_many_at_once_are_judged() -> None:
    assert not commonness.guessable("ein Satz, der kein Ende findet, " * 8, ())
    with ThreadPoolExecutor(4) as pool:
        judged = list(pool.map(lambda n: commonness.guessable("Quendelhuber-Xaverina", (f"person {n}",)), range(12)))
    assert judged == [False] * 12


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
