"""Eigene Abrechnungen lesen: immer mit der eigenen Person, nie nur mit der Nummer des Dokuments."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from payroll.law.engine import Explanation
from payroll.runs import wandel
from payroll.runs.explaining import explain_line, explain_result
from payroll.runs.models import Ergebnis
from payroll.runs.reading import result_of
from payroll.runs.values import TITLES
from payroll.runs.wandel import Wandel
from payroll.statements.certificates import service as certificates
from payroll.statements.models import Dokument
from payroll.statements.payslip import Payslip
from payroll.statements.service import DocumentMissing, Entry, Opened, every_payslip, open_payslip, read_payslip
from payroll.statements.view import Page, page
from payroll.web.spoken import spoken
from tenants.db.session import TenantSession
from tenants.documents.people import OwnKey
from tenants.web.identity import HeldMandate

LINE_TABLES = {"bezuege": "bezug", "auszahlung": "netto"}
EXPLAINED = frozenset(TITLES) - {"tabellenentgelt"}


@dataclass(frozen=True)
class OwnSlip:
    """Eine eigene Abrechnung und bei welchem Arbeitgeber; slip nur, wenn sie sich öffnen ließ."""

    held: HeldMandate
    entry: Entry
    slip: Payslip | None


@dataclass(frozen=True)
class OwnCertificate:
    """Eine eigene Bescheinigung und bei welchem Arbeitgeber."""

    held: HeldMandate
    entry: certificates.Entry


def own_slips(session: TenantSession, held: HeldMandate, reader: str, key: OwnKey | None) -> list[OwnSlip]:
    """Alle eigenen Abrechnungen bei einem Arbeitgeber, neueste zuerst."""
    return [
        OwnSlip(held, entry, slip)
        for person in sorted(held.person_public_ids)
        for entry, slip in every_payslip(session, person=person, reader=reader, key=key)
    ]


def own_certificates(
    session: TenantSession, held: HeldMandate, reader: str, key: OwnKey | None
) -> list[OwnCertificate]:
    """Alle eigenen Bescheinigungen bei einem Arbeitgeber, die neueste zuerst."""
    return [OwnCertificate(held, entry) for person in sorted(held.person_public_ids)
            for entry in certificates.of_person(session, person, reader=reader, key=key)]


def own_certificate(session: TenantSession, held: HeldMandate, document: uuid.UUID, reader: str,
                    key: OwnKey | None) -> Opened | None:
    """Das PDF einer eigenen Bescheinigung; None, wenn sie jemand anderem gehört oder es sie nicht gibt."""
    for person in held.person_public_ids:
        try:
            return certificates.open_pdf(session, document, reader, key=key, person=person)
        except DocumentMissing:
            continue
    return None


def own_page(
    session: TenantSession, held: HeldMandate, document: uuid.UUID, reader: str, key: OwnKey | None
) -> Page | None:
    """Die Seite zu einer eigenen Abrechnung; None, wenn sie jemand anderem gehört oder es sie nicht gibt."""
    for person in held.person_public_ids:
        try:
            slips = read_payslip(session, document, reader, key=key, person=person)
        except DocumentMissing:
            continue
        with spoken():
            return page(*slips)
    return None


def own_pdf(
    session: TenantSession, held: HeldMandate, document: uuid.UUID, reader: str, key: OwnKey | None
) -> Opened | None:
    """Das PDF einer eigenen Abrechnung."""
    for person in held.person_public_ids:
        try:
            return open_payslip(session, document, reader, key=key, person=person)
        except DocumentMissing:
            continue
    return None


def result_of_document(session: TenantSession, document: uuid.UUID) -> uuid.UUID | None:
    """Das Ergebnis, aus dem eine Abrechnung entstand."""
    return session.scalars(
        select(Ergebnis.public_id)
        .join(Dokument, (Dokument.beschaeftigung_id == Ergebnis.beschaeftigung_id) & (Dokument.monat == Ergebnis.monat))
        .where(Dokument.public_id == document)
    ).one_or_none()


def line_places(session: TenantSession, document: uuid.UUID, shown: Page) -> dict[tuple[str, int], int]:
    """Welche Zeile des Ergebnisses an welcher Stelle der Seite steht: (Tabelle, Reihe ab 0) → Position.

    Passen Text oder Zahl der Zeilen nicht zusammen, bleibt die Tabelle ohne; lieber keine Erklärung als eine falsche.
    """
    public_id = result_of_document(session, document)
    found = result_of(session, public_id) if public_id is not None else None
    lines = found[1] if found else ()
    places: dict[tuple[str, int], int] = {}
    tables = {table.key: table for section in shown.sections for table in section.tables}
    for key, area in LINE_TABLES.items():
        rows = [(i, row) for i, row in enumerate(tables[key].rows) if not row.name] if key in tables else []
        mine = [line for line in lines if line.bereich == area]
        if [row.paper for _, row in rows] == [line.text for line in mine]:
            places |= {(key, i): line.position for (i, _), line in zip(rows, mine, strict=True)}
    return places


def reasons_of(session: TenantSession, document: uuid.UUID, shown: Page) -> Wandel | None:
    """Warum die Auszahlung anders ist als im Vormonat; None, wenn es keinen gibt oder er nicht zur Seite passt."""
    found = session.scalars(select(Dokument).where(Dokument.public_id == document)).one()
    with spoken():
        one = wandel.of_person(session, found.beschaeftigung_id, found.monat)
    fits = one is not None and shown.comparison is not None and one.unterschied == shown.comparison.difference
    return one if fits else None


def explain_document(session: TenantSession, document: uuid.UUID, name: str) -> list[Explanation]:
    """Warum ein Betrag der Abrechnung so ist; leer, wenn es dazu keinen Wertebogen gibt."""
    result = result_of_document(session, document)
    with spoken():
        return [explain_result(session, result, name)] if result is not None else []


def explain_place(session: TenantSession, document: uuid.UUID, position: int) -> list[Explanation]:
    """Warum eine Zeile so ist, je Zeitabschnitt; leer, wenn es dazu keinen Wertebogen gibt."""
    result = result_of_document(session, document)
    with spoken():
        return explain_line(session, result, position) if result is not None else []


def newest_first(slips: Iterable[OwnSlip]) -> list[OwnSlip]:
    """Abrechnungen in der Reihenfolge der Liste: der jüngste Monat zuerst."""
    return sorted(slips, key=lambda slip: (slip.entry.monat, slip.held.number), reverse=True)


def by_year(slips: Iterable[OwnSlip]) -> dict[int, list[OwnSlip]]:
    """Abrechnungen nach Jahren, das jüngste zuerst."""
    years: dict[int, list[OwnSlip]] = {}
    for slip in newest_first(slips):
        years.setdefault(slip.entry.monat.year, []).append(slip)
    return years
