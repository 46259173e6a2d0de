"""Abrechnungen für das Amt: Liste und Zweitschrift aus den Daten des Laufs; das versiegelte Dokument bleibt zu.

Die Zweitschrift entsteht aus Ergebnis, Wertebogen und den Tatsachen zum Stand des Laufs. Gleiche Angaben ergeben
gleiche Bytes; die Prüfsumme des ausgestellten Dokuments zeigt, ob sie mit ihm übereinstimmt.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.statements import publish
from payroll.statements.models import Dokument
from payroll.statements.pdf import render
from payroll.statements.service import ART, DocumentMissing, Entry, filename, find, log_reading
from tenants import audit
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Copy:
    """Eine Zweitschrift; same sagt, ob sie Byte für Byte das ausgestellte Dokument ist."""

    pdf: bytes
    filename: str
    same: bool


def office_list(session: TenantSession, *, person: uuid.UUID, reader: str) -> list[Entry]:
    """Ausgestellte Abrechnungen einer Person, neueste zuerst, je Monat die letzte Fassung; Beträge aus dem Ergebnis."""
    paid = RueckrechnungAuszahlung
    of_month = and_(Ergebnis.beschaeftigung_id == Beschaeftigung.id, Ergebnis.monat == Dokument.monat)
    settled = (paid.eigen + paid.rueckrechnung + paid.vortrag).label("gezahlt")
    statement = (
        select(Dokument, Beschaeftigung.personalnummer, Ergebnis.netto, Ergebnis.auszahlung, settled)
        .join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .outerjoin(Ergebnis, of_month)
        .outerjoin(paid, and_(paid.lauf_id == Ergebnis.lauf_id, paid.beschaeftigung_id == Beschaeftigung.id))
        .where(Person.public_id == person, Dokument.art == ART)
        .order_by(Dokument.monat.desc(), Dokument.beschaeftigung_id, Dokument.fassung.desc())
    )
    found: dict[tuple[int, date], Entry] = {}
    for document, number, net, own, whole in session.execute(statement):
        entry = Entry(
            document.public_id,
            document.beschaeftigung_id,
            document.monat,
            document.fassung,
            document.erstellt_am,
            number,
            None,
            net,
            own if whole is None else whole,
        )
        found.setdefault((document.beschaeftigung_id, document.monat), entry)
    audit.record_reading(session, "abrechnungen.liste", str(person), {"anzahl": len(found), "leser": reader})
    return list(found.values())


def office_copy(
    session: TenantSession, public_id: uuid.UUID, reader: str, *, person: uuid.UUID, reason: str = ""
) -> Copy:
    """Zweitschrift einer ausgestellten Abrechnung; steht im Protokoll."""
    document = find(session, public_id, person)
    lauf = session.scalars(select(Lauf).where(Lauf.monat == document.monat)).one_or_none()
    slips = dict(publish.payslips(session, lauf, only=document.beschaeftigung_id)) if lauf is not None else {}
    if document.beschaeftigung_id not in slips:
        raise DocumentMissing(
            "Zu dieser Abrechnung gibt es keine Rechendaten mehr; das Dokument öffnet nur die Person."
        )
    slip = slips[document.beschaeftigung_id]
    if document.fassung > 1:
        slip = replace(slip, period=replace(slip.period, ersetzt=f"Fassung {document.fassung - 1}"))
    rendered = render(slip)
    same = rendered.sha256 == document.sha256
    log_reading(session, "abrechnung.zweitschrift", document, reader, reason)
    name = filename(document)
    return Copy(rendered.pdf, name if same else name.replace(".pdf", "_Zweitschrift.pdf"), same)
