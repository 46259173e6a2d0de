"""Eine Sitzung mit Grundausstattung und eine vollständige Person."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook

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


ROW = {
    "personalnummer": "4711",
    "nachname": "Müller-Groß",
    "vorname": "Jörg",
    "geburtsdatum": "15.06.1985",
    "strasse": "Am Markt 1",
    "plz": "01234",
    "ort": "Köln",
    "steuer_id": "36574261809",
    "sv_nummer": "65150685M000",
    "art": "tarif",
    "eintritt": "01.01.2026",
    "tarifwerk": "TVoeD-VKA",
    "entgeltgruppe": "E9b",
    "stufe": "4",
    "wochenstunden": "19,5",
    "vollzeitstunden": "39",
    "steuerklasse": "1",
    "kinderfreibetraege": "0,5",
    "konfession": "ev",
    "kv_art": "gesetzlich",
    "krankenkasse": "TK",
    "beitragsgruppe": "1111",
    "personengruppe": "101",
    "kinder": "03.04.2015",
    "zusatzversorgung": "rzvk",
    "iban": "DE02 1203 0000 0000 2020 51",
    "lohnart_1": "1111",
    "betrag_1": "1.120,50",
}
SECOND = ROW | {
    "personalnummer": "4712",
    "nachname": "Öztürk",
    "geburtsdatum": "07.06.1949",
    "steuer_id": "",
    "sv_nummer": "15070649C103",
    "kinder": "",
}


def csv_file(*rows: dict[str, Any], mark: str = ";", encoding: str = "utf-8", header: list[str] | None = None) -> bytes:
    """CSV aus Wörterbüchern; die Spalten kommen aus der ersten Zeile."""
    names = header or list(rows[0])
    lines = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    text = "\r\n".join(mark.join(f'"{c}"' if mark in c or '"' in c else c for c in line) for line in lines)
    return f"{text}\r\n".encode(encoding)


def xlsx_file(*rows: dict[str, Any]) -> bytes:
    """Arbeitsmappe aus Wörterbüchern; Werte behalten ihren Typ, Texte mit = am Anfang werden Formeln."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Personen"
    names = list(rows[0])
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="session")
def files() -> SimpleNamespace:
    """Bausteine für Dateien: eine gute Zeile, eine zweite, CSV und Arbeitsmappe daraus."""
    return SimpleNamespace(row=ROW, second=SECOND, csv=csv_file, xlsx=xlsx_file)
