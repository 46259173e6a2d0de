"""Rollen und Rechte: vier Augen, keine Bezüge für die Plattform, Unbekanntes ist ein Fehler."""

from __future__ import annotations

import pytest

from tenants.models.user import ROLES
from tenants.permissions import PERMISSIONS, ROLE_PERMISSIONS, ROLE_TITLES, permissions_of


def test_every_role_is_described_and_every_permission_is_held_by_someone() -> None:
    assert set(ROLES) == set(ROLE_PERMISSIONS) == set(ROLE_TITLES)
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == PERMISSIONS


@pytest.mark.parametrize("role", ROLES)
def test_nobody_calculates_and_releases_in_one_role(role: str) -> None:
    held = permissions_of([role])
    assert len(held & {"run.calculate", "run.release", "run.release_municipality"}) <= 1


def test_the_platform_and_the_auditor_touch_no_pay() -> None:
    assert permissions_of(["platform_admin"]) == {"tenant.admin"}
    changing = {name for name in PERMISSIONS if not name.endswith((".read", ".read_all", ".read_own"))}
    assert permissions_of(["auditor"]) & changing == set()
    assert permissions_of(["employee"]) == {"slip.read_own"}


def test_no_role_no_right_and_unknown_roles_are_errors() -> None:
    assert permissions_of([]) == frozenset()
    with pytest.raises(KeyError):
        permissions_of(["chef"])
