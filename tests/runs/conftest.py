"""Menschen für Läufe nach Tarif und Besoldung: aus wenigen Worten eine vollständige Person, und was sie bekam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.catalogue import Ids
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from tenants.db.session import TenantSession

START = date(2020, 1, 1)
Line = tuple[str, str, str, int]  # wage type, detail, marks, cents


def person(numbers: Ids, name: str, group: str = "E6", step: str = "3", *, scale: str = "TVoeD-VKA",
           hours: str = "39", full: str = "39", since: date | None = None, start: date = START,
           more: Sequence[Tatsache] = (), payments: Sequence[tuple[int, int]] = (), art: str = "",
           own: dict[str, Any] | None = None) -> NeuePerson:
    """Eine Person mit einer Eingruppierung; `more` gehört zur Beschäftigung, `since` ist „Stufe seit“."""
    official = scale.startswith("NRW")
    kind = art or ("beamte" if official else "auszubildende" if scale.startswith("TVA") else "tarif")
    job = [
        Tatsache(BeschaeftigungAngaben, start, {"art": kind, "eintritt": start}),
        Tatsache(Steuermerkmale, start, {"steuerklasse": 1, "konfession": "keine"}),
        Tatsache(Versicherung, start, {
            "kv_art": "privat" if official else "gesetzlich", "beitragsgruppe": None if official else "1111",
            "personengruppe": None if official else 101, "elterneigenschaft": True,
            "krankenkasse_id": None if official else numbers.krankenkassen["TK"],
            "pkv_beitrag_monat_cent": 30_000 if official else 0}),
        Tatsache(Bezuegezuordnung, start, {
            "tarifwerk": scale, "entgeltgruppe": group, "stufe": step, "stufe_seit": since,
            "wochenstunden": Decimal(hours), "vollzeitstunden": Decimal(full)})]
    if not official:
        job.append(Tatsache(Zusatzversorgung, start, {"zv_kasse_id": numbers.zv_kassen["rzvk"]}))
    for number, cents in payments:
        job.append(Tatsache(WiederkehrenderBezug, start, {
            "lohnart_id": numbers.lohnarten[number], "laufnummer": 1, "betrag_cent": cents}))
    about = {"nachname": name, "vorname": "Ada", "geburtsdatum": date(1985, 6, 15), **(own or {})}
    return NeuePerson(
        [Tatsache(PersonAngaben, date(1985, 6, 15), about),
         Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})],
        [NeueBeschaeftigung(name, [*job, *more])])


def result(session: TenantSession, name: str, month: date) -> Ergebnis:
    """Das Ergebnis einer Person in einem Monat."""
    statement = select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
    return session.scalars(statement.where(Beschaeftigung.personalnummer == name, Ergebnis.monat == month)).one()


def lines(session: TenantSession, name: str, month: date) -> list[Line]:
    """Die Bezüge einer Person in einem Monat."""
    rows = session.scalars(select(Ergebniszeile).where(
        Ergebniszeile.ergebnis_id == result(session, name, month).id, Ergebniszeile.bereich == "bezug")
        .order_by(Ergebniszeile.position))
    return [(row.lohnart, row.einzelheit, row.merkmale, row.betrag) for row in rows]


def findings(session: TenantSession, name: str, month: date) -> list[tuple[str, str, str]]:
    """Befunde zu einer Person: Stufe, Feld, Regel."""
    statement = select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(Lauf.monat == month)
    return sorted((one.stufe, one.feld, one.regel) for one in session.scalars(statement)
                  if f"Personalnummer {name} (" in one.datensatz)


def job_of(session: TenantSession, name: str) -> int:
    """Nummer der Beschäftigung."""
    return session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.personalnummer == name)).one()


@pytest.fixture(scope="session")
def tarif() -> SimpleNamespace:
    """Die Hilfen dieser Datei: person, result, lines, findings, job_of."""
    return SimpleNamespace(person=person, result=result, lines=lines, findings=findings, job_of=job_of)
