"""Eine Sitzung mit Grundausstattung und eine vollständige Person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from payroll.masterdata import catalogue, intake
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Zusatzversorgung,
)
from tenants.db.session import TenantSession, tenant_session

JANUARY = date(2026, 1, 1)


@pytest.fixture
def desk(two_tenants: tuple[int, int]) -> Iterator[TenantSession]:
    """Sitzung des ersten Mandanten mit Lohnarten und Kassen."""
    with tenant_session(two_tenants[0], actor="anna") as session:
        catalogue.seed(session, assumed_u2=Decimal("0.39"))
        yield session


def facts_of(session: TenantSession, **change: Any) -> dict[str, Tatsache]:
    """Die Tatsachen einer Person in E9b Stufe 4; `change` ersetzt ganze Tatsachen, None lässt eine weg."""
    known = catalogue.ids(session)
    facts = {
        "person": Tatsache(
            PersonAngaben,
            JANUARY,
            {"nachname": "Öztürk", "vorname": "Jörg", "geburtsdatum": date(1985, 6, 15), "steuer_id": "36574261809"},
        ),
        "konto": Tatsache(Bankverbindung, JANUARY, {"iban": "DE02120300000000202051", "iban_ende": "2051"}),
        "beschaeftigung": Tatsache(BeschaeftigungAngaben, JANUARY, {"art": "tarif", "eintritt": JANUARY}),
        "steuer": Tatsache(
            Steuermerkmale, JANUARY, {"steuerklasse": 3, "konfession": "ev", "kinderfreibetraege": Decimal("1.5")}
        ),
        "versicherung": Tatsache(
            Versicherung,
            JANUARY,
            {
                "kv_art": "gesetzlich",
                "krankenkasse_id": known.krankenkassen["TK"],
                "beitragsgruppe": "1111",
                "personengruppe": 101,
            },
        ),
        "zusatzversorgung": Tatsache(Zusatzversorgung, JANUARY, {"zv_kasse_id": known.zv_kassen["rzvk"]}),
        "bezuege": Tatsache(
            Bezuegezuordnung,
            JANUARY,
            {
                "tarifwerk": "TVoeD-VKA",
                "entgeltgruppe": "E9b",
                "stufe": "4",
                "wochenstunden": Decimal("19.5"),
                "vollzeitstunden": Decimal(39),
            },
        ),
    }
    return {name: fact for name, fact in (facts | change).items() if fact is not None}


PERSONAL = ("person", "konto")


@pytest.fixture
def employ() -> Callable[..., None]:
    """Schreibt eine vollständige Person; benannte Tatsachen ersetzen die üblichen, None lässt eine weg."""

    def write(session: TenantSession, number: str = "4711", more: tuple[Tatsache, ...] = (), **change: Any) -> None:
        facts = facts_of(session, **change)
        person = [fact for name, fact in facts.items() if name in PERSONAL or name.startswith("kind")]
        job = [fact for fact in facts.values() if fact not in person]
        new = NeuePerson(person, [NeueBeschaeftigung(number, [*job, *more])])
        intake.store(session, [new], reason="Einstellung")

    return write
