"""Leseprotokoll einer Person: wer ihre Akte, Ergebnisse und Abrechnungen gelesen, geändert oder ausgeführt hat."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.models import Ergebnis
from payroll.statements.akte.models import AkteDokument
from payroll.statements.models import Dokument
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession

WORDS = {
    "person.gelesen": "Personalakte gelesen",
    "pfaendungen.gelesen": "Pfändungen gelesen",
    "brief.gelesen": "Vorschau eines Briefes gelesen",
    "akte.liste": "Verzeichnis der Personalakte gelesen",
    "akte.gelesen": "Dokument der Personalakte geöffnet",
    "akte.ausgegeben": "Personalakte als Paket ausgegeben",
    "vertraege.gelesen": "Darlehen, Verträge und Grenzen gelesen",
    "lohnkonto.gelesen": "Lohnkonto gelesen",
    "lohnkonto.ausgegeben": "Lohnkonto als Datei ausgegeben",
    "anliegen.gelesen": "Anliegen aus dem Portal gelesen",
    "ergebnis.gelesen": "Berechnung gelesen",
    "abrechnung.gelesen": "Abrechnung gelesen",
    "abrechnung.pdf": "Abrechnung als PDF geöffnet",
    "abrechnung.zweitschrift": "Zweitschrift einer Abrechnung erstellt",
    "abrechnungen.liste": "Liste der Abrechnungen gelesen",
    "abrechnungen.neuausgabe": "Abrechnungen neu ausgegeben",
    "zeitmonat.gelesen": "Zeiten eines Monats gelesen",
    "bescheinigung.ausgestellt": "Bescheinigung ausgestellt",
    "bescheinigung.pdf": "Bescheinigung als PDF geöffnet",
    "lohnsteuerbescheinigung.pdf": "Lohnsteuerbescheinigung als PDF geöffnet",
    "bescheinigungen.liste": "Liste der Bescheinigungen gelesen",
    "eau.ausgegeben": "Versicherungsnummer zum Abruf einer Krankmeldung ausgegeben",
    "protokoll.werte_gelesen": "Werte im Protokoll gelesen",
    "auskunft.erteilt": "Auskunft erteilt",
}
LATEST = 500


def subjects_of(session: TenantSession, person: uuid.UUID) -> set[str]:
    """Gegenstände im Protokoll, die diese Person betreffen: sie selbst, ihre Dokumente, Akte und Ergebnisse."""
    jobs = (
        select(Beschaeftigung.id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Person.public_id == person)
        .scalar_subquery()
    )
    documents = session.scalars(select(Dokument.public_id).where(Dokument.beschaeftigung_id.in_(jobs)))
    found = {f"person:{person}", str(person), *(str(one) for one in documents)}
    results = session.scalars(select(Ergebnis.public_id).where(Ergebnis.beschaeftigung_id.in_(jobs)))
    file = session.scalars(select(AkteDokument.public_id).join(Person, Person.id == AkteDokument.person_id)
                           .where(Person.public_id == person))
    return found | {f"ergebnis:{one}" for one in results} | {f"akte_dokument:{one}" for one in file}


def entries(session: TenantSession, subjects: Iterable[str]) -> list[AuditEntry]:
    """Alle Einträge zu diesen Gegenständen, die jüngsten zuerst."""
    return list(session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(sorted(subjects)))
                                .order_by(AuditEntry.id.desc())))


def readings(session: TenantSession, subjects: Iterable[str], *, own: str) -> list[AuditEntry]:
    """Lesen durch andere als `own`, das jüngste zuerst, höchstens 500 Einträge."""
    return list(session.scalars(
        select(AuditEntry).where(AuditEntry.subject.in_(sorted(subjects)), AuditEntry.action.in_(list(WORDS)),
                                 AuditEntry.actor != own).order_by(AuditEntry.id.desc()).limit(LATEST)))


def as_record(entry: AuditEntry) -> dict[str, Any]:
    """Ein Eintrag für die Auskunft."""
    return {
        "nummer": entry.id,
        "am": entry.at.isoformat(timespec="seconds"),
        "von": entry.actor,
        "vorgang": WORDS.get(entry.action, entry.action),
        "grund": entry.reason,
    }
