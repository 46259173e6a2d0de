"""Ein Kreis mit Stellenplan, eine vollständige Anzeige und ihr Weg bis zum Aushang."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from jobportal import postings
from jobportal.content import Anzeige
from jobportal.models import Ausschreibung
from jobportal.postings import Merkmal
from staffplan import organisation, posts
from staffplan.state import Stelle
from tenants.db.session import TenantSession, tenant_session

TODAY = date(2026, 11, 25)
PLAN = date(2026, 1, 1)
PROFILE = (
    Merkmal("Abschluss als Verwaltungsfachwirtin oder Verwaltungsfachwirt", True, 40),
    Merkmal("Erfahrung in der Leistungsgewährung", False, 35),
    Merkmal("Sicheres Auftreten im Gespräch", False, 25),
)
COMPLETE = Anzeige(
    titel="Sachbearbeitung Wohngeld (m/w/d)", bereich="soziales", einheit="Sozialamt", gruppe="E9b",
    entgelt_von=368_041, entgelt_bis=505_044, frist=date(2026, 12, 31), beginn=date(2027, 2, 1), strasse="Am Markt 1",
    plz="49999", ort="Auenstedt", breite=52_100_000, laenge=7_600_000, kontakt_name="Gerda Grund",
    kontakt_telefon="02999 12-34", kontakt_email="personal@auenstedt.example", homeoffice=True,
    unterrepraesentiert=True, kurz="Sie sorgen dafür, dass Familien ihre Wohnung bezahlen können.",
    aufgaben="Sie entscheiden über Anträge.\n- Anträge prüfen\n- Bescheide schreiben",
    profil="Das bringen Sie mit:\n- Abschluss als Verwaltungsfachwirtin oder Verwaltungsfachwirt",
    angebot="Gleitzeit und Fortbildung.")  # fmt: skip


@pytest.fixture
def office(two_tenants: tuple[int, int]) -> Iterator[TenantSession]:
    """Sitzung des Personalamts mit kleinem Stellenplan."""
    with tenant_session(two_tenants[0], actor="pia") as session:
        build_plan(session)
        yield session


def build_plan(session: TenantSession) -> None:
    """Drei Einheiten, zwei freie Stellen."""
    for number, name, parent in (("0", "Kreis", None), ("50", "Sozialamt", "0"), ("0.1", "Presse", "0")):
        organisation.unit(session, number, name=name, ab=PLAN, reason="Aufbau", uebergeordnet=parent)
    organisation.account(session, "produkt", "05.01", name="Soziales", ab=PLAN, reason="Aufbau", produktbereich="05")
    for number, group in (("5001", "E9b"), ("5002", "E6")):
        posts.create(session, Stelle(number, "Sachbearbeitung Wohngeld", "stelle", group, Fraction(1), "50",
                                     beschluss="Stellenplan 2026", ab=PLAN, verteilung=(("05.01", Fraction(1)),)),
                     reason="Stellenplan 2026")


@pytest.fixture(scope="session")
def complete() -> Anzeige:
    """Eine Anzeige, an der nichts fehlt."""
    return COMPLETE


@pytest.fixture(scope="session")
def plan_builder() -> Callable[[TenantSession], None]:
    """Legt den kleinen Stellenplan in einer beliebigen Sitzung an."""
    return build_plan


@pytest.fixture(scope="session")
def hang_out() -> Callable[..., Ausschreibung]:
    """Führt eine Anzeige durch alle Schritte bis zum Aushang."""
    return hang


def hang(session: TenantSession, number: str = "2026-17", *, today: date = TODAY, extern_ab: date | None = None,
         stelle: str | None = None, **changes: Any) -> Ausschreibung:
    """Vom Entwurf zum Aushang."""
    row = postings.draft(session, number, replace(COMPLETE, **changes), stelle=stelle)
    postings.set_profile(session, row, PROFILE)
    postings.submit(session, row, today)
    for who in ("personal", "gleichstellung", "personalrat", "schwerbehinderung"):
        postings.decide_step(session, row, "ausschreibung", who, "zugestimmt", "")
    postings.publish(session, row, intern_ab=today, extern_ab=extern_ab or today, today=today)
    return row
