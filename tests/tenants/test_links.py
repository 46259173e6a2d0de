"""Einmallinks: nur Demonstration, nur dieselbe Maschine, nur einmal; die Datenbank hält es fest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tenants.db.session import platform_session
from tenants.models.user import Mandate, SigninToken, User
from tenants.users import links, service

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def demo(two_tenants: tuple[int, int]) -> User:
    with platform_session(actor="test") as session:
        user = service.create_user(session, "demo", "Demo", demonstration=True)
        service.give_mandate(session, two_tenants[0], user, "clerk", date(2026, 1, 1))
        return user


def stored() -> SigninToken:
    with platform_session(actor="test") as session:
        return session.scalars(select(SigninToken)).one()


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
def test_a_link_opens_once_on_the_same_machine(demo: User, remote: str) -> None:
    token = service.issue_one_time_link(demo, issued_by="kreislohn demo", now=NOW)
    assert service.redeem(token, remote, now=NOW).login == "demo"
    row = stored()
    assert (row.used_at, row.issued_by) == (NOW, "kreislohn demo")
    assert str(row.redeemed_from) == remote.removeprefix("::ffff:")
    assert token.encode() not in row.token_hash
    with pytest.raises(service.SigninRefused, match="gilt nicht"):
        service.redeem(token, remote, now=NOW)


@pytest.mark.parametrize("remote", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "fe80::1", "", None, "localhost"])
def test_elsewhere_it_does_not_open_and_is_not_used_up(demo: User, remote: str | None) -> None:
    token = service.issue_one_time_link(demo, now=NOW)
    with pytest.raises(service.SigninRefused):
        service.redeem(token, remote, now=NOW)
    assert stored().used_at is None
    assert service.redeem(token, "127.0.0.1", now=NOW).login == "demo"


def test_it_expires(demo: User) -> None:
    token = service.issue_one_time_link(demo, now=NOW, lifetime=timedelta(minutes=5))
    with pytest.raises(service.SigninRefused):
        service.redeem(token, "127.0.0.1", now=NOW + timedelta(minutes=5))
    with pytest.raises(service.SigninRefused):
        service.redeem("erfunden", "127.0.0.1", now=NOW)


def test_real_users_get_none(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="test") as session:
        user = service.create_user(session, "anna", "Anna")
    with pytest.raises(service.UserError, match="nicht zur Demonstration"):
        service.issue_one_time_link(user, now=NOW)


def test_a_mandate_with_a_real_tenant_closes_the_link(demo: User, two_tenants: tuple[int, int]) -> None:
    token = service.issue_one_time_link(demo, now=NOW)
    with platform_session(actor="test") as session:  # past the service, which refuses this
        session.add(
            Mandate(
                tenant_id=two_tenants[1], user_id=demo.id, role="clerk", valid_from=date(2026, 1, 1), created_by="x"
            )
        )
    with pytest.raises(service.SigninRefused):
        service.redeem(token, "127.0.0.1", now=NOW)
    with pytest.raises(service.UserError):
        service.issue_one_time_link(demo, now=NOW)


def token_row(user_id: int, **values: object) -> SigninToken:
    return SigninToken(**{"user_id": user_id, "token_hash": b"x", "issued_by": "x", "expires_at": NOW, **values})


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"demo": False}, "ck_signin_token_demonstration"),
        ({"used_at": NOW, "redeemed_from": "192.0.2.1"}, "ck_signin_token_nur_loopback"),
        ({"used_at": NOW}, "ck_signin_token_eingeloest"),
    ],
)
def test_the_database_refuses_what_the_service_would(demo: User, change: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), platform_session(actor="test") as session:
        session.add(token_row(demo.id, **change))


def test_the_database_refuses_a_link_for_a_real_user(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="test") as session:
        user = service.create_user(session, "anna", "Anna")
    with pytest.raises(IntegrityError, match="fk_signin_token_user_id_demo"), platform_session(actor="t") as session:
        session.add(token_row(user.id))


def test_two_at_once_open_exactly_once(demo: User) -> None:
    token = service.issue_one_time_link(demo, now=NOW)

    def attempt(_: int) -> bool:
        try:
            return bool(service.redeem(token, "127.0.0.1", now=NOW).login)
        except service.SigninRefused:
            return False

    with ThreadPoolExecutor(4) as pool:
        results: list[bool] = list(pool.map(attempt, range(8)))
    assert results.count(True) == 1


def test_loopback_is_judged_by_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    judge: Callable[[str | None], bool] = links.is_loopback
    assert [judge(a) for a in ("127.0.0.1", "::1", "::FFFF:127.0.0.1", "128.0.0.1", "x")] == [
        True,
        True,
        True,
        False,
        False,
    ]
