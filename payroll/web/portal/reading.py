"""Eigene Abrechnungen lesen: immer mit der eigenen Person, nie nur mit der Nummer des Dokuments."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from payroll.law.engine import Explanation
from payroll.runs.explaining import explain_result
from payroll.runs.models import Ergebnis
from payroll.runs.values import TITLES
from payroll.statements.models import Dokument
from payroll.statements.service import DocumentMissing, Entry, Opened, list_payslips, open_payslip, read_payslip
from payroll.statements.view import Page, page
from tenants.db.session import TenantSession
from tenants.web.identity import HeldMandate

EXPLAINED = frozenset(TITLES) - {"tabellenentgelt"}


@dataclass(frozen=True)
class OwnSlip:
    """Eine eigene Abrechnung und bei welchem Arbeitgeber."""

    held: HeldMandate
    entry: Entry


def own_slips(session: TenantSession, held: HeldMandate, reader: str) -> list[OwnSlip]:
    """Alle eigenen Abrechnungen bei einem Arbeitgeber, neueste zuerst."""
    return [
        OwnSlip(held, entry)
        for person in sorted(held.person_public_ids)
        for entry in list_payslips(session, person=person, reader=reader)
    ]


def own_page(session: TenantSession, held: HeldMandate, document: uuid.UUID, reader: str) -> Page | None:
    """Die Seite zu einer eigenen Abrechnung; None, wenn sie jemand anderem gehört oder es sie nicht gibt."""
    for person in held.person_public_ids:
        try:
            return page(*read_payslip(session, document, reader, person=person))
        except DocumentMissing:
            continue
    return None


def own_pdf(session: TenantSession, held: HeldMandate, document: uuid.UUID, reader: str) -> Opened | None:
    """Das PDF einer eigenen Abrechnung."""
    for person in held.person_public_ids:
        try:
            return open_payslip(session, document, reader, person=person)
        except DocumentMissing:
            continue
    return None


def explain_document(session: TenantSession, document: uuid.UUID, name: str) -> Explanation | None:
    """Warum ein Betrag der Abrechnung so ist; None, wenn es dazu keinen Wertebogen gibt."""
    result = session.scalars(
        select(Ergebnis.public_id)
        .join(Dokument, (Dokument.beschaeftigung_id == Ergebnis.beschaeftigung_id) & (Dokument.monat == Ergebnis.monat))
        .where(Dokument.public_id == document)
    ).one_or_none()
    return explain_result(session, result, name) if result is not None else None


def by_year(slips: Iterable[OwnSlip]) -> dict[int, list[OwnSlip]]:
    """Abrechnungen nach Jahren, das jüngste zuerst."""
    years: dict[int, list[OwnSlip]] = {}
    for slip in sorted(slips, key=lambda slip: (slip.entry.monat, slip.held.number), reverse=True):
        years.setdefault(slip.entry.monat.year, []).append(slip)
    return years
