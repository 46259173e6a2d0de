"""Rollen und Rechte: vier Augen, keine Bezüge für die Plattform, Unbekanntes ist ein Fehler."""

from __future__ import annotations

import pytest

from tenants.interfaces.service import SCOPES
from tenants.permissions import MANDATE_ROLES, PERMISSIONS, ROLE_PERMISSIONS, ROLE_TITLES, ROLES, permissions_of

PAY = {name for name in PERMISSIONS if name.startswith(("person.", "run.", "slip.", "import.", "filing.", "posting."))}


def test_every_role_is_described_and_every_permission_is_held_by_someone() -> None:
    assert list(ROLES) == list(ROLE_PERMISSIONS) == list(ROLE_TITLES)
    assert set(ROLES) - set(MANDATE_ROLES) == {"platform_admin", "employee"}
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == PERMISSIONS


@pytest.mark.parametrize("role", ROLES)
def test_nobody_calculates_and_releases_in_one_role(role: str) -> None:
    held = permissions_of([role])
    assert len(held & {"run.calculate", "run.release", "run.release_municipality"}) <= 1


def test_the_platform_and_the_auditor_touch_no_pay() -> None:
    assert permissions_of(["platform_admin"]) == {"tenant.admin", "user.admin"}
    changing = {name for name in PERMISSIONS if not name.endswith((".read", ".read_all", ".read_own"))}
    assert permissions_of(["auditor"]) & changing == set()
    assert permissions_of(["employee"]) == {"slip.read_own", "person.write_own", "time.read_own", "time.write_own"}


@pytest.mark.parametrize("role", ["staff_council", "equality", "disability"])
def test_representatives_take_part_in_recruiting_and_see_nothing_else(role: str) -> None:
    assert permissions_of([role]) == {"recruiting.take_part"}


@pytest.mark.parametrize("role", ["platform_admin", "organisation", "department_head", "data_protection", "applicant"])
def test_these_roles_see_no_pay(role: str) -> None:
    assert permissions_of([role]) & PAY == set()


def test_the_treasury_posts_and_reads_no_single_slip() -> None:
    assert permissions_of(["treasury"]) & PAY == {"posting.read", "posting.release"}


def test_who_releases_times_cannot_hand_them_in_nor_can_an_access_of_theirs() -> None:
    """Ein Zugang kann, was der Ausgebende kann: die Leitung hat kein Recht hinter einem schreibenden Bereich."""
    may = {role: {scope for scope, right in SCOPES.items() if right in permissions_of([role])}
           for role in ROLES if "interface.manage" in permissions_of([role])}
    plan, writing = {"stellen.lesen", "stellen.schreiben"}, {"tatsachen.schreiben", "zeiten.schreiben"}
    assert may == {"clerk": set(SCOPES) - {"stellen.schreiben"},
                   "head": set(SCOPES) - writing - {"stellen.schreiben"}, "organisation": plan}


def test_no_role_no_right_and_unknown_roles_are_errors() -> None:
    assert permissions_of([]) == frozenset()
    with pytest.raises(KeyError):
        permissions_of(["chef"])
