"""Stellen erfassen: beschlossene Fassungen, organisatorische Änderungen, Verteilung, Erstattung.

Zahl, Gruppe und Umfang der Stellen ändert nur ein beschlossener Plan (§ 74 GO NRW) oder ein vollzogener Vermerk; was
die Verwaltung selbst ordnet (Einheit, Kostenstelle, Funktion, Verteilung, Erstattung), steht hier frei.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from staffplan import organisation, recording, settings
from staffplan.models import (
    Stelle,
    StelleBesetzung,
    StelleFinanzierung,
    StelleStand,
    StelleVermerk,
    StelleVerteilung,
)
from staffplan.reading import Reading, post_values
from staffplan.rules import Refused, posts
from staffplan.state import Stelle as Bild
from tenants.db.session import TenantSession

FREE = ("einheit", "kostenstelle", "bezeichnung", "funktion", "bewertung")


def create(session: TenantSession, bild: Bild, *, reason: str) -> Stelle:
    """Legt eine beschlossene Stelle an; eine schon vergebene Nummer ist ein Fehler."""
    if bild.befristet_bis is not None and bild.bis is None:
        bild = replace(bild, bis=bild.befristet_bis)
    posts.check(bild, settings.of(session, bild.ab).raster)
    if not bild.nummer or len(bild.nummer) > 30:
        raise Refused(f"Stelle {bild.nummer}: Nummer mit höchstens 30 Zeichen angeben.")
    if find(session, bild.nummer) is not None:
        raise Refused(f"Stelle {bild.nummer} gibt es schon oder gab es einmal; eine neue Nummer vergeben.")
    anchor = Stelle(public_id=uuid.uuid4(), nummer=bild.nummer, created_by=recording.actor(session))
    session.add(anchor)
    session.flush()
    store(session, anchor, bild, reason=reason)
    if bild.verteilung:
        distribute(session, bild.nummer, dict(bild.verteilung), ab=bild.ab, reason=reason)
    return anchor


def store(session: TenantSession, anchor: Stelle, bild: Bild, *, reason: str) -> StelleStand:
    """Erfasst eine Fassung einer Stelle ab `bild.ab` bis `bild.bis`."""
    posts.check(bild, settings.of(session, bild.ab).raster)
    known = [(row.valid_from, row.valid_to) for row in recording.current(session, StelleStand, stelle_id=anchor.id)]
    posts.check_no_gap(bild.nummer, known, bild.ab)
    return recording.record(session, StelleStand, ab=bild.ab, bis=bild.bis, reason=reason,
                            subject=f"Stelle {bild.nummer}", **columns(session, anchor, bild))


def columns(session: TenantSession, anchor: Stelle, bild: Bild) -> dict[str, Any]:
    """Die Spalten einer Fassung; Einheit und Kostenstelle werden über ihre Nummern gefunden."""
    unit = organisation.demand_unit(session, bild.einheit)
    cost = organisation.demand_account(session, "kostenstelle", bild.kostenstelle) if bild.kostenstelle else None
    return {
        "stelle_id": anchor.id, "einheit_id": unit.id, "kostenstelle_id": None if cost is None else cost.id,
        "zaehler": bild.anteil.numerator, "nenner": bild.anteil.denominator, "art": bild.art,
        "bezeichnung": bild.bezeichnung, "funktion": bild.funktion, "laufbahn": bild.laufbahn, "gruppe": bild.gruppe,
        "bewertung": bild.bewertung, "zulage": bild.zulage, "ausgesondert": bild.ausgesondert,
        "sondervermoegen": bild.sondervermoegen, "befristet_bis": bild.befristet_bis, "beschluss": bild.beschluss,
    }  # fmt: skip


def reorganise(session: TenantSession, nummer: str, *, ab: date, reason: str, **changes: Any) -> StelleStand:
    """Ordnet eine Stelle anders zu: Einheit, Kostenstelle, Bezeichnung, Funktion, Bewertung; mehr darf nur der Plan."""
    forbidden = sorted(set(changes) - set(FREE))
    if forbidden:
        raise Refused(f"Stelle {nummer}, {', '.join(forbidden)}: Zahl, Gruppe und Umfang bindet der Stellenplan; die "
                      "Änderung im nächsten Plan oder Nachtrag vorsehen.")
    anchor, now = on(session, nummer, ab)
    return store(session, anchor, replace(now, **changes, ab=ab, bis=now.bis), reason=reason)


def distribute(session: TenantSession, nummer: str, parts: Mapping[str, Fraction], *, ab: date, reason: str) -> None:
    """Verteilt eine Stelle ab einem Tag neu auf Produkte; die Teile ergeben 1, die alte Verteilung endet."""
    posts.check_distribution(nummer, parts)
    anchor = demand(session, nummer)
    wanted = {organisation.demand_account(session, "produkt", one).id: part for one, part in parts.items()}
    with session.begin_nested():
        for row in recording.current(session, StelleVerteilung, ab, None, stelle_id=anchor.id):
            if row.produkt_id not in wanted:
                recording.end(session, StelleVerteilung, last_day=ab - recording.DAY, reason=reason,
                              subject=f"Stelle {nummer}, Verteilung", stelle_id=anchor.id, produkt_id=row.produkt_id)
        for product, part in wanted.items():
            recording.record(session, StelleVerteilung, ab=ab, reason=reason, replace_later=True,
                             subject=f"Stelle {nummer}, Verteilung", stelle_id=anchor.id, produkt_id=product,
                             zaehler=part.numerator, nenner=part.denominator)


def refinance(
    session: TenantSession, nummer: str, quelle: str, part: Fraction, *, ab: date, reason: str, bis: date | None = None
) -> StelleFinanzierung:
    """Erfasst, wer welchen Teil der Kosten erstattet; zusammen nie mehr als die ganze Stelle."""
    anchor = demand(session, nummer)
    posts.check_share(nummer, part)
    if not quelle.strip():
        raise Refused(f"Stelle {nummer}, Erstattung: Quelle angeben, zum Beispiel Jobcenter.")
    with session.begin_nested():
        row = recording.record(session, StelleFinanzierung, ab=ab, bis=bis, reason=reason,
                               subject=f"Stelle {nummer}, Erstattung", stelle_id=anchor.id, quelle=quelle.strip(),
                               zaehler=part.numerator, nenner=part.denominator)
        held = recording.current(session, StelleFinanzierung, stelle_id=anchor.id)
        posts.check_refinancing(nummer, [(one.quelle, one.anteil, one.valid_from, one.valid_to) for one in held])
    return row


def drop(session: TenantSession, nummer: str, *, last_day: date, reason: str) -> None:
    """Lässt eine Stelle wegfallen; besetzt darf sie danach nicht mehr sein."""
    anchor = demand(session, nummer)
    after = last_day + recording.DAY
    held = recording.current(session, StelleBesetzung, after, None, stelle_id=anchor.id)
    if held:
        names = ", ".join(sorted({row.personalnummer for row in held}))
        raise Refused(f"Stelle {nummer}: nach dem {last_day:%d.%m.%Y} noch besetzt mit {names}; erst die Besetzung "
                      "beenden oder einen kw-Vermerk vorsehen.")
    for model in (StelleVerteilung, StelleFinanzierung, StelleVermerk, StelleStand):
        recording.end(session, model, last_day=last_day, reason=reason, subject=f"Stelle {nummer}",
                      stelle_id=anchor.id)


def on(session: TenantSession, nummer: str, tag: date) -> tuple[Stelle, Bild]:
    """Anker und Fassung einer Stelle an einem Tag."""
    anchor = demand(session, nummer)
    found = [one for one in versions(session, anchor) if one.ab <= tag <= (one.bis or date.max)]
    if not found:
        raise Refused(f"Stelle {nummer} gibt es am {tag:%d.%m.%Y} nicht; anderen Tag oder andere Stelle wählen.")
    return anchor, found[0]


def versions(session: TenantSession, anchor: Stelle) -> list[Bild]:
    """Alle heute bekannten Fassungen einer Stelle, ohne Verteilung und Besetzung."""
    reading = Reading(session)
    return [Bild(**post_values(anchor, row, reading.units, reading.accounts))
            for row in recording.current(session, StelleStand, stelle_id=anchor.id)]


def find(session: TenantSession, nummer: str) -> Stelle | None:
    """Stelle dieses Mandanten mit dieser Nummer."""
    return session.scalars(select(Stelle).filter_by(nummer=nummer)).first()


def numbers(session: TenantSession) -> dict[int, str]:
    """Nummern aller Stellen."""
    return {row.id: row.nummer for row in session.execute(select(Stelle.id, Stelle.nummer))}


def demand(session: TenantSession, nummer: str) -> Stelle:
    """Wie find; fehlt sie, ist das eine Ablehnung."""
    found = find(session, nummer)
    if found is None:
        raise Refused(f"Stelle {nummer} gibt es nicht; Nummer prüfen.")
    return found

