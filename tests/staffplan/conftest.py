"""Eine Sitzung mit kleiner Organisation und drei Stellen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from staffplan import organisation, posts
from staffplan.state import Besetzung, Stelle
from tenants.db.session import TenantSession, tenant_session

JANUARY = date(2026, 1, 1)


@pytest.fixture
def office(two_tenants: tuple[int, int]) -> Iterator[TenantSession]:
    """Kreis mit Amt 10 (darunter 10.1) und Amt 50, zwei Produkten, einer Planstelle und zwei Stellen."""
    with tenant_session(two_tenants[0], actor="olga") as session:
        build(session)
        yield session


def build(session: TenantSession) -> None:
    """Legt die kleine Organisation an."""
    for nummer, name, parent in (
        ("0", "Kreis", None),
        ("10", "Hauptamt", "0"),
        ("10.1", "Personal", "10"),
        ("50", "Sozialamt", "0"),
    ):
        organisation.unit(session, nummer, name=name, ab=JANUARY, reason="Aufbau", uebergeordnet=parent)
    for nummer, name, bereich in (("01.01", "Personalwesen", "01"), ("05.01", "Soziale Hilfen", "05")):
        organisation.account(session, "produkt", nummer, name=name, ab=JANUARY, reason="Aufbau", produktbereich=bereich)
    for nummer, gruppe, laufbahn, anteil, einheit, produkt in (
        ("1001", "A11", "2.1", Fraction(1), "10.1", "01.01"),
        ("1002", "E9b", None, Fraction(1), "10.1", "01.01"),
        ("5001", "E6", None, Fraction(1, 2), "50", "05.01"),
    ):
        posts.create(
            session,
            post(nummer, gruppe, laufbahn, anteil, einheit, verteilung=((produkt, Fraction(1)),)),
            reason="Stellenplan 2026",
        )


def post(
    nummer: str,
    gruppe: str,
    laufbahn: str | None = None,
    anteil: Fraction = Fraction(1),
    einheit: str = "10.1",
    **more: Any,
) -> Stelle:
    """Eine Stelle ab Januar 2026."""
    values = {"bezeichnung": "Sachbearbeitung", "beschluss": "Stellenplan 2026", "ab": JANUARY} | more
    return Stelle(
        nummer=nummer,
        gruppe=gruppe,
        laufbahn=laufbahn,
        anteil=anteil,
        einheit=einheit,
        art="planstelle" if laufbahn else "stelle",
        **values,
    )


@pytest.fixture(scope="session")
def holder() -> Callable[..., Besetzung]:
    """Baut eine Besetzung; ohne Angaben Person 4711 mit E9b voll auf 1002."""

    def build(
        stelle: str = "1002",
        person: str = "4711",
        anteil: Fraction = Fraction(1),
        gruppe: str = "E9b",
        ab: date = JANUARY,
        bis: date | None = None,
        **more: Any,
    ) -> Besetzung:
        return Besetzung(stelle, person, anteil, gruppe, ab, bis, **more)

    return build


@pytest.fixture(scope="session")
def new_post() -> Callable[..., Stelle]:
    """Baut eine Stelle."""
    return post


@pytest.fixture(scope="session")
def build_office() -> Callable[[TenantSession], None]:
    """Legt die kleine Organisation in einer beliebigen Sitzung an."""
    return build
