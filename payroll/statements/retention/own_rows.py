"""Abrechnungen, Lohnkonto, Zeitdaten, Pfändungen: die Zeilen, deren Frist am Stichtag vorbei ist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, null, select

from migrations import models
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.beside.loans import ARTEN
from payroll.runs.beside.models import Verrechnung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Hinweis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungBestaetigung
from payroll.statements.models import Dokument, DokumentEmpfaenger
from payroll.statements.retention import claims, personal_file
from payroll.statements.retention.classes import (
    ABRECHNUNG,
    AKTE_KRANKHEIT,
    AKTE_PFAENDUNG,
    EIGENE_ZEITEN,
    LOHNKONTO,
    PFAENDUNG,
    PROTOKOLLWERTE,
    ZAHLUNG,
    ZEITDATEN,
    Datenart,
)
from payroll.statements.retention.rows import Found
from tenants.audit.models import AuditKey
from tenants.db.base import tenant_classes
from tenants.db.session import TenantSession
from timekeeping.imports.moments import ZONE, at_midnight
from timekeeping.models import ZeitDatei, ZeitZeile
from timekeeping.own.models import ZeitAuftrag, ZeitKorrektur, ZeitStempel

RUNNING_LOAN = "Vorschuss oder Darlehen wird noch gebraucht (Stand aus allen Monaten)"


def read(session: TenantSession, day: date) -> Iterator[tuple[Datenart, list[Found]]]:
    """Je Datenart ihre Zeilen, feste Zahl von Abfragen."""
    yield ABRECHNUNG, _slips(session, ABRECHNUNG.first_kept(day))
    yield ZEITDATEN, _times(session, ZEITDATEN.first_kept(day))
    yield EIGENE_ZEITEN, _own_times(session, EIGENE_ZEITEN.first_kept(day))
    ill = AKTE_KRANKHEIT.first_kept(day)
    yield AKTE_KRANKHEIT, [*personal_file.illness(session, ill), *_vouchers(session, ill, sick=True)]
    yield AKTE_PFAENDUNG, personal_file.claims(session, AKTE_PFAENDUNG.first_kept(day))
    yield PFAENDUNG, claims.read(session, PFAENDUNG.first_kept(day), LOHNKONTO.first_kept(day))
    yield LOHNKONTO, _accounts(session, LOHNKONTO.first_kept(day))
    yield ZAHLUNG, list(_vouchers(session, ZAHLUNG.first_kept(day), sick=False))
    yield PROTOKOLLWERTE, _logged(session, PROTOKOLLWERTE.first_kept(day))


def _logged(session: TenantSession, limit: date) -> list[Found]:
    """Schlüssel der Jahre, deren Werte im Protokoll unlesbar werden; die Einträge selbst bleiben."""
    rows = session.execute(select(AuditKey.id.label("nummer"), AuditKey.subject)
                           .where(AuditKey.record_class == PROTOKOLLWERTE.name))
    return [Found("audit_key", row.nummer, None, date(int(row.subject), 12, 31)) for row in rows
            if int(row.subject) < limit.year]


def _vouchers(session: TenantSession, limit: date, *, sick: bool) -> Iterator[Found]:
    """Belege aus Räumen, die auf diesem aufbauen: ihre Tabellen nennen Monat und, wo es eine gibt, die Person.

    sick: nur die Anforderungen der Arbeitsunfähigkeitsdaten, die nichts buchen; sonst alles andere.
    """
    models.load()
    classes: dict[str, Any] = {inspect(one).local_table.name: one for one in tenant_classes()}
    filing = classes["meldung"]
    requests = select(filing.id).where(filing.art == "eau")
    own = {"meldung": filing.id, "meldesatz": classes["meldesatz"].meldung_id}
    for name in own if sick else VOUCHERS:
        model = classes[name]
        statement = select(model.id, model.monat, getattr(model, "person_public_id", null()).label("person"))
        if name in own:
            statement = statement.where(own[name].in_(requests) if sick else own[name].not_in(requests))
        for row in session.execute(statement.where(model.monat < limit)):
            yield Found(name, row.id, row.person, row.monat)


VOUCHERS = ("buchung", "journal", "zuwendung", "meldesatz", "meldung", "zahlungsmeldung", "zahlungsbericht", "zahlung",
            "zahlungsauftrag", "vergleichswert", "vergleichserklaerung", "vergleichsruecknahme")


def _slips(session: TenantSession, limit: date) -> list[Found]:
    found = []
    for model, number in ((Dokument, Dokument.id), (DokumentEmpfaenger, DokumentEmpfaenger.id)):
        statement = select(number.label("nummer"), Person.public_id, Dokument.monat).select_from(model)
        if model is DokumentEmpfaenger:
            statement = statement.join(Dokument, Dokument.id == DokumentEmpfaenger.dokument_id)
        found += _with_person(session, statement, Dokument.beschaeftigung_id, Dokument.monat < limit,
                              model.__tablename__)
    return found


def _accounts(session: TenantSession, limit: date) -> list[Found]:
    """Ergebnisse mit allem, was an ihnen hängt (die Datenbank nimmt es mit), und was am Lauf der Person hängt."""
    loans = _loans(session, limit)
    found = [
        Found("ergebnis", row.nummer, row.public_id, row.monat, RUNNING_LOAN if row.job in loans else "")
        for row in session.execute(
            select(Ergebnis.id.label("nummer"), Person.public_id, Ergebnis.monat, Beschaeftigung.id.label("job"))
            .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
            .join(Person, Person.id == Beschaeftigung.person_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat < limit))]
    of_run: tuple[tuple[type[Any], Any], ...] = (
        (Rueckrechnung, Rueckrechnung.id), (RueckrechnungAuszahlung, RueckrechnungAuszahlung.id))
    for model, number in of_run:
        statement = (select(number.label("nummer"), Person.public_id, Lauf.monat).select_from(model)
                     .join(Lauf, Lauf.id == model.lauf_id))
        found += _with_person(session, statement, model.beschaeftigung_id, Lauf.monat < limit, model.__tablename__)
    for model, number in ((Hinweis, Hinweis.id), (RueckrechnungBestaetigung, RueckrechnungBestaetigung.id)):
        found += _perhaps_person(session, model, number, limit)
    carried = (select(Einbehalt.id.label("nummer"), Person.public_id, Lauf.monat)
               .join(Lauf, Lauf.id == Einbehalt.lauf_id).where(Einbehalt.nummer == 0))
    return found + _with_person(session, carried, Einbehalt.beschaeftigung_id, Lauf.monat < limit, "einbehalt")


def _perhaps_person(session: TenantSession, model: type[Any], number: Any, limit: date) -> list[Found]:
    month = Lauf.monat if model is Hinweis else RueckrechnungBestaetigung.monat
    statement = select(number.label("nummer"), Person.public_id, month.label("monat")).select_from(model)
    if model is Hinweis:
        statement = statement.join(Lauf, Lauf.id == Hinweis.lauf_id).where(Lauf.zustand == "abgeschlossen")
    statement = (statement.outerjoin(Beschaeftigung, Beschaeftigung.id == model.beschaeftigung_id)
                 .outerjoin(Person, Person.id == Beschaeftigung.person_id).where(month < limit))
    return [Found(model.__tablename__, row.nummer, row.public_id, row.monat) for row in session.execute(statement)]


def _with_person(session: TenantSession, statement: Any, job: Any, condition: Any, table: str) -> list[Found]:
    complete = (statement.join(Beschaeftigung, Beschaeftigung.id == job)
                .join(Person, Person.id == Beschaeftigung.person_id).where(condition))
    return [Found(table, row.nummer, row.public_id, row.monat) for row in session.execute(complete)]


def _loans(session: TenantSession, limit: date) -> set[int]:
    """Beschäftigungen, deren Vorschuss oder Darlehen offen ist oder in aufbewahrten Monaten noch lief."""
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Verrechnung.laufnummer, func.max(Ergebnis.monat).label("zuletzt"),
               func.min(Verrechnung.rest).label("rest"))
        .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).where(Verrechnung.art.in_(ARTEN))
        .group_by(Ergebnis.beschaeftigung_id, Verrechnung.laufnummer))
    return {row.beschaeftigung_id for row in rows if row.rest > 0 or row.zuletzt >= limit}


def _own_times(session: TenantSession, limit: date) -> list[Found]:
    """Stempel, Korrekturen und Aufträge nach ihrem Tag am Ort; ein Auftrag nach seinem Ende."""
    found: list[Found] = []
    for model, moment in ((ZeitStempel, ZeitStempel.zeitpunkt), (ZeitKorrektur, ZeitKorrektur.tag),
                          (ZeitAuftrag, ZeitAuftrag.ende)):
        bound: Any = limit if moment is ZeitKorrektur.tag else at_midnight(limit)
        rows = session.execute(
            select(model.id.label("nummer"), Person.public_id, moment.label("moment"))
            .join(Beschaeftigung, Beschaeftigung.id == model.beschaeftigung_id)
            .join(Person, Person.id == Beschaeftigung.person_id).where(moment < bound))
        found += [Found(model.__tablename__, row.nummer, row.public_id,
                        row.moment.astimezone(ZONE).date() if isinstance(row.moment, datetime) else row.moment)
                  for row in rows]
    return found


def _times(session: TenantSession, limit: date) -> list[Found]:
    """Zeilen und Dateien; eine Datei geht erst, wenn alle ihre Zeilen gehen und keine jüngere sie ersetzt."""
    files = {row.id: row for row in session.execute(
        select(ZeitDatei.id, ZeitDatei.eingelesen_am, ZeitDatei.ersetzt_id))}
    rows = session.execute(
        select(ZeitZeile.id, ZeitZeile.datei_id, ZeitZeile.von, Person.public_id)
        .outerjoin(Beschaeftigung, Beschaeftigung.id == ZeitZeile.beschaeftigung_id)
        .outerjoin(Person, Person.id == Beschaeftigung.person_id)).all()
    found, latest = [], defaultdict(lambda: date.min)
    for row in rows:
        read_on = files[row.datei_id].eingelesen_am.date()
        own = max(row.von or read_on, read_on)
        latest[row.datei_id] = max(latest[row.datei_id], own)
        if own < limit:
            found.append(Found("zeit_zeile", row.id, row.public_id, own))
    kept = {n for n, row in files.items() if max(row.eingelesen_am.date(), latest[n]) >= limit}
    while more := {files[n].ersetzt_id for n in kept} - kept - {None}:
        kept |= more
    return found + [Found("zeit_datei", n, None, max(row.eingelesen_am.date(), latest[n]))
                    for n, row in files.items() if n not in kept]
