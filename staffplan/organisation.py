"""Organisation erfassen: Einheiten im Baum, Produkte, Kostenstellen; jede Änderung geprüft und im Protokoll."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from staffplan import recording
from staffplan.models import (
    Kontierung,
    KontierungStand,
    Organisationseinheit,
    OrganisationseinheitStand,
    StelleStand,
    StelleVerteilung,
)
from staffplan.rules import Refused, tree
from tenants.db.session import TenantSession

# Produktrahmen der Gemeinden in Nordrhein-Westfalen (VV Muster zur GO NRW und KomHVO NRW).
PRODUKTBEREICHE = {
    "01": "Innere Verwaltung", "02": "Sicherheit und Ordnung", "03": "Schulträgeraufgaben",
    "04": "Kultur und Wissenschaft", "05": "Soziale Leistungen", "06": "Kinder-, Jugend- und Familienhilfe",
    "07": "Gesundheitsdienste", "08": "Sportförderung",
    "09": "Räumliche Planung und Entwicklung, Geoinformationen", "10": "Bauen und Wohnen",
    "11": "Ver- und Entsorgung", "12": "Verkehrsflächen und -anlagen, ÖPNV", "13": "Natur- und Landschaftspflege",
    "14": "Umweltschutz", "15": "Wirtschaft und Tourismus", "16": "Allgemeine Finanzwirtschaft", "17": "Stiftungen",
}  # fmt: skip


def unit(
    session: TenantSession, nummer: str, *, name: str, ab: date, reason: str, art: str | None = None,
    uebergeordnet: str | None = None,
) -> Organisationseinheit:
    """Legt eine Einheit an oder ändert sie ab einem Tag; der Baum bleibt an jedem Tag einer."""
    nummer, subject = nummer.strip(), f"Organisationseinheit {nummer.strip()}"
    if not nummer or len(nummer) > 20 or not name.strip():
        raise Refused(f"{subject}: Nummer (höchstens 20 Zeichen) und Name angeben.")
    anchor = find_unit(session, nummer)
    if anchor is None:
        anchor = Organisationseinheit(public_id=uuid.uuid4(), nummer=nummer, created_by=recording.actor(session))
        session.add(anchor)
        session.flush()
    parent = None if not uebergeordnet else demand_unit(session, uebergeordnet)
    with session.begin_nested():
        recording.record(session, OrganisationseinheitStand, ab=ab, reason=reason, subject=subject,
                         einheit_id=anchor.id, name=name.strip(), art=(art or "").strip() or None,
                         uebergeordnet_id=None if parent is None else parent.id)
        check_tree(session)
    return anchor


def end_unit(session: TenantSession, nummer: str, *, last_day: date, reason: str) -> None:
    """Löst eine Einheit auf; sie darf dann weder Stellen noch untergeordnete Einheiten haben."""
    anchor = demand_unit(session, nummer)
    after = last_day + recording.DAY
    if recording.current(session, StelleStand, after, None, einheit_id=anchor.id):
        raise Refused(f"Organisationseinheit {nummer}: nach dem {last_day:%d.%m.%Y} gehören noch Stellen zu ihr; erst "
                      "die Stellen verlagern.")
    with session.begin_nested():
        recording.end(session, OrganisationseinheitStand, last_day=last_day, reason=reason,
                      subject=f"Organisationseinheit {nummer}", einheit_id=anchor.id)
        check_tree(session)


def account(
    session: TenantSession, art: str, nummer: str, *, name: str, ab: date, reason: str,
    produktbereich: str | None = None,
) -> Kontierung:
    """Legt ein Produkt oder eine Kostenstelle an oder ändert sie ab einem Tag."""
    nummer, subject = nummer.strip(), f"{art.capitalize()} {nummer.strip()}"
    if art not in ("produkt", "kostenstelle"):
        raise Refused(f"Kontierung {nummer}, Art: erlaubt sind produkt und kostenstelle.")
    if not nummer or len(nummer) > 30 or not name.strip():
        raise Refused(f"{subject}: Nummer (höchstens 30 Zeichen) und Name angeben.")
    if art == "produkt" and produktbereich not in PRODUKTBEREICHE:
        raise Refused(f"{subject}, Produktbereich: zwei Ziffern von 01 bis 17 angeben (Produktrahmen).")
    anchor = find_account(session, art, nummer)
    if anchor is None:
        anchor = Kontierung(public_id=uuid.uuid4(), art=art, nummer=nummer, created_by=recording.actor(session))
        session.add(anchor)
        session.flush()
    recording.record(session, KontierungStand, ab=ab, reason=reason, subject=subject, kontierung_id=anchor.id,
                     name=name.strip(), produktbereich=produktbereich if art == "produkt" else None)
    return anchor


def end_account(session: TenantSession, art: str, nummer: str, *, last_day: date, reason: str) -> None:
    """Beendet ein Produkt oder eine Kostenstelle, wenn keine Stelle mehr daran hängt."""
    anchor = demand_account(session, art, nummer)
    after = last_day + recording.DAY
    used = recording.current(session, StelleVerteilung, after, None, produkt_id=anchor.id) or recording.current(
        session, StelleStand, after, None, kostenstelle_id=anchor.id)
    if used:
        raise Refused(f"{art.capitalize()} {nummer}: nach dem {last_day:%d.%m.%Y} gehören noch Stellen dazu; erst die "
                      "Stellen anders verteilen.")
    recording.end(session, KontierungStand, last_day=last_day, reason=reason, subject=f"{art.capitalize()} {nummer}",
                  kontierung_id=anchor.id)


def check_tree(session: TenantSession) -> None:
    """Prüft den Baum aller heute bekannten Fassungen an jedem Tag."""
    numbers = {row.id: row.nummer for row in session.scalars(select(Organisationseinheit))}
    tree.check([
        tree.Version(numbers[row.einheit_id], numbers.get(row.uebergeordnet_id) if row.uebergeordnet_id else None,
                     row.valid_from, row.valid_to)
        for row in recording.current(session, OrganisationseinheitStand)
    ])


def find_unit(session: TenantSession, nummer: str) -> Organisationseinheit | None:
    """Einheit dieses Mandanten mit dieser Nummer."""
    return session.scalars(select(Organisationseinheit).filter_by(nummer=nummer)).first()


def demand_unit(session: TenantSession, nummer: str) -> Organisationseinheit:
    """Wie find_unit; fehlt sie, ist das eine Ablehnung."""
    found = find_unit(session, nummer)
    if found is None:
        raise Refused(f"Organisationseinheit {nummer} gibt es nicht; anlegen oder eine andere wählen.")
    return found


def find_account(session: TenantSession, art: str, nummer: str) -> Kontierung | None:
    """Produkt oder Kostenstelle mit dieser Nummer."""
    return session.scalars(select(Kontierung).filter_by(art=art, nummer=nummer)).first()


def demand_account(session: TenantSession, art: str, nummer: str) -> Kontierung:
    """Wie find_account; fehlt sie, ist das eine Ablehnung."""
    found = find_account(session, art, nummer)
    if found is None:
        raise Refused(f"{art.capitalize()} {nummer} gibt es nicht; anlegen oder eine andere wählen.")
    return found
